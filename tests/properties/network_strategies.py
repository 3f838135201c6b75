"""Coverages of polygons with islands, holes, parts and rings that touch: drawn as a small raster, then outlined."""

from __future__ import annotations

from collections import defaultdict

import shapely
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

#: Of a raster's cells that no unit has.
NOBODY = 0


@st.composite
def coverages(draw: st.DrawFn, largest: int = 6, units: int = 4, all_owned: bool = False) -> list[MultiPolygon]:
    """One to `units` MultiPolygons that share every edge vertex by vertex and do not overlap."""
    width, height = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    lowest = 1 if all_owned else NOBODY
    owners = draw(st.lists(st.integers(lowest, units), min_size=width * height, max_size=width * height))
    if not any(owners):
        owners[0] = 1
    return outlined(width, owners)


def outlined(width: int, owners: list[int]) -> list[MultiPolygon]:
    """The cells of each owner as one polygon, with a vertex at every corner of the raster on its outline."""
    squares = defaultdict(list)
    for place, owner in enumerate(owners):
        x, y = place % width, place // width
        if owner != NOBODY:
            squares[owner].append(box(x, y, x + 1, y + 1))
    return [_polygon(parts) for _, parts in sorted(squares.items())]


def _polygon(squares: list[shapely.Polygon]) -> MultiPolygon:
    union = shapely.coverage_union_all(squares)
    found = MultiPolygon([part for part in shapely.get_parts(union) if isinstance(part, Polygon)])
    assert found.is_valid
    return found
