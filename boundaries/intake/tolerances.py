"""From how many metres on a difference is one: rows with their source, times the scale of the sheet."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import BadInput, BadRequest

TOLERANCES_FILE = Path(__file__).parents[2] / "data" / "rules" / "intake" / "tolerances.toml"
#: Denominators of scales that can be meant: from plans of a village to a sheet of a province.
SCALES = (200, 1_000_000)
#: A millimetre on the map at 1:1 is so many metres on the ground.
METRES_PER_MM = 0.001
NAMES = ("coincide", "node", "marker", "sliver", "join", "search", "spike", "near")


@dataclass(frozen=True, slots=True)
class Tolerances:
    """Metres on the ground at `scale` (its denominator); `spike` in degrees of turning.

    `coincide`: the same point. `node`, `marker`: agreement with an agreed position.
    `sliver`: width of a strip that is no disagreement. `join`: ends that were meant
    to meet. `search`: how far a missed node is looked for. `near`: the same place.
    """

    scale: int
    coincide: float
    node: float
    marker: float
    sliver: float
    join: float
    search: float
    spike: float
    near: float

    def as_mapping(self) -> dict[str, float]:
        """All values by their names with units, for the report."""
        metres = {f"{name}_m": float(getattr(self, name)) for name in NAMES if name != "spike"}
        return {**metres, "spike_deg": self.spike}


def tolerances(scale: int | None = None, path: Path = TOLERANCES_FILE) -> Tolerances:
    """The tolerances for maps at 1:`scale`; without it at the scale the file names.

    Raises `BadRequest` `bad_scale`, `BadInput` `bad_tolerances` where the file is no such table.
    """
    table = _table(path)
    used = int(table["default_scale"]) if scale is None else scale
    if not SCALES[0] <= used <= SCALES[1]:
        raise BadRequest(
            f"1:{used} is no scale of a boundary sheet: the number is from {SCALES[0]:,} to {SCALES[1]:,}.",
            code="bad_scale",
        )
    return Tolerances(used, **{name: _value(table[name], used) for name in NAMES})


def _table(path: Path) -> Mapping[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        missing = [name for name in ("default_scale", *NAMES) if name not in table]
        if missing:
            raise BadInput(f"{path.name} lacks {', '.join(missing)}.", code="bad_tolerances")
        for name in NAMES:
            _value(table[name], int(table["default_scale"]))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError, KeyError, ValueError) as error:
        raise BadInput(f"{path.name} is no table of tolerances ({error}).", code="bad_tolerances") from error
    return table


def _value(row: Mapping[str, Any], scale: int) -> float:
    if "map_mm" in row:
        return float(row["map_mm"]) * float(row.get("factor", 1)) * scale * METRES_PER_MM
    return float(row["degrees"] if "degrees" in row else row["metres"])
