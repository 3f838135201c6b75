"""The polygons of units follow the segments: kept ones are closed and derived anew, so that no map says otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text

from boundaries.geometry.ellipsoid import area_m2
from boundaries.network.outlines import outline
from boundaries.network.structure.following import Moment
from boundaries.shapes import store as shape_store
from boundaries.shapes.store import NewShape
from data.decisions import Link, record_links
from data.ids import derived_id, new_id

#: What precedes the key of the layer from which a derived polygon took over: it keeps source, licence and provenance.
PREFIX = "boundary-network/"
SHAPES_AT = text("""
    SELECT s.id, s.unit_id, s.level, s.layer_id, l.key, lower(s.valid) AS begin, upper(s.valid) AS "end"
    FROM diming.unit_shape s JOIN diming.layer l ON l.id = s.layer_id
    WHERE s.unit_id = ANY(:units) AND upper_inf(s.known) AND s.valid @> CAST(:on AS date) ORDER BY s.unit_id
""")
INSERT_LAYER = text("""
    INSERT INTO diming.layer (id, key, title_zh, title_en, source, licence, dated, provenance, opened_by)
    SELECT :id, CAST(:prefix AS text) || key, title_zh || '（按界线网重算）',
           title_en || ', derived anew from the network of boundaries', source, licence, dated, provenance, :decision
    FROM diming.layer WHERE id = :origin
    ON CONFLICT (key) DO NOTHING
""")


def follow_polygons(moment: Moment, units: Iterable[UUID]) -> list[dict[str, Any]]:
    """Derive the kept polygons of `units` anew from the segments; per unit what became of it.

    A unit whose ring is open keeps no polygon that pretends to be whole: the old one stays, and `kept_open` says so.
    """
    rows = moment.connection.execute(SHAPES_AT, {"units": sorted(set(units)), "on": moment.day}).all()
    if not rows:
        return []
    told = []
    fresh: list[tuple[Any, NewShape]] = []
    for row in rows:
        boundary = outline(moment.connection, row.unit_id, moment.day).boundary(row.unit_id)
        if boundary.open_ends or boundary.polygon.is_empty or not boundary.polygon.is_valid:
            told.append({"unit": row.unit_id, "polygon": "kept_open"})
            continue
        fresh.append((row, NewShape(new_id(), row.unit_id, row.level, boundary.polygon, row.end)))
        told.append({"unit": row.unit_id, "polygon": "derived", "area_m2": round(area_m2(boundary.polygon), 3)})
    if fresh:
        _write(moment, fresh)
    return told


def _write(moment: Moment, fresh: list[tuple[Any, NewShape]]) -> None:
    for until, rows in (
        (moment.day, [row for row, _ in fresh if row.begin < moment.day]),
        (None, [row for row, _ in fresh if row.begin == moment.day]),
    ):
        if rows:
            shape_store.end_shapes(moment.connection, [row.id for row in rows], until, moment.decision)
    by_layer: dict[UUID, list[NewShape]] = defaultdict(list)
    for row, shape in fresh:
        by_layer[_layer(moment, row)].append(shape)
    for layer, shapes in by_layer.items():
        shape_store.insert_shapes(moment.connection, layer, moment.day, moment.decision, shapes)
    record_links(
        moment.connection,
        [Link(moment.decision, "shapes", row.id, "closed") for row, _ in fresh]
        + [Link(moment.decision, "shapes", shape.id, "opened") for _, shape in fresh],
    )
    shape_store.redraw_maps(moment.connection)


def _layer(moment: Moment, row: Any) -> UUID:
    """The layer of the polygon that takes over from a row's."""
    if row.key.startswith(PREFIX):
        same: UUID = row.layer_id
        return same
    layer = derived_id("layer", PREFIX, row.key)
    moment.connection.execute(
        INSERT_LAYER, {"id": layer, "prefix": PREFIX, "origin": row.layer_id, "decision": moment.decision}
    )
    return layer
