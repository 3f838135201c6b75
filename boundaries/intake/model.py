"""What is handed in, observed and reported. Pure values.

A check sees the file in a plane in metres and yields observations: what, where
in that plane, how large. Only at the end are they put into words and into
longitude and latitude (`findings`), so that no check knows a language or a
coordinate system.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from shapely.geometry.base import BaseGeometry

Array = np.ndarray[Any, Any]
Severity = Literal["error", "warning", "info"]
Confidence = Literal["certain", "likely", "none"]
Verdict = Literal["accepted", "accepted_with_warnings", "returned"]
Fact = str | int | float


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing seen: `kind` and `reason` name its text in the catalogue, `facts` fill it.

    `place` is in the plane of the file (metres), or in the file's own numbers where
    `in_file` is set; `measures` have their unit in their name.
    """

    kind: str
    reason: str = "plain"
    facts: Mapping[str, Fact] = dataclasses.field(default_factory=dict)
    layer: str | None = None
    feature: int | None = None
    field: str | None = None
    place: BaseGeometry | None = None
    measures: Mapping[str, float] = dataclasses.field(default_factory=dict)
    in_file: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """An observation in words (English and Chinese) and on the Earth.

    `geometry` is in longitude and latitude (CGCS2000), None where the position is
    not known; `at` is a point of it in the file's own numbers. Lengths are in metres
    and areas in square metres on the ellipsoid where the position is known.
    """

    kind: str
    reason: str
    severity: Severity
    message: str
    message_zh: str
    rule: str
    layer: str | None
    feature: int | None
    field: str | None
    geometry: BaseGeometry | None
    at: tuple[float, float] | None
    measures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class EncodingBelief:
    """The encoding that a file declares for its texts, the one its bytes are in, and why that is believed."""

    declared: str | None
    believed: str | None
    why: str


@dataclass(frozen=True, slots=True)
class CrsBelief:
    """The coordinate system that a file declares, the one its numbers are in, and why that is believed.

    `candidates` are further possibilities that the numbers leave open.
    """

    declared: str | None
    believed: str | None
    confidence: Confidence
    why: str
    why_zh: str
    candidates: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer as it was read: geometries (shapely or None, two dimensions) in the file's own numbers.

    `fields` are those that were read, `all_fields` the names of all.
    `unreadable` numbers the features (from 1) whose geometry is there and is none.
    `heights` says that the layer has Z values; `crs_text` is the declaration as written.
    """

    name: str
    geometries: Array
    fields: Mapping[str, Sequence[Any]]
    crs_text: str | None
    encoding: EncodingBelief
    heights: bool = False
    unreadable: Sequence[int] = ()
    all_fields: Sequence[str] = ()

    @property
    def size(self) -> int:
        """How many features it has."""
        return len(self.geometries)


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One line of the report's table of layers."""

    name: str
    geometry: str
    features: int
    vertices: int
    crs: CrsBelief
    encoding: EncodingBelief


@dataclass(frozen=True, slots=True)
class NotChecked:
    """What was left out, and why."""

    check: str
    why: str
    why_zh: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A layer as a map shows it: longitude and latitude (CGCS2000), thinned by up to `thinned_m` metres."""

    layer: str
    geometry: BaseGeometry
    thinned_m: float


@dataclass(frozen=True, slots=True)
class Report:
    """The answer to one file; `sha256` is of the bytes as received, `drawn` its layers where they were asked for."""

    file: str
    sha256: str
    scale: int
    against: str | None
    against_sha256: str | None
    layers: Sequence[LayerSummary]
    findings: Sequence[Finding]
    not_checked: Sequence[NotChecked]
    tolerances: Mapping[str, float]
    drawn: Sequence[Drawn] = ()

    @property
    def verdict(self) -> Verdict:
        """`returned` with any error, `accepted_with_warnings` with any warning, else `accepted`."""
        severities = {finding.severity for finding in self.findings}
        if "error" in severities:
            return "returned"
        return "accepted_with_warnings" if "warning" in severities else "accepted"
