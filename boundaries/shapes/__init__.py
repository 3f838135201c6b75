"""The polygons of units: reading, checking and matching what an office hands in, and showing it.

`model` says what a load is and finds; `reading`, `text`, `checks` and `matching`
are pure steps from a file to shapes of units; `load` writes them, all or
nothing, and `completeness` refuses a map of the country that lacks a part;
`display` prepares what maps draw and `service` answers for it under map law.
"""
