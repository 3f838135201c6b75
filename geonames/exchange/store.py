"""The SQL of exports. Statements are put together from the tables' own; values are always bound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from data.governing import EFFECTIVE
from geonames.exchange.model import Asked, Dataset
from geonames.features.store import STREAM

#: Rows that are in memory at once.
PIECE = 5_000
#: One statement of an export may take so long; the public's limit is for questions.
PATIENCE = text("SET LOCAL statement_timeout = '30min'")
#: A division with all below it on a day.
BELOW = text("""
    WITH RECURSIVE below AS (
        SELECT unit_id, code FROM published.unit_version
        WHERE code = :within AND upper_inf(known) AND valid @> CAST(:day AS date)
        UNION
        SELECT v.unit_id, v.code FROM published.unit_version v JOIN below b ON v.parent_id = b.unit_id
        WHERE upper_inf(v.known) AND v.valid @> CAST(:day AS date)
    )
    SELECT unit_id, code FROM below
""")
SOURCES = text("""
    SELECT DISTINCT source, coalesce(licence, '') AS licence FROM published.decision WHERE id = ANY(:ids)
""")
#: A place as its linked forms show it (`geonames.linked.forms`), with all its names and the unit above.
LINKED = """
    SELECT f.id, f.name, f.class, f.type_code AS type, f.place_code AS code, f.valid_from, f.valid_to,
           ST_X(f.geom) AS longitude, ST_Y(f.geom) AS latitude, f.decision,
           (SELECT coalesce(json_agg(json_build_object(
                'text', n.text, 'kind', n.kind, 'language', n.language, 'script', n.script, 'source', n.source,
                'romanization', n.romanization,
                'valid', json_build_object('from', lower(n.valid), 'to', upper(n.valid)))
                ORDER BY n.kind = 'standard' DESC, n.kind = 'unverified' DESC, n.kind, n.text), '[]')
            FROM published.place_name n
            WHERE n.subject_id = f.id AND upper_inf(n.known) AND NOT isempty(n.valid)) AS names,
           (SELECT coalesce(json_agg(json_build_object('authority', c.authority, 'external_id', c.external_id)
                ORDER BY c.authority, c.external_id), '[]')
            FROM published.concordance c WHERE c.subject_id = f.id) AS concordances,
           (SELECT json_build_object('id', v.unit_id, 'name', v.name, 'code', v.code) FROM published.unit_version v
            WHERE v.code = f.unit_code AND upper_inf(v.known) AND v.valid @> CAST(:day AS date) LIMIT 1) AS parent
"""


def below(connection: Connection, within: str, day: date) -> tuple[list[UUID], list[str]]:
    """The units of a division and all below it on a day: ids and codes; empty where there is none."""
    rows = connection.execute(BELOW, {"within": within, "day": day}).all()
    return [row.unit_id for row in rows], [row.code for row in rows]


def pieces(
    connection: Connection, dataset: Dataset, asked: Asked, values: Mapping[str, Any], linked: bool = False
) -> Iterator[Sequence[Mapping[str, Any]]]:
    """The rows of a table in pieces of `PIECE`, through a cursor of the server: memory does not grow with them."""
    connection.execute(STREAM)
    connection.execute(PATIENCE)
    statement = text(_select(dataset, asked, linked))
    streamed = {"stream_results": True, "max_row_buffer": PIECE}
    result = connection.execute(statement, dict(values), execution_options=streamed)
    for rows in result.mappings().partitions(PIECE):
        yield [dict(row) for row in rows]


def _select(dataset: Dataset, asked: Asked, linked: bool) -> str:
    where = " AND ".join(f"({dataset.conditions[name]})" for name in asked.filters) or "TRUE"
    head = LINKED if linked else f"SELECT {_columns(dataset)}"
    sql = dataset.sql if asked.governed_by == EFFECTIVE else dataset.governed_sql or dataset.sql
    return f"{head} FROM ({sql}) f WHERE {where} ORDER BY {dataset.order}"


def _columns(dataset: Dataset) -> str:
    """Texts as texts; a point as its numbers too, whose every digit is kept."""
    fields = [
        f'f."{one.name}"' if one.kind != "text" else f'CAST(f."{one.name}" AS text) AS "{one.name}"'
        for one in dataset.fields
    ]
    place = ["ST_X(f.geom) AS longitude", "ST_Y(f.geom) AS latitude"] if dataset.geometry == "Point" else []
    return ", ".join(["CAST(f.id AS text) AS id", *fields, "f.decision", "ST_AsBinary(f.geom) AS geometry", *place])


def sources(connection: Connection, decisions: set[UUID]) -> list[tuple[str, str]]:
    """Where the rows that some decisions opened come from: source and licence (empty: not stated), in order."""
    found: set[tuple[str, str]] = set()
    ids = list(decisions)
    for at in range(0, len(ids), PIECE):
        rows = connection.execute(SOURCES, {"ids": ids[at : at + PIECE]})
        found |= {(row.source, row.licence) for row in rows}
    return sorted(found)
