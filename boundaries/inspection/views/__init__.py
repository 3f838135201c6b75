"""Two offices' views of the units of a country, or of a part of it: two layers of polygons beside each other.

Who has which units, which land one view gives to one unit and the other view to
another, which land nobody has. The same functions run in one process, in
several, and on dask-geopandas. Facts only: nothing is awarded or repaired.
"""
