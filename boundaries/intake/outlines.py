"""Outlines of units, each by itself: repeated vertices, spikes, crossings, and all else that makes an area invalid."""

from __future__ import annotations

import re

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.intake.model import Array, Observation
from boundaries.intake.tolerances import Tolerances
from boundaries.intake.vertices import walk

#: GEOS says what is wrong and where: `Self-intersection[512345.1 3350000.2]`.
REASON = re.compile(r"(?P<why>[^\[]+)(?:\[(?P<x>\S+) (?P<y>\S+)\])?")


def check_outlines(polygons: Array, features: Array, layer: str, limits: Tolerances) -> list[Observation]:
    """What is wrong with `polygons` (metres), which are the features `features` (from 0) of `layer`."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    rings, of = shapely.get_rings(parts, return_index=True)
    walked = walk(rings, features[owner][of], layer, limits)
    spiked = {seen.feature for seen in walked.observations if seen.kind == "spike"}
    invalid = np.flatnonzero(~shapely.is_valid(polygons))
    wrong = [_invalid(polygons[at], int(features[at]) + 1, layer, limits, spiked) for at in invalid]
    return [*walked.observations, *(one for one in wrong if one is not None)]


def _invalid(
    polygon: BaseGeometry, feature: int, layer: str, limits: Tolerances, spiked: set[int | None]
) -> Observation | None:
    if feature in spiked and _valid_without_spikes(polygon, limits):
        return None
    reason = REASON.match(shapely.is_valid_reason(polygon))
    why = reason["why"] if reason else "invalid"
    place = shapely.Point(float(reason["x"]), float(reason["y"])) if reason and reason["x"] else None
    crossing = "elf-intersection" in why
    kind, text = ("self_intersection", "polygon") if crossing else ("geometry_invalid", "plain")
    return Observation(kind, text, {"why": why.strip()}, layer, feature, place=place)


def _valid_without_spikes(polygon: BaseGeometry, limits: Tolerances) -> bool:
    """Whether only the spikes, which are reported, made it invalid."""
    rings = shapely.get_rings(polygon)
    cleaned = walk(rings, np.zeros(len(rings), dtype=int), "", limits).lines
    closed = [shapely.Polygon(line) for line in cleaned if len(line.coords) > 3]
    return bool(closed) and all(one.is_valid for one in closed)
