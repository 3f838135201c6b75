"""Recording and asking for markers. Every change is by a document, with audit and feed, and never moves a line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.markers import store
from boundaries.markers.coding import parse_code
from boundaries.markers.model import MOVING, STATE_AFTER, EventKind, Marker, check_marker
from boundaries.markers.sets import stones_missing
from boundaries.markers.vocabulary import OF_FIELD, unlisted
from boundaries.markers.witnesses import accuracies, misfits
from boundaries.units import store as unit_store
from boundaries.units.service import find_unit, register_span
from data import audit, feed
from data.access import Actor, require
from data.access.model import Matter
from data.crs import STORED_NAME, check_position
from data.db import Audience, fetch_all, unit_of_work
from data.decisions import DecisionDraft, Link, brief_decisions, record_decisions, record_links
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
    `change_without_document`; `Conflict` `marker_exists`, `later_version_exists`, `marker_would_move`; `NotFound`
    `no_such_marker`; `NotPermitted` outside the actor's jurisdiction.
    """
    check_registration(marker)
    check_document(happening, document)
    with unit_of_work(engine) as connection:
        require(actor, "marker.record", matter_of(connection, marker.line, happening.effective_on))
        record_decisions(connection, [document], actor.name)
        change = write_marker(connection, marker, happening, document.id)
        audit.append(
            connection,
            actor=actor.name,
            action="marker.record",
            decision_id=document.id,
            details={"marker": str(marker.id), "event": happening.kind},
            feed=feed.publish(connection, [change]),
        )
    return marker.id


def write_marker(connection: Connection, marker: Marker, happening: Happening, decision: UUID) -> feed.Change:
    """Write a marker's state under a decision that stands: what the feed is to say of it.

    For a caller's own transaction, who has asked for permission and writes the audit entry. Raises as
    `record_marker`.
    """
    before = _close(connection, marker, happening, decision)
    after = replace(marker, state=STATE_AFTER[happening.kind] or marker.state)
    store.insert_marker(connection, after, happening.effective_on, decision)
    store.insert_event(connection, marker.id, happening.kind, happening.happened_on, happening.remark, decision)
    record_links(connection, [Link(decision, "markers", marker.id, "opened")])
    made_up = bool(marker.line and connection.scalar(store.LINE_MADE_UP, {"line": marker.line}))
    marked = {"demonstration": True} if made_up else {}
    now = {**_public(after, happening.effective_on), **marked}
    return feed.Change("markers", marker.id, before and {**before, **marked}, now, decision)


def check_registration(marker: Marker) -> None:
    """Refuse a registration that contradicts itself: `BadInput` `marker_code`, `marker_malformed` …"""
    parsed = parse_code(marker.code, marker.scheme)
    check_position(marker.longitude, marker.latitude)
    faults = [fault.message for fault in check_marker(marker)]
    if parsed.part is not None and parsed.part != marker.part:
        faults.append(f"the code says {parsed.part} and the registration {marker.part}")
    if faults:
        raise BadInput(f"{'; '.join(faults)}. Nothing was recorded.", code="marker_malformed")


def check_document(happening: Happening, document: DecisionDraft) -> None:
    """Refuse what was not approved: `BadInput` `change_without_document`."""
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
    stood = store.marker_of(row)
    require_in_place(stood, marker, happening.kind)
    store.end_marker(connection, row.version, row.begin, happening.effective_on, decision)
    return _public(stood, row.begin)


def require_in_place(stood: Marker, marker: Marker, kind: EventKind) -> None:
    """What is repaired or put back stands where it stood, as far as both surveys can say; `marker_would_move`."""
    off, limit = stood.displacement_m(marker.longitude, marker.latitude), place_tolerance_m(stood, marker)
    if kind not in MOVING and off > limit:
        raise Conflict(
            f"The marker would be {kind} and stand {off:.2f} m from its registered place, more than "
            f"{limit:.2f} m: moving a marker is a work of its own. Nothing was recorded.",
            code="marker_would_move",
        )


def place_tolerance_m(one: Marker, other: Marker) -> float:
    """How far two surveys of one place may be apart, by their accuracies (data/rules/markers/witnesses.toml)."""
    known = accuracies()
    return known.k * math.hypot(
        *(known.position_accuracy_m if m.accuracy_m is None else m.accuracy_m for m in (one, other))
    )


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


def matter_of(connection: Connection, line: UUID | None, day: date) -> Matter:
    """The matter of a marker lies with whoever stands above both sides of its line; without a line, with the country.

    Raises `NotFound` `no_such_line`.
    """
    if line is None:
        return Matter()
    sides = connection.execute(store.LINE_SIDES, {"line": line}).one_or_none()
    if sides is None:
        raise NotFound("There is no boundary line with this id.", code="no_such_line")
    common: list[UUID] = []
    for one, other in zip(*(_chain(connection, unit, day) for unit in sides), strict=False):
        if one != other:
            break
        common.append(one)
    return Matter(tuple(common))


def matter_of_unit(connection: Connection, unit: UUID, day: date) -> Matter:
    """The matter of one side."""
    return Matter(tuple(_chain(connection, unit, day)))


def _chain(connection: Connection, unit: UUID, day: date) -> list[UUID]:
    rows = fetch_all(connection, unit_store.CHAIN, {"unit_id": unit, "as_of": day, "known_at": None})
    return [row["unit_id"] for row in rows]


