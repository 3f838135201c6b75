"""The database side of entering a decision: what stands, what is written, what the feed says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from psycopg.types.range import DateRange
from sqlalchemy import Connection, text

from boundaries.units import records, service, store
from boundaries.units.chronicle.attribution import Attribution
from boundaries.units.chronicle.dating import Moment
from boundaries.units.chronicle.identity import Change, Edge, Version
from boundaries.units.chronicle.notation import Document
from boundaries.units.coding import Level
from boundaries.units.graphs import read_graph
from boundaries.units.model import Romanizer
from data.db import fetch_all
from data.decisions import Link, record_links
from data.feed import Change as FeedChange
from data.ids import derived_id, new_id

OPEN_VERSIONS = text("""
    SELECT id, unit_id, code, name, level, type, parent_id, lower(valid) AS begin, begin_known
    FROM diming.unit_version WHERE upper_inf(valid) AND upper_inf(known)
""")
OPEN_ROW = text("""
    SELECT id, valid, opened_within, opened_by, begin_known FROM diming.unit_version
    WHERE unit_id = :unit_id AND upper_inf(valid) AND upper_inf(known)
""")
LINKS_OF = text("SELECT decision_id, effect FROM diming.decision_link WHERE entity_id = :id")
UNIT_KNOWN = text("SELECT 1 FROM diming.unit WHERE id = :id")
SPELLING_KNOWN = text("""
    SELECT 1 FROM diming.unit_roman WHERE unit_id = :unit_id AND name = :name AND upper_inf(known)
""")
LAST_VERSION = text("""
    SELECT max(upper(valid)) AS ended, bool_or(upper_inf(valid)) AS standing
    FROM published.unit_version WHERE unit_id = :unit_id AND upper_inf(known)
