"""What is told of single places: the ends of the line, rings, and stretches that nobody surveyed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, MultiPoint, Polygon

from boundaries.geometry.ellipsoid import area_m2, distance_m
from boundaries.inspection.coverage import missing
from boundaries.inspection.ground import Ground
from boundaries.inspection.model import Finding, Severity, Side
from boundaries.inspection.settings import Settings
from boundaries.inspection.survey import Survey

Coordinates = NDArray[np.float64]


def missing_findings(survey: Survey, ground: Ground, rules: Settings) -> Iterator[Finding]:
    """Stretches of the legal line beside which the survey has nothing; a ring without anything has vanished."""
    for begin, end in missing(survey.stretches, ground.legal, rules.missing_m):
        line = ground.degrees(LineString(_stretch(ground, begin, end)))
        ring = _whole_ring(ground, begin, end)
        measures = {"length_m": end - begin, "chainage_from_m": begin, "chainage_to_m": end}
        kind = "enclave_vanished" if ring else "missing_stretch"
        severity: Severity = "error" if ring else "warning"
        yield Finding(kind, severity, survey.side, kind, line, measures, ground.between(begin, end))


def _stretch(ground: Ground, begin: float, end: float) -> Coordinates:
    """The legal line between two chainages of one of its parts, with its own vertices."""
    index = int(np.searchsorted(ground.legal.offsets, (begin + end) / 2) - 1)
    course, offset = ground.legal.courses[index], ground.legal.offsets[index]
    at = course.chainage + offset
    inner = course.vertices[(at > begin) & (at < end)]
    ends = course.at(np.array([begin, end]) - offset)
    return np.concatenate([ends[:1], inner, ends[1:]])


def _whole_ring(ground: Ground, begin: float, end: float) -> bool:
    for course, first, last in zip(ground.legal.courses, ground.legal.offsets, ground.legal.offsets[1:], strict=False):
        if first == begin and last == end:
            return bool((course.vertices[0] == course.vertices[-1]).all())
    return False


def ring_findings(survey: Survey, ground: Ground, tolerance_m: float) -> Iterator[Finding]:
    """Closed pieces of a survey that are no part of the legal line: land of one unit inside the other, as claimed."""
    for path in survey.rings:
        land = ground.degrees(Polygon(path.vertices))
        area = area_m2(land)
        if area > tolerance_m**2:
            _, chainage, _ = ground.legal.nearest(path.vertices)
            at = float(np.median(chainage))
            yield Finding(
                "enclave_new", "error", survey.side, "enclave_new", land, {"area_m2": area}, ground.between(at, at)
            )


def end_findings(
    a: Survey, b: Survey, ground: Ground, tolerances: tuple[float, float], rules: Settings
) -> Iterator[Finding]:
    """Ends of the line (tri-points, 三交点) that a survey shows elsewhere than agreed, or the two apart.

    The two may be apart while each is near enough to a legal point that is not accurate.
    """
    limits = [rules.end_tolerances * t for t in (*tolerances, rules.tolerance_m(a.accuracy_m, b.accuracy_m))]
    for course, first, last in zip(ground.legal.courses, ground.legal.offsets, ground.legal.offsets[1:], strict=False):
        if (course.vertices[0] == course.vertices[-1]).all():
            continue
        for at, agreed, end in ((first, course.vertices[0], 0), (last, course.vertices[-1], -1)):
            shown = [_end(survey, float(at), end, rules) for survey in (a, b)]
            yield from _end_finding(ground, float(at), agreed, shown, limits)


def _end(survey: Survey, at: float, end: int, rules: Settings) -> Coordinates | None:
    """Where the survey has this end; None where it does not reach it."""
    reaching = [p for p in survey.paths if abs((p.begin_m if end == 0 else p.end_m) - at) < rules.missing_m]
    if not reaching:
        return None
    return np.asarray((reaching[0] if end == 0 else reaching[-1]).vertices[end])


def _end_finding(
    ground: Ground,
    at: float,
    agreed: Coordinates,
    shown: Sequence[Coordinates | None],
    limits: Sequence[float],
) -> Iterator[Finding]:
    """`limits`: of A and of B beside the agreed point, and of the two beside each other."""
    here = ground.position(agreed)
    places = [None if place is None else ground.position(place) for place in shown]
    off = [None if place is None else distance_m(here, place) for place in places]
    beyond = [distance is not None and distance > limit for distance, limit in zip(off, limits, strict=False)]
    apart = None if places[0] is None or places[1] is None else distance_m(places[0], places[1])
    if not any(beyond) and (apart is None or apart <= limits[-1]):
        return
    side: Side = "both" if all(beyond) or not any(beyond) else "a" if beyond[0] else "b"
    told = [place for place, is_off in zip(places, beyond, strict=True) if place is not None and is_off == any(beyond)]
    named = zip(("distance_a_m", "distance_b_m", "apart_m"), (*off, apart), strict=True)
    measures = {name: distance for name, distance in named if distance is not None}
    far = [distance for distance, is_off in zip(off, beyond, strict=True) if distance is not None and is_off]
    measures |= {"distance_m": max(far, default=apart or 0.0), "chainage_from_m": at}
    facts = {} if any(beyond) else {"variant": "apart_"}
    line, kind = MultiPoint([here, *told]), "tripoint_mismatch"
    yield Finding(kind, "error", side, kind, line, measures, ground.between(at, at), facts)
