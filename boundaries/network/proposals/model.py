"""What a proposal is, and its statements as JSON and back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from boundaries.network.amendment import Amendment, LineChange, LineEntry
from boundaries.network.model import Condominium
from boundaries.network.versions import Change

#: From what a proposal was made.
Origin = Literal["edit", "file", "submission", "rebase", "merge", "revert"]
#: What became of it.
EndKind = Literal["withdrawn", "enacted", "superseded"]


@dataclass(frozen=True, slots=True)
class Source:
    """From what a proposal was made: the proposals, submission or changeset, and the file with its SHA-256."""

    origin: Origin = "edit"
    made_from: tuple[UUID, ...] = ()
    file_name: str | None = None
    file_sha256: bytes | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a proposal ended: when, by whom, why, as which changeset or in favour of which other proposal."""

    kind: EndKind
    at: datetime
    by: str
    reason: str
    changeset: UUID | None
    successor: UUID | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """An amendment with its author and message, the state from which it was made, and the document that it needs."""

    id: UUID
    author: str
    account: UUID | None
    message: str
    base_on: date
    base_at: datetime
    document_wanted: str
    source: Source
    amendment: Amendment
    created_at: datetime
    end: Ending | None = None

    @property
    def state(self) -> str:
        """`open`, or how it ended."""
        return "open" if self.end is None else self.end.kind


def statements(amendment: Amendment) -> dict[str, Any]:
    """What an amendment states beside its segments, as JSON."""
    return {
        "lines": [
            {"before": _line_json(change.before), "after": _line_json(change.after)} for change in amendment.lines
        ],
        "entered": [_condominium_json(one) for one in amendment.entered],
        "ended": [_condominium_json(one) for one in amendment.ended],
        "marker_nodes": sorted(list(place) for place in amendment.marker_nodes),
    }


def amendment_of(segments: Iterable[Change], said: Mapping[str, Any], leaves_open: bool) -> Amendment:
    """The amendment of changed segments and of `statements`."""
    return Amendment(
        segments=tuple(segments),
        lines=tuple(LineChange(_line(row["before"]), _line(row["after"])) for row in said["lines"]),
        entered=tuple(_condominium(row) for row in said["entered"]),
        ended=tuple(_condominium(row) for row in said["ended"]),
        marker_nodes=frozenset((int(x), int(y)) for x, y in said["marker_nodes"]),
        leaves_open=leaves_open,
    )


def _line_json(entry: LineEntry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    return {
        "id": str(entry.id),
        "level": entry.level,
        "units": [str(unit) for unit in entry.units],
        "name": entry.name,
        "code": entry.code,
        "name_source": entry.name_source,
        "run": None if entry.run is None else [[str(segment), way] for segment, way in entry.run],
    }


def _line(row: Mapping[str, Any] | None) -> LineEntry | None:
    if row is None:
        return None
    first, second = (UUID(unit) for unit in row["units"])
    run = None if row["run"] is None else tuple((UUID(segment), int(way)) for segment, way in row["run"])
    return LineEntry(UUID(row["id"]), row["level"], (first, second), row["name"], row["code"], row["name_source"], run)


def _condominium_json(condominium: Condominium) -> dict[str, Any]:
    holders = sorted(str(holder) for holder in condominium.holders)
    return {"id": str(condominium.id), "name": condominium.name, "holders": holders}


def _condominium(row: Mapping[str, Any]) -> Condominium:
    return Condominium(UUID(row["id"]), row["name"], frozenset(UUID(holder) for holder in row["holders"]))
