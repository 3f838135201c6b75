"""The legal line or units as a file, to check another one against; must itself be beyond doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from boundaries.intake.cleaning import line_parts
from boundaries.intake.findings import NOWHERE, describe
from boundaries.intake.legal import LegalLines
from boundaries.intake.model import Array, Observation
from boundaries.intake.place import LegalPlace
from boundaries.intake.placed import PlacedLayer, placed
from boundaries.intake.profiles import Profile
from boundaries.intake.reading import read_source
from boundaries.intake.received import received
from boundaries.intake.schema import values_of
from boundaries.intake.tolerances import Tolerances
from data.crs_plane import Plane
from data.errors import BadInput

#: What may be said of a legal file and yet leave it fit.
HARMLESS = ("encoding_conflict", "encoding_damaged", "duplicate_vertices", "schema_bad_value", "empty")


@dataclass(frozen=True, slots=True)
class LegalInput:
    """The legal lines and units in longitude and latitude (degrees): arrays of shapely geometries with their names."""

    name: str
    sha256: str
    lines: Array
    line_names: tuple[str | None, ...]
    units: Array

    def place(self) -> LegalPlace | None:
        """For asking how far positions lie from the legal lines or outlines."""
        outlines = shapely.boundary(self.units) if len(self.units) else self.units
        parts, _ = line_parts(np.concatenate([self.lines, outlines]))
        return LegalPlace([shapely.get_coordinates(part) for part in parts]) if len(parts) else None

    def lines_in(self, plane: Plane) -> LegalLines | None:
        """The legal lines in the metres of `plane`; None where there are none, or the plane has no position."""
        if plane.from_stored is None or len(self.lines) == 0:
            return None
        return LegalLines(shapely.transform(self.lines, plane.from_stored), self.line_names)

    def units_in(self, plane: Plane) -> Array | None:
        """The legal units in the metres of `plane`; None as above."""
        if plane.from_stored is None or len(self.units) == 0:
            return None
        units: Array = shapely.transform(self.units, plane.from_stored)
        return units


def read_legal(path: Path, profile: Profile, limits: Tolerances) -> LegalInput:
    """The legal lines or units in the file at `path`.

    Raises `BadInput` `file_missing`, and `legal_unfit` where there is any doubt about what or where it is.
    """
    with received(path) as got:
        observations = list(got.observations)
        layers = []
        for source in got.sources:
            found, seen = read_source(source, profile.names)
            observations += seen
            layers += [placed(layer, None, None, limits) for layer in found]
        observations += [seen for layer in layers for seen in layer.observations]
        _refuse(path, observations, layers)
        return _collected(got.name, got.sha256, layers, profile)


def _refuse(path: Path, observations: Sequence[Observation], layers: Sequence[PlacedLayer]) -> None:
    bad = [seen for seen in observations if seen.kind not in HARMLESS and seen.reason != "heights"]
    if bad:
        said = describe(bad[0], NOWHERE)
        raise BadInput(f"{path.name} cannot serve as the legal line: {said.message}", code="legal_unfit")
    if not any(one.positioned and one.family in ("lines", "units") for one in layers):
        raise BadInput(f"{path.name} has no lines and no units to check against.", code="legal_unfit")


def _collected(name: str, sha256: str, layers: Sequence[PlacedLayer], profile: Profile) -> LegalInput:
    lines: list[Array] = [np.empty(0, dtype=object)]
    names: list[str | None] = []
    units: list[Array] = [np.empty(0, dtype=object)]
    for one in layers:
        stored = _stored(one)
        if one.family == "lines":
            parts, owner = line_parts(stored)
            values = values_of(one.layer, profile.rule("lines", "line"))
            lines.append(parts)
            names += [values[one.features[at]] for at in owner]
        elif one.family == "units":
            units.append(stored)
    return LegalInput(name, sha256, np.concatenate(lines), tuple(names), np.concatenate(units))


def _stored(one: PlacedLayer) -> Array:
    plane = one.plane
    if plane is None or plane.to_stored is None:
        return np.empty(0, dtype=object)
    to_stored = plane.to_stored
    moved: Array = shapely.transform(one.geometries, lambda numbers: to_stored(plane.to_metres(numbers)))
    return moved
