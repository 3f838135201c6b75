"""A difference as values: segments, displacement, land ceded and gained, slivers apart. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import mapping

from boundaries.geometry.ellipsoid import length_m
from boundaries.network.displacement import Ceded, Profile, Transfer, profile, transfer
from boundaries.network.model import Segment
from boundaries.network.versions import Change, State, diff, without_document

#: A holder as it is shown: code and name.
Names = Mapping[UUID, Mapping[str, Any]]


@dataclass(frozen=True)
class Difference:
    """Two states with their labels, and what lies between them. Land up to `tolerance_m` wide is a sliver."""

    before: State
    after: State
    before_label: str
    after_label: str
    tolerance_m: float
    names: Names

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The segments that differ, by id; who stands behind them alone is no difference."""
        return tuple(change for change in diff(self.before, self.after) if not _only_document(change))

    @cached_property
    def unchanged(self) -> tuple[Segment, ...]:
        """The segments that are the same in both, by id."""
        differing = {change.segment for change in self.changes}
        return tuple(self.after[i] for i in sorted(self.after) if i in self.before and i not in differing)

    @cached_property
    def land(self) -> Transfer:
        """The land that changed hands."""
        return transfer(self.changes, self.tolerance_m)

    @cached_property
    def profiles(self) -> Mapping[UUID, Profile]:
        """How far each segment moved that did."""
        return {
            change.segment: profile(change.before.geometry, change.after.geometry)
            for change in self.changes
            if change.kind == "moved" and change.before is not None and change.after is not None
        }

    @cached_property
    def without_document(self) -> frozenset[UUID]:
        """The segments that differ and that no document of their own carries."""
        return frozenset(change.segment for change in without_document(self.before, self.after))

    def balance(self) -> list[dict[str, Any]]:
        """Square metres ceded and gained by unit, slivers included."""
        rows = [
            {
                "unit": self.name(holder),
                "ceded_m2": round(ceded, 4),
                "gained_m2": round(gained, 4),
                "net_m2": round(gained - ceded, 4),
            }
            for holder, (ceded, gained) in self.land.balance_m2().items()
        ]
        return sorted(rows, key=lambda row: str((row["unit"] or {}).get("code") or "~"))

    def name(self, holder: UUID | None) -> dict[str, Any] | None:
        """Code and name of a holder; None for nobody of the register."""
        return None if holder is None else dict(self.names.get(holder, {"code": None, "name": str(holder)}))

    def segments(self) -> list[dict[str, Any]]:
        """One row for each segment that differs."""
        return [self._row(change) for change in self.changes]

    def _row(self, change: Change) -> dict[str, Any]:
        shown = change.after or change.before
        far = self.profiles.get(change.segment)
        return {
            "segment": change.segment,
            "kind": change.kind,
            "left": self.name(shown.left if shown else None),
            "right": self.name(shown.right if shown else None),
            "length_before_m": _length(change.before),
            "length_after_m": _length(change.after),
            "displacement": None if far is None
            else {"p50_m": round(far.p50_m, 3), "p95_m": round(far.p95_m, 3), "max_m": round(far.max_m, 3)},
            "before": None if change.before is None else change.before.document,
            "after": None if change.after is None else change.after.document,
            "without_document": change.segment in self.without_document,
        }  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """The difference as one JSON object, with the courses of land but not of segments."""
        land = self.land
        return {
            "from": self.before_label,
            "to": self.after_label,
            "counts": dict(Counter(change.kind for change in self.changes)),
            "unchanged": len(self.unchanged),
            "changes": self.segments(),
            "land": [self.piece(piece) for piece in land.pieces],
            "slivers": self._slivers(),
            "balance": self.balance(),
        }

    def _slivers(self) -> dict[str, Any]:
        """Pieces not wider than the tolerance, together."""
        found = self.land.slivers
        return {
            "tolerance_m": self.tolerance_m,
            "count": len(found),
            "area_m2": round(sum(piece.area_m2 for piece in found), 4),
            "max_width_m": round(self.land.widest_sliver_m, 3),
        }

    def piece(self, piece: Ceded) -> dict[str, Any]:
        """A piece of land with its outline."""
        return {
            "from": self.name(piece.giver),
            "to": self.name(piece.taker),
            "area_m2": round(piece.area_m2, 4),
            "width_m": round(piece.width_m, 3),
            "geometry": mapping(piece.geometry),
        }


def _length(segment: Segment | None) -> float | None:
    return None if segment is None else round(length_m(segment.geometry), 3)


def _only_document(change: Change) -> bool:
    """Whether both say the same along the same vertices, whichever way they run."""
    one, other = change.before, change.after
    if one is None or other is None or not one.same_boundary(other):
        return False
    return _facts(one) == _facts(other) and _vertices(one) == _vertices(other)


def _facts(segment: Segment) -> tuple[object, ...]:
    return (segment.legal_status, segment.technical_status, segment.scale, segment.accuracy_m, segment.method)


def _vertices(segment: Segment) -> int:
    return int(shapely.get_num_coordinates(segment.geometry))
