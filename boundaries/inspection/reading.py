"""From the files of a comparison to records: the legal line, two surveys, their markers.

Coordinate systems are judged as at the counter (`boundaries.intake`). A survey whose
numbers are in another zone or order than it declares is read as its numbers say, and
that is told as its shift; one that declares a former datum is compared as if it were
on the register's, so that its offset can be told. Nothing is written or moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely import LineString

from boundaries.geometry.ellipsoid import azimuth_deg, distance_m
from boundaries.inspection.marker_fields import markers_of
from boundaries.inspection.model import Marker, Record, Shift
from boundaries.inspection.survey import Submission
from boundaries.intake.cleaning import line_parts
from boundaries.intake.findings import Frame, describe
from boundaries.intake.legal_file import read_legal
from boundaries.intake.model import Layer, Observation
from boundaries.intake.numbers import look_at
from boundaries.intake.place import LegalPlace
from boundaries.intake.placed import PlacedLayer, placed
from boundaries.intake.profiles import DEFAULT, Profile, profile
from boundaries.intake.reading import read_source
from boundaries.intake.received import received
from boundaries.intake.schema import values_of
from boundaries.intake.tolerances import Tolerances, tolerances
from data.crs_grids import FALSE_EASTING_M, Declaration, understand
from data.crs_plane import Plane, degree_plane, grid_plane
from data.errors import BadInput

#: With these a survey cannot be compared: it has no certain content or place. Everything else is only less good.
UNFIT = (
    "archive_unsafe",
    "archive_incomplete",
    "unreadable",
    "empty",
    "crs_missing",
    "out_of_area",
    "coordinate_nonfinite",
    "geometry_type",
)
#: What the counter saw of the coordinate system, as a cause of a shift.
CAUSES = {("crs_axis_swapped", "plain"): "axis_swap", ("crs_zone_mismatch", "number"): "zone"}


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file as received: its name and the SHA-256 of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class SurveyFile:
    """A survey as handed in, of which line each of its parts says it is, and the files."""

    submission: Submission
    line_names: tuple[str | None, ...]
    files: list[InputFile]


def line_names(path: Path) -> tuple[str | None, ...]:
    """Of which line each part of a legal file says it is, in the order of `read_legal_record`'s lines.

    Raises `BadInput` `file_missing`, `legal_unfit`.
    """
    names = read_legal(path, profile(DEFAULT), tolerances()).line_names
    return tuple(None if name is None else name.strip() or None for name in names)


def read_legal_record(lines: Path, markers: Path | None, accuracy_m: float) -> tuple[Record, list[InputFile]]:
    """The legal line of a file, with the recorded markers of another; both must be beyond doubt.

    Raises `BadInput` `file_missing`, `legal_unfit`.
    """
    fields, limits = profile(DEFAULT), tolerances()
    legal = read_legal(lines, fields, limits)
    files = [InputFile(legal.name, legal.sha256)]
    found: tuple[Marker, ...] = ()
    if markers is not None:
        file, layers = _layers(markers, None, fields, limits, "legal_unfit")
        files.append(file)
        found = tuple(marker for layer in layers for marker in markers_of(layer, fields, _stored(layer)))
    parts = tuple(legal.lines.tolist())
    if not parts:
        raise BadInput(f"{legal.name} has no lines. Nothing was compared.", code="legal_unfit")
    return Record(parts, accuracy_m, found), files


def read_submission(
    lines: Path, markers: Path | None, accuracy_m: float, legal: Record
) -> tuple[Submission, list[InputFile]]:
    """A survey as handed in, its markers from a file of their own or from the same.

    Raises `BadInput` `file_missing`, `survey_unfit`.
    """
    found = read_survey_file(lines, markers, accuracy_m, legal)
    return found.submission, found.files


def read_survey_file(lines: Path, markers: Path | None, accuracy_m: float, legal: Record) -> SurveyFile:
    """The same with the names of its lines; errors of `read_submission`."""
    fields, limits = profile(DEFAULT), tolerances()
    place = LegalPlace([shapely.get_coordinates(line) for line in legal.lines])
    file, layers = _layers(lines, place, fields, limits, "survey_unfit")
    files = [file]
    if markers is not None:
        marker_file, marker_layers = _layers(markers, place, fields, limits, "survey_unfit")
        files.append(marker_file)
        layers += [layer for layer in marker_layers if layer.family == "markers"]
    drawn = [layer for layer in layers if layer.family == "lines"]
    parts = [one for layer in drawn for one in _parts(layer, fields)]
    record = Record(
        tuple(part for part, _ in parts),
        accuracy_m,
        tuple(marker for layer in layers for marker in markers_of(layer, fields, _stored(layer))),
    )
    if not record.lines:
        raise BadInput(f"{file.name} has no lines. Nothing was compared.", code="survey_unfit")
    submission = Submission(record, misread=_misread(drawn), datum=_former_datum(drawn))
    return SurveyFile(submission, tuple(name for _, name in parts), files)


def _layers(
    path: Path, place: LegalPlace | None, fields: Profile, limits: Tolerances, code: str
) -> tuple[InputFile, list[PlacedLayer]]:
    with received(path) as got:
        observations = list(got.observations)
        layers: list[PlacedLayer] = []
        for source in got.sources:
            found, seen = read_source(source, fields.names)
            observations += seen
            layers += [placed(layer, place, None, limits) for layer in found]
        observations += [seen for layer in layers for seen in layer.observations]
        _refuse(path, observations, code)
        return InputFile(got.name, got.sha256), layers


def _refuse(path: Path, observations: Sequence[Observation], code: str) -> None:
    for seen in observations:
        if seen.kind in UNFIT:
            said = describe(seen, Frame(None, {}, {})).message
            raise BadInput(
                f"{path.name} cannot be compared: {said} `./diming boundary check` says everything that is wrong "
                "with it. Nothing was compared.",
                code=code,
                kind=seen.kind,
            )


def read_layers(path: Path) -> tuple[InputFile, list[PlacedLayer]]:
    """Every layer of a file, its coordinate system judged by its numbers. `BadInput` `file_missing`, `survey_unfit`."""
    return _layers(path, None, profile(DEFAULT), tolerances(), "survey_unfit")


def stored_geometries(layer: PlacedLayer) -> np.ndarray:
    """The geometries of a layer in longitude and latitude; `BadInput` `survey_unfit` where it lies nowhere."""
    return _stored(layer)


# -- positions --------------------------------------------------------------------------------------------------


def _stored(layer: PlacedLayer) -> np.ndarray:
    """The layer's geometries in longitude and latitude; a former datum's numbers as if they were the register's."""
    plane = layer.plane if layer.plane is not None and layer.plane.to_stored is not None else _as_if(layer)
    if plane is None or plane.to_stored is None:
        raise BadInput(
            f"Where {layer.layer.name} lies is not known from its coordinate system. Nothing was compared.",
            code="survey_unfit",
        )
    to_stored = plane.to_stored
    return np.asarray(shapely.transform(layer.geometries, lambda numbers: to_stored(plane.to_metres(numbers))))