def list_markers(
    connection: Connection,
    *,
    line: UUID | None = None,
    unit: str | None = None,
    state: str | None = None,
    kind: str | None = None,
    q: str | None = None,
    as_of: date | None = None,
    limit: int | None = None,
    cursor: str | None = None,
    audience: Audience = Audience.PUBLIC,
) -> dict[str, Any]:
    """A page of the markers of a day by code, of a line, unit (code), state, kind, or whose code begins with `q`.

    Place, height, witnesses and custodian are for staff, else null.
    """
    limit = check_limit(limit)
    day = register_span(connection).day(as_of)
    beside = find_unit(connection, unit, day)["id"] if unit is not None else None
    wanted = {"line": line, "unit": beside, "state": state, "kind": kind, "q": q}
    query = {"list": "markers", "as_of": day, **wanted}
    after = decode_cursor(query, cursor, (str, UUID)) or (None, None)
    keys = dict(zip(("after_code", "after_id"), after, strict=True))
    rows = fetch_all(connection, store.LIST, {**wanted, "on": day, "limit": limit + 1, **keys})
    shown, following = page(rows, limit, query, lambda row: (row["code"], row["id"]))
    places = _places(connection, shown, audience)
    return {
        "items": [_item(row, places.get(row["version"])) for row in shown],
        "next": following,
        "as_of": day,
        "crs": STORED_NAME,
        "position_withheld": None if audience is Audience.STAFF else "for_staff",
    }


def _places(connection: Connection, rows: Sequence[Mapping[str, Any]], audience: Audience) -> Mapping[UUID, Any]:
    """What staff know beside what is published, by version."""
    if audience is not Audience.STAFF:
        return {}
    found = fetch_all(connection, store.PLACES, {"versions": [row["version"] for row in rows]})
    return {row["version"]: row for row in found}


def find_marker(
    connection: Connection, marker: UUID, as_of: date | None = None, audience: Audience = Audience.PUBLIC
) -> dict[str, Any]:
    """A marker on a day; for staff with its place, what happened to it and what its registration leaves in doubt.

    Raises `NotFound` `no_such_marker` (also where it did not stand on that day).
    """
    day = register_span(connection).day(as_of)
    rows = fetch_all(connection, store.ONE, {"id": marker, "on": day})
    if not rows:
        raise NotFound(f"There is no such marker on {day}.", code="no_such_marker")
    places = _places(connection, rows, audience)
    staff = audience is Audience.STAFF
    return {
        **_item(rows[0], places.get(rows[0]["version"])),
        "as_of": day,
        "crs": STORED_NAME,
        "position_withheld": None if staff else "for_staff",
        "decisions": list(brief_decisions(connection, {rows[0]["opened_by"]}).values()),
        "history": marker_history(connection, marker) if staff else None,
        "doubts": _all_doubts(connection, registered(connection, marker, day)) if staff else None,
    }


def registered(connection: Connection, marker: UUID, day: date) -> Marker:
    """The registration of a marker on a day, for staff; `NotFound` `no_such_marker`."""
    row = connection.execute(store.ON_DAY, {"id": marker, "on": day}).one_or_none()
    if row is None:
        raise NotFound(f"There is no such marker on {day}.", code="no_such_marker")
    return store.marker_of(row)


def doubts(connection: Connection, marker: Marker) -> list[dict[str, Any]]:
    """What a registration leaves in doubt, each with a stable kind; none of it is refused or mended."""
    values = {field: getattr(marker, field) for field in OF_FIELD}
    found = [_doubt("word_unlisted", field=field, value=value) for field, value in unlisted(values)]
    found += [
        _doubt("witness_misfit", field=m.name, offset_m=round(m.offset_m, 2), tolerance_m=round(m.tolerance_m, 2))
        for m in misfits(marker)
    ]
    line = connection.scalar(store.LINE_CODE, {"line": marker.line}) if marker.line else None
    of_line = parse_code(marker.code, marker.scheme).line
    if line and of_line and line != of_line:
        found.append(_doubt("line_code_differs", field="code", value=of_line, line_code=line))
    if marker.line is None:
        found.append(_doubt("line_unknown", field="line"))
    return found


def _all_doubts(connection: Connection, marker: Marker) -> list[dict[str, Any]]:
    return [*doubts(connection, marker), *set_doubts(connection, marker)]


def set_doubts(connection: Connection, marker: Marker, beside: Iterable[Marker] = ()) -> list[dict[str, Any]]:
    """Which other stones of its number a double or triple marker lacks, in the register and `beside`."""
    missing = stones_missing(connection, marker, beside)
    return [_doubt("set_incomplete", value=", ".join(missing))] if missing else []


def _doubt(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, **more}


def _item(row: Mapping[str, Any], place: Mapping[str, Any] | None) -> dict[str, Any]:
    public = {key: row[key] for key in ("id", "code", "scheme", "kind", "part", "faces", "material", "state")}
    staff = (
        *("accuracy_m", "method", "elevation_m", "height_datum", "place", "witnesses", "custodian"),
        *("shape", "set_on", "surveyed_on", "sides"),
    )
    return {
        **public,
        "line": row["line_id"],
        "line_name": row["line_name"],
        "valid": {"from": row["valid_from"], "to": row["valid_to"]},
        "decision": row["opened_by"],
        "demonstration": row["demonstration"],
        "position": None if place is None else [place["lon"], place["lat"]],
        **{key: None if place is None else place[key] for key in staff},
    }


def marker_history(connection: Connection, marker: UUID) -> list[dict[str, Any]]:
    """What happened to a marker, first to last; for staff. `NotFound` `no_such_marker`."""
    rows = fetch_all(connection, store.EVENTS, {"id": marker})
    if not rows:
        raise NotFound("There is no such marker.", code="no_such_marker")
    return [dict(row) for row in rows]
