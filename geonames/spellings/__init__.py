"""The stored spellings of names in Latin letters: all of them, with who says so, and what waits for a person.

`model` derives them from the romanizer (pure), `write` keeps the table as the
readings and registers say, `service` answers and settles, `store` holds the SQL.
"""
