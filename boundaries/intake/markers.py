"""Boundary markers (界桩) against the line they stand on: distance, side, order, and two at one place."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.intake.chains import Chains, Located
from boundaries.intake.lineset import groups, members_of
from boundaries.intake.model import Array, Fact, Observation
from boundaries.intake.tolerances import Tolerances

#: Line (4 digits), serial (3), kind of marker: Q single, A and B of a double, C, D and E of a triple one.
PROVINCIAL = re.compile(r"([0-9]{4})([0-9]{3})([QABCDE])")
#: Any other code: what stands before the last number, the number, letters after it.
OTHER = re.compile(r"(.*?)([0-9]+)[^0-9]*")
#: With fewer markers their order says nothing of a direction.
ORDERED = 3
#: So many features are named in one finding.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Markers:
    """Markers in metres: positions (n, 2), each with its layer, feature and code."""

    points: Array
    layers: tuple[str, ...]
    features: Array
    codes: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class MarkerCode:
    """What a code says: the series it counts in, the serial number, the kind (Q, A to E; empty where unknown)."""

    series: str
    serial: int
    kind: str


def read_code(code: str) -> MarkerCode | None:
    """The parts of a marker's code; None where there is no number in it."""
    provincial = PROVINCIAL.fullmatch(code.strip().upper())
    if provincial:
        return MarkerCode(provincial[1], int(provincial[2]), provincial[3])
    other = OTHER.fullmatch(code.strip())
    return MarkerCode(other[1], int(other[2]), "") if other else None


def check_markers(
    markers: Markers, line: Chains | None, limits: Tolerances, *, directs: bool = False
) -> list[Observation]:
    """What is wrong with `markers` by themselves and on `line`; None where there is no line to stand on.

    `directs`: numbers that go down along the line say that it runs the wrong way; otherwise another line says that.
    """
    found = _same_place(markers, limits)
    if line is None or len(markers.points) == 0:
        return found
    located = line.locate(markers.points)
    return [
        *found,
        *_off_line(markers, located, limits),
        *_sides(markers, located, line),
        *_order(markers, located, directs),
    ]


def _same_place(markers: Markers, limits: Tolerances) -> list[Observation]:
    """Points of different markers at one place; the same code twice is the schema's matter."""
    found = []
    # a million points at one place are a million pairs each to a tree: identical ones are taken together first
    unique, inverse = np.unique(markers.points, axis=0, return_inverse=True)
    cluster = groups(unique, limits.coincide)[inverse.reshape(-1)]
    for members in members_of(cluster):
        if len(members) > 1:
            features = ", ".join(str(markers.features[at]) for at in members[:SHOWN])
            more = " …" if len(members) > SHOWN else ""
            facts: dict[str, Fact] = {"count": len(members), "features": features + more}
            place = shapely.Point(markers.points[members[0]])
            measures = {"count": float(len(members))}
            found.append(_about(markers, int(members[0]), "duplicate_vertices", "points", facts, place, measures))
    return found


def _off_line(markers: Markers, located: Located, limits: Tolerances) -> list[Observation]:
    found = []
    for at in np.flatnonzero(located.distance > limits.marker):
        code = read_code(markers.codes[at] or "")
        if code is not None and code.kind in ("A", "B", "C", "D", "E"):
            continue  # the two or three of a set stand on either side of the line, at a distance
        distance = float(located.distance[at])
        facts: dict[str, Fact] = {
            "code": markers.codes[at] or str(markers.features[at]),
            "distance_m": distance,
            "tolerance_m": limits.marker,
        }
        place = shapely.LineString([markers.points[at], located.foot[at]])
        found.append(_about(markers, int(at), "marker_off_line", "plain", facts, place, {"distance_m": distance}))
    return found


def _sides(markers: Markers, located: Located, line: Chains) -> list[Observation]:
    """The two of a double marker (A and B of one number) that do not stand on either side of the line."""
    pairs: dict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    for at, text in enumerate(markers.codes):
        code = read_code(text or "")
        if code is not None and code.kind in ("A", "B"):
            pairs[code.series, code.serial][code.kind] = at
    gap, normal = line.normals(markers.points)
    side = np.sign((gap * normal).sum(axis=1))
    found = []
    for pair in pairs.values():
        if len(pair) == 2 and side[pair["A"]] * side[pair["B"]] > 0:
            a, b = pair["A"], pair["B"]
            facts: dict[str, Fact] = {"code": str(markers.codes[a]), "other": str(markers.codes[b])}
            place = shapely.MultiPoint(markers.points[[a, b]])
            distance = {"distance_m": float(located.distance[b])}
            found.append(_about(markers, a, "marker_off_line", "side", facts, place, distance))
    return found


def _order(markers: Markers, located: Located, directs: bool) -> list[Observation]:
    """Markers whose numbers do not follow along the line, series by series."""
    series: dict[tuple[str, int], list[tuple[int, float, int]]] = defaultdict(list)
    for at, text in enumerate(markers.codes):
        code = read_code(text or "")
        if code is not None:
            series[code.series, int(located.line[at])].append((code.serial, float(located.along[at]), at))
    found = []
    for key in sorted(series):
        found += _order_of(markers, sorted(series[key]), directs)
    return found


def _order_of(markers: Markers, numbered: list[tuple[int, float, int]], directs: bool) -> list[Observation]:
    if len({serial for serial, _, _ in numbered}) < ORDERED:
        return []
    along = [metres for _, metres, _ in numbered]
    up, down = longest_rise(along), longest_rise([-metres for metres in along])
    kept = up if len(up) >= len(down) else down
    found = []
    if directs and kept is down:
        everywhere = shapely.MultiPoint(markers.points[[at for _, _, at in numbered]])
        layer = markers.layers[numbered[0][2]]
        found.append(Observation("direction", "markers", layer=layer, place=everywhere))
    for place, (_, _, at) in enumerate(numbered):
        if place not in kept:
            facts: dict[str, Fact] = {"code": str(markers.codes[at])}
            found.append(_about(markers, at, "marker_order", "plain", facts, shapely.Point(markers.points[at]), {}))
    return found


def longest_rise(values: list[float]) -> set[int]:
    """The places of a longest run of `values` that does not go down (patience sorting, the earliest one)."""
    tails: list[int] = []
    before: list[int | None] = []
    for place, value in enumerate(values):
        low, high = 0, len(tails)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if values[tails[middle]] <= value else (low, middle)
        before.append(tails[low - 1] if low else None)
        tails[low:] = [place] if low == len(tails) else [place, *tails[low + 1 :]]
    kept: set[int] = set()
    at = tails[-1] if tails else None
    while at is not None:
        kept.add(at)
        at = before[at]
    return kept


def _about(
    markers: Markers,
    at: int,
    kind: str,
    reason: str,
    facts: dict[str, Fact],
    place: BaseGeometry,
    measures: dict[str, float],
) -> Observation:
    layer, feature = markers.layers[at], int(markers.features[at])
    return Observation(kind, reason, facts, layer, feature, place=place, measures=measures)
