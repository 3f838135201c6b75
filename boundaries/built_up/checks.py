"""What is wrong with a file of built-up areas; nothing is repaired. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from boundaries.shapes import checks
from boundaries.shapes.model import Finding, SourceFeature, SourceLayer
from data.crs import to_stored

#: Square degrees (about 100 m² in the middle of China) of common land that counts as touching: what rounding
#: of neighbours' coordinates to a tenth of a second gives.
TOUCHING = 1e-8


class Area(NamedTuple):
    """A built-up area as a file has it; `geometry` in the stored system."""

    feature: SourceFeature
    code: str
    name: str
    geometry: MultiPolygon


def areas_of(layer: SourceLayer) -> tuple[list[Area], list[Finding]]:
    """The areas of a layer and everything that is wrong with it; with an error nothing may be loaded."""
    moved = to_stored(np.array([feature.geometry for feature in layer.features], dtype=object), layer.crs)
    areas, findings = [], []
    for feature, geometry in zip(layer.features, moved, strict=True):
        wrong = list(_wrong(feature, geometry))
        findings += wrong
        if not wrong:
            areas.append(Area(feature, feature.code or "", feature.name or "", checks.as_multipolygon(geometry)))
    findings += checks.find_duplicates([(area.feature, area.code) for area in areas])
    return areas, [*findings, *overlaps(areas)]


def _wrong(feature: SourceFeature, geometry: BaseGeometry | None) -> Iterator[Finding]:
    if not feature.code:
        yield _error("code_missing", feature, "the feature has no code")
    if not feature.name:
        yield _error("name_missing", feature, "the feature has no name")
    found = checks.check_geometry(feature, geometry)
    if found is None and geometry is not None:
        found = checks.check_polygon(feature, geometry)
    if found is not None:
        yield found


def overlaps(areas: Sequence[Area]) -> Iterator[Finding]:
    """Areas that hold common land: a street there would lie in two."""
    geometries = np.array([area.geometry for area in areas], dtype=object)
    pairs = shapely.STRtree(geometries).query(geometries, predicate="intersects") if len(areas) else np.empty((2, 0))
    for one, other in sorted((int(a), int(b)) for a, b in pairs.T if a < b):
        common = shapely.intersection(geometries[one], geometries[other])
        if common.area > TOUCHING:
            where = shapely.point_on_surface(common)
            yield _error(
                "areas_overlap",
                areas[other].feature,
                f"it holds land of {areas[one].code} {areas[one].name} near ({where.x:.5f}, {where.y:.5f})",
            )


def _error(kind: str, feature: SourceFeature, message: str) -> Finding:
    return Finding(kind, "error", message, feature.number, feature.code, feature.name)
