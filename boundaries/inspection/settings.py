"""The numbers of the comparison: rows with their source in `data/rules/inspection/comparison.toml`."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from data.errors import BadInput

COMPARISON_FILE = Path(__file__).parents[2] / "data" / "rules" / "inspection" / "comparison.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every number by its name in the file: `_m` in metres, `_tolerances` in multiples of T, `_share` of one."""

    k: float
    accuracy_m: float
    station_step_m: float
    run_tolerances: float
    run_m: float
    run_spacings: float
    wide_tolerances: float
    wide_run_tolerances: float
    tail_tolerances: float
    tail_spacings: float
    joining_tolerances: float
    end_tolerances: float
    missing_m: float
    same_vertex_m: float
    copied_share: float
    significant_tolerances: float
    residual_share: float
    same_departure_share: float
    witness_distance_m: float
    witness_azimuth_deg: float

    def tolerance_m(self, *accuracies_m: float) -> float:
        """T = k times the root of the summed squares of the accuracies (point RMSE, metres)."""
        return self.k * math.hypot(*accuracies_m)

    def run_needed_m(self, width_m: float, tolerance_m: float, spacing_m: float) -> float:
        """How long a difference of this width must be to be a finding; infinite where it is within T.

        `spacing_m`: how far apart the vertices of the departing line stand there.
        """
        if width_m <= tolerance_m:
            return math.inf
        if width_m >= self.wide_tolerances * tolerance_m:
            return self.wide_run_tolerances * tolerance_m
        return max(self.run_tolerances * tolerance_m, self.run_m, self.run_spacings * spacing_m)


@cache
def sources(path: Path = COMPARISON_FILE) -> dict[str, str]:
    """Where each number comes from, by its name."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: str(row["source"]) for section in table.values() for name, row in section.items()}


@cache
def settings(path: Path = COMPARISON_FILE) -> Settings:
    """The settings of the file; BadInput `bad_comparison` where it lacks one or a source."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        rows = {name: row for section in table.values() for name, row in section.items()}
        unread = rows.keys() - {field.name for field in fields(Settings)}
        if unread:
            raise ValueError(f"nothing reads {', '.join(sorted(unread))}")
        return Settings(**{field.name: _value(rows, field.name) for field in fields(Settings)})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError, KeyError, ValueError) as error:
        raise BadInput(f"{path.name} is no table of comparison settings ({error}).", code="bad_comparison") from error


def _value(rows: dict[str, dict[str, object]], name: str) -> float:
    row = rows[name]
    if not row.get("source"):
        raise ValueError(f"{name} has no source")
    value = float(str(row["value"]))
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name} is not positive")
    return value
