"""Joint inspection (联合检查): what two surveys of a boundary line say beside the legal line.

Facts only: who claims what, where, how wide, by which tolerance. Nothing here
awards land or moves a line.
"""
