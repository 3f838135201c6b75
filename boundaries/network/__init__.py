"""The network of boundary lines: nodes, segments between them, and the polygons that follow from them.

`cut` turns polygons into arcs that neighbours share, `rings` turns arcs into
polygons again, `crossings` and `faults` say where the polygons do not fit;
all of them pure. Nothing is healed: what does not fit is reported.
"""
