"""Procedures as data: tables of transitions, what they permit, and the clocks that run beside them.

Pure: no database, no web. `model` says what a procedure is, `reading` reads one
from TOML, `checks` refuses a table that leads nowhere, `moves` says what is
possible and what is missing, `clocks` counts days. `data.cases` keeps cases
that run on it; the subjects (`boundaries`, `geonames`) bring their procedures,
guards and effects.
"""
