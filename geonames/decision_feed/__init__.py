"""The decision feed: which names each decision gave, changed and ended, by the day of the decision."""
