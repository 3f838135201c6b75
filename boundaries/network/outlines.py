"""The land of a unit as the segments around it make it: its parts, enclaves and exclaves, and where it is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection, text

from boundaries.geometry.ellipsoid import area_m2
from boundaries.network import store
from boundaries.network.model import Network, Part, Segment
from boundaries.network.queries import HOLDERS
from boundaries.units.service import find_unit
from data.db import Row, fetch_all

HOLDERS_BELOW = text("""
    WITH RECURSIVE below AS (
        SELECT CAST(:unit AS uuid) AS unit_id
        UNION
        SELECT v.unit_id FROM below b JOIN diming.unit_version v ON v.parent_id = b.unit_id
         AND upper_inf(v.known) AND v.valid @> CAST(:on AS date)
    )
    SELECT unit_id FROM below
""")
SEGMENTS_BESIDE = text(
    store.SEGMENTS_BY_ID.text.replace("s.segment_id = ANY(:ids)", "(s.left_id = ANY(:ids) OR s.right_id = ANY(:ids))")
)
#: The condominiums of a day in which one of some units has a part.
CONDOMINIUMS = text("""
    SELECT DISTINCT c.id, c.name FROM diming.condominium c
    JOIN diming.condominium_holder h ON h.condominium_id = c.id
    JOIN diming.condominium_version v ON v.condominium_id = c.id AND upper_inf(v.known) AND v.valid @> CAST(:on AS date)
    WHERE h.unit_id = ANY(:units) ORDER BY c.name
""")


def outline(connection: Connection, unit: UUID, day: date) -> Network:
    """The segments around a unit and all below it on a day, with the unit as the holder inside. For staff."""
    below = set(connection.scalars(HOLDERS_BELOW, {"unit": unit, "on": day}))
    rows = connection.execute(SEGMENTS_BESIDE, {"ids": sorted(below), "on": day})
    return Network(_as_one([store.stored(row).segment for row in rows], below, unit))


def _as_one(segments: Iterable[Segment], inside: set[UUID], unit: UUID) -> list[Segment]:
    """Segments with all of `inside` as one holder; those between two of them are no boundary of it."""
    merged = [
        replace(
            segment,
            left=unit if segment.left in inside else segment.left,
            right=unit if segment.right in inside else segment.right,
        )
        for segment in segments
    ]
    return [segment for segment in merged if segment.left != segment.right]


def unit_parts(connection: Connection, code: str, as_of: date | None = None) -> dict[str, Any]:
    """The parts of a unit's land on a day, the main one first, and where its ring is open. For staff.

    A part is an exclave (飞地) where it is not the main one, and `within` names the only holder all round it. Raises
    as `find_unit`.
    """
    unit = find_unit(connection, code, as_of)
    network = outline(connection, unit["id"], unit["as_of"])
    parts = network.parts(unit["id"])
    around = sorted({part.within for part in parts if part.within})
    names = {row["id"]: row for row in fetch_all(connection, HOLDERS, {"ids": around, "on": unit["as_of"]})}
    below = list(connection.scalars(HOLDERS_BELOW, {"unit": unit["id"], "on": unit["as_of"]}))
    return {
        "code": code,
        "name": unit["name"],
        "as_of": unit["as_of"],
        "parts": [_part(part, names) for part in parts],
        "open_ends": [{"at": list(end.position)} for end in network.boundary(unit["id"]).open_ends],
        "condominiums": fetch_all(connection, CONDOMINIUMS, {"units": below, "on": unit["as_of"]}),
    }


def _part(part: Part, names: dict[UUID, Row]) -> dict[str, Any]:
    inside = shapely.point_on_surface(part.polygon)
    around = names.get(part.within) if part.within else None
    return {
        "kind": "main" if part.is_main else "exclave",
        "within": {"code": around["code"], "name": around["name"]} if around else None,
        "area_m2": round(area_m2(part.polygon), 3),
        "holes": len(part.polygon.interiors),
        "at": [round(inside.x, 6), round(inside.y, 6)],
    }
