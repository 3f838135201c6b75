"""The SQL that writes the network, and that reads it whole for building and comparing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import LineString, Point
from sqlalchemy import Connection, text

from boundaries.geometry.content import to_degrees, to_steps
from boundaries.geometry.ellipsoid import length_m
from boundaries.network.model import Line, Segment, node_kinds
from boundaries.shapes.store import ewkb
from data.ids import derived_id, new_id


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """A row of `boundary_segment_version`: the version's id, and when it holds (`end` exclusive)."""

    version: UUID
    segment: Segment
    begin: date
    end: date | None


#: The polygons of a day, with their units' place in the hierarchy.
CELLS = text("""
    SELECT s.unit_id, v.parent_id, s.level, s.id AS shape_id, v.code, v.name, lower(s.valid) AS begin,
           ST_AsBinary(s.geom) AS geometry
    FROM diming.unit_shape s
    JOIN diming.unit_version v ON v.unit_id = s.unit_id AND upper_inf(v.known) AND v.valid @> CAST(:on AS date)
    JOIN diming.unit u ON u.id = s.unit_id AND NOT u.demonstration
    WHERE upper_inf(s.known) AND s.valid @> CAST(:on AS date)
      AND s.level IN ('province', 'prefecture', 'county')
    ORDER BY v.code
""")
#: Every unit of a day, for the chains of the cells.
UNITS = text("""
    SELECT unit_id, parent_id, level, code, name FROM diming.unit_version
    WHERE upper_inf(known) AND valid @> CAST(:on AS date)
""")
#: Whether there is a network of real units.
HAS_NETWORK = text("""
    SELECT EXISTS (SELECT FROM diming.boundary_segment_version
                   WHERE upper_inf(known) AND opened_by NOT IN (SELECT id FROM diming.decision WHERE demonstration))
""")
LAYERS = text("""
    SELECT DISTINCT l.key, l.title_zh, l.source, l.licence, encode(l.file_sha256, 'hex') AS sha256
    FROM diming.unit_shape s JOIN diming.layer l ON l.id = s.layer_id
    WHERE s.id = ANY(:shapes) ORDER BY l.key
""")
COPY_NODES = """
    COPY diming.boundary_node_version (id, node_id, kind, geom, valid, opened_by) FROM STDIN
"""
COPY_SEGMENTS = """
    COPY diming.boundary_segment_version (id, segment_id, left_id, right_id, start_node, end_node, geom, hash,
        length_m, legal_status, technical_status, scale, accuracy_m, method, valid, opened_by) FROM STDIN
"""
COPY_LINES = """
    COPY diming.boundary_line_version (id, line_id, name, code, level, unit_a, unit_b, name_source, valid, opened_by)
    FROM STDIN
"""
COPY_RUNS = """
    COPY diming.boundary_line_run (id, line_id, segment_id, ordinal, forward, valid, opened_by) FROM STDIN
"""
_SEGMENT = """s.id, s.segment_id, s.left_id, s.right_id, ST_AsBinary(s.geom) AS geometry, s.legal_status,
    s.technical_status, s.scale, s.accuracy_m, s.method, s.opened_by, lower(s.valid) AS begin,
    upper(s.valid) AS "end" """
SEGMENTS_OF_LINE = text(f"""
    SELECT {_SEGMENT}, r.forward FROM diming.boundary_line_run r
    JOIN diming.boundary_segment_version s ON s.segment_id = r.segment_id
     AND s.valid @> CAST(:on AS date) AND s.known @> coalesce(CAST(:known_at AS timestamptz), transaction_timestamp())
    WHERE r.line_id = :line AND r.valid @> CAST(:on AS date)
      AND r.known @> coalesce(CAST(:known_at AS timestamptz), transaction_timestamp())
    ORDER BY r.ordinal
""")
SEGMENTS_BY_ID = text(f"""
    SELECT {_SEGMENT} FROM diming.boundary_segment_version s
    WHERE s.segment_id = ANY(:ids) AND s.valid @> CAST(:on AS date) AND upper_inf(s.known)
""")
#: Which of these segments have a version that begins after a day: nothing can be put in before it.
BEGINNING_AFTER = text("""
    SELECT segment_id FROM diming.boundary_segment_version
    WHERE segment_id = ANY(:ids) AND upper_inf(known) AND lower(valid) > CAST(:on AS date)
""")
HISTORY = text(f"""
    SELECT {_SEGMENT} FROM diming.boundary_segment_version s
    WHERE s.segment_id = :id AND upper_inf(s.known) ORDER BY lower(s.valid)
""")
#: Versions by their own ids, whether they still hold or not.
VERSIONS = text(f"SELECT {_SEGMENT} FROM diming.boundary_segment_version s WHERE s.id = ANY(:ids)")
END_SEGMENTS = text("""
    UPDATE diming.boundary_segment_version SET known = tstzrange(lower(known), transaction_timestamp())
    WHERE id = ANY(:ids)
""")
KEEP_SEGMENTS = text("""
    INSERT INTO diming.boundary_segment_version (id, segment_id, left_id, right_id, start_node, end_node, geom, hash,
        length_m, legal_status, technical_status, scale, accuracy_m, method, valid, opened_by, closed_by,
        classification)
    SELECT gen_random_uuid(), segment_id, left_id, right_id, start_node, end_node, geom, hash,
        length_m, legal_status, technical_status, scale, accuracy_m, method,
        daterange(lower(valid), CAST(:until AS date)), opened_by, :decision, classification
    FROM diming.boundary_segment_version WHERE id = ANY(:ids)
    RETURNING id, segment_id
""")
KNOWN_NODES = text("SELECT node_id FROM diming.boundary_node_version WHERE node_id = ANY(:ids) AND upper_inf(known)")
INSERT_CHANGESET = text("""
    INSERT INTO diming.boundary_changeset (id, author, message, decision_id, effective_on, reverts)
    VALUES (:id, :author, :message, :decision, :effective_on, :reverts)
""")
COPY_CHANGES = "COPY diming.boundary_change (changeset_id, segment_id, kind, before_id, after_id) FROM STDIN"


