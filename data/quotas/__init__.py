"""How much may be asked, by whom, and how much was: plans, windows of time, tallies. No database but in `store`."""
