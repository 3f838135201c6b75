"""The SQL of what follows from segments: nodes, lines, runs, condominiums, and a change's neighbourhood."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text

from boundaries.geometry.content import to_degrees
from boundaries.network import store as network_store
from boundaries.network.amendment import LineEntry, Place
from boundaries.network.model import Condominium, NodeKind
from boundaries.network.store import StoredSegment
from boundaries.shapes.store import ewkb
from data.ids import new_id

#: The segments beside some holders, at some nodes, or that some courses may touch, on a day.
NEIGHBOURHOOD = text(
    network_store.SEGMENTS_BY_ID.text.replace(
        "s.segment_id = ANY(:ids)",
        """s.id IN (
        SELECT id FROM diming.boundary_segment_version WHERE left_id = ANY(:holders) OR right_id = ANY(:holders)
        UNION SELECT id FROM diming.boundary_segment_version WHERE start_node = ANY(:nodes) OR end_node = ANY(:nodes)
        UNION SELECT t.id FROM unnest(CAST(:courses AS text[])) AS c (course)
              JOIN diming.boundary_segment_version t ON t.geom && CAST(c.course AS geometry)
        UNION SELECT id FROM diming.boundary_segment_version WHERE segment_id = ANY(:ids))""",
    )
)
#: Everybody with land on a day whose segments reach round one of some places: whoever may have the land there.
ROUND = text("""
    WITH beside AS (
        SELECT h.holder, ST_Extent(v.geom) AS box
        FROM diming.boundary_segment_version v CROSS JOIN LATERAL (VALUES (v.left_id), (v.right_id)) AS h (holder)
        WHERE h.holder IS NOT NULL AND upper_inf(v.known) AND v.valid @> CAST(:on AS date) GROUP BY h.holder
    )
    SELECT b.holder FROM beside b
    WHERE EXISTS (SELECT FROM unnest(CAST(:places AS text[])) AS p (place)
                  WHERE b.box && CAST(p.place AS geometry)::box2d)
    ORDER BY b.holder
""")
#: The segments between the holders of two sides on a day.
BETWEEN = text(
    network_store.SEGMENTS_BY_ID.text.replace(
        "s.segment_id = ANY(:ids)",
        """((s.left_id = ANY(:one) AND s.right_id = ANY(:other))
        OR (s.left_id = ANY(:other) AND s.right_id = ANY(:one)))""",
    )
)
#: What of the network around a change has a version that begins after its day: it cannot be put in before it.
LATER = text("""
    SELECT 'segment' AS what, segment_id AS id FROM diming.boundary_segment_version
     WHERE segment_id = ANY(:segments) AND upper_inf(known) AND lower(valid) > CAST(:on AS date)
    UNION ALL SELECT 'node', node_id FROM diming.boundary_node_version
     WHERE node_id = ANY(:nodes) AND upper_inf(known) AND lower(valid) > CAST(:on AS date)
    UNION ALL SELECT 'line', line_id FROM diming.boundary_line_version
     WHERE line_id = ANY(:lines) AND upper_inf(known) AND lower(valid) > CAST(:on AS date)
    UNION ALL SELECT 'run', line_id FROM diming.boundary_line_run
     WHERE line_id = ANY(:lines) AND upper_inf(known) AND lower(valid) > CAST(:on AS date)
    UNION ALL SELECT 'condominium', condominium_id FROM diming.condominium_version
     WHERE condominium_id = ANY(:condominiums) AND upper_inf(known) AND lower(valid) > CAST(:on AS date)
    LIMIT 1
""")
NODES_AT = text("""
    SELECT id, node_id, kind, lower(valid) AS begin FROM diming.boundary_node_version
    WHERE node_id = ANY(:ids) AND upper_inf(known) AND valid @> CAST(:on AS date)
""")
LINES_AT = text("""
    SELECT id, line_id, name, code, level, unit_a, unit_b, name_source, lower(valid) AS begin
    FROM diming.boundary_line_version
    WHERE line_id = ANY(:ids) AND upper_inf(known) AND valid @> CAST(:on AS date)
""")
RUNS_AT = text("""
    SELECT id, line_id, segment_id, ordinal, forward, lower(valid) AS begin FROM diming.boundary_line_run
    WHERE line_id = ANY(:ids) AND upper_inf(known) AND valid @> CAST(:on AS date) ORDER BY line_id, ordinal
""")
#: Whether one of some units is made up for the demonstration.
MADE_UP = text("SELECT bool_or(demonstration) FROM diming.unit WHERE id = ANY(:ids)")
LINES_BESIDE = text("""
    SELECT DISTINCT line_id FROM diming.boundary_line_run
    WHERE segment_id = ANY(:segments) AND upper_inf(known) AND valid @> CAST(:on AS date)
