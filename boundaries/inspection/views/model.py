"""What goes into a comparison of two views and what comes out. Pure values; longitude and latitude (CGCS2000)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, eq=False)
class View:
    """One office's view: codes in order, a name and a valid polygon for each; `accuracy_m`: point RMSE, None: unknown.

    `mended`: codes whose polygons were not valid and are compared by what they most likely enclose.
    """

    codes: tuple[str, ...]
    names: tuple[str | None, ...]
    polygons: NDArray[np.object_]
    accuracy_m: float | None = None
    mended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ViewFinding:
    """One fact about units or land; `units`: the code in view A, then in view B (for one unit: that one)."""

    kind: str
    severity: Severity
    units: tuple[str, ...]
    geometry: BaseGeometry | None
    measures: Mapping[str, float]
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pair:
    """What lies between two units: how much is in disagreement, how much within the tolerance."""

    units: tuple[str, str]
    disputed: int
    disputed_m2: float
    widest_m: float
    told: int
    slivers: int
    slivers_m2: float


@dataclass(frozen=True, slots=True)
class ViewShift:
    """View B as a whole lies off view A by this vector (metres east and north); `residual_m` is left without it."""

    dx_m: float
    dy_m: float
    residual_m: float


@dataclass(frozen=True, slots=True)
class ViewAgreement:
    """How far the boundaries of the same units lie apart in the two views, in metres; None where no unit is in both."""

    stations: int
    p50_m: float | None
    p95_m: float | None
    max_m: float | None


@dataclass(frozen=True, slots=True)
class ViewComparison:
    """Everything that was found, the most important first.

    `tolerance_from`: `accuracies` as given, or `agreement`: what the two views themselves show. `accuracies_m`:
    the point RMSE of `a` and `b` as they state it, None where they do not.
    """

    tolerance_m: float
    tolerance_from: Literal["accuracies", "agreement"]
    shift: ViewShift | None
    agreement: ViewAgreement
    counts: Mapping[str, int]
    pairs: Sequence[Pair]
    findings: tuple[ViewFinding, ...]
    mended: Mapping[str, Sequence[str]]
    accuracies_m: Mapping[str, float | None] = field(default_factory=dict)
