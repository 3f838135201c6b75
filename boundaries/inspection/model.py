"""What goes into a comparison and what comes out. Pure values.

Coordinates are longitude and latitude (CGCS2000) in what goes in and in
findings; lengths are metres, areas square metres on the ellipsoid, directions
degrees clockwise from true north.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shapely import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry

from boundaries.markers.model import Witness

Side = Literal["a", "b", "both"]
Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Marker:
    """A boundary marker (界桩) as recorded or found: its code and its position.

    `kind`: `single`, `double` or `triple`. `accuracy_m`: point RMSE of this position where it is not that of the
    whole record. `by_phone`: the position is a phone's. `witnesses`: how its witness objects lie from it. None and
    empty: not said.
    """

    code: str
    position: tuple[float, float]
    kind: str | None = None
    accuracy_m: float | None = None
    by_phone: bool = False
    witnesses: tuple[Witness, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A line as somebody has it: the legal one, or a survey. `accuracy_m`: point RMSE.

    The legal line runs in its own direction: A's unit is on its left, B's on its
    right. Surveys may run either way and lie in any number of parts.
    """

    lines: tuple[LineString, ...]
    accuracy_m: float
    markers: tuple[Marker, ...] = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """A survey as a whole lies elsewhere: by this vector (metres east and north of the legal line), about that evenly.

    `residual_m` is the RMSE of what is left without it. Where the survey is turned or scaled as well, the vector is
    that of its middle, `scale_ppm` by how many millionths it is too large, `turn_arcsec` how far it is turned
    counter-clockwise; None: a vector explains it alone.
    """

    dx_m: float
    dy_m: float
    residual_m: float
    cause: str
    scale_ppm: float | None = None
    turn_arcsec: float | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the two surveys lie from each other, over the stretches that both surveyed."""

    length_m: float
    p50_m: float | None
    p95_m: float | None
    max_m: float | None
    within_tolerance_share: float | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact: `kind` and `rule` name its text and its tolerance; `between` are the nearest legal markers.

    `values`: what the legal record (`legal`) and both sides (`a`, `b`) say there.
    """

    kind: str
    severity: Severity
    side: Side
    rule: str
    geometry: BaseGeometry | None
    measures: Mapping[str, float]
    between: tuple[str | None, str | None] = (None, None)
    facts: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that was found, the most important first.

    `courses`: the lines that were compared (`legal`, `a`, `b`), surveys without their shift; `markers`: those recorded.
    `accuracies_m`: the point RMSE of `legal`, `a` and `b` from which every tolerance follows.
    """

    tolerance_m: float
    shifts: Mapping[str, Shift | None]
    agreement: Agreement
    findings: tuple[Finding, ...]
    courses: Mapping[str, MultiLineString] = field(default_factory=dict)
    markers: tuple[Marker, ...] = ()
    accuracies_m: Mapping[str, float] = field(default_factory=dict)
