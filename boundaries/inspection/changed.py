"""A survey that is a copy of the record with something changed in it: an edit, no measurement. In a plane, metres.

A line that is surveyed anew never meets the record's vertices to the millimetre. A file
that does so at most of them was taken from the record; where it differs somebody moved,
added or left out vertices, and that needs a document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiLineString

from boundaries.inspection.ground import Ground
from boundaries.inspection.model import Finding, Severity
from boundaries.inspection.paths import Bundle, Path
from boundaries.inspection.settings import Settings
from boundaries.inspection.survey import Survey

Coordinates = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Edit:
    """Between two vertices that the copy and the record share: its course, and how far apart the two are there."""

    course: Coordinates
    from_m: float
    to_m: float
    apart_m: float


def change_findings(
    survey: Survey,
    document: str | None,
    told: Sequence[Finding],
    ground: Ground,
    tolerance_m: float,
    rules: Settings,
) -> Iterator[Finding]:
    """What was changed in a copy of the record, one finding for each stretch between markers.

    What is `told` as a departure of that side already is not told again.
    """
    if survey.shifts or not survey.paths:
        return
    shared = [_shared(path, ground, rules.same_vertex_m) for path in survey.paths]
    if sum(one.sum() for one in shared) < rules.copied_share * sum(len(one) for one in shared):
        return
    edits = [
        edit
        for path, same in zip(survey.paths, shared, strict=True)
        for edit in _edits(path, same, ground, tolerance_m, rules)
    ]
    by_stretch: dict[tuple[str | None, str | None], list[_Edit]] = defaultdict(list)
    departed = [_range(one) for one in told if one.kind == "departure" and one.side in (survey.side, "both")]
    for edit in edits:
        if any(begin < edit.to_m and edit.from_m < end for begin, end in departed):
            continue
        by_stretch[ground.between(edit.from_m, edit.to_m)].append(edit)
    for between, of_stretch in by_stretch.items():
        yield _finding(survey, document, ground, between, of_stretch)


def _range(finding: Finding) -> tuple[float, float]:
    return finding.measures["chainage_from_m"], finding.measures["chainage_to_m"]


def _shared(path: Path, ground: Ground, same_m: float) -> NDArray[np.bool_]:
    """Which vertices of a path are vertices of the record."""
    recorded = np.concatenate([course.vertices for course in ground.legal.courses])
    tree = shapely.STRtree(np.asarray(shapely.points(recorded), dtype=object))
    near = tree.query(shapely.points(path.vertices), predicate="dwithin", distance=same_m)[0]
    found = np.zeros(len(path.vertices), dtype=bool)
    found[near] = True
    return found


def _edits(
    path: Path, shared: NDArray[np.bool_], ground: Ground, tolerance_m: float, rules: Settings
) -> Iterator[_Edit]:
    """Every stretch between neighbouring shared vertices in which the copy leaves the record."""
    at = np.flatnonzero(shared)
    chainage = ground.legal.nearest(path.vertices[at], path.begin_m, path.end_m)[1]
    for number in range(len(at) - 1):
        course = path.vertices[at[number] : at[number + 1] + 1]
        begin, end = sorted(chainage[number : number + 2].tolist())
        apart = _apart(course, _inside(ground.legal, begin, end), ground.legal)
        # vertices that are only left out, within the tolerance, make a coarser copy and no edit
        if apart > (rules.same_vertex_m if len(course) > 2 else tolerance_m):
            yield _Edit(course, begin, end, apart)


def _inside(legal: Bundle, begin: float, end: float) -> Coordinates:
    """The record's own vertices between two chainages."""
    parts = [
        course.vertices[(course.chainage + offset > begin) & (course.chainage + offset < end)]
        for course, offset in zip(legal.courses, legal.offsets, strict=False)
    ]
    return np.concatenate(parts)


def _apart(course: Coordinates, recorded: Coordinates, legal: Bundle) -> float:
    """The greatest distance of either's vertices from the other."""
    there = float(legal.nearest(course)[0].max())
    return max(there, float(Bundle([course]).nearest(recorded)[0].max())) if len(recorded) else there


def _finding(
    survey: Survey,
    document: str | None,
    ground: Ground,
    between: tuple[str | None, str | None],
    edits: Sequence[_Edit],
) -> Finding:
    kind, apart = "changed_without_agreement", max(edit.apart_m for edit in edits)
    lines = [ground.degrees(LineString(edit.course)) for edit in edits]
    measures = {
        "length_m": sum(edit.to_m - edit.from_m for edit in edits),
        "distance_m": apart,
        "count": float(len(edits)),
        "chainage_from_m": min(edit.from_m for edit in edits),
        "chainage_to_m": max(edit.to_m for edit in edits),
    }
    drawn = MultiLineString([line for line in lines if isinstance(line, LineString)])
    facts = {} if document is None else {"document": document, "variant": "documented_"}
    severity: Severity = "warning" if document is None else "info"
    return Finding(kind, severity, survey.side, kind, drawn, measures, between, facts)
