"""Which names are alike: in characters, in sound, in look.

`forms` (pure) says under which forms a name is compared, `confusables` (pure) which
characters are taken for each other, `index` writes the forms of every name of the
registers, `store` holds the SQL, `statistics` counts.
"""
