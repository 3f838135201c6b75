"""The SQL of markers. Without their place they are published; with it they are for staff."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import Point
from sqlalchemy import Connection, text

from boundaries.markers.model import Marker, Side, Witness
from boundaries.shapes.store import ewkb
from data.ids import new_id

INSERT = text("""
    INSERT INTO diming.marker_version (id, marker_id, line_id, code, scheme, kind, part, faces, material, state, geom,
        accuracy_m, method, elevation_m, height_datum, place, witnesses, custodian, shape, set_on, surveyed_on, sides,
        valid, opened_by)
    VALUES (:id, :marker_id, :line_id, :code, :scheme, :kind, :part, :faces, :material, :state,
        CAST(:geom AS geometry), :accuracy_m, :method, :elevation_m, :height_datum, :place, CAST(:witnesses AS jsonb),
        :custodian, :shape, :set_on, :surveyed_on, CAST(:sides AS jsonb), daterange(:begin, NULL), :decision)
""")
#: The first day of the state in which an event left its marker.
_BEGINS = """(SELECT min(lower(m.valid))::text FROM diming.marker_version m
        WHERE m.marker_id = e.marker_id AND m.opened_by = e.decision_id)"""
INSERT_EVENT = text("""
    INSERT INTO diming.marker_event (id, marker_id, kind, happened_on, remark, decision_id)
    VALUES (:id, :marker_id, :kind, :happened_on, :remark, :decision)
""")
_MARKER = """m.id AS version, m.marker_id, m.line_id, m.code, m.scheme, m.kind, m.part, m.faces, m.material, m.state,
    ST_AsBinary(m.geom) AS geometry, m.accuracy_m, m.method, m.elevation_m, m.height_datum, m.place, m.witnesses,
    m.custodian, m.shape, m.set_on::text AS set_on, m.surveyed_on::text AS surveyed_on, m.sides, m.opened_by,
    lower(m.valid) AS begin"""
CURRENT = text(f"""
    SELECT {_MARKER} FROM diming.marker_version m
    WHERE m.marker_id = :id AND upper_inf(m.known) AND upper_inf(m.valid)
""")
END_KNOWN = text("""
    UPDATE diming.marker_version SET known = tstzrange(lower(known), transaction_timestamp()) WHERE id = :id
""")
KEEP_UNTIL = text("""
    INSERT INTO diming.marker_version (id, marker_id, line_id, code, scheme, kind, part, faces, material, state, geom,
        accuracy_m, method, elevation_m, height_datum, place, witnesses, custodian, shape, set_on, surveyed_on, sides,
        valid, opened_by, closed_by, classification)
    SELECT gen_random_uuid(), marker_id, line_id, code, scheme, kind, part, faces, material, state, geom,
        accuracy_m, method, elevation_m, height_datum, place, witnesses, custodian, shape, set_on, surveyed_on, sides,
        daterange(lower(valid), CAST(:until AS date)), opened_by, :decision, classification
    FROM diming.marker_version WHERE id = :id
""")
_SHOWN = """m.marker_id AS id, m.code, m.scheme, m.kind, m.part, m.faces, m.material, m.state, m.line_id,
    l.name AS line_name, coalesce(l.demonstration, false) AS demonstration,
    lower(m.valid) AS valid_from, upper(m.valid) AS valid_to, m.opened_by, m.id AS version"""
_NAMED = """LEFT JOIN LATERAL (SELECT l.name, l.demonstration FROM published.boundary_line_version l
        WHERE l.line_id = m.line_id AND upper_inf(l.known) AND l.valid @> CAST(:on AS date) OFFSET 0) l ON true"""
#: A page of the markers of a day by code; what everybody may know of them.
LIST = text(f"""
    SELECT {_SHOWN}
    FROM published.marker_version m
    {_NAMED}
    WHERE m.valid @> CAST(:on AS date) AND upper_inf(m.known)
      AND (CAST(:line AS uuid) IS NULL OR m.line_id = :line)
      AND (CAST(:state AS text) IS NULL OR m.state = :state)
      AND (CAST(:kind AS text) IS NULL OR m.kind = :kind)
      AND (CAST(:q AS text) IS NULL OR starts_with(m.code, :q))
      AND (CAST(:unit AS uuid) IS NULL OR m.line_id IN (
            SELECT b.line_id FROM published.boundary_line_version b
            WHERE upper_inf(b.known) AND b.valid @> CAST(:on AS date) AND (b.unit_a = :unit OR b.unit_b = :unit)))
      AND (CAST(:after_code AS text) IS NULL OR (m.code, m.marker_id) > (:after_code, CAST(:after_id AS uuid)))
    ORDER BY m.code, m.marker_id LIMIT :limit
