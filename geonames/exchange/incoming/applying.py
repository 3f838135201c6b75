"""Writes a checked file into the register by a decision, and takes it back by another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data import feed
from data.db import fetch_all, fetch_one
from data.decisions import DecisionDraft, Link, record_links
from data.errors import Conflict
from geonames.exchange.incoming import import_sql as sql
from geonames.exchange.incoming.model import ImportAsked, Name, Outcome, Place
from geonames.places.store import copy_rows, point

PIECE = 5_000
#: Links of a decision to its rows are written up to so many; a row of a larger import names its decision itself.
MOST_LINKS = 20_000
Follow = Callable[[Connection, Sequence[UUID], UUID], None]


def write(connection: Connection, piece: Sequence[Place], asked: ImportAsked, decision: UUID) -> None:
    """Write a piece of places with their names and numbers."""
    new = [place for place in piece if place.outcome is Outcome.NEW]
    named = [place for place in piece if place.outcome in (Outcome.NEW, Outcome.NAMES)]
    copy_rows(connection, sql.COPY_PLACES, (_place_row(place, decision) for place in new))
    names = (_name_row(place, name, asked, decision) for place in named for name in place.names)
    copy_rows(connection, sql.COPY_NAMES, names)
    links = ((p.subject, authority, number, "imported", decision) for p in new for authority, number in p.links)
    copy_rows(connection, sql.COPY_LINKS, links)
    codes = [(p.place_code, p.subject, asked.source, decision) for p in new if p.place_code]
    if codes:
        copy_rows(connection, sql.COPY_CODES, codes)


def _place_row(place: Place, decision: UUID) -> tuple[Any, ...]:
    return (
        place.subject, place.class_, place.type_code, point(place.longitude, place.latitude), place.unit_id, place.rank,
        _range(place.valid_from, place.valid_to), decision,
    )  # fmt: skip


def _name_row(place: Place, name: Name, asked: ImportAsked, decision: UUID) -> tuple[Any, ...]:
    return (
        name.id, place.subject, name.text, name.kind, name.language, name.script, name.romanization, name.system,
        _range(name.valid_from, name.valid_to), name.source or asked.source, name.certainty, decision,
    )  # fmt: skip


def _range(begin: Any, end: Any) -> str:
    return f"[{begin or ''},{end or ''})"


def touched(connection: Connection, decision: UUID) -> Iterator[list[UUID]]:
    """The places and units that a decision opened something of, in pieces."""
    after: UUID | None = None
    while True:
        values = {"decision": decision, "after": after, "limit": PIECE}
        ids = list(connection.execute(sql.TOUCHED, values).scalars())
        if ids:
            yield ids
        if len(ids) < PIECE:
            return
        after = ids[-1]


def tell(connection: Connection, decision: DecisionDraft, of: UUID, *, gone: bool) -> tuple[int, int] | None:
    """Tell the feed of what the decision `of` opened, or (`gone`) of its end; first and last number.

    Taken last in the transaction: from here on other writers wait.
    """
    ranges = [feed.publish(connection, [feed.Change("decisions", decision.id, None, decision.as_api(), decision.id)])]
    for ids in touched(connection, of):
        changes = list(_changes(connection, ids, of, decision.id, gone=gone))
        ranges.append(feed.publish(connection, changes))
    told = [one for one in ranges if one is not None]
    return (told[0][0], told[-1][1]) if told else None


def _changes(
    connection: Connection, ids: Sequence[UUID], of: UUID, decision: UUID, *, gone: bool
) -> Iterator[feed.Change]:
    for row in fetch_all(connection, sql.TOLD, {"ids": list(ids), "decision": of}):
        if row["opened"]:
            told = _told(dict(row))
            yield feed.Change("places", row["id"], told if gone else None, None if gone else told, decision)
    for row in fetch_all(connection, sql.TOLD_NAMES, {"ids": list(ids), "decision": of}):
        named = {key: value for key, value in row.items() if key not in ("valid_from", "valid_to")}
        told = {**named, "valid": {"from": row["valid_from"], "to": row["valid_to"]}}
        yield feed.Change("names", row["id"], told if gone else None, None if gone else told, decision)


def _told(row: dict[str, Any]) -> dict[str, Any]:
    kept = ("id", "name", "name_kind", "roman", "class", "type", "source", "code")
    return {**{key: row[key] for key in kept}, "point": [row["longitude"], row["latitude"]]}


def link(connection: Connection, decision: UUID, of: UUID, effect: str) -> int:
    """Write which places and units a decision opened or closed, where they are not too many; how many there are."""
    counted = fetch_one(connection, sql.OPENED, {"decision": of})
    assert counted is not None  # noqa: S101 -- an aggregate has a row
    if counted["places"] + counted["names"] <= MOST_LINKS:
        for ids in touched(connection, of):
            record_links(connection, [Link(decision, "places", one, effect) for one in ids])
    return int(counted["places"])


def take_back(connection: Connection, of: UUID) -> tuple[int, int]:
    """End what is known by the decision `of`; how many places and names.

    Conflict `import_built_upon` where later decisions, codes or tags rest on it.
    """
    built = fetch_all(connection, sql.BUILT_UPON, {"decision": of})
    if built:
        names = "、".join(f"{row['name']} ({row['id']})" for row in built)
        raise Conflict(
            f"Other decisions, codes or lists rest on places of this import: {names}. Nothing was changed: take those "
            "back first, or correct single places by decisions.",
            code="import_built_upon",
            places=[str(row["id"]) for row in built],
        )
    closed_names = connection.execute(sql.CLOSE_NAMES, {"decision": of}).rowcount
    closed_places = connection.execute(sql.CLOSE_PLACES, {"decision": of}).rowcount
    connection.execute(sql.RETIRE_CODES, {"decision": of})
    connection.execute(sql.DROP_LINKS, {"decision": of})
    return closed_places, closed_names
