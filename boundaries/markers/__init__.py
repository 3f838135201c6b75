"""Boundary markers (界桩): their numbers, what they are, where they stand by document, and what happened to them.

A marker shows the line and does not make it: one that was moved without
approval changes nothing (行政区域界线管理条例 Art. 6), and nothing here writes to
the network. Exact positions are for signed-in staff.
"""
