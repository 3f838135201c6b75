"""What is told of markers: gone, elsewhere, on the wrong side, off the line, of another type or number, new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from shapely import Point

from boundaries.geometry.ellipsoid import azimuth_deg, distance_m
from boundaries.inspection.ground import Ground
from boundaries.inspection.marking import Limit, Meeting, Placed, meet
from boundaries.inspection.model import Finding, Marker, Severity, Side
from boundaries.inspection.settings import Settings
from boundaries.inspection.survey import Survey

Coordinates = NDArray[np.float64]
SEVERITY: dict[str, Severity] = {
    "lost": "error",
    "displaced": "warning",
    "wrong_side": "warning",
    "off_line": "warning",
    "wrong_type": "warning",
    "added": "warning",
    "renumbered": "warning",
}


def marker_findings(a: Survey, b: Survey, ground: Ground, rules: Settings) -> Iterator[Finding]:
    """What became of the recorded markers; what both sides saw alike is one finding.

    A side that hands in no markers is not asked.
    """
    if not ground.markers:
        return
    yield from _off_the_line(ground, rules)
    limits = [_limit(survey, ground, rules) for survey in (a, b)]
    told = [list(_told(survey, ground, limit, rules)) for survey, limit in zip((a, b), limits, strict=True)]
    left = list(told[1])
    for meeting in told[0]:
        same = next((other for other in left if _same(meeting, other, limits)), None)
        if same is not None:
            left.remove(same)
        yield _finding(meeting, "a" if same is None else "both", same, ground)
    for meeting in left:
        yield _finding(meeting, "b", None, ground)


def _limit(survey: Survey, ground: Ground, rules: Settings) -> Limit:
    """How far each found position may be from its record: by its own accuracy where it states one."""
    return lambda marker: rules.tolerance_m(marker.accuracy_m or survey.accuracy_m, ground.accuracy_m)


def _told(survey: Survey, ground: Ground, limit: Limit, rules: Settings) -> Iterator[Meeting]:
    """The meetings of which something is to be told; a marker of another type is told beside what else it is."""
    if not survey.markers:
        return
    for meeting in meet(ground.markers, survey.markers, limit, rules):
        if meeting.kind != "same":
            yield _across(meeting, ground, limit)
        if _kinds_differ(meeting):
            yield replace(meeting, kind="wrong_type")


def _kinds_differ(meeting: Meeting) -> bool:
    kinds = [side.marker.kind for side in (meeting.legal, meeting.found) if side is not None]
    return len(kinds) == 2 and None not in kinds and kinds[0] != kinds[1]


def _across(meeting: Meeting, ground: Ground, limit: Limit) -> Meeting:
    """A stone of a pair or a triple in the place of another of its kind, or across the line, is on the wrong side."""
    if meeting.kind != "displaced" or meeting.legal is None or meeting.found is None:
        return meeting
    if meeting.legal.marker.kind not in ("double", "triple"):
        return meeting
    limit_m = limit(meeting.found.marker)
    wrong = _in_anothers_place(meeting, ground, limit_m) or _across_the_line(meeting, ground, limit_m)
    return replace(meeting, kind="wrong_side") if wrong else meeting


def _in_anothers_place(meeting: Meeting, ground: Ground, limit_m: float) -> bool:
    """Whether a stone was found where another of the same kind is recorded: the two may have been exchanged."""
    legal, found = meeting.legal, meeting.found
    if legal is None or found is None:
        return False
    others = (one for one in ground.markers if one.marker.kind == legal.marker.kind and one is not legal)
    return any(float(np.hypot(*(one.at - found.at))) <= limit_m for one in others)


def _across_the_line(meeting: Meeting, ground: Ground, limit_m: float) -> bool:
    """Whether it was found beyond the line from its record; beyond the line's end there are no sides."""
    if meeting.legal is None or meeting.found is None:
        return False
    off, chainage, sides = ground.legal.nearest(np.array([meeting.legal.at, meeting.found.at]))
    beside = ((chainage > 0) & (chainage < ground.legal.length_m)).all()
    return bool(beside and (off > limit_m).all() and sides[0] != sides[1])


