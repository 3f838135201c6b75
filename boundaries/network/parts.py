"""The land of a unit as the segments around it make it: parts, enclaves, condominiums, and where its ring is open.

Neighbours are told at the unit's own level: a county in the midst of three townships of one other county is an
enclave (飞地) of that county.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, TextClause, text

from boundaries.geometry.ellipsoid import area_m2
from boundaries.geometry.plane import LocalPlane
from boundaries.network import store
from boundaries.network.model import BreakingOff, Hole, Network, Part
from boundaries.network.outlines import as_held, inside, segments_beside
from boundaries.network.region import TABLES
from boundaries.shapes.service import permit_boundaries, under_a_map
from boundaries.units.coding import LEVELS
from boundaries.units.service import find_unit
from data.crs import STORED_NAME
from data.db import Audience, Row, fetch_all

#: Some holders that are units, each with the units above it, the highest last.
ABOVE = text("""
    WITH RECURSIVE above AS (
        SELECT h.id AS holder, v.unit_id, v.code, v.name, v.level, v.parent_id, 0 AS height
        FROM unnest(CAST(:ids AS uuid[])) AS h (id)
        JOIN LATERAL (SELECT * FROM published.unit_version v WHERE v.unit_id = h.id AND upper_inf(v.known)
                      AND v.valid @> CAST(:on AS date) OFFSET 0) v ON true
        UNION ALL
        SELECT a.holder, up.unit_id, up.code, up.name, up.level, up.parent_id, a.height + 1
        FROM above a
        JOIN LATERAL (SELECT * FROM published.unit_version v WHERE v.unit_id = a.parent_id AND upper_inf(v.known)
                      AND v.valid @> CAST(:on AS date) OFFSET 0) up ON true
    )
    SELECT holder, unit_id, code, name, level FROM above ORDER BY holder, height
""")
#: The condominiums of a day in which one of some units has a part, with all their holders.
CONDOMINIUMS = text("""
    SELECT condominium_id AS id, name, holders FROM published.condominium_version
    WHERE holders && CAST(:units AS uuid[]) AND upper_inf(known) AND valid @> CAST(:on AS date)
    ORDER BY name, condominium_id
""")
#: Segments that come near a place and do not pass through it (1e-8 degrees are the register's millimetre).
_NEARBY = """
    SELECT s.segment_id, ST_AsBinary(c.geom) AS geometry
    FROM {course} c
    JOIN {versions} s ON s.id = c.version_id AND upper_inf(s.known) AND s.valid @> CAST(:on AS date)
    WHERE ST_Distance(c.geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)) > 2e-8
    ORDER BY c.geom <-> ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), s.segment_id LIMIT 8
"""
NAMES = text("SELECT condominium_id AS id, name FROM published.condominium_version WHERE condominium_id = ANY(:ids)")


def unit_parts(
    connection: Connection, code: str, as_of: date | None = None, audience: Audience = Audience.STAFF
) -> dict[str, Any]:
    """A unit's land on a day: `parts`, `enclaves` of others in it, `condominiums`, and `open_ends` of its ring.

    A part is an exclave where it is not the main one and somebody lies round it (an `island`: nobody does), and
    `within` names the only unit all round it. `closed` is null
    where no segment of the network bounds the unit. Areas are m² on the ellipsoid, places degrees of CGCS2000. Raises
    as `find_unit`, and `NotPermitted` `map_not_approved` for the public without an approval number.
    """
    approval = permit_boundaries(connection, audience)
    unit = find_unit(connection, code, as_of)
    day, own = unit["as_of"], inside(connection, unit["id"], unit["as_of"])
    rows = connection.execute(segments_beside(audience), {"ids": sorted(own), "on": day})
    segments = [store.stored(row).segment for row in rows]
    around = {side for segment in segments for side in (segment.left, segment.right) if side is not None} - own
    lifted, named = _at_level(connection, sorted(around), unit["level"], day)
    network = Network(as_held(segments, {**dict.fromkeys(own, unit["id"]), **lifted}))
    polygon, ends = network.polygon(unit["id"]), network.open_ends(unit["id"])
    return {
        **{key: unit[key] for key in ("code", "name", "level", "as_of")},
        "closed": not ends if network.segments else None,
        "area_m2": round(area_m2(polygon), 3),
        "parts": [_part(part, named) for part in network.parts(unit["id"])],
        "enclaves": [_enclave(hole, named) for hole in network.holes(unit["id"])],
        "condominiums": _condominiums(connection, own, day, audience),
        "open_ends": [
            {**_open_end(connection, end, day, audience), "geometry": mapping(network.segments[end.segment].geometry)}
            for end in ends
        ],
        "crs": STORED_NAME,
        **under_a_map(approval),
    }


def _nearby(audience: Audience) -> TextClause:
    course, versions = TABLES[audience]
    return text(_NEARBY.format(course=course, versions=versions))


def _at_level(
    connection: Connection, holders: Sequence[UUID], level: str, day: date
) -> tuple[dict[UUID, UUID], dict[UUID, Row]]:
    """Who stands for each holder at a level, and what those are called; condominiums stand for themselves."""
    lifted: dict[UUID, UUID] = {}
    named: dict[UUID, Row] = {}
    for row in fetch_all(connection, ABOVE, {"ids": holders, "on": day}):
        if row["unit_id"] == row["holder"] or LEVELS.index(row["level"]) >= LEVELS.index(level):
            lifted[row["holder"]] = row["unit_id"]
            named[row["unit_id"]] = {"code": row["code"], "name": row["name"]}
    others = [holder for holder in holders if holder not in lifted]
    for row in fetch_all(connection, NAMES, {"ids": others}):
        named[row["id"]] = {"code": None, "name": row["name"]}
    return lifted, named


def _place(polygon: Polygon | MultiPolygon) -> list[float]:
    inner = shapely.point_on_surface(polygon)
    return [round(inner.x, 6), round(inner.y, 6)]


def _part(part: Part, named: Mapping[UUID, Row]) -> dict[str, Any]:
    return {
        "kind": "main" if part.is_main else "island" if part.alone else "exclave",
        "within": named.get(part.within) if part.within else None,
        "area_m2": round(area_m2(part.polygon), 3),
        "holes": len(part.polygon.interiors),
        "at": _place(part.polygon),
        "geometry": mapping(part.polygon),
    }


def _enclave(hole: Hole, named: Mapping[UUID, Row]) -> dict[str, Any]:
    """Land inside that is not the unit's: of one other, a condominium, several, or nobody."""
    of = sorted((named[holder] for holder in hole.holders if holder is not None), key=lambda row: row["code"] or "")
    return {
        "kind": _kind_of_hole(hole, of),
        "of": of,
        "area_m2": round(area_m2(hole.polygon), 3),
        "at": _place(hole.polygon),
        "geometry": mapping(hole.polygon),
    }


