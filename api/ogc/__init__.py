"""OGC API Features and Tiles, by tipg, on the collections of `geonames.features`.

tipg brings the paths, the links, the conformance and the forms of answers; what is asked of the register, with which
limits and with whose rights, is ours: `layers` answers for each collection, `asking` reads the address, `site` puts the
application together, which is mounted at `/ogc`.
"""
