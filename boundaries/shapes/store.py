"""The SQL of shapes: layers, polygons, their pieces, display lines, and the map drawn from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import LineString, MultiLineString
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text

from boundaries.shapes.checks import as_multipolygon
from boundaries.shapes.display import TOLERANCES, DrawnUnit, simplify_together, units_of_map
from boundaries.shapes.model import DisplayLine, LayerDescription, StandingUnit
from data.crs import STORED_SRID

#: Vertices in a piece of a polygon: small enough that testing one costs microseconds.
PIECE_VERTICES = 64


@dataclass(frozen=True, slots=True)
class NewShape:
    """One row of `unit_shape` about to be written; it holds until `end` (exclusive), None: until further notice."""

    id: UUID
    unit_id: UUID
    level: str
    geometry: BaseGeometry
    end: date | None


@dataclass(frozen=True, slots=True)
class ShapeInForce:
    """A polygon that the register holds for a unit at or after a date."""

    id: UUID
    unit_id: UUID
    begin: date


STANDING = text("""
    SELECT v.unit_id, v.code, v.name, v.level,
           (SELECT CASE WHEN bool_or(upper_inf(w.valid)) THEN NULL ELSE max(upper(w.valid)) END
            FROM diming.unit_version w WHERE w.unit_id = v.unit_id AND upper_inf(w.known)) AS until
    FROM diming.unit_version v
    JOIN diming.unit u ON u.id = v.unit_id AND NOT u.demonstration
    WHERE v.valid @> CAST(:on AS date) AND upper_inf(v.known) ORDER BY v.code
""")
FIND_LOAD = text("SELECT report FROM diming.load WHERE kind = :kind AND input_hash = :hash")
INSERT_LOAD = text("""
    INSERT INTO diming.load (id, kind, input_hash, decision_id, report)
    VALUES (:id, :kind, :hash, :decision, CAST(:report AS jsonb))
""")
LAYER_EXISTS = text("SELECT EXISTS (SELECT FROM diming.layer WHERE key = :key)")
INSERT_LAYER = text("""
    INSERT INTO diming.layer (id, key, title_zh, title_en, source, licence, dated, provenance, file_sha256,
                              declared_crs, opened_by)
    VALUES (:id, :key, :title_zh, :title_en, :source, :licence, :dated, :provenance, :sha256, :crs, :decision)
""")
IN_FORCE = text("""
    SELECT id, unit_id, lower(valid) AS begin FROM diming.unit_shape
    WHERE unit_id = ANY(:units) AND upper_inf(known) AND valid && daterange(:begin, NULL)
""")
END_KNOWN = text("""
    UPDATE diming.unit_shape SET known = tstzrange(lower(known), transaction_timestamp()) WHERE id = ANY(:ids)
""")
KEEP_UNTIL = text("""
    INSERT INTO diming.unit_shape (id, unit_id, layer_id, level, geom, label, valid, opened_by, closed_by)
    SELECT gen_random_uuid(), unit_id, layer_id, level, geom, label, daterange(lower(valid), :until),
           opened_by, :decision
    FROM diming.unit_shape WHERE id = ANY(:ids)
    RETURNING id
""")
COPY_SHAPES = "COPY diming.unit_shape (id, unit_id, layer_id, level, geom, label, valid, opened_by) FROM STDIN"
COPY_LINES = "COPY diming.display_line (id, layer_id, name, geom, opened_by) FROM STDIN"
#: Not of made-up units: they lie on real land, where a position must not find them.
CUT = text("""
    INSERT INTO diming.unit_shape_piece (shape_id, geom)
    SELECT s.id, ST_Subdivide(s.geom, :vertices) FROM diming.unit_shape s
    JOIN diming.unit u ON u.id = s.unit_id AND NOT u.demonstration
    WHERE s.id = ANY(:ids)
""")
DROP_PIECES = text("DELETE FROM diming.unit_shape_piece WHERE shape_id = ANY(:ids)")
DRAWN = text("""
    SELECT s.unit_id, v.parent_id, s.level, s.id AS shape_id, ST_AsBinary(s.geom) AS geometry
    FROM diming.unit_shape s
    JOIN diming.unit_version v ON v.unit_id = s.unit_id AND upper_inf(v.known) AND v.valid @> lower(s.valid)
    JOIN diming.unit u ON u.id = s.unit_id AND NOT u.demonstration
    WHERE upper_inf(s.known) AND upper_inf(s.valid)
      AND s.level IN ('province', 'prefecture', 'county')
    ORDER BY v.code
""")
CLEAR_MAP = text("""
    DELETE FROM diming.map_shape m USING diming.unit_shape s
    WHERE s.id = m.shape_id AND (upper_inf(s.valid) OR NOT upper_inf(s.known))
