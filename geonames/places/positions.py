"""Which units hold many positions: the polygons in force read once, for loads that ask for tens of thousands.

The same answers as `geonames.places.store.units_at` (a test compares them), which is right for a few: GEOS prepares
each polygon once here and not for every position.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection, text

#: Every polygon in force, in the pieces in which it is stored; lowest level first, as `units_at` answers.
PIECES = text("""
    SELECT v.unit_id, v.code, v.name, v.level, ST_AsBinary(p.geom) AS geom
    FROM diming.unit_shape_piece p
    JOIN diming.unit_shape s ON s.id = p.shape_id AND upper_inf(s.known) AND upper_inf(s.valid)
    JOIN diming.unit_version v ON v.unit_id = s.unit_id AND upper_inf(v.known) AND upper_inf(v.valid)
    JOIN diming.unit_level l ON l.key = v.level
    ORDER BY l.depth DESC, v.code, v.unit_id
""")


class UnitPolygons:
    """The polygons of units as one connection sees them when this is made."""

    def __init__(self, connection: Connection) -> None:
        rows = connection.execute(PIECES).all()
        self._units: list[Any] = []
        ranks = np.empty(len(rows), dtype=np.int64)
        for number, row in enumerate(rows):
            if not self._units or self._units[-1].unit_id != row.unit_id:
                self._units.append(row)
            ranks[number] = len(self._units) - 1
        self._ranks = ranks
        self._tree = shapely.STRtree(shapely.from_wkb([bytes(row.geom) for row in rows]))

    def at(self, positions: Sequence[tuple[float, float]]) -> list[list[Any]]:
        """For each position (longitude, latitude) the rows of the units that hold it, lowest level first."""
        found: list[list[Any]] = [[] for _ in positions]
        if not positions:
            return found
        # a position lies in a polygon or on its edge: what ST_Covers says of points
        numbers, pieces = self._tree.query(shapely.points(np.array(positions)), predicate="intersects")
        pairs = np.unique(np.column_stack([numbers, self._ranks[pieces]]), axis=0)
        for number, rank in pairs.tolist():
            found[number].append(self._units[rank])
        return found
