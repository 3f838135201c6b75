"""Recording and asking for markers. Every change is by a document, with audit and feed, and never moves a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.markers import store
from boundaries.markers.coding import parse_code
from boundaries.markers.model import STATE_AFTER, EventKind, Marker, check_marker
from boundaries.units import store as unit_store
from boundaries.units.service import register_span
from data import audit, feed
from data.access import Actor, require
from data.access.model import Matter
from data.crs import STORED_NAME, check_position
from data.db import Audience, fetch_all, unit_of_work
from data.decisions import DecisionDraft, Link, record_decisions, record_links
from data.errors import BadInput, Conflict, NotFound
from data.paging import check_limit, decode_cursor, page

#: Events that a numbered document must stand behind: what is set, moved, renumbered, replaced or scrapped is approved
#: first (行政区域界线界桩管理办法 Art. 7). Damage and loss are reported as they are found.
APPROVED_EVENTS = frozenset({"set", "moved", "restored", "replaced", "renumbered", "scrapped"})


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to a marker: its kind, the day as far as it is known, and from when the record holds."""

    kind: EventKind
    effective_on: date
    happened_on: str | None = None
    remark: str = ""


def record_marker(engine: Engine, actor: Actor, marker: Marker, happening: Happening, document: DecisionDraft) -> UUID:
    """Record a marker's state after something happened to it: the first time as `set`, later as what happened.

    One transaction with the decision. Raises `BadInput` `marker_code`, `marker_scheme_unknown`, `marker_malformed`,
    `change_without_document`; `Conflict` `marker_exists`, `later_version_exists`; `NotFound` `no_such_marker`;
    `NotPermitted` outside the actor's jurisdiction.
    """
    _check(marker, happening, document)
    with unit_of_work(engine) as connection:
        _require_jurisdiction(connection, actor, marker, happening.effective_on)
        record_decisions(connection, [document], actor.name)
        before = _close(connection, marker, happening, document.id)
        state = STATE_AFTER[happening.kind] or marker.state
        after = replace(marker, state=state)
        store.insert_marker(connection, after, happening.effective_on, document.id)
        store.insert_event(connection, marker.id, happening.kind, happening.happened_on, happening.remark, document.id)
        record_links(connection, [Link(document.id, "markers", marker.id, "opened")])
        change = feed.Change("markers", marker.id, before, _public(after, happening.effective_on), document.id)
        audit.append(
            connection,
            actor=actor.name,
            action="marker.record",
            decision_id=document.id,
            details={"marker": str(marker.id), "event": happening.kind},
            feed=feed.publish(connection, [change]),
        )
    return marker.id


def _check(marker: Marker, happening: Happening, document: DecisionDraft) -> None:
    parsed = parse_code(marker.code, marker.scheme)
    check_position(marker.longitude, marker.latitude)
    faults = [fault.message for fault in check_marker(marker)]
    if parsed.part is not None and parsed.part != marker.part:
        faults.append(f"the code says {parsed.part} and the registration {marker.part}")
    if faults:
        raise BadInput(f"{'; '.join(faults)}. Nothing was recorded.", code="marker_malformed")
    if happening.kind in APPROVED_EVENTS and (document.kind == "source_record" or not document.doc_no):
        raise BadInput(
            f"A marker is {happening.kind} by an approved, numbered document (行政区域界线界桩管理办法). "
            "Nothing was recorded.",
            code="change_without_document",
        )


def _close(connection: Connection, marker: Marker, happening: Happening, decision: UUID) -> dict[str, Any] | None:
    """End the state before, if there is one; what the public saw of it."""
    row = connection.execute(store.CURRENT, {"id": marker.id}).one_or_none()
    if row is None:
        if happening.kind not in ("set", "corrected"):
            raise NotFound("There is no such marker to which this could have happened.", code="no_such_marker")
        return None
    if happening.kind == "set":
        raise Conflict("This marker is in the register already. Nothing was recorded.", code="marker_exists")
    if row.begin > happening.effective_on:
        raise Conflict(
            f"The marker's present state begins on {row.begin}: nothing can be put in before it.",
            code="later_version_exists",
        )
    store.end_marker(connection, row.version, row.begin, happening.effective_on, decision)
    return _public(store.marker_of(row), row.begin)


