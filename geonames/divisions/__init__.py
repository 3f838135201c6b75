"""Division-change cases (行政区划变更): planned, shown before, heard, approved, executed, followed up."""