""")
#: One marker of a day; what everybody may know of it.
ONE = text(f"""
    SELECT {_SHOWN} FROM published.marker_version m
    {_NAMED}
    WHERE m.marker_id = :id AND m.valid @> CAST(:on AS date) AND upper_inf(m.known)
""")
#: Its registration on a day, whole: for staff.
ON_DAY = text(f"""
    SELECT {_MARKER} FROM diming.marker_version m
    WHERE m.marker_id = :id AND m.valid @> CAST(:on AS date) AND upper_inf(m.known)
""")
#: All registrations of a line's markers on a day, in the order of their codes: for staff.
OF_LINE = text(f"""
    SELECT {_MARKER} FROM diming.marker_version m
    WHERE m.line_id = :line AND m.valid @> CAST(:on AS date) AND upper_inf(m.known) ORDER BY m.code, m.part
""")
#: Markers as they stand now, by line or by id; what was scrapped is there no more. For staff.
STANDING = text(f"""
    SELECT {_MARKER} FROM diming.marker_version m
    WHERE (m.line_id = ANY(:lines) OR m.marker_id = ANY(:ids)) AND upper_inf(m.known) AND upper_inf(m.valid)
      AND m.state <> 'scrapped'
    ORDER BY m.code, m.marker_id
""")
#: Markers of a scheme by their codes, as they stand now: for staff.
BY_CODES = text(f"""
    SELECT {_MARKER} FROM diming.marker_version m
    WHERE m.scheme = :scheme AND m.code = ANY(:codes) AND upper_inf(m.known) AND upper_inf(m.valid)
""")
#: A marker by its code on a day, whatever its scheme.
OF_CODE = text("""
    SELECT marker_id FROM published.marker_version
    WHERE code = :code AND upper_inf(known) AND valid @> CAST(:on AS date) ORDER BY scheme, marker_id
""")
#: Whether a code is taken by another marker.
CODE_TAKEN = text("""
    SELECT EXISTS (SELECT FROM diming.marker_version
                   WHERE scheme = :scheme AND code = :code AND upper_inf(known) AND upper_inf(valid))
""")
#: Segments within an extent on a day with the units beside them and the level of their line: for staff.
GROUND = text("""
    SELECT ST_AsBinary(s.geom) AS geometry, a.name AS left_name, b.name AS right_name, l.level, l.line_id
    FROM diming.boundary_segment_version s
    LEFT JOIN diming.unit_version a
      ON a.unit_id = s.left_id AND upper_inf(a.known) AND a.valid @> CAST(:on AS date)
    LEFT JOIN diming.unit_version b
      ON b.unit_id = s.right_id AND upper_inf(b.known) AND b.valid @> CAST(:on AS date)
    LEFT JOIN LATERAL (SELECT l.level, l.line_id FROM diming.boundary_line_run r
        JOIN diming.boundary_line_version l ON l.line_id = r.line_id AND upper_inf(l.known)
         AND l.valid @> CAST(:on AS date)
        WHERE r.segment_id = s.segment_id AND upper_inf(r.known) AND r.valid @> CAST(:on AS date)
        ORDER BY l.level, l.line_id LIMIT 1) l ON true
    WHERE s.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)
      AND upper_inf(s.known) AND s.valid @> CAST(:on AS date)
    ORDER BY s.segment_id
