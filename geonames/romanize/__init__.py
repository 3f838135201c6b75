"""How names sound and are spelled in Latin letters. Pure: no database, no web.

`engine` spells a name by the rules of 1984: `dividing` finds its words, `reading`
how they are read, `lexicon` holds what sources say, `characters` what characters
mostly are, `generics` the one table of generic terms, `syllables` and `numerals` how
it is written down. `asking`, `many` and `batch` are what commands and routes call.
`han` changes between traditional and simplified characters. `spelling` and `keys` make the forms under
which names are found; `attested` counts readings in a list of places.
"""