def _public(marker: Marker, begin: date) -> dict[str, Any]:
    """What everybody may know of a marker: nothing of where it stands."""
    return {
        "id": marker.id,
        "code": marker.code,
        "line": marker.line,
        "kind": marker.kind,
        "part": marker.part,
        "faces": marker.faces,
        "material": marker.material,
        "state": marker.state,
        "valid": {"from": begin.isoformat(), "to": None},
    }


def _require_jurisdiction(connection: Connection, actor: Actor, marker: Marker, day: date) -> None:
    """The matter lies with whoever stands above both sides of the marker's line; without a line, with the country."""
    sides = connection.execute(store.LINE_SIDES, {"line": marker.line}).one_or_none() if marker.line else None
    common: list[UUID] = []
    if sides is not None:
        chains = [_chain(connection, unit, day) for unit in sides]
        for one, other in zip(*chains, strict=False):
            if one != other:
                break
            common.append(one)
    elif marker.line is not None:
        raise NotFound("There is no boundary line with this id.", code="no_such_line")
    require(actor, "marker.record", Matter(tuple(common)))


def _chain(connection: Connection, unit: UUID, day: date) -> list[UUID]:
    rows = fetch_all(connection, unit_store.CHAIN, {"unit_id": unit, "as_of": day, "known_at": None})
    return [row["unit_id"] for row in rows]


def list_markers(
    connection: Connection,
    *,
    line: UUID | None = None,
    as_of: date | None = None,
    limit: int | None = None,
    cursor: str | None = None,
    audience: Audience = Audience.PUBLIC,
) -> dict[str, Any]:
    """A page of the markers of a day by code. Place, height, witnesses and custodian are for staff, else null."""
    limit = check_limit(limit)
    day = register_span(connection).day(as_of)
    query = {"list": "markers", "line": line, "as_of": day}
    after = decode_cursor(query, cursor, (str, UUID)) or (None, None)
    keys = dict(zip(("after_code", "after_id"), after, strict=True))
    rows = fetch_all(connection, store.LIST, {"line": line, "on": day, "limit": limit + 1, **keys})
    shown, following = page(rows, limit, query, lambda row: (row["code"], row["id"]))
    places: Mapping[UUID, Any] = {}
    if audience is Audience.STAFF:
        found = fetch_all(connection, store.PLACES, {"versions": [row["version"] for row in shown]})
        places = {row["version"]: row for row in found}
    return {
        "items": [_item(row, places.get(row["version"])) for row in shown],
        "next": following,
        "as_of": day,
        "crs": STORED_NAME,
        "position_withheld": None if audience is Audience.STAFF else "for_staff",
    }


def _item(row: Mapping[str, Any], place: Mapping[str, Any] | None) -> dict[str, Any]:
    public = {key: row[key] for key in ("id", "code", "scheme", "kind", "part", "faces", "material", "state")}
    staff = ("accuracy_m", "method", "elevation_m", "height_datum", "place", "witnesses", "custodian")
    return {
        **public,
        "line": row["line_id"],
        "valid": {"from": row["valid_from"], "to": row["valid_to"]},
        "decision": row["opened_by"],
        "position": None if place is None else [place["lon"], place["lat"]],
        **{key: None if place is None else place[key] for key in staff},
    }


def marker_history(connection: Connection, marker: UUID) -> list[dict[str, Any]]:
    """What happened to a marker, first to last; for staff. `NotFound` `no_such_marker`."""
    rows = fetch_all(connection, store.EVENTS, {"id": marker})
    if not rows:
        raise NotFound("There is no such marker.", code="no_such_marker")
    return [dict(row) for row in rows]
