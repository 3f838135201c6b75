"""Surveys of boundary lines of which the truth is known: made from a seed, with what was done to them written down."""
