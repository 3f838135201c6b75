"""Printed sheets of a boundary line (边界协议书附图): divided by scale, with grid, scale bar, markers, legend, as PDF.

Claims (边界主张线) are drawn on the sheet of claims and on no other: a sheet to an
agreement that showed them would say that something is left to dispute.
"""