""")
#: The tables whose rows are closed: what they carry on when a row is kept until a day.
_CARRIED = {
    "boundary_node_version": "node_id, kind, geom",
    "boundary_line_version": "line_id, name, code, level, unit_a, unit_b, name_source, classification",
    "boundary_line_run": "line_id, segment_id, ordinal, forward",
    "condominium_version": "condominium_id",
}
CONDOMINIUMS_AT = text("""
    SELECT v.id, c.id AS condominium_id, c.name, lower(v.valid) AS begin,
           (SELECT array_agg(h.unit_id ORDER BY h.unit_id) FROM diming.condominium_holder h
            WHERE h.condominium_id = c.id) AS holders
    FROM diming.condominium c
    JOIN diming.condominium_version v ON v.condominium_id = c.id AND upper_inf(v.known) AND v.valid @> CAST(:on AS date)
    WHERE CAST(:ids AS uuid[]) IS NULL OR c.id = ANY(:ids)
    ORDER BY c.id
""")
CONDOMINIUM_HOLDERS = text("SELECT unit_id FROM diming.condominium_holder WHERE condominium_id = :id ORDER BY unit_id")
INSERT_CONDOMINIUM = text("""
    INSERT INTO diming.condominium (id, name, opened_by) VALUES (:id, :name, :decision) ON CONFLICT (id) DO NOTHING
""")
INSERT_HOLDER = text("""
    INSERT INTO diming.condominium_holder (condominium_id, unit_id) VALUES (:id, :unit) ON CONFLICT DO NOTHING
""")
INSERT_CONDOMINIUM_VERSION = text("""
    INSERT INTO diming.condominium_version (id, condominium_id, valid, opened_by)
    VALUES (:version, :id, daterange(:begin, NULL), :decision)
""")
BESIDE_CONDOMINIUM = text("""
    SELECT segment_id FROM diming.boundary_segment_version
    WHERE (left_id = :id OR right_id = :id) AND upper_inf(known) AND valid && daterange(:on, NULL)
    ORDER BY segment_id
""")
INSERT_LINE_CHANGE = text("""
    INSERT INTO diming.boundary_line_change (changeset_id, line_id, before_id, after_id)
    VALUES (:changeset, :line, :before, :after)
""")
INSERT_CONDOMINIUM_CHANGE = text("""
    INSERT INTO diming.condominium_change (changeset_id, condominium_id, kind) VALUES (:changeset, :id, :kind)
""")
INSERT_DESCENT = text("""
    INSERT INTO diming.boundary_descent (changeset_id, parent_id, child_id) VALUES (:changeset, :parent, :child)
""")
INSERT_EFFECTS = text("""
    INSERT INTO diming.boundary_effects (changeset_id, leaves_open, effects)
    VALUES (:changeset, :leaves_open, CAST(:effects AS jsonb))
""")
#: What a changeset said of lines: the versions before and after it.
LINE_CHANGES = text("""
    SELECT x.line_id, b.level AS b_level, b.unit_a AS b_a, b.unit_b AS b_b, b.name AS b_name, b.code AS b_code,
           b.name_source AS b_source, a.level, a.unit_a, a.unit_b, a.name, a.code, a.name_source
    FROM diming.boundary_line_change x
    LEFT JOIN diming.boundary_line_version b ON b.id = x.before_id
    LEFT JOIN diming.boundary_line_version a ON a.id = x.after_id
    WHERE x.changeset_id = :id ORDER BY x.line_id
""")
CONDOMINIUM_CHANGES = text("""
    SELECT x.kind, c.id, c.name,
           (SELECT array_agg(h.unit_id) FROM diming.condominium_holder h WHERE h.condominium_id = c.id) AS holders
    FROM diming.condominium_change x JOIN diming.condominium c ON c.id = x.condominium_id
    WHERE x.changeset_id = :id ORDER BY c.id
""")
EFFECTS = text("SELECT leaves_open, effects FROM diming.boundary_effects WHERE changeset_id = :id")
#: A segment and all that it came from, one after another.
ANCESTORS = text("""
    WITH RECURSIVE above AS (
        SELECT CAST(:id AS uuid) AS id
        UNION
        SELECT d.parent_id FROM above a JOIN diming.boundary_descent d ON d.child_id = a.id
    )
    SELECT id FROM above
""")


#: All that came from some segments, each with the one that it came from in the end.
DESCENDANTS = text("""
    WITH RECURSIVE below AS (
        SELECT d.parent_id AS origin, d.child_id FROM diming.boundary_descent d WHERE d.parent_id = ANY(:ids)
        UNION
        SELECT b.origin, d.child_id FROM below b JOIN diming.boundary_descent d ON d.parent_id = b.child_id
    )
    SELECT origin, child_id FROM below ORDER BY origin, child_id
