"""Naming in batches (批量命名): the table of a campaign, each row checked, decided together or apart."""
