"""The comparison of two surveys of a line with the legal line and with each other. Pure, deterministic.

First the shift of each survey as a whole, because a mistaken datum looks like a
hundred disputes. Then, on what is left: land that both claim or neither, who
left the legal line, what was not surveyed, markers, ends, rings. Everything is
told with its measures and the tolerance; nothing is awarded to anybody. The
result depends neither on the order of features nor of vertices; with the two
sides and the direction of the legal line exchanged it is the mirror image.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from shapely import LineString, MultiLineString

from boundaries.inspection.changed import change_findings
from boundaries.inspection.ground import Ground, ground_of
from boundaries.inspection.land import (
    departure_finding,
    departures,
    dispute_finding,
    disputes,
    sliver_finding,
)
from boundaries.inspection.marked import marker_findings
from boundaries.inspection.model import Comparison, Finding, Record, Shift
from boundaries.inspection.places import end_findings, missing_findings, ring_findings
from boundaries.inspection.profile import agreement
from boundaries.inspection.settings import Settings, settings
from boundaries.inspection.survey import Submission, Survey, read_survey
from boundaries.inspection.values import with_values

#: The order of kinds that matter alike: land before lines before points.
ORDER = (
    "systematic_shift",
    "disputed_area",
    "unclaimed_area",
    "enclave_new",
    "enclave_vanished",
    "tripoint_mismatch",
    "changed_without_agreement",
    "departure",
    "marker_lost",
    "marker_displaced",
    "marker_wrong_side",
    "marker_off_line",
    "marker_wrong_type",
    "marker_renumbered",
    "marker_added",
    "missing_stretch",
    "sliver_summary",
)
SEVERITIES = ("error", "warning", "info")
#: A longer vector is told and not drawn: it leads out of every map of the line.
DRAWN_M = 5_000.0


def compare(legal: Record, a: Submission, b: Submission, rules: Settings | None = None) -> Comparison:
    """What A (the survey of the unit left of the legal line) and B (right of it) say, with the legal line between.

    Raises BadInput `no_legal_line` where there is no legal line.
    """
    rules = rules or settings()
    ground = ground_of(legal)
    own = tuple(rules.tolerance_m(given.record.accuracy_m, legal.accuracy_m) for given in (a, b))
    of_a = read_survey("a", a, ground, own[0], rules)
    of_b = read_survey("b", b, ground, own[1], rules)
    tolerance_m = rules.tolerance_m(a.record.accuracy_m, b.record.accuracy_m)
    seen = list(_findings(of_a, of_b, ground, (own[0], own[1]), tolerance_m, rules))
    for survey, given, limit in ((of_a, a, own[0]), (of_b, b, own[1])):
        seen += change_findings(survey, given.document, tuple(seen), ground, limit, rules)
    found = sorted(seen, key=_importance)
    findings = with_values(found, (of_a, of_b), ground, rules)
    return Comparison(
        tolerance_m,
        {"a": next(iter(of_a.shifts), None), "b": next(iter(of_b.shifts), None)},
        agreement(of_a.paths, of_b.paths, ground.legal, tolerance_m, rules.station_step_m, rules.missing_m),
        tuple(findings),
        _courses(of_a, of_b, ground),
        tuple(placed.marker for placed in ground.markers),
        {"legal": legal.accuracy_m, "a": a.record.accuracy_m, "b": b.record.accuracy_m},
    )


def _courses(a: Survey, b: Survey, ground: Ground) -> dict[str, MultiLineString]:
    """What was compared, in degrees: for whoever draws it."""
    parts = {
        "legal": [course.vertices for course in ground.legal.courses],
        "a": [path.vertices for path in (*a.paths, *a.rings)],
        "b": [path.vertices for path in (*b.paths, *b.rings)],
    }
    return {name: _as_course(ground, lines) for name, lines in parts.items()}


def _as_course(ground: Ground, lines: Sequence[np.ndarray]) -> MultiLineString:
    moved = (ground.degrees(LineString(vertices)) for vertices in lines)
    return MultiLineString([line for line in moved if isinstance(line, LineString)])


def _findings(
    a: Survey, b: Survey, ground: Ground, own: tuple[float, float], tolerance_m: float, rules: Settings
) -> Iterator[Finding]:
    for survey in (a, b):
        for shift in survey.shifts:
            yield _shift_finding(survey, shift, ground)
    left = departures(a, b, ground, own, rules)
    pieces, slivers = disputes(a, b, ground, tolerance_m, rules)
    for piece in pieces:
        yield dispute_finding(piece, left, ground)
    for departure in left:
        yield departure_finding(departure, ground)
    for survey, limit in zip((a, b), own, strict=True):
        yield from missing_findings(survey, ground, rules)
        yield from ring_findings(survey, ground, limit)
    yield from end_findings(a, b, ground, own, rules)
    yield from marker_findings(a, b, ground, rules)
    summary = sliver_finding(slivers, ground)
    if summary is not None:
        yield summary


def _shift_finding(survey: Survey, shift: Shift, ground: Ground) -> Finding:
    """The vector, drawn from the middle of the legal line where it is one that a map can show."""
    length = math.hypot(shift.dx_m, shift.dy_m)
    measures = {"residual_m": shift.residual_m}
    line = None
    if math.isfinite(length):
        measures = {"dx_m": shift.dx_m, "dy_m": shift.dy_m, "distance_m": length, **measures}
    if length <= DRAWN_M:
        middle = ground.legal.at(np.array([ground.legal.length_m / 2]))[0]
        line = ground.degrees(LineString([middle, middle + np.array([shift.dx_m, shift.dy_m])]))
    facts = {"cause": shift.cause}
    if shift.scale_ppm is not None and shift.turn_arcsec is not None:
        measures |= {"scale_ppm": shift.scale_ppm, "turn_arcsec": shift.turn_arcsec}
    return Finding("systematic_shift", "error", survey.side, "systematic_shift", line, measures, facts=facts)


def _importance(finding: Finding) -> tuple[int, int, float, float, str, str]:
    measures = finding.measures
    size = measures.get("area_m2") or measures.get("length_m") or measures.get("distance_m") or 0.0
    return (
        SEVERITIES.index(finding.severity),
        ORDER.index(finding.kind),
        -round(size, 3),
        round(measures.get("chainage_from_m", 0.0), 3),
        finding.side,
        finding.facts.get("code", ""),
    )
