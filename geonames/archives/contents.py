"""What the archive of a naming case or of a place holds, gathered through questions that say what its reader sees."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.archive.asking import Asking, as_json, case_papers, safe, whole_list
from boundaries.archive.bag import Payload
from data.cases.reading import may_see
from data.db import fetch_all
from data.decisions import find_decision
from data.errors import NotFound
from data.paging import MAX_LIMIT
from geonames.archives import store
from geonames.heritage.service import find_entry
from geonames.signs.inventory import Wanted, list_signs


def of_case(asking: Asking, case: UUID, facts: dict[str, Any]) -> Payload:
    """A case: its steps, documents and attachments, rows of a batch, its decisions, and the names that came of it."""
    payload = Payload()
    case_papers(asking, payload, "case", case)
    rows = fetch_all(asking.connection, store.BATCH, {"case": case})
    if rows:
        payload.add("case/rows.json", as_json([dict(row) for row in rows]))
    decisions = {facts.get("decision"), *(row["decision_id"] for row in rows)} - {None}
    _decisions(asking.connection, payload, sorted({UUID(str(one)) for one in decisions}))
    places = {facts.get("place") or facts.get("place_id"), *(row["place_id"] for row in rows)} - {None}
    for place in sorted(str(one) for one in places):
        payload.add(f"names/{place}.json", as_json(names_of(asking.connection, UUID(place))))
    return payload


def of_place(asking: Asking, place: UUID, found: dict[str, Any]) -> tuple[Payload, int]:
    """A place: what the register holds and held of it, its decisions, signs and cases; how many cases were withheld."""
    payload = Payload()
    payload.add("place.json", as_json(found))
    payload.add("names.json", as_json(names_of(asking.connection, place)))
    linked = fetch_all(asking.connection, store.DECISIONS, {"place": place})
    _decisions(asking.connection, payload, [row["decision_id"] for row in linked])
    signs = whole_list(lambda cursor: list_signs(asking.connection, asking.day, Wanted(place=place), MAX_LIMIT, cursor))
    payload.add("signs.json", as_json(list(signs)))
    payload.add("heritage.json", as_json([{**tag, **_entry(asking, tag["id"])} for tag in found["heritage"]]))
    withheld = 0
    for row in fetch_all(asking.connection, store.CASES, {"place": str(place)}):
        if may_see(asking.casework, asking.connection, asking.actor, row["id"]):
            case_papers(asking, payload, f"cases/{safe(row['number'])}", row["id"])
        else:
            withheld += 1
    return payload, withheld


def names_of(connection: Connection, place: UUID) -> list[dict[str, Any]]:
    """Every record of the names of a place with its times."""
    return [dict(row) for row in fetch_all(connection, store.NAMES, {"place": place})]


def _entry(asking: Asking, entry: UUID | None) -> dict[str, Any]:
    """What the list tells of a tag; a tag that came from elsewhere has no entry."""
    with suppress(NotFound):
        return find_entry(asking.connection, entry, asking.day) if entry else {}
    return {}


def _decisions(connection: Connection, payload: Payload, decisions: list[UUID]) -> None:
    for decision in decisions:
        with suppress(NotFound):  # one that is not published stands in its case alone
            payload.add(f"decisions/{decision}.json", as_json(find_decision(connection, decision)))
