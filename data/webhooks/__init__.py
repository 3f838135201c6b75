"""Webhooks: what the feed tells, posted to the address of whoever asked for it, in its order and at least once.

Pure: `model` (what is wanted, when it is tried again), `signing` (Standard
Webhooks), `addresses` (where nothing may be sent). On the database: `store`
(all SQL), `wanting` (which entries a filter takes), `service` (subscriptions),
`delivering` (one webhook's run). `transport` posts to an address that was
looked up once and stays the same.
"""
