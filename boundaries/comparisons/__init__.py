"""Comparisons that are kept: two submissions of a line beside its legal line, worked out by a job, for staff.

What a comparison says is written once. A boundary keeper takes its findings
over, one or all: then they are findings of the line (`boundaries.findings`),
with a state of their own.
"""
