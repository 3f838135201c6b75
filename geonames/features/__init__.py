"""The register as collections of features: what OGC API clients list, filter and draw.

`model` says what a collection is, `collections` which there are, `filters` turns a CQL2 expression into a condition,
`store` asks, `service` is what others call. Everything is read with the public's rights from the published views.
"""
