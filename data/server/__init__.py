"""The PostGIS database that the launcher runs for itself, and the check of one that somebody else runs.

Only the standard library is imported by `home`, `binaries`, `account`,
`tuning` and `cluster`, so that the launcher can ask them before the locked
environment exists; `provision`, `suitability` and `archive` speak SQL through
psycopg.
"""