""")
#: Markers within an extent on a day that were not scrapped: for staff.
MARKERS_WITHIN = text("""
    SELECT m.code, ST_X(m.geom) AS lon, ST_Y(m.geom) AS lat FROM diming.marker_version m
    WHERE m.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490) AND m.state <> 'scrapped'
      AND m.marker_id <> :id AND upper_inf(m.known) AND m.valid @> CAST(:on AS date)
    ORDER BY m.code, m.marker_id
""")
#: What a line is called.
LINE_NAME = text("""
    SELECT name FROM diming.boundary_line_version WHERE line_id = :line AND upper_inf(known) AND upper_inf(valid)
""")
LINE_CODE = text("""
    SELECT code FROM diming.boundary_line_version WHERE line_id = :line AND upper_inf(known) AND upper_inf(valid)
""")
#: What staff know beside it.
PLACES = text("""
    SELECT id AS version, ST_X(geom) AS lon, ST_Y(geom) AS lat, accuracy_m, method, elevation_m, height_datum, place,
           witnesses, custodian, shape, set_on::text AS set_on, surveyed_on::text AS surveyed_on, sides
    FROM diming.marker_version WHERE id = ANY(:versions)
""")
EVENTS = text(f"""
    SELECT e.kind, e.happened_on::text AS happened_on, e.remark, e.decision_id, e.recorded_at, d.doc_no, d.title,
           {_BEGINS} AS begins_on
    FROM diming.marker_event e JOIN diming.decision d ON d.id = e.decision_id
    WHERE e.marker_id = :id ORDER BY e.recorded_at, e.id
""")
ADD_PHOTO = text("""
    INSERT INTO diming.marker_photo (id, marker_id, sha256, bytes, file_name, media_type, caption, looks_deg,
        claimed_at, claimed_position, added_by)
    VALUES (:id, :marker, :sha256, :bytes, :name, :media_type, :caption, :looks, :claimed_at,
        CAST(:place AS geometry), :by)
    ON CONFLICT (marker_id, sha256) DO NOTHING RETURNING id
""")
_PHOTO = """SELECT id, sha256, bytes, file_name, media_type, caption, looks_deg, claimed_at, added_at,
    ST_X(claimed_position) AS lon, ST_Y(claimed_position) AS lat FROM diming.marker_photo"""
PHOTOS = text(f"{_PHOTO} WHERE marker_id = :marker ORDER BY added_at, id")
PHOTO = text(f"{_PHOTO} WHERE marker_id = :marker AND id = :id")
PHOTO_BY_HASH = text(f"{_PHOTO} WHERE marker_id = :marker AND sha256 = :sha256")
#: What happened to a marker up to a day, each with the number of its document and the first day of the state after it.
DATED_EVENTS = text(f"""
    SELECT e.kind, e.happened_on::text AS happened_on, e.remark, d.doc_no, {_BEGINS} AS begins_on
    FROM diming.marker_event e JOIN diming.decision d ON d.id = e.decision_id
    WHERE e.marker_id = :id
      AND EXISTS (SELECT FROM diming.marker_version m WHERE m.marker_id = e.marker_id AND m.opened_by = e.decision_id
                  AND lower(m.valid) <= CAST(:on AS date))
    ORDER BY e.recorded_at, e.id
""")
#: Whether a line is between made-up units.
LINE_MADE_UP = text("""
    SELECT bool_or(u.demonstration) FROM diming.boundary_line_version l
    JOIN diming.unit u ON u.id IN (l.unit_a, l.unit_b)
    WHERE l.line_id = :line AND upper_inf(l.known)
""")
LINE_SIDES = text("""
    SELECT unit_a, unit_b FROM diming.boundary_line_version
    WHERE line_id = :line AND upper_inf(known) AND upper_inf(valid)
