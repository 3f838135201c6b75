"""Statistics of naming cases: time in each state, overdue terms, by class and region."""
