"""Scanned sheets (扫描附图) under the map of a line: kept byte for byte, placed by four corners, for staff.

A scan is ground to look at. Nothing is measured on it and no line is taken from
it; what its corners do not fit is said beside it in metres.
"""
