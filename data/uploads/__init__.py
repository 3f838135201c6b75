"""Files that come in pieces (断点续传): begun, continued after a lost connection, handed on, or forgotten.

Pure: `model`. On the database: `store`. On the disk: `folder`. Use cases:
`service`; `tidy` forgets what nobody claimed, uploads and attachments of cases.
How the pieces travel is the business of `api.v1.uploads`.
"""