def _as_if(layer: PlacedLayer) -> Plane | None:
    """The plane of the same zone on the register's datum, for numbers on a former one."""
    declared, numbers = _declared(layer.layer), look_at(shapely.get_coordinates(layer.geometries))
    if declared is None or numbers is None or declared.equivalent:
        return None
    if declared.kind == "geographic":
        return degree_plane(float(np.median(numbers.east_north[:, 0])), swapped=numbers.swapped)
    if declared.central_meridian is None:
        return None
    easting = declared.false_easting_m if declared.false_easting_m is not None else FALSE_EASTING_M
    return grid_plane(declared.central_meridian, easting, swapped=numbers.swapped)


def _declared(layer: Layer) -> Declaration | None:
    return understand(layer.crs_text)


def _parts(layer: PlacedLayer, fields: Profile) -> Iterator[tuple[LineString, str | None]]:
    """Every part with what its feature says of its line."""
    names = values_of(layer.layer, fields.rule("lines", "line"))
    parts, owner = line_parts(_stored(layer))
    for part, feature in zip(parts.tolist(), layer.features[owner].tolist(), strict=True):
        name = names[feature]
        yield part, None if name is None else name.strip() or None


# -- shifts that the counter sees -------------------------------------------------------------------------------


def _former_datum(layers: Sequence[PlacedLayer]) -> str | None:
    declared = [_declared(layer.layer) for layer in layers]
    former = sorted({one.datum for one in declared if one is not None and not one.equivalent})
    return former[0] if former else None


def _misread(layers: Sequence[PlacedLayer]) -> Shift | None:
    """The shift that reading the file as it declares itself would give; None where it is what it declares."""
    for layer in layers:
        for seen in layer.observations:
            cause = CAUSES.get((seen.kind, seen.reason))
            if cause is None and seen.kind == "crs_zone_mismatch":
                cause = "central_meridian"
            if cause is not None:
                return _as_declared(layer, cause)
    return None


def _as_declared(layer: PlacedLayer, cause: str) -> Shift:
    """From the right place to the declared one, in metres east and north; not a number where that is no place."""
    declared, numbers = _declared(layer.layer), look_at(shapely.get_coordinates(layer.geometries))
    right = shapely.get_coordinates(_stored(layer))
    here = (float(np.median(right[:, 0])), float(np.median(right[:, 1])))
    there: tuple[float, float] | None = None
    if declared is not None and declared.central_meridian is not None and numbers is not None:
        plane = grid_plane(declared.central_meridian, declared.false_easting_m or FALSE_EASTING_M)
        if plane.to_stored is not None:
            x, y = plane.to_stored(np.median(numbers.sample, axis=0)[None, :])[0].tolist()
            there = (x, y) if np.isfinite([x, y]).all() and abs(y) <= 90 else None
    if there is None:
        return Shift(float("nan"), float("nan"), 0.0, cause)
    distance, azimuth = distance_m(here, there), np.radians(azimuth_deg(here, there))
    return Shift(float(distance * np.sin(azimuth)), float(distance * np.cos(azimuth)), 0.0, cause)
