"""Several lines compared together: each beside its own legal line, and where three or more of them meet."""
