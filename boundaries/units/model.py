"""Values that the register's loads share: what a load found, how a name is spelled. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from boundaries.units.chronicle.notation import Remark
from boundaries.units.coding import Level

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a name is spelled in Latin letters, which layer of readings says so, and whether it asks a person."""

    roman: str
    source: str
    ambiguous: bool


#: Code, name and level of a unit to its spelling; None where there is none to give.
Romanizer = Callable[[str, str, Level], Spelling | None]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load found and wrote. `changed` is false where the same files were loaded before."""

    changed: bool
    counts: Mapping[str, int]
    remarks: Sequence[Remark]
    register_from: date
    register_through: date

    def as_json(self) -> dict[str, Any]:
        """The report as stored and printed with `--json`."""
        return {
            "changed": self.changed,
            "counts": dict(self.counts),
            "remarks": [asdict(remark) for remark in self.remarks],
            "register_from": str(self.register_from),
            "register_through": str(self.register_through),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> LoadReport:
        """A stored report, marked as no change."""
        return cls(
            False,
            body["counts"],
            [Remark(**remark) for remark in body["remarks"]],
            date.fromisoformat(body["register_from"]),
            date.fromisoformat(body["register_through"]),
        )
