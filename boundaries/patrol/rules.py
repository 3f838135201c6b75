"""The words and numbers of patrols, from `data/rules/patrol/patrol.toml`. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from data.errors import BadInput

PATROL_FILE = Path(__file__).parents[2] / "data" / "rules" / "patrol" / "patrol.toml"
SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class MarkerState:
    """A state in which a marker is found; `finding` is the kind of finding that it opens, None for none."""

    key: str
    label_zh: str
    label_en: str
    finding: str | None
    severity: str | None


@dataclass(frozen=True, slots=True)
class KeeperLevel:
    """A level of keepers (管护员), and of which level the unit is for which they keep."""

    key: str
    label_zh: str
    label_en: str
    unit_levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The numbers by which a marker has moved or may have; metres, shares of one, counts."""

    phone_accuracy_k: float
    witness_tolerance_m: float
    witness_tolerance_share: float
    witnesses_needed: float
    beside_m: float
    useful_accuracy_m: float

    def witness_limit_m(self, distance_m: float) -> float:
        """How far two readings of a witness distance may differ."""
        return max(self.witness_tolerance_m, self.witness_tolerance_share * distance_m)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a phone may send."""

    observations_in_a_batch: int
    photos: int
    voice_notes: int
    photo_bytes: int
    voice_bytes: int
    daily_bytes: int
    note_characters: int
    sketch_tolerance_m: float
    assignments: int
    clock_off_s: int


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything the file says."""

    states: Mapping[str, MarkerState]
    levels: Mapping[str, KeeperLevel]
    judgement: Judgement
    limits: Limits


@cache
def rules(path: Path = PATROL_FILE) -> Rules:
    """The rules of the file; BadInput `bad_patrol_rules` where something is missing, unknown or has no source."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return Rules(
            {key: _state(key, row) for key, row in table["states"].items()},
            {key: _level(key, row) for key, row in table["levels"].items()},
            Judgement(**_numbers(table["judgement"], Judgement)),
            Limits(**_numbers(table["limits"], Limits)),
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError, KeyError, ValueError) as error:
        raise BadInput(f"{path.name} is no table of patrol rules ({error}).", code="bad_patrol_rules") from error


def _state(key: str, row: Mapping[str, Any]) -> MarkerState:
    _sourced(key, row)
    finding, severity = row.get("finding"), row.get("severity")
    if (finding is None) != (severity is None) or severity not in (None, *SEVERITIES):
        raise ValueError(f"{key} has a finding with a severity of {SEVERITIES}, or neither")
    return MarkerState(key, row["label_zh"], row["label_en"], finding, severity)


def _level(key: str, row: Mapping[str, Any]) -> KeeperLevel:
    _sourced(key, row)
    return KeeperLevel(key, row["label_zh"], row["label_en"], tuple(row["unit_levels"]))


def _numbers(rows: Mapping[str, Mapping[str, Any]], kind: type[Judgement] | type[Limits]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    if rows.keys() != names:
        raise ValueError(f"{sorted(rows.keys() ^ names)} are missing or read by nothing")
    for name, row in rows.items():
        _sourced(name, row)
        if not row["value"] > 0:
            raise ValueError(f"{name} is not positive")
    return {name: row["value"] for name, row in rows.items()}


def _sourced(name: str, row: Mapping[str, Any]) -> None:
    if not row.get("source"):
        raise ValueError(f"{name} has no source")
