"""Experts on names (专家库): who they are, how some are drawn for a case, what they found."""