""")


#: The units that meet at the end of a line that is nearest to a position, without the two of the line.
MEETING = text("""
    WITH own AS (
        SELECT s.start_node, s.end_node FROM diming.boundary_line_version l
        JOIN diming.boundary_segment_version s
          ON s.left_id IN (l.unit_a, l.unit_b) AND s.right_id IN (l.unit_a, l.unit_b)
        WHERE l.line_id = :line AND upper_inf(l.known) AND l.valid @> CAST(:day AS date)
          AND upper_inf(s.known) AND s.valid @> CAST(:day AS date)
    ), nearest AS (
        SELECT n.node_id FROM diming.boundary_node_version n
        WHERE n.node_id IN (SELECT start_node FROM own UNION SELECT end_node FROM own)
          AND n.kind IN ('tri_point', 'quad_point') AND upper_inf(n.known) AND n.valid @> CAST(:day AS date)
        ORDER BY ST_Distance(n.geom, ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4490)), n.node_id LIMIT 1
    )
    SELECT DISTINCT u.id FROM nearest
    JOIN diming.boundary_segment_version s ON nearest.node_id IN (s.start_node, s.end_node)
    JOIN diming.unit u ON u.id IN (s.left_id, s.right_id)
    JOIN diming.boundary_line_version l ON l.line_id = :line AND upper_inf(l.known) AND l.valid @> CAST(:day AS date)
    WHERE upper_inf(s.known) AND s.valid @> CAST(:day AS date) AND u.id NOT IN (l.unit_a, l.unit_b)
""")


def marker_of(row: Any) -> Marker:
    """A row as values."""
    point = shapely.from_wkb(bytes(row.geometry))
    if not isinstance(point, Point):
        raise TypeError(f"marker {row.marker_id} is stored as {point.geom_type}")
    return Marker(
        id=row.marker_id, code=row.code, scheme=row.scheme, kind=row.kind, part=row.part, faces=row.faces,
        material=row.material, longitude=point.x, latitude=point.y, line=row.line_id, accuracy_m=row.accuracy_m,
        method=row.method, elevation_m=row.elevation_m, height_datum=row.height_datum, place=row.place,
        witnesses=tuple(Witness(**w) for w in row.witnesses), custodian=row.custodian, state=row.state,
        shape=row.shape, set_on=row.set_on, surveyed_on=row.surveyed_on, sides=tuple(Side(**s) for s in row.sides),
    )  # fmt: skip


def insert_marker(connection: Connection, marker: Marker, begin: date, decision: UUID) -> None:
    """Write a version that holds from `begin`."""
    connection.execute(
        INSERT,
        {
            "id": new_id(),
            "marker_id": marker.id,
            "line_id": marker.line,
            "geom": ewkb(Point(marker.longitude, marker.latitude)),
            "witnesses": _told(marker.witnesses),
            "sides": _told(marker.sides),
            "begin": begin,
            "decision": decision,
            **{
                key: getattr(marker, key)
                for key in (
                    "code", "scheme", "kind", "part", "faces", "material", "state", "accuracy_m", "method",
                    "elevation_m", "height_datum", "place", "custodian", "shape", "set_on", "surveyed_on",
                )
            },
        },
    )  # fmt: skip


def _told(values: Sequence[Witness] | Sequence[Side]) -> str:
    """Values as JSON, without what is not known."""
    rows = [{key: value for key, value in asdict(one).items() if value is not None} for one in values]
    return json.dumps(rows, ensure_ascii=False)


def end_marker(connection: Connection, version: UUID, begin: date, until: date, decision: UUID) -> None:
    """Close a version: valid until `until` (exclusive), or no longer known where it begins on it."""
    connection.execute(END_KNOWN, {"id": version})
    if begin < until:
        connection.execute(KEEP_UNTIL, {"id": version, "until": until, "decision": decision})


def insert_event(
    connection: Connection, marker: UUID, kind: str, happened_on: str | None, remark: str, decision: UUID
) -> None:
    """Write what happened to a marker."""
    connection.execute(
        INSERT_EVENT,
        {
            "id": new_id(), "marker_id": marker, "kind": kind, "happened_on": happened_on, "remark": remark,
            "decision": decision,
        },
    )  # fmt: skip
