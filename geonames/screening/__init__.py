"""Screening a list of existing names for non-standard ones (大、洋、怪、重), as clean-up campaigns ask.

`reading` takes the list, `groups` (pure) sorts findings into the campaign's groups, `repeats`
(pure) finds what repeats within the list, `service` asks the rules, `workbook` writes the report.
"""