def _off_the_line(ground: Ground, rules: Settings) -> Iterator[Finding]:
    """Single markers that are recorded beside the line that they mark."""
    for placed, chainage in zip(ground.markers, ground.chainage_m, strict=True):
        if placed.marker.kind != "single":
            continue
        off = float(ground.legal.nearest(placed.at[None, :])[0][0])
        if off > rules.tolerance_m(placed.marker.accuracy_m or ground.accuracy_m, ground.accuracy_m):
            measures = {"chainage_from_m": chainage, "line_distance_m": off}
            point, between = Point(ground.position(placed.at)), ground.between(chainage, chainage)
            facts = {"code": placed.marker.code}
            kind = "marker_off_line"
            yield Finding(kind, SEVERITY["off_line"], "both", kind, point, measures, between, facts)


def _same(one: Meeting, other: Meeting, limits: Sequence[Limit]) -> bool:
    if one.kind != other.kind or _code(one.legal) != _code(other.legal) or _code(one.found) != _code(other.found):
        return False
    if one.found is None or other.found is None:
        return True
    limit_m = max(limit(place.marker) for limit, place in zip(limits, (one.found, other.found), strict=True))
    return one.proof == other.proof and bool(np.hypot(*(one.found.at - other.found.at)) <= limit_m)


def _code(placed: Placed | None) -> str | None:
    return placed.marker.code if placed else None


def _finding(meeting: Meeting, side: Side, same: Meeting | None, ground: Ground) -> Finding:
    found = [m.found.at for m in (meeting, same) if m is not None and m.found is not None]
    where = np.mean(found, axis=0) if found else None
    recorded = meeting.legal.at if meeting.legal is not None else None
    place = where if where is not None else meeting.one.at
    chainage = float(ground.legal.nearest(place[None, :])[1][0])
    measures = {"chainage_from_m": chainage, **_offset(ground, recorded, where, place), **_by_witnesses(meeting)}
    kind, severity = f"marker_{meeting.kind}", SEVERITY[meeting.kind]
    if meeting.proof == "phone":
        severity = "info"
    point, between = Point(ground.position(place)), ground.between(chainage, chainage)
    return Finding(kind, severity, side, kind, point, measures, between, _facts(meeting))


def _facts(meeting: Meeting) -> dict[str, str]:
    facts = {"code": meeting.one.marker.code}
    if meeting.kind == "renumbered":
        facts["found_code"] = _code(meeting.found) or ""
    if meeting.kind == "wrong_type" and meeting.legal is not None and meeting.found is not None:
        facts |= {"type": _kind(meeting.legal.marker), "found_type": _kind(meeting.found.marker)}
    if meeting.kind == "displaced" and (meeting.proof != "survey" or meeting.witnesses is not None):
        facts["proof"] = meeting.proof
    if meeting.kind == "displaced" and meeting.proof != "survey":
        facts["variant"] = f"{meeting.proof}_"
    return facts


def _kind(marker: Marker) -> str:
    return marker.kind or ""


def _by_witnesses(meeting: Meeting) -> dict[str, float]:
    """What the witness objects say, in metres; nothing where none was measured again."""
    by = meeting.witnesses
    if by is None or meeting.kind == "wrong_type":
        return {}
    return {"witness_distance_m": by.distance_m, "witness_azimuth_deg": by.azimuth_deg}


def _offset(
    ground: Ground, recorded: Coordinates | None, where: Coordinates | None, place: Coordinates
) -> dict[str, float]:
    """Distance and direction from the record to where it was found, and how far from the legal line that is."""
    to_line, _, _ = ground.legal.nearest(place[None, :])
    measures = {"line_distance_m": float(to_line[0])}
    if recorded is not None and where is not None:
        start, end = ground.position(recorded), ground.position(where)
        measures["distance_m"] = distance_m(start, end)
        measures["azimuth_deg"] = azimuth_deg(start, end)
    return measures