def stored(row: Any) -> StoredSegment:
    """A row of the statements above as values."""
    line = shapely.from_wkb(bytes(row.geometry))
    if not isinstance(line, LineString):
        raise TypeError(f"segment {row.segment_id} is stored as {line.geom_type}")
    segment = Segment(
        id=row.segment_id,
        left=row.left_id,
        right=row.right_id,
        geometry=line,
        legal_status=row.legal_status,
        technical_status=row.technical_status,
        scale=row.scale,
        accuracy_m=row.accuracy_m,
        method=row.method,
        document=row.opened_by,
    )
    return StoredSegment(row.id, segment, row.begin, row.end)


def node_id(place: tuple[int, int]) -> UUID:
    """The identifier of the node at a place of the grid: the same place is the same node."""
    return derived_id("boundary-node", *place)


def insert_segments(
    connection: Connection, segments: Sequence[Segment], begin: date, decision: UUID
) -> dict[UUID, UUID]:
    """Write versions that hold from `begin`; the version's id by segment."""
    versions = {segment.id: new_id() for segment in segments}
    cursor = connection.connection.cursor()
    with cursor.copy(COPY_SEGMENTS) as copy:
        for s in segments:
            first, last = _places(s)
            copy.write_row((
                versions[s.id], s.id, s.left, s.right, node_id(first), node_id(last), ewkb(s.geometry), s.hash,
                length_m(s.geometry), s.legal_status, s.technical_status, s.scale, s.accuracy_m, s.method,
                f"[{begin},)", decision,
            ))  # fmt: skip
    return versions


def insert_nodes(connection: Connection, segments: Sequence[Segment], begin: date, decision: UUID) -> int:
    """Write the nodes of `segments` that are not there yet, from `begin`; the number written."""
    kinds = {node_id(place): (place, kind) for place, kind in node_kinds(segments).items()}
    known = set(connection.scalars(KNOWN_NODES, {"ids": list(kinds)}))
    cursor = connection.connection.cursor()
    with cursor.copy(COPY_NODES) as copy:
        for identity, ((x, y), kind) in kinds.items():
            if identity not in known:
                point = ewkb(Point(to_degrees((x, y))))
                copy.write_row((new_id(), identity, kind, point, f"[{begin},)", decision))
    return len(kinds) - len(known)


def _places(segment: Segment) -> list[tuple[int, int]]:
    steps = to_steps(shapely.get_coordinates(segment.geometry)[[0, -1]]).tolist()
    return [(int(x), int(y)) for x, y in steps]


def insert_lines(
    connection: Connection, lines: Sequence[Line], sources: dict[UUID, str], begin: date, decision: UUID
) -> None:
    """Write lines and their runs; `sources` says for each named line where the name comes from."""
    cursor = connection.connection.cursor()
    with cursor.copy(COPY_LINES) as copy:
        for line in lines:
            copy.write_row((
                new_id(), line.id, line.name, line.code, line.level, *line.units, sources.get(line.id),
                f"[{begin},)", decision,
            ))  # fmt: skip
    with cursor.copy(COPY_RUNS) as copy:
        for line in lines:
            for ordinal, (segment, way) in enumerate(line.run, 1):
                copy.write_row((new_id(), line.id, segment, ordinal, way > 0, f"[{begin},)", decision))


def end_segments(
    connection: Connection, versions: Iterable[StoredSegment], until: date, decision: UUID
) -> dict[UUID, UUID]:
    """Close versions: valid until `until` (exclusive), or no longer known where they begin on it; new ids by
    segment.
    """
    rows = list(versions)
    connection.execute(END_SEGMENTS, {"ids": [row.version for row in rows]})
    earlier = [row.version for row in rows if row.begin < until]
    if not earlier:
        return {}
    kept = connection.execute(KEEP_SEGMENTS, {"ids": earlier, "until": until, "decision": decision})
    return {row.segment_id: row.id for row in kept}


def insert_changes(connection: Connection, rows: Sequence[tuple[UUID, UUID, str, UUID | None, UUID | None]]) -> None:
    """Write what a changeset did: changeset, segment, kind, the version before and the one after."""
    cursor = connection.connection.cursor()
    with cursor.copy(COPY_CHANGES) as copy:
        for row in rows:
            copy.write_row(row)
