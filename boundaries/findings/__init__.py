"""Findings of inspections (联检问题): what a comparison, a field record, a patrol or a submission found on a line.

A finding is a fact with its measures and its place, and a state: open, taken up
in a case, settled, dismissed. What it says is never rewritten; who did what with
it is kept step by step. It is for staff: nothing of it is published.
"""
