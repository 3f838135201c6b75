"""The SQL of places and names."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, TextClause, text

from data.crs import STORED_SRID

#: PostGIS's EWKB of a point: byte order, type with the flag of a system (0x20000000), system, longitude, latitude.
_EWKB_POINT = struct.Struct("<BIIdd")
_POINT_WITH_SRID = 0x20000001
#: Rows fetched or written at once.
PIECE = 20_000
#: For many positions at once: every unit with a polygon in force that holds each, lowest level first.
UNITS_AT_POSITIONS = text("""
    SELECT q.number, v.unit_id, v.code, v.name, v.level
    FROM unnest(CAST(:longitudes AS float8[]), CAST(:latitudes AS float8[])) WITH ORDINALITY
         AS q(longitude, latitude, number)
    JOIN diming.unit_shape_piece p
      ON ST_Covers(p.geom, ST_SetSRID(ST_Point(q.longitude, q.latitude), 4490))
    JOIN diming.unit_shape s ON s.id = p.shape_id AND upper_inf(s.known) AND upper_inf(s.valid)
    JOIN diming.unit_version v ON v.unit_id = s.unit_id AND upper_inf(v.known) AND upper_inf(v.valid)
    JOIN diming.unit_level l ON l.key = v.level
    GROUP BY q.number, v.unit_id, v.code, v.name, v.level, l.depth
    ORDER BY q.number, l.depth DESC, v.code
""")
COPY_PLACES = "COPY diming.place (id, class, type_code, geom, unit_id, rank, opened_by) FROM STDIN"
COPY_NAMES = """
    COPY diming.place_name (id, subject_id, text, kind, language, script, romanization, romanization_system,
                            source, certainty, opened_by) FROM STDIN
"""
#: After a bulk load: the next question comes before the server has looked at the tables by itself.
ANALYZE = text("ANALYZE diming.place, diming.place_name, diming.concordance, diming.heritage_tag")
COPY_CONCORDANCES = """
    COPY diming.concordance (subject_id, authority, external_id, matched_by, opened_by) FROM STDIN
"""
COPY_POINTS = """
    COPY diming.unit_point (id, unit_id, layer_id, geom, basis, basis_id, opened_by) FROM STDIN
"""
FIND_PLACE = text("""
    SELECT p.id, p.class, p.type_code, ST_X(p.geom) AS longitude, ST_Y(p.geom) AS latitude, p.unit_id,
           lower(p.valid) AS valid_from, upper(p.valid) AS valid_to, p.opened_by
    FROM published.place p
    WHERE p.id = :id AND upper_inf(p.known)
""")
NAMES = text("""
    SELECT text, kind, language, script, romanization, romanization_system, source, certainty,
           lower(valid) AS valid_from, upper(valid) AS valid_to, opened_by
    FROM published.place_name
    WHERE subject_id = :id AND upper_inf(known)
    ORDER BY kind = 'standard' DESC, kind = 'unverified' DESC, kind, text
""")
HERITAGE = text("""
    SELECT entry_id AS id, list, level, category, lower(valid) AS valid_from, upper(valid) AS valid_to,
           opened_by AS decision
    FROM published.heritage_tag WHERE subject_id = :id AND upper_inf(known) ORDER BY list, lower(valid)
""")
CONCORDANCES = text("""
    SELECT authority, external_id, matched_by FROM published.concordance WHERE subject_id = :id
    ORDER BY authority, external_id
""")

#: The standard names that a unit has borne, the first first, each for the time of its versions.
NAMES_OF_UNIT = text("""
    SELECT v.name AS text, r.roman AS romanization, min(lower(v.valid)) AS valid_from,
           CASE WHEN bool_or(upper_inf(v.valid)) THEN NULL ELSE max(upper(v.valid)) END AS valid_to,
           bool_and(v.begin_known) AS begin_known
    FROM published.unit_version v
    LEFT JOIN published.unit_roman r ON r.unit_id = v.unit_id AND r.name = v.name AND upper_inf(r.known)
    WHERE v.unit_id = :id AND upper_inf(v.known) GROUP BY v.name, r.roman ORDER BY 3, 1
""")
UNIT_POSITION = text("""
    SELECT ST_X(geom) AS longitude, ST_Y(geom) AS latitude, basis FROM published.unit_position
    WHERE unit_id = :id ORDER BY valid DESC NULLS LAST LIMIT 1
""")
PLACE_CODE = text("SELECT code FROM published.place_code WHERE subject_id = :id AND retired_at IS NULL")
#: Classes of GB/T 18521 for units: 212 省级, 213 地级, 214 县级, 215 乡级.
UNIT_TYPE_OF_LEVEL = {"province": "21200", "prefecture": "21300", "county": "21400", "township": "21500"}


def units_at(connection: Connection, positions: Sequence[tuple[float, float]]) -> list[list[Any]]:
    """For each position (longitude, latitude) the rows of the units that hold it, lowest level first."""
    found: list[list[Any]] = [[] for _ in positions]
    rows = connection.execute(
        UNITS_AT_POSITIONS,
        {"longitudes": [p[0] for p in positions], "latitudes": [p[1] for p in positions]},
    ).all()
    for row in rows:
        found[row.number - 1].append(row)
    return found


def copy_rows(connection: Connection, statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """Write many rows with one of the COPY statements above."""
    cursor = connection.connection.cursor()
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def copy_in_pieces(connection: Connection, statement: str, rows: Iterable[Sequence[Any]]) -> int:
    """The same in pieces, how many rows: a cursor that is being read (`fetched`) and a COPY cannot run at once."""
    waiting, written = iter(rows), 0
    while piece := list(islice(waiting, PIECE)):
        copy_rows(connection, statement, piece)
        written += len(piece)
    return written


def fetched(connection: Connection, statement: TextClause, values: dict[str, Any]) -> Iterator[Any]:
    """The rows of a statement through a cursor of the server, `PIECE` at a time."""
    yield from connection.execute(statement, values, execution_options={"stream_results": True, "yield_per": PIECE})


def point(longitude: float, latitude: float) -> str:
    """A position as COPY wants it: what `boundaries.shapes.store.ewkb` writes of a point."""
    return _EWKB_POINT.pack(1, _POINT_WITH_SRID, STORED_SRID, longitude, latitude).hex().upper()


def place_row(connection: Connection, place_id: UUID) -> Any:
    """One place; None where the public has none of that id."""
    return connection.execute(FIND_PLACE, {"id": place_id}).mappings().one_or_none()


def place_code(connection: Connection, place_id: UUID) -> str | None:
    """The code of twenty digits that a place or unit bears; None where none was issued."""
    code: str | None = connection.execute(PLACE_CODE, {"id": place_id}).scalar_one_or_none()
    return code
