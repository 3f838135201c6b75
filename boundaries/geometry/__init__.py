"""Measuring lines and areas on the ellipsoid, in metres: what network, intake and inspection share. Pure.

Coordinates are longitude and latitude in degrees (CGCS2000), straight between
vertices in degrees, unless a name says `plane`: then metres east and north in a
Gauss-Krüger plane of the line's own (`plane.py`).
"""