""")


def open_versions(connection: Connection) -> list[Version]:
    """The versions standing now, as the chronicle's engine wants them.

    Their beginnings matter only as days: that a version may not end before it began.
    """
    return [_version(row) for row in fetch_all(connection, OPEN_VERSIONS)]


def _version(row: Mapping[str, Any]) -> Version:
    level: Level = row["level"]
    begun = Moment(row["begin"], row["begin"], row["begin"], "document_date")
    return Version(
        row["unit_id"], row["code"], row["name"], level, row["type"], row["parent_id"],
        Change(begun, Attribution((), ())), None, row["begin_known"],
    )  # fmt: skip


def write_versions(
    connection: Connection,
    closed: Iterable[Version],
    opened: Iterable[Version],
    edges: Iterable[Edge],
) -> list[tuple[Any, ...]]:
    """Write the versions and edges of a decision; the rows written, for the audit's hash.

    A version that ends is recorded anew with its end; what was known of it
    before is kept with the time until which it was known so.
    """
    versions: list[tuple[Any, ...]] = []
    links: list[Link] = []
    for version in closed:
        row, more = _ended(connection, version)
        versions.append(row)
        links += more
    units = []
    for version in opened:
        row = _begun(version)
        versions.append(row)
        links += _links_of(row, version.begin, "opened")
        if connection.execute(UNIT_KNOWN, {"id": version.unit_id}).first() is None:
            units.append((version.unit_id, row[11]))
    edges = list(edges)
    if not versions and not edges:
        return []  # only a government moves
    # A boundary change alone moves area between units that go on as they are: it has edges and no version.
    decision = versions[0][11] if versions else records.principal(edges[0].change)
    rows = records.Rows(decision, units=units, versions=versions)
    rows.edges = [records.edge_row(edge) for edge in edges]
    records.copy_rows(connection, rows)
    for edge, edge_row in zip(edges, rows.edges, strict=True):
        links += _links_of(edge_row, edge.change, "opened", "unit_lineage")
    record_links(connection, links)
    return [*units, *versions, *rows.edges]


def _ended(connection: Connection, version: Version) -> tuple[tuple[Any, ...], list[Link]]:
    if version.end is None:
        raise ValueError(f"{version.code} has no end")
    old = connection.execute(OPEN_ROW, {"unit_id": version.unit_id}).mappings().one()
    connection.execute(store.END_KNOWN_VERSIONS, {"ids": [old["id"]]})
    valid = DateRange(old["valid"].lower, version.end.moment.on)
    row = (
        new_id(), version.unit_id, version.code, version.name, version.level, version.type,
        version.parent_id, valid, old["opened_within"], None, old["begin_known"],
        old["opened_by"], records.principal(version.end),
    )  # fmt: skip
    kept = connection.execute(LINKS_OF, {"id": old["id"]})
    links = [Link(k.decision_id, "unit_versions", row[0], k.effect) for k in kept]
    return row, [*links, *_links_of(row, version.end, "closed")]


def _begun(version: Version) -> tuple[Any, ...]:
    if version.begin is None:
        raise ValueError(f"{version.code} has no beginning")
    begin = version.begin.moment.on
    return (
        derived_id("unit_version", version.unit_id, version.code, version.name, version.parent_id, begin),
        version.unit_id, version.code, version.name, version.level, version.type, version.parent_id,
        DateRange(begin, None), None, None, True, records.principal(version.begin), None,
    )  # fmt: skip


def _links_of(
    row: tuple[Any, ...], change: Change | None, effect: str, collection: str = "unit_versions"
) -> list[Link]:
    documents = change.documents.principal if change else ()
    return [Link(records.decision_id(d), collection, row[0], effect) for d in documents]


def write_spellings(
    connection: Connection, opened: Iterable[Version], romanize: Romanizer | None, decision: UUID
) -> None:
    """Write the spellings of names that are new to their units."""
    if romanize is None:
        return
    rows = []
    for version in opened:
        key = {"unit_id": version.unit_id, "name": version.name}
        spelling = romanize(version.code, version.name, version.level)
        if spelling and connection.execute(SPELLING_KNOWN, key).first() is None:
            rows.append((
                derived_id("unit_roman", version.unit_id, version.name), version.unit_id, version.name,
                spelling.roman, spelling.source, spelling.ambiguous, decision,
            ))  # fmt: skip
    with connection.connection.cursor().copy(store.COPY_ROMAN) as copy:
        for row in rows:
            copy.write_row(row)


def with_units_below(connection: Connection, units: Sequence[UUID], day: date) -> list[UUID]:
    """The units and all below them on a day: those whose public objects name a changed unit."""
    graph = read_graph(connection)
    return list(dict.fromkeys(below for unit in units for below in graph.leaves_below(unit, day)))


def unit_objects(connection: Connection, units: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """The public objects of units as they stand now, or as they last stood."""
    span = service.register_span(connection)
    result = {}
    for unit in units:
        row = connection.execute(LAST_VERSION, {"unit_id": unit}).one()
        if row.standing is None:
            continue
        day = span.register_through if row.standing else row.ended - date.resolution
        body = service.unit_by_id(connection, unit, day)
        if body is not None:
            result[unit] = body
    return result


def feed_entries(
    document: Document,
    decision: UUID,
    units: Iterable[UUID],
    before: Mapping[UUID, dict[str, Any]],
    after: Mapping[UUID, dict[str, Any]],
) -> list[FeedChange]:
    """The decision, then every unit whose public object changed."""
    body = records.decision_of(document).as_api()
    entries = [FeedChange("decisions", decision, None, body, decision)]
    for unit in units:
        old, new = before.get(unit), after.get(unit)
        if old != new and (old or new):
            entries.append(FeedChange("units", unit, old, new, decision))
    return entries


def remember_load(connection: Connection, kind: str, digest: bytes, decision: UUID, report: Mapping[str, Any]) -> None:
    """Keep what was done, so that the same file is recognised."""
    connection.execute(
        store.INSERT_LOAD,
        {
            "id": derived_id("load", kind, digest.hex()),
            "kind": kind,
            "hash": digest,
            "decision_id": decision,
            "report": json.dumps(report, ensure_ascii=False, default=str),
        },
    )
