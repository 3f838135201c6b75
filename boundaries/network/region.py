"""The lines of a region as one file: what bounds a unit or anything within it, or what touches a box."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection, text

from boundaries.network.export import Exported, Wanted, holders_of, record_of, written
from boundaries.shapes.service import permit_boundaries
from boundaries.units.service import find_unit, register_span
from data.crs import BBox, check_bbox
from data.db import Audience, fetch_all
from data.errors import BadRequest, NotFound

#: Segments that one answer over HTTP holds; the command writes any number.
MOST_SEGMENTS = 5000

#: A unit with all units below it on a day.
WITHIN = text("""
    WITH RECURSIVE below AS (
        SELECT CAST(:unit AS uuid) AS id
        UNION
        SELECT v.unit_id FROM published.unit_version v JOIN below b ON v.parent_id = b.id
        WHERE upper_inf(v.known) AND v.valid @> CAST(:on AS date)
    )
    SELECT id FROM below
""")
#: Courses and versions as the audience may see them.
TABLES = {
    Audience.PUBLIC: ("published.boundary_segment_course", "published.boundary_segment_version"),
    Audience.STAFF: (
        "(SELECT id AS version_id, geom FROM diming.boundary_segment_version)",
        "diming.boundary_segment_version",
    ),
}
#: The segments of a day in a region, each with the name of the line of the highest level that runs through it.
_COURSES = """
    SELECT s.segment_id, true AS forward, s.left_id, s.right_id, s.legal_status, s.technical_status, s.scale,
           s.accuracy_m, s.opened_by, lower(s.valid) AS begin, ST_AsBinary(c.geom) AS geometry, l.name AS line_name
    FROM {course} c
    JOIN {versions} s ON s.id = c.version_id AND upper_inf(s.known) AND s.valid @> CAST(:on AS date)
    LEFT JOIN LATERAL (SELECT l.name FROM published.boundary_line_run r
        JOIN published.boundary_line_version l ON l.line_id = r.line_id AND upper_inf(l.known)
         AND l.valid @> CAST(:on AS date)
        WHERE r.segment_id = s.segment_id AND upper_inf(r.known) AND r.valid @> CAST(:on AS date)
        ORDER BY array_position(ARRAY['province', 'prefecture', 'county', 'township'], l.level), l.line_id
        LIMIT 1) l ON true
    WHERE (CAST(:units AS uuid[]) IS NULL OR s.left_id = ANY(:units) OR s.right_id = ANY(:units))
      AND (CAST(:west AS float8) IS NULL
           OR ST_Intersects(c.geom, ST_MakeEnvelope(:west, :south, :east, :north, 4490)))
    ORDER BY s.segment_id LIMIT CAST(:limit AS bigint)
"""


@dataclass(frozen=True, slots=True)
class Region:
    """Where: a unit by its code, or a box in degrees; one of the two."""

    unit: str | None = None
    bbox: BBox | None = None

    def check(self) -> None:
        """Raise `BadRequest` `region_needed`, and what `check_bbox` raises."""
        if (self.unit is None) == (self.bbox is None):
            raise BadRequest("Name the region by one of the two: unit (a code) or bbox (a box).", code="region_needed")
        if self.bbox is not None:
            check_bbox(self.bbox)


def export_region(
    connection: Connection,
    region: Region,
    wanted: Wanted,
    as_of: date | None = None,
    audience: Audience = Audience.PUBLIC,
    most: int | None = None,
) -> Exported:
    """The segments of a region on a day, each once, with the name of the line of the highest level through it.

    Raises `BadRequest` `region_needed`, `region_too_large` beyond `most` segments, `NotFound` `region_empty`,
    `NotPermitted` `map_not_approved`, as `find_unit`, and what `Wanted.check` raises.
    """
    wanted.check()
    region.check()
    permit_boundaries(connection, audience)
    day = register_span(connection).day(as_of)
    rows = [dict(row) for row in _rows(connection, region, day, audience, most)]
    names = holders_of(connection, [row[side] for row in rows for side in ("left_id", "right_id")], day)
    lines = [shapely.from_wkb(bytes(row["geometry"])) for row in rows]
    records = [record_of(row, names, row["line_name"], ordinal) for ordinal, row in enumerate(rows, 1)]
    return written(f"{_name(connection, region, day)}_{day}", records, lines, wanted)


def _rows(connection: Connection, region: Region, day: date, audience: Audience, most: int | None) -> list[Any]:
    units: list[UUID] | None = None
    if region.unit is not None:
        unit = find_unit(connection, region.unit, day)["id"]
        units = list(connection.scalars(WITHIN, {"unit": unit, "on": day}))
    west, south, east, north = region.bbox or (None, None, None, None)
    rows = fetch_all(
        connection,
        text(_COURSES.format(course=TABLES[audience][0], versions=TABLES[audience][1])),
        {
            "on": day, "units": units, "west": west, "south": south, "east": east, "north": north,
            "limit": None if most is None else most + 1,
        },
    )  # fmt: skip
    if most is not None and len(rows) > most:
        raise BadRequest(
            f"The region has more than {most} segments. Ask for a smaller one, or write the file with "
            "./diming boundary export --region.",
            code="region_too_large",
        )
    if not rows:
        raise NotFound(f"The register has no boundary in this region on {day}.", code="region_empty")
    return list(rows)


def _name(connection: Connection, region: Region, day: date) -> str:
    if region.unit is not None:
        return f"{find_unit(connection, region.unit, day)['name']}界线"
    return "界线_" + "_".join(f"{value:g}" for value in region.bbox or ())
