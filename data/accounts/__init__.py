"""Accounts: people, their roles and deputies, and how they prove who they are.

Pure: `model` (names, secrets, periods), `password` (policy and hash), `throttle`,
`totp`. On the database: `store` (all SQL), `reach` (which accounts lie in an
administrator's jurisdiction), and the services, one module for each subject:
`people`, `roles`, `proofs` (passwords, second factor), `signing_in`, `sessions`,
`tokens`, `identity` (who a session or token is).

Personal data stand in these tables and nowhere else; the audit names accounts
by id. Services that write take a connection inside the caller's transaction
and add their audit entry to it.
"""
