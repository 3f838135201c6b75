"""The polygons of units: reading, checking and matching what an office hands in, and showing it.

`model` says what a load is and finds; `reading`, `checks` and `matching` are
pure steps from a file to shapes of units; `store` and `service` write them;
`display` prepares what maps draw, and `maps` answers for it under map law.
"""
