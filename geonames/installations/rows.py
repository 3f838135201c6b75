"""Records as they travel: the rows of the register behind a change, whole and with their history.

What is told is read from published views alone, so that nothing withheld, classified or not yet announced goes out.
What stands here is read from the tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, TextClause, text

from data.db import fetch_all

#: Columns of the register's tables that travel; the order is the order of writing.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "decision": (
        "id", "kind", "doc_no", "title", "authority", "approved_on", "announced_on", "effective_on", "basis",
        "list_year", "text", "source", "licence", "retrieved_on", "recorded_at",
    ),
    "place": ("id", "class", "type_code", "geom", "unit_id", "rank", "valid", "known", "opened_by", "closed_by"),
    "place_name": (
        "id", "subject_id", "text", "kind", "language", "script", "romanization", "romanization_system", "valid",
        "known", "source", "certainty", "opened_by", "closed_by",
    ),
    "decision_link": ("decision_id", "collection", "entity_id", "effect"),
}  # fmt: skip
#: What tells one row of a table from another.
KEYS: Mapping[str, tuple[str, ...]] = {
    "decision": ("id",),
    "place": ("id",),
    "place_name": ("id",),
    "decision_link": COLUMNS["decision_link"],
}
#: Tables whose rows are closed by ending `known`.
CLOSED = ("place", "place_name")
Schema = Literal["published", "diming"]
Rows = dict[str, list[dict[str, Any]]]


def _read(schema: Schema, table: str, where: str) -> TextClause:
    columns = ", ".join("encode(ST_AsEWKB(geom), 'hex') AS geom" if c == "geom" else c for c in COLUMNS[table])
    order = ", ".join(KEYS[table])
    return text(f"""
        SELECT to_jsonb(t) AS row FROM (SELECT {columns} FROM {schema}.{table} WHERE {where} ORDER BY {order}) t
    """)  # noqa: S608 -- constants of this module


def _write(table: str) -> TextClause:
    columns = ", ".join(COLUMNS[table])
    more = ("recorded_by", ":by") if table == "decision" else ("", "")
    names = columns + (f", {more[0]}" if more[0] else "")
    values = columns + (f", {more[1]}" if more[1] else "")
    return text(f"""
        INSERT INTO diming.{table} ({names})
        SELECT {values} FROM jsonb_populate_record(NULL::diming.{table}, CAST(:row AS jsonb))
    """)  # noqa: S608 -- constants of this module


_WHERE = {
    "place": "id = ANY(:ids)",
    "place_name": "subject_id = ANY(:ids)",
    "decision": "id = ANY(:ids)",
    "decision_link": "decision_id = ANY(:ids) AND entity_id = ANY(:entities) AND collection IN ('places', 'names')",
}
READ = {(s, t): _read(s, t, where) for t, where in _WHERE.items() for s in ("published", "diming")}
WRITE = {table: _write(table) for table in COLUMNS}
CLOSE = {
    table: text(f"""
        UPDATE diming.{table} SET known = tstzrange(lower(known), CAST(:until AS timestamptz)) WHERE id = :id
    """)  # noqa: S608 -- constants of this module
    for table in CLOSED
}


def records(
    connection: Connection, schema: Schema, subjects: Iterable[UUID], decisions: Mapping[UUID, set[UUID]]
) -> dict[UUID, Rows]:
    """The rows of each subject (a place, or a division with its further names), and the decisions behind them.

    `decisions`: decisions told of with a subject beside those that its rows name.
    """
    ids = sorted(set(subjects))
    found: dict[UUID, Rows] = {subject: {table: [] for table in COLUMNS} for subject in ids}
    for table, key in (("place", "id"), ("place_name", "subject_id")):
        for row in _fetched(connection, schema, table, {"ids": ids}):
            found[UUID(row[key])][table].append(row)
    named = {subject: _decisions(rows) | decisions.get(subject, set()) for subject, rows in found.items()}
    behind = {UUID(row["id"]): row for row in _fetched(connection, schema, "decision", {"ids": _all(named.values())})}
    entities = _all([{UUID(r["id"]) for t in CLOSED for r in rows[t]} for rows in found.values()])
    links = defaultdict(list)
    asked = {"ids": sorted(behind), "entities": entities}
    for row in _fetched(connection, schema, "decision_link", asked):
        links[UUID(row["entity_id"])].append(row)
    for subject, rows in found.items():
        rows["decision"] = [behind[one] for one in sorted(named[subject]) if one in behind]
        of = sorted({UUID(r["id"]) for table in CLOSED for r in rows[table]})
        rows["decision_link"] = [link for one in of for link in links[one]]
    return found


def _all(sets: Iterable[set[UUID]]) -> list[UUID]:
    return sorted(set().union(*sets))


def _decisions(rows: Rows) -> set[UUID]:
    named = (row[column] for table in CLOSED for row in rows[table] for column in ("opened_by", "closed_by"))
    return {UUID(one) for one in named if one}


def _fetched(connection: Connection, schema: Schema, table: str, asked: dict[str, Any]) -> Sequence[dict[str, Any]]:
    return [row["row"] for row in fetch_all(connection, READ[schema, table], asked)]
