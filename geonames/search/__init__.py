"""Finding places and units by name, code, sound and position.

`index` writes the keys by which things are found, `query` (pure) reads what was
asked, `store` holds the SQL, `service` answers, `nearby` answers for a position.
"""
