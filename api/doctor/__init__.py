"""Examining an installation: what is wrong, how that is known, and what to do about it.

Nothing here changes anything. `machine` looks at disk, clock, keys, fonts and
programs, `database` at PostgreSQL, `register` at what is kept in it and at the
queue; `examination` asks them all, and what cannot be asked because something
before it fails is said to be unknown, never to be well.
"""
