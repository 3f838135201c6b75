"""Notices: what people are told about cases, in an inbox of rows and, for whoever wants, by mail.

A notice repeats what the history of a case or its clocks say; it is never the
only record of it. Pure: `model`. On the database: `store` (all SQL), `telling`
(in the transaction of whatever happened), `inbox` (reading, marking, choosing),
`outbox` (mail to be sent). Words are made where they are shown: a row says what
happened by keys.
"""