def _kind_of_hole(hole: Hole, of: Sequence[Row]) -> str:
    if hole.holders == {None}:
        return "nobody"
    if len(hole.holders) > 1 or not of:
        return "several"
    return "unit" if of[0]["code"] else "condominium"


def _condominiums(connection: Connection, own: Iterable[UUID], day: date, audience: Audience) -> list[dict[str, Any]]:
    found = fetch_all(connection, CONDOMINIUMS, {"units": sorted(own), "on": day})
    ids = [row["id"] for row in found]
    rows = connection.execute(segments_beside(audience), {"ids": ids, "on": day}) if ids else ()
    network = Network(store.stored(row).segment for row in rows)
    holders = sorted({holder for row in found for holder in row["holders"]})
    units = {row["holder"]: row for row in reversed(fetch_all(connection, ABOVE, {"ids": holders, "on": day}))}
    return [_condominium(row, network, units) for row in found]


def _condominium(row: Row, network: Network, units: Mapping[UUID, Row]) -> dict[str, Any]:
    boundary = network.boundary(row["id"])
    drawn = not boundary.polygon.is_empty
    return {
        "id": row["id"],
        "name": row["name"],
        "holders": sorted(
            ({"code": units[one]["code"], "name": units[one]["name"]} for one in row["holders"] if one in units),
            key=lambda unit: unit["code"],
        ),
        "closed": drawn and not boundary.open_ends,
        "area_m2": round(area_m2(boundary.polygon), 3) if drawn else None,
        "at": _place(boundary.polygon) if drawn else None,
        "geometry": mapping(boundary.polygon) if drawn else None,
    }


def _open_end(connection: Connection, end: BreakingOff, day: date, audience: Audience) -> dict[str, Any]:
    """An open end with the segment that breaks off there, and the nearest one that does not meet it there."""
    place = {"lon": end.at[0], "lat": end.at[1], "on": day}
    near = [(row["segment_id"], shapely.from_wkb(bytes(row["geometry"])))
            for row in fetch_all(connection, _nearby(audience), place)]  # fmt: skip
    return {"at": list(end.at), "segment": end.segment, "nearest": _nearest(Point(end.at), near) if near else None}


def _nearest(point: Point, near: Sequence[tuple[UUID, BaseGeometry]]) -> dict[str, Any]:
    """The nearest of some segments in metres: nearest in degrees is not always nearest on the ground."""
    plane = LocalPlane(point.x)
    moved = plane.to_plane(point)
    links = [(shapely.shortest_line(moved, plane.to_plane(course)), segment) for segment, course in near]
    link, segment = min(links, key=lambda found: (found[0].length, found[1]))
    at = plane.to_degrees(shapely.get_point(link, -1))
    return {"segment": segment, "distance_m": round(link.length, 3), "at": [round(at.x, 8), round(at.y, 8)]}
