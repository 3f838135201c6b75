"""How names sound and are spelled in Latin letters. Pure: no database, no web.

`readings` knows what sources say, `spelling` writes names by rule where they say
nothing, `keys` makes the forms under which names are found.
"""
