"""From files with several lines to the lines: which feature is of which line, by its name or code (field `line`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from shapely import LineString, Point, STRtree

from boundaries.geometry.ellipsoid import distance_m
from boundaries.inspection.model import Marker, Record
from boundaries.inspection.reading import (
    InputFile,
    SurveyFile,
    line_names,
    read_legal_record,
    read_survey_file,
)
from boundaries.inspection.settings import settings
from boundaries.inspection.several.model import Named
from boundaries.inspection.survey import Submission
from data.errors import BadInput

#: A marker stands at every line from which it is nearer than this many tolerances; at least at the nearest line.
MARKER_TOLERANCES = 1.5
Files = Mapping[str, tuple[Path, Path | None]]
Parts = Mapping[str, list[LineString]]


def lines_in(path: Path) -> tuple[str, ...]:
    """The names or codes of the lines in a legal file; empty where it names none, or one alone.

    Raises `BadInput` `file_missing`, `legal_unfit`: also where some features say of which line they are and some do
    not.
    """
    names = line_names(path)
    said = sorted({name for name in names if name})
    if len(said) < 2:
        return ()
    if not all(names):
        raise BadInput(
            f"{path.name} names {len(said)} lines, and {sum(not name for name in names)} of its features none: say of "
            "which line each is (field line, 界线名称). Nothing was compared.",
            code="legal_unfit",
        )
    return tuple(said)


def read_several(files: Files, accuracies_m: Mapping[str, float]) -> tuple[list[Named], dict[str, list[InputFile]]]:
    """The lines of a legal file (`legal`) with the surveys of both sides (`a`, `b`); and the files.

    A side that has nothing of a line is one that did not survey it. Raises `BadInput` `file_missing`, `legal_unfit`,
    `survey_unfit`: also where a survey has a line that the legal file does not have, or a feature of no line.
    """
    legal, legal_files = read_legal_record(*files["legal"], accuracies_m["legal"])
    names = line_names(files["legal"][0])
    parts = _by_name(zip(names, legal.lines, strict=True))
    surveys = {side: read_survey_file(*files[side], accuracies_m[side], legal) for side in ("a", "b")}
    recorded = _recorded(legal.markers, parts, legal.accuracy_m)
    sides = {side: _sides(survey, parts, recorded, files[side][0]) for side, survey in surveys.items()}
    named = [
        Named(name, Record(tuple(lines), legal.accuracy_m, tuple(recorded[name])), sides["a"][name], sides["b"][name])
        for name, lines in sorted(parts.items())
    ]
    return named, {"legal": legal_files, **{side: survey.files for side, survey in surveys.items()}}


def with_documents(named: Sequence[Named], documents: Mapping[str, str]) -> list[Named]:
    """The lines with the documents by which side `a` or `b` changes them."""
    return [
        replace(one, a=replace(one.a, document=documents.get("a")), b=replace(one.b, document=documents.get("b")))
        for one in named
    ]


def _by_name(parts: Iterator[tuple[str | None, LineString]]) -> dict[str, list[LineString]]:
    found: dict[str, list[LineString]] = defaultdict(list)
    for name, part in parts:
        found[name or ""].append(part)
    return dict(found)


def _sides(
    survey: SurveyFile, legal: Parts, recorded: Mapping[str, Sequence[Marker]], path: Path
) -> dict[str, Submission]:
    """A side's survey of each legal line."""
    mine = _by_name(zip(survey.line_names, survey.submission.record.lines, strict=True))
    nameless, unknown = len(mine.get("", ())), sorted(mine.keys() - legal.keys() - {""})
    if nameless or unknown:
        said = f"{nameless} features of no line" if nameless else f"lines that the legal file lacks: {_few(unknown)}"
        raise BadInput(
            f"{path.name} has {said}. The legal file has {_few(sorted(legal))}: say of which of them each feature is "
            "(field line, 界线名称). Nothing was compared.",
            code="survey_unfit",
        )
    markers = _found(survey.submission.record.markers, legal, recorded, survey.submission.record.accuracy_m)
    whole = survey.submission
    return {
        name: replace(
            whole, record=replace(whole.record, lines=tuple(mine.get(name, ())), markers=tuple(markers[name]))
        )
        for name in legal
    }


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


# -- markers: each at the lines that it stands at ----------------------------------------------------------------


class _Nearby:
    """Which lines a place lies at."""

    def __init__(self, legal: Parts) -> None:
        self._names = [name for name, parts in sorted(legal.items()) for _ in parts]
        self._parts = [part for _, parts in sorted(legal.items()) for part in parts]
        self._tree = STRtree(self._parts)

    def at(self, position: tuple[float, float], reach_m: float) -> list[str]:
        """The nearest line, and every other within `reach_m` metres."""
        here = Point(position)
        nearest = int(self._tree.nearest(here))
        # a degree of latitude is never shorter than 110 km; of longitude half of that at 60 degrees
        near = np.sort(self._tree.query(here, predicate="dwithin", distance=2 * reach_m / 110_000)).tolist()
        found = {self._names[k] for k in near if self._off_m(k, here) <= reach_m}
        return sorted({self._names[nearest], *found})

    def _off_m(self, number: int, here: Point) -> float:
        part = self._parts[number]
        place = part.interpolate(part.project(here))
        return distance_m((here.x, here.y), (place.x, place.y))


def _recorded(markers: Sequence[Marker], legal: Parts, accuracy_m: float) -> dict[str, list[Marker]]:
    nearby, found = _Nearby(legal), {name: list[Marker]() for name in legal}
    for marker in markers:
        reach_m = MARKER_TOLERANCES * settings().tolerance_m(marker.accuracy_m or accuracy_m, accuracy_m)
        for name in nearby.at(marker.position, reach_m):
            found[name].append(marker)
    return found


def _found(
    markers: Sequence[Marker], legal: Parts, recorded: Mapping[str, Sequence[Marker]], accuracy_m: float
) -> dict[str, list[Marker]]:
    """Found markers at the lines of the recorded one of the same code, the nearest of them; new ones by place."""
    nearby, found = _Nearby(legal), {name: list[Marker]() for name in legal}
    by_code: dict[str, list[tuple[str, Marker]]] = defaultdict(list)
    for name, of_line in recorded.items():
        for one in of_line:
            by_code[one.code].append((name, one))
    for marker in markers:
        same = by_code.get(marker.code, [])
        if same:
            nearest = min((one for _, one in same), key=lambda one: distance_m(one.position, marker.position))
            names = sorted(name for name, one in same if one.position == nearest.position)
        else:
            reach_m = MARKER_TOLERANCES * settings().tolerance_m(marker.accuracy_m or accuracy_m, accuracy_m)
            names = nearby.at(marker.position, reach_m)
        for name in names:
            found[name].append(marker)
    return found
