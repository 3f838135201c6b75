"""The structure of the network: whether a changed state holds together, and what follows from its segments.

`checks` and `descent` are pure; `following` writes nodes, lines and runs; `derived` the polygons of units.
"""
