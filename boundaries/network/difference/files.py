"""Lines of a file as segments: as `boundary export` wrote them, or as anybody draws them.

The file is judged as at the counter: its archive, encoding and coordinate
system. What is not certain is refused with the sentence that says why, and
nothing is moved to another datum.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, get_args
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry import LineString

from boundaries.geometry.content import on_grid
from boundaries.intake.findings import Frame, describe
from boundaries.intake.model import Layer, Observation
from boundaries.intake.placed import PlacedLayer, placed
from boundaries.intake.reading import read_source
from boundaries.intake.received import received
from boundaries.intake.tolerances import tolerances
from boundaries.network.model import LegalStatus, Segment, TechnicalStatus
from boundaries.network.versions import State, match
from data.errors import BadInput
from data.ids import derived_id

#: The fields that `boundary export` writes.
FIELDS = ("segment", "left_code", "right_code", "left_name", "right_name", "legal", "technical", "scale", "accuracy_m")
#: With these a file has no certain content or place.
UNFIT = frozenset({
    "archive_unsafe", "archive_incomplete", "unreadable", "empty", "crs_missing", "crs_conflict", "crs_axis_swapped",
    "crs_zone_mismatch", "datum_suspect", "out_of_area", "coordinate_nonfinite", "geometry_type", "encoding_damaged",
})  # fmt: skip
LEGAL: tuple[LegalStatus, ...] = get_args(LegalStatus)
TECHNICAL: tuple[TechnicalStatus, ...] = get_args(TechnicalStatus)
T = TypeVar("T", bound=str)
Holder = Callable[[str, str], UUID | None]


@dataclass(frozen=True, slots=True)
class FileLine:
    """One line of a file: its course on the register's millimetre, and what stands beside it."""

    course: LineString
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LineFile:
    """The lines of a file with its name and the SHA-256 of its bytes."""

    name: str
    sha256: str
    lines: tuple[FileLine, ...]

    def names(self) -> dict[str, str]:
        """The units that stand beside the lines: names by code."""
        found = {}
        for line in self.lines:
            for side in ("left", "right"):
                code = _text(line.fields.get(f"{side}_code"))
                if code:
                    found[code] = _text(line.fields.get(f"{side}_name")) or code
        return found


def read_line_file(path: Path) -> LineFile:
    """The lines in a file; `BadInput` `file_missing`, `lines_unfit` with the kind of finding that stands against it."""
    with received(path) as got:
        observations, layers = list(got.observations), list[PlacedLayer]()
        for source in got.sources:
            found, seen = read_source(source, FIELDS)
            observations += seen
            layers += [placed(layer, None, "lines", tolerances()) for layer in found]
        observations += [seen for layer in layers for seen in layer.observations]
        _require_fit(path, observations)
        lines = tuple(line for layer in layers for line in _lines(layer))
        if not lines:
            raise BadInput(f"{path.name} has no lines. Nothing was compared.", code="lines_unfit", kind="empty")
        return LineFile(got.name, got.sha256, lines)


def _require_fit(path: Path, observations: Sequence[Observation]) -> None:
    for seen in observations:
        if seen.kind in UNFIT:
            said = describe(seen, Frame(None, {}, {})).message
            raise BadInput(
                f"{path.name} cannot be compared: {said} `./diming boundary check` says everything that is wrong with "
                "it. Nothing was compared.",
                code="lines_unfit",
                kind=seen.kind,
            )


def _lines(one: PlacedLayer) -> Iterator[FileLine]:
    to_stored = one.plane.to_stored if one.plane is not None else None
    if one.plane is None or to_stored is None:
        raise BadInput(
            f"Where {one.layer.name} lies is not known from its coordinate system. Nothing was compared.",
            code="lines_unfit",
            kind="crs_missing",
        )
    to_metres = one.plane.to_metres
    exact = _degrees(one.layer)
    for feature, geometry in zip(one.features.tolist(), one.geometries, strict=True):
        fields = {name.lower(): values[feature] for name, values in one.layer.fields.items()}
        for part in shapely.get_parts(geometry):
            numbers = shapely.get_coordinates(part)
            degrees = numbers if exact else to_stored(to_metres(numbers))
            yield FileLine(LineString(on_grid(degrees)), fields)


def _degrees(layer: Layer) -> bool:
    """Whether the numbers are longitude and latitude already, so that no projection there and back touches them."""
    coordinates = shapely.get_coordinates(layer.geometries[~shapely.is_missing(layer.geometries)])
    return bool(len(coordinates)) and bool((np.abs(coordinates) <= [180.0, 90.0]).all())


# -- as a state ----------------------------------------------------------------------------------------------------


