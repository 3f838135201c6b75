"""Documents that an office issues (公文): numbered, made from a template as Word and PDF, kept for ever.

Pure: `model`, `kinds` (what a kind prints), `values` (from a case to the
values), `marks`, `word_check`, `elements`, `coverage`. With libraries but no
database: `word` (docxtpl), `fonts`, `official` (Typst). On the database:
`store` (all SQL), `numbering`, `templates`, `asking` (in the step's own
transaction), `making` (the job), `service` (what others ask). Nothing here
knows what a case is about; the case engine hands in the values.
"""
