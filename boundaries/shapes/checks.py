"""Is this a polygon that can be drawn on a map of the country? Each feature is asked by itself; none is repaired.

The one rewriting there is, `split_self_touching`, changes no land: a ring that
touches itself in a point (valid to some programs, invalid under OGC 06-103r4
section 6.1.11) becomes a shell and holes of exactly the same area.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from boundaries.shapes.model import Finding, MatchedShape, SourceFeature

#: West, south, east, north in degrees around all land and sea of China (the islands of the South
#: China Sea begin at 3°24'N, the Pamir at 73°E), with a margin of about one degree.
COUNTRY_EXTENT = (72.0, 2.0, 136.5, 55.0)
#: Share by which the area may differ after splitting a ring, from rounding in the last digits alone.
SAME_AREA = 1e-12


def check_geometry(feature: SourceFeature, geometry: BaseGeometry | None) -> Finding | None:
    """The first thing wrong with `geometry` (stored coordinate system), None where nothing is."""
    if geometry is None or geometry.is_empty:
        return _finding("geometry_missing", feature, "the feature has no geometry")
    coordinates = shapely.get_coordinates(geometry)
    if not np.isfinite(coordinates).all():
        return _finding("coordinate_nonfinite", feature, "a coordinate is not a finite number")
    west, south, east, north = COUNTRY_EXTENT
    low, high = coordinates.min(axis=0), coordinates.max(axis=0)
    if low[0] < west or low[1] < south or high[0] > east or high[1] > north:
        return _finding(
            "out_of_area",
            feature,
            f"it reaches from ({low[0]:.3f}, {low[1]:.3f}) to ({high[0]:.3f}, {high[1]:.3f}), outside the "
            "country: is longitude first, and is the coordinate system right?",
        )
    if not geometry.is_valid:
        return _finding("geometry_invalid", feature, shapely.is_valid_reason(geometry))
    return None


def check_polygon(feature: SourceFeature, geometry: BaseGeometry) -> Finding | None:
    """Refuses what is no area."""
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        return None
    return _finding("geometry_type", feature, f"a unit has an area and this is a {geometry.geom_type}")


def split_self_touching(geometry: BaseGeometry) -> BaseGeometry | None:
    """`geometry` with rings that touch themselves in points split; None where that is not all that is wrong.

    The result covers exactly the same points: same area, same length of boundary.
    """
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return None
    if not shapely.is_valid_reason(geometry).startswith("Ring Self-intersection"):
        return None
    split = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    if not split.is_valid or split.geom_type not in ("Polygon", "MultiPolygon"):
        return None
    same_area = abs(split.area - geometry.area) <= SAME_AREA * geometry.area
    same_boundary = abs(split.length - geometry.length) <= SAME_AREA * geometry.length
    return split if same_area and same_boundary else None


def as_multipolygon(geometry: BaseGeometry) -> MultiPolygon:
    """`geometry`, a Polygon or MultiPolygon, as MultiPolygon."""
    return MultiPolygon([part for part in shapely.get_parts(geometry) if isinstance(part, Polygon)])


def find_duplicates(codes: Sequence[tuple[SourceFeature, str]]) -> list[Finding]:
    """One error for every feature whose code an earlier feature has."""
    first: dict[str, int] = {}
    findings = []
    for feature, code in codes:
        if code in first:
            findings.append(_finding("duplicate_code", feature, f"code {code} was already in feature {first[code]}"))
        first.setdefault(code, feature.number)
    return findings


def _finding(kind: str, feature: SourceFeature, message: str) -> Finding:
    return Finding(kind, "error", message, feature.number, feature.code, feature.name)


def find_disagreements(shapes: Sequence[MatchedShape]) -> list[Finding]:
    """One warning for every unit whose edge does not fit its neighbours' at the same level.

    Only edges that cross or overlap are found; a gap between neighbours may be water.
    """
    findings = []
    for level in sorted({shape.unit.level for shape in shapes}):
        same = [shape for shape in shapes if shape.unit.level == level]
        edges = shapely.coverage_invalid_edges(np.array([shape.geometry for shape in same], dtype=object))
        findings += [_disagreement(shape, edge) for shape, edge in zip(same, edges, strict=True) if not edge.is_empty]
    return findings


def _disagreement(shape: MatchedShape, edge: BaseGeometry) -> Finding:
    where = shapely.point_on_surface(edge)
    return Finding(
        "edge_not_matched",
        "warning",
        f"its outline does not fit a neighbour's near ({where.x:.5f}, {where.y:.5f}); kept as handed in",
        shape.feature.number,
        shape.unit.code,
        shape.unit.name,
    )
