"""Reconciliation: which place a text in somebody's table means (W3C Entity Reconciliation Community Group, API 0.2)."""