""")


def descendants(connection: Connection, segments: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """By segment, all that came from it, by whatever changesets."""
    found: dict[UUID, set[UUID]] = {}
    for row in connection.execute(DESCENDANTS, {"ids": list(segments)}):
        found.setdefault(row.origin, set()).add(row.child_id)
    return found


def neighbourhood(
    connection: Connection,
    day: date,
    *,
    segments: Iterable[UUID],
    holders: Iterable[UUID],
    nodes: Iterable[UUID],
    courses: Iterable[BaseGeometry],
) -> list[StoredSegment]:
    """The segments around a change on a day: the named ones, those beside holders, at nodes, near courses."""
    parameters = {
        "ids": sorted(segments),
        "holders": sorted(holders),
        "nodes": sorted(nodes),
        "courses": [ewkb(course) for course in courses],
        "on": day,
    }
    return [network_store.stored(row) for row in connection.execute(NEIGHBOURHOOD, parameters)]


def holders_round(connection: Connection, day: date, places: Iterable[BaseGeometry]) -> list[UUID]:
    """Whoever may have the land at one of `places` on a day: their segments reach round it."""
    parameters = {"places": [ewkb(place) for place in places], "on": day}
    return list(connection.scalars(ROUND, parameters)) if parameters["places"] else []


def close_rows(
    connection: Connection, table: str, rows: Sequence[tuple[UUID, date]], until: date, decision: UUID
) -> None:
    """Close rows (version id, first day) of a table: valid until `until` (exclusive), or no longer known where they
    begin on it.
    """
    if not rows:
        return
    carried = _CARRIED[table]
    connection.execute(
        text(f"""UPDATE diming.{table} SET known = tstzrange(lower(known), transaction_timestamp())
            WHERE id = ANY(:ids)"""),
        {"ids": [version for version, _ in rows]},
    )
    earlier = [version for version, begin in rows if begin < until]
    connection.execute(
        text(f"""INSERT INTO diming.{table} (id, {carried}, valid, opened_by, closed_by)
            SELECT gen_random_uuid(), {carried}, daterange(lower(valid), CAST(:until AS date)), opened_by, :decision
            FROM diming.{table} WHERE id = ANY(:ids)"""),
        {"ids": earlier, "until": until, "decision": decision},
    )


def insert_nodes(
    connection: Connection, nodes: Iterable[tuple[UUID, Place, NodeKind]], begin: date, decision: UUID
) -> None:
    """Write nodes that hold from `begin`."""
    with connection.connection.cursor().copy(network_store.COPY_NODES) as copy:
        for identity, place, kind in nodes:
            copy.write_row((new_id(), identity, kind, ewkb(Point(to_degrees(place))), f"[{begin},)", decision))


def insert_line(connection: Connection, entry: LineEntry, begin: date, decision: UUID) -> UUID:
    """Write a line's version that holds from `begin`; its id."""
    version = new_id()
    with connection.connection.cursor().copy(network_store.COPY_LINES) as copy:
        copy.write_row((
            version, entry.id, entry.name, entry.code, entry.level, *entry.units, entry.name_source, f"[{begin},)",
            decision,
        ))  # fmt: skip
    return version


def insert_runs(
    connection: Connection, line: UUID, places: Iterable[tuple[int, UUID, bool]], begin: date, decision: UUID
) -> None:
    """Write places of a line's run (ordinal, segment, forward) that hold from `begin`."""
    with connection.connection.cursor().copy(network_store.COPY_RUNS) as copy:
        for ordinal, segment, forward in places:
            copy.write_row((new_id(), line, segment, ordinal, forward, f"[{begin},)", decision))


def condominiums_at(connection: Connection, day: date, ids: Sequence[UUID] | None = None) -> dict[UUID, Condominium]:
    """The condominiums of a day, all or some, by id."""
    rows = connection.execute(CONDOMINIUMS_AT, {"on": day, "ids": None if ids is None else list(ids)})
    return {row.condominium_id: Condominium(row.condominium_id, row.name, frozenset(row.holders or ())) for row in rows}


def insert_condominium(connection: Connection, condominium: Condominium, begin: date, decision: UUID) -> None:
    """Write a condominium, new or once more, that holds from `begin`."""
    row = {"id": condominium.id, "name": condominium.name, "begin": begin, "decision": decision, "version": new_id()}
    connection.execute(INSERT_CONDOMINIUM, row)
    for unit in sorted(condominium.holders):
        connection.execute(INSERT_HOLDER, {"id": condominium.id, "unit": unit})
    connection.execute(INSERT_CONDOMINIUM_VERSION, row)


def insert_effects(connection: Connection, changeset: UUID, leaves_open: bool, effects: dict[str, Any]) -> None:
    """Write what followed from a changeset."""
    body = json.dumps(effects, ensure_ascii=False, default=str)
    connection.execute(INSERT_EFFECTS, {"changeset": changeset, "leaves_open": leaves_open, "effects": body})