def state_of(file: LineFile, known: State, holder: Holder, *, document: UUID | None = None) -> State:
    """The lines of a file as segments, under the ids of the `known` ones that they continue.

    A line that names a known segment in its field `segment` is that one; the others are matched by their vertices,
    then by their ends. `holder` gives the unit of a code and name. What a line does not say of itself it takes from
    the segment that it continues.
    """
    named, rest = _by_name(file, known)
    segments = {identity: _segment(identity, line, known[identity], holder) for identity, line in named.items()}
    free = {identity: segment for identity, segment in known.items() if identity not in segments}
    loose = [_segment(_id(line), line, None, holder) for line in rest]
    found = match(free, _with_sides(loose, free))
    whole = {i: _filled(segment, known.get(i), _line_of(rest, segment)) for i, segment in found.items()}
    return {i: replace(s, document=_document(s, known.get(i), document)) for i, s in {**segments, **whole}.items()}


def _by_name(file: LineFile, known: State) -> tuple[dict[UUID, FileLine], list[FileLine]]:
    named: dict[UUID, FileLine] = {}
    rest = []
    for line in file.lines:
        identity = _uuid(line.fields.get("segment"))
        if identity in known and identity is not None and identity not in named:
            named[identity] = line
        else:
            rest.append(line)
    return named, rest


def _segment(identity: UUID, line: FileLine, known: Segment | None, holder: Holder) -> Segment:
    """A line as a segment; one that continues `known` runs as that does."""
    sides = [_holder(line, side, holder) for side in ("left", "right")]
    course = line.course
    if known is not None:
        if sides == [None, None]:
            sides = [known.left, known.right]
        elif {*sides} == {known.left, known.right} and sides != [known.left, known.right]:
            course, sides = shapely.reverse(course), sides[::-1]
    return _filled(Segment(identity, sides[0], sides[1], course), known, line)


def _holder(line: FileLine, side: str, holder: Holder) -> UUID | None:
    code = _text(line.fields.get(f"{side}_code"))
    return holder(code, _text(line.fields.get(f"{side}_name"))) if code else None


def _with_sides(loose: Sequence[Segment], known: State) -> list[Segment]:
    """Lines without units get those of the known segment with the same vertices or, alone, the same ends."""
    by_hash = {segment.hash: segment for segment in known.values()}
    by_ends: dict[frozenset[object], list[Segment]] = {}
    for segment in known.values():
        by_ends.setdefault(_ends(segment), []).append(segment)
    found = []
    for segment in loose:
        candidates = by_ends.get(_ends(segment), [])
        like = by_hash.get(segment.hash) or (candidates[0] if len(candidates) == 1 else None)
        if segment.left is None and segment.right is None and like is not None:
            same_way = segment.geometry.coords[0] == like.geometry.coords[0]
            sides = (like.left, like.right) if same_way else (like.right, like.left)
            found.append(replace(segment, left=sides[0], right=sides[1]))
        else:
            found.append(segment)
    return found


def _ends(segment: Segment) -> frozenset[object]:
    return frozenset([segment.geometry.coords[0], segment.geometry.coords[-1]])


def _line_of(lines: Sequence[FileLine], segment: Segment) -> FileLine | None:
    hashes = {Segment(segment.id, None, None, line.course).hash: line for line in lines}
    return hashes.get(segment.hash)


def _filled(segment: Segment, known: Segment | None, line: FileLine | None) -> Segment:
    """What the line says of itself; else what the segment that it continues says; else what is not known."""
    said = line.fields if line else {}
    legal, technical = _text(said.get("legal")), _text(said.get("technical"))
    scale, accuracy = _number(said.get("scale")), _number(said.get("accuracy_m"))
    return replace(
        segment,
        legal_status=_one_of(legal, LEGAL, known.legal_status if known else "undocumented"),
        technical_status=_one_of(technical, TECHNICAL, known.technical_status if known else "edge_matched"),
        scale=round(scale) if scale else known.scale if known else None,
        accuracy_m=accuracy if accuracy else known.accuracy_m if known else None,
        method=known.method if known else None,
    )  # fmt: skip


def _one_of(text: str, allowed: Sequence[T], otherwise: T) -> T:
    return next((value for value in allowed if value == text), otherwise)


def _document(segment: Segment, known: Segment | None, document: UUID | None) -> UUID | None:
    return known.document if known is not None and known.same_boundary(segment) else document


def _id(line: FileLine) -> UUID:
    given = _uuid(line.fields.get("segment"))
    return given or derived_id("file-segment", Segment(UUID(int=0), None, None, line.course).hash.hex())


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(_text(value))
    except ValueError:
        return None


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value > 0 else None
