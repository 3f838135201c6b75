"""A reference follower of the change feed: a copy of a register in one SQLite file, killed and started at will.

Written to be read by whoever writes a follower of their own: it knows nothing of the server but its HTTP answers.
"""
