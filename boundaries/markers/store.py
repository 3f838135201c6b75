"""The SQL of markers. Without their place they are published; with it they are for staff."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import Point
from sqlalchemy import Connection, text

from boundaries.markers.model import Marker, Witness
from boundaries.shapes.store import ewkb
from data.ids import new_id

INSERT = text("""
    INSERT INTO diming.marker_version (id, marker_id, line_id, code, scheme, kind, part, faces, material, state, geom,
        accuracy_m, method, elevation_m, height_datum, place, witnesses, custodian, valid, opened_by)
    VALUES (:id, :marker_id, :line_id, :code, :scheme, :kind, :part, :faces, :material, :state,
        CAST(:geom AS geometry), :accuracy_m, :method, :elevation_m, :height_datum, :place, CAST(:witnesses AS jsonb),
        :custodian, daterange(:begin, NULL), :decision)
""")
INSERT_EVENT = text("""
    INSERT INTO diming.marker_event (id, marker_id, kind, happened_on, remark, decision_id)
    VALUES (:id, :marker_id, :kind, :happened_on, :remark, :decision)
""")
_MARKER = """m.id AS version, m.marker_id, m.line_id, m.code, m.scheme, m.kind, m.part, m.faces, m.material, m.state,
    ST_AsBinary(m.geom) AS geometry, m.accuracy_m, m.method, m.elevation_m, m.height_datum, m.place, m.witnesses,
    m.custodian, m.opened_by, lower(m.valid) AS begin"""
CURRENT = text(f"""
    SELECT {_MARKER} FROM diming.marker_version m
    WHERE m.marker_id = :id AND upper_inf(m.known) AND upper_inf(m.valid)
""")
END_KNOWN = text("""
    UPDATE diming.marker_version SET known = tstzrange(lower(known), transaction_timestamp()) WHERE id = :id
""")
KEEP_UNTIL = text("""
    INSERT INTO diming.marker_version (id, marker_id, line_id, code, scheme, kind, part, faces, material, state, geom,
        accuracy_m, method, elevation_m, height_datum, place, witnesses, custodian, valid, opened_by, closed_by,
        classification)
    SELECT gen_random_uuid(), marker_id, line_id, code, scheme, kind, part, faces, material, state, geom,
        accuracy_m, method, elevation_m, height_datum, place, witnesses, custodian,
        daterange(lower(valid), CAST(:until AS date)), opened_by, :decision, classification
    FROM diming.marker_version WHERE id = :id
""")
#: A page of the markers of a day by code; what everybody may know of them.
LIST = text("""
    SELECT m.marker_id AS id, m.code, m.scheme, m.kind, m.part, m.faces, m.material, m.state, m.line_id,
           lower(m.valid) AS valid_from, upper(m.valid) AS valid_to, m.opened_by, m.id AS version
    FROM published.marker_version m
    WHERE m.valid @> CAST(:on AS date) AND upper_inf(m.known)
      AND (CAST(:line AS uuid) IS NULL OR m.line_id = :line)
      AND (CAST(:after_code AS text) IS NULL OR (m.code, m.marker_id) > (:after_code, CAST(:after_id AS uuid)))
    ORDER BY m.code, m.marker_id LIMIT :limit
""")
#: What staff know beside it.
PLACES = text("""
    SELECT id AS version, ST_X(geom) AS lon, ST_Y(geom) AS lat, accuracy_m, method, elevation_m, height_datum, place,
           witnesses, custodian
    FROM diming.marker_version WHERE id = ANY(:versions)
""")
EVENTS = text("""
    SELECT kind, happened_on::text AS happened_on, remark, decision_id, recorded_at FROM diming.marker_event
    WHERE marker_id = :id ORDER BY recorded_at, id
""")
LINE_SIDES = text("""
    SELECT unit_a, unit_b FROM diming.boundary_line_version
    WHERE line_id = :line AND upper_inf(known) AND upper_inf(valid)
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
            "witnesses": json.dumps([asdict(witness) for witness in marker.witnesses], ensure_ascii=False),
            "begin": begin,
            "decision": decision,
            **{
                key: getattr(marker, key)
                for key in (
                    "code", "scheme", "kind", "part", "faces", "material", "state", "accuracy_m", "method",
                    "elevation_m", "height_datum", "place", "custodian",
                )
            },
        },
    )  # fmt: skip


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
