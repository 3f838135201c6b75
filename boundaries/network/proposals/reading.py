"""Questions about proposals, for staff: lists, one in full, what stands against it on the law of now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shapely.geometry import mapping
from sqlalchemy import Connection

from boundaries.network.model import Segment
from boundaries.network.proposals import store
from boundaries.network.proposals.merging import Rebased
from boundaries.network.proposals.model import Proposal, statements
from boundaries.network.proposals.service import on_law
from boundaries.network.queries import HOLDERS
from boundaries.network.service import change_object
from boundaries.network.structure.checks import faults
from boundaries.network.structure.writing import Ground
from boundaries.network.versions import Change, Conflict
from boundaries.units.service import register_span
from data.db import fetch_all
from data.errors import BadRequest, NotFound
from data.paging import check_limit, decode_cursor, page

#: What a proposal can be asked for by: open, or how it ended.
STATES = ("open", "withdrawn", "enacted", "superseded")
Names = dict[UUID, dict[str, Any]]


def list_proposals(
    connection: Connection,
    *,
    line: UUID | None = None,
    state: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of proposals, the latest first, of one line and in one state where asked. For staff.

    Raises `BadRequest` `bad_parameter`, `limit_out_of_range`, `bad_cursor`.
    """
    if state is not None and state not in STATES:
        raise BadRequest(f"The state is one of {', '.join(STATES)}.", code="bad_parameter")
    limit = check_limit(limit)
    query = {"list": "proposals", "line": line, "state": state}
    after = decode_cursor(query, cursor, (datetime.fromisoformat, UUID)) or (None, None)
    keys = dict(zip(("after_at", "after_id"), after, strict=True))
    rows = connection.execute(store.LIST, {"line": line, "state": state, "limit": limit + 1, **keys}).all()
    shown, following = page([{"row": row} for row in rows], limit, query, lambda r: (r["row"].created_at, r["row"].id))
    return {
        "items": [{**_head(store.proposal_of(found["row"])), "segments": found["row"].segments} for found in shown],
        "next": following,
    }


def _head(proposal: Proposal) -> dict[str, Any]:
    source, end = proposal.source, proposal.end
    return {
        "id": proposal.id,
        "state": proposal.state,
        "author": proposal.author,
        "message": proposal.message,
        "created_at": proposal.created_at,
        "base": {"on": proposal.base_on, "at": proposal.base_at},
        "document_wanted": proposal.document_wanted,
        "leaves_open": proposal.amendment.leaves_open,
        "origin": source.origin,
        "made_from": list(source.made_from),
        "file": None if source.file_name is None or source.file_sha256 is None
        else {"name": source.file_name, "sha256": source.file_sha256.hex()},
        "ended": None if end is None
        else {"at": end.at, "by": end.by, "reason": end.reason, "changeset": end.changeset,
              "successor": end.successor},
    }  # fmt: skip


def find_proposal(connection: Connection, identity: UUID, on: date | None = None) -> dict[str, Any]:
    """A proposal with every change, its courses, and against the law of `on` (None: the register's last day) its
    conflicts, faults and the rings that it would open. For staff. `NotFound` `no_such_proposal`.
    """
    proposal = store.find_proposal(connection, identity)
    if proposal is None:
        raise NotFound("There is no proposal with this id.", code="no_such_proposal")
    day = register_span(connection).day(on)
    names = _names(connection, proposal, day)
    return {
        **_head(proposal),
        "lines": list(connection.scalars(store.LINES, {"id": identity})),
        "changes": [_change(change, names) for change in proposal.amendment.segments],
        "statements": statements(proposal.amendment),
        "against": None if proposal.end else against(connection, proposal, day, names),
    }


def _names(connection: Connection, proposal: Proposal, day: date) -> Names:
    segments = [s for c in proposal.amendment.segments for s in (c.before, c.after) if s is not None]
    holders = sorted({holder for s in segments for holder in (s.left, s.right) if holder is not None})
    rows = fetch_all(connection, HOLDERS, {"ids": holders, "on": day})
    return {row["id"]: {"code": row["code"], "name": row["name"]} for row in rows}


def _change(change: Change, names: Names) -> dict[str, Any]:
    told = change_object(change)
    return {**told, "before": _segment(change.before, names), "after": _segment(change.after, names)}


def _segment(segment: Segment | None, names: Names) -> dict[str, Any] | None:
    if segment is None:
        return None
    return {
        "left": _holder(segment.left, names),
        "right": _holder(segment.right, names),
        "legal_status": segment.legal_status,
        "technical_status": segment.technical_status,
        "scale": segment.scale,
        "accuracy_m": segment.accuracy_m,
        "method": segment.method,
        "document": segment.document,
        "geometry": mapping(segment.geometry),
    }


def _holder(holder: UUID | None, names: Names) -> dict[str, Any] | None:
    return None if holder is None else names.get(holder, {"code": None, "name": str(holder)})


def against(connection: Connection, proposal: Proposal, day: date, names: Names) -> dict[str, Any]:
    """What stands against a proposal on the law of a day: conflicts, or the faults and open rings it would bring."""
    rebased = on_law(connection, proposal.amendment, day)
    if not rebased.settled:
        return {"on": day, "conflicts": _conflicts(rebased, names), "faults": [], "opened": []}
    ground = Ground(connection, replace(rebased.amendment, marker_nodes=frozenset()), day)
    found = faults(ground.before, ground.after, ground.holders)
    broken = any(fault.kind == "course_malformed" for fault in found)
    opened = [] if broken else ground.newly_open()[0]
    return {
        "on": day,
        "conflicts": [],
        "faults": [fault.as_json() for fault in found],
        "opened": [{"unit": _holder(one.holder, names), "at": list(one.at)} for one in opened],
    }


def _conflicts(rebased: Rebased, names: Names) -> list[dict[str, Any]]:
    segments = [_conflict(conflict, names) for conflict in rebased.conflicts]
    lines: Sequence[dict[str, Any]] = [
        {
            "line": conflict.line,
            **{side: None if entry is None else {"name": entry.name, "code": entry.code}
               for side, entry in (("base", conflict.base), ("ours", conflict.ours), ("theirs", conflict.theirs))},
        }
        for conflict in rebased.line_conflicts
    ]  # fmt: skip
    return [*segments, *lines]


def _conflict(conflict: Conflict, names: Names) -> dict[str, Any]:
    return {
        "segment": conflict.segment,
        "base": _segment(conflict.base, names),
        "ours": _segment(conflict.ours, names),
        "theirs": _segment(conflict.theirs, names),
    }