""")
COPY_MAP = "COPY diming.map_shape (level, tolerance, shape_id, geom) FROM STDIN"
ANALYZE = ("diming.unit_shape", "diming.unit_shape_piece", "diming.map_shape")


def standing_units(connection: Connection, on: date) -> list[StandingUnit]:
    """The units of the register that stand on `on`, by code."""
    return [StandingUnit(*row) for row in connection.execute(STANDING, {"on": on})]


def find_load(connection: Connection, kind: str, input_hash: bytes) -> dict[str, Any] | None:
    """The report of an earlier load of the same input, None where there was none."""
    report: dict[str, Any] | None = connection.scalar(FIND_LOAD, {"kind": kind, "hash": input_hash})
    return report


def insert_load(
    connection: Connection, load_id: UUID, kind: str, input_hash: bytes, decision: UUID, report: str
) -> None:
    """Remember a load: `report` is JSON text."""
    connection.execute(
        INSERT_LOAD,
        {"id": load_id, "kind": kind, "hash": input_hash, "decision": decision, "report": report},
    )


def layer_exists(connection: Connection, key: str) -> bool:
    """Whether a layer of this key was loaded before."""
    return bool(connection.scalar(LAYER_EXISTS, {"key": key}))


def insert_layer(
    connection: Connection, layer_id: UUID, layer: LayerDescription, sha256: bytes | None, crs: str, decision: UUID
) -> None:
    """Write the layer row; `crs` is the declared system by name."""
    connection.execute(
        INSERT_LAYER,
        {
            "id": layer_id,
            "key": layer.key,
            "title_zh": layer.title_zh,
            "title_en": layer.title_en,
            "source": layer.source,
            "licence": layer.licence,
            "dated": layer.dated,
            "provenance": layer.provenance,
            "sha256": sha256,
            "crs": crs,
            "decision": decision,
        },
    )


def shapes_in_force(connection: Connection, units: Sequence[UUID], begin: date) -> list[ShapeInForce]:
    """Polygons of `units` that hold on `begin` or later."""
    rows = connection.execute(IN_FORCE, {"units": list(units), "begin": begin})
    return [ShapeInForce(*row) for row in rows]


def end_shapes(connection: Connection, ids: Sequence[UUID], until: date | None, decision: UUID) -> None:
    """Close polygons: valid until `until` (exclusive), or no longer known at all where that is None."""
    connection.execute(END_KNOWN, {"ids": list(ids)})
    connection.execute(DROP_PIECES, {"ids": list(ids)})
    if until is not None:
        rows = connection.execute(KEEP_UNTIL, {"ids": list(ids), "until": until, "decision": decision})
        _cut(connection, list(rows.scalars()))


def insert_shapes(connection: Connection, layer: UUID, begin: date, decision: UUID, shapes: Sequence[NewShape]) -> None:
    """Write polygons that hold from `begin` to their `end`, and the pieces by which points are found."""
    cursor = connection.connection.cursor()
    with cursor.copy(COPY_SHAPES) as copy:
        for shape in shapes:
            label = shapely.point_on_surface(shape.geometry)
            copy.write_row(
                (
                    shape.id,
                    shape.unit_id,
                    layer,
                    shape.level,
                    ewkb(shape.geometry),
                    ewkb(label),
                    f"[{begin},{shape.end or ''})",
                    decision,
                )
            )
    _cut(connection, [shape.id for shape in shapes])


def _cut(connection: Connection, ids: Sequence[UUID]) -> None:
    connection.execute(CUT, {"ids": list(ids), "vertices": PIECE_VERTICES})


def insert_lines(
    connection: Connection, layer: UUID, decision: UUID, lines: Iterable[tuple[UUID, DisplayLine]]
) -> None:
    """Write display lines."""
    cursor = connection.connection.cursor()
    with cursor.copy(COPY_LINES) as copy:
        for line_id, line in lines:
            copy.write_row((line_id, layer, line.name, ewkb(_multi_line(line.geometry)), decision))


def redraw_maps(connection: Connection) -> int:
    """Simplify the polygons in force again, one map for every level and tolerance; the rows written."""
    connection.execute(CLEAR_MAP)
    drawn = [
        DrawnUnit(row.unit_id, row.parent_id, row.level, row.shape_id, shapely.from_wkb(bytes(row.geometry)))
        for row in connection.execute(DRAWN)
    ]
    written = 0
    cursor = connection.connection.cursor()
    for level in ("province", "prefecture", "county"):
        units = units_of_map(level, drawn)
        for tolerance in TOLERANCES:
            outlines = simplify_together((unit.geometry for unit in units), tolerance)
            with cursor.copy(COPY_MAP) as copy:
                for unit, outline in zip(units, outlines, strict=True):
                    copy.write_row((level, tolerance, unit.shape_id, ewkb(as_multipolygon(outline))))
            written += len(units)
    return written


def analyze(connection: Connection) -> None:
    """Tell the planner what is there now."""
    for table in ANALYZE:
        connection.execute(text(f"ANALYZE {table}"))


def _multi_line(geometry: BaseGeometry) -> MultiLineString:
    return MultiLineString([part for part in shapely.get_parts(geometry) if isinstance(part, LineString)])


def ewkb(geometry: BaseGeometry) -> str:
    """`geometry` as hexadecimal EWKB in the stored system, for COPY."""
    return str(shapely.to_wkb(shapely.set_srid(geometry, STORED_SRID), hex=True, include_srid=True))
