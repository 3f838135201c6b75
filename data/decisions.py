"""Decisions: the documents without which nothing in the registers changes.

A decision is written once and never changed; a mistake in it is corrected by a
further decision of kind `correction`. `decision_link` says which rows a
decision opened and closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from data.db import fetch_all, fetch_one
from data.errors import BadRequest, NotFound
from data.paging import check_limit, decode_cursor, page


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """A decision about to be recorded. Dates are ISO 8601, partial where the source is; None: not known.

    `basis` says why `effective_on` is what it is; `list_year` is the year of
    the list by which the change became known.
    """

    id: UUID
    kind: str
    doc_no: str | None
    title: str
    authority: str | None
    approved_on: str | None
    announced_on: str | None
    effective_on: str | None
    basis: str
    list_year: int | None
    text: str
    source: str
    licence: str | None
    retrieved_on: date | None
    classification: str = "public"

    def as_api(self) -> dict[str, Any]:
        """The decision as the feed shows it."""
        row = asdict(self)
        del row["classification"]
        return {**row, "demonstration": is_demonstration_number(self.doc_no)}


#: How the number of an invented document begins; the database marks its decision by it (0015_demonstration.sql).
DEMONSTRATION_BEGINS = "演示〔"


def is_demonstration_number(doc_no: str | None) -> bool:
    """Whether a document of this number belongs to the demonstration and to no office."""
    return doc_no is not None and doc_no.startswith(DEMONSTRATION_BEGINS)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record without a document comes from: the source, its licence, and what of it was taken."""

    source: str
    licence: str | None
    text: str


def source_record(
    decision_id: UUID, title: str, origin: Origin, retrieved_on: date, valid_from: date | None = None
) -> DecisionDraft:
    """The decision of facts imported without a document: declared valid from a day, or not dated."""
    return DecisionDraft(
        id=decision_id,
        kind="source_record",
        doc_no=None,
        title=title,
        authority=None,
        approved_on=None,
        announced_on=None,
        effective_on=None if valid_from is None else valid_from.isoformat(),
        basis="not_dated" if valid_from is None else "declared_valid_from",
        list_year=None,
        text=origin.text,
        source=origin.source,
        licence=origin.licence,
        retrieved_on=retrieved_on,
    )


@dataclass(frozen=True, slots=True)
class Link:
    """A decision `opened`, `closed` or `supports` one row of a collection."""

    decision_id: UUID
    collection: str
    entity_id: UUID
    effect: str


INSERT = """
    COPY diming.decision (id, kind, doc_no, title, authority, approved_on, announced_on, effective_on,
        basis, list_year, text, source, licence, retrieved_on, classification, recorded_by) FROM STDIN
"""
INSERT_LINKS = "COPY diming.decision_link (decision_id, collection, entity_id, effect) FROM STDIN"
COLUMNS = """id, kind, doc_no, title, authority, approved_on, announced_on, effective_on, basis,
    list_year, text, source, licence, retrieved_on, demonstration"""
FIND = text(f"SELECT {COLUMNS}, recorded_at FROM published.decision WHERE id = :id")
LINKS = text("""
    SELECT collection, entity_id AS id, effect FROM published.decision_link
    WHERE decision_id = :id ORDER BY collection, effect, entity_id
""")
#: The list is ordered by the latest first: by the day that is known, then by id.
SORT_KEY = "coalesce(effective_on, list_year::text, '')"
LIST = text(f"""
    SELECT {COLUMNS}, {SORT_KEY} AS sort_key FROM published.decision d
    WHERE (CAST(:year AS int) IS NULL OR list_year = :year
           OR left(coalesce(approved_on, announced_on, effective_on, ''), 4) = CAST(:year AS text))
      AND demonstration = :demonstration
      AND (CAST(:pattern AS text) IS NULL
           OR (coalesce(doc_no, '') || ' ' || title || ' ' || text) LIKE :pattern)
      AND (CAST(:after_key AS text) IS NULL OR ({SORT_KEY}, id) < (:after_key, CAST(:after_id AS uuid)))
    ORDER BY {SORT_KEY} DESC, id DESC
    LIMIT :limit
""")
BRIEF = text("""
    SELECT id, doc_no, title, kind, authority, approved_on, announced_on, effective_on, basis, source
    FROM published.decision WHERE id = ANY(:ids)
""")


def record_decisions(connection: Connection, drafts: Sequence[DecisionDraft], actor: str) -> None:
    """Write decisions in the caller's transaction, which must also append an audit entry."""
    cursor = connection.connection.cursor()
    with cursor.copy(INSERT) as copy:
        for d in drafts:
            copy.write_row((
                d.id, d.kind, d.doc_no, d.title, d.authority, d.approved_on, d.announced_on,
                d.effective_on, d.basis, d.list_year, d.text, d.source, d.licence, d.retrieved_on,
                d.classification, actor,
            ))  # fmt: skip


def record_links(connection: Connection, links: Iterable[Link]) -> int:
    """Write which rows the decisions opened, closed or support; the number written."""
    rows = sorted({(x.decision_id, x.collection, x.entity_id, x.effect) for x in links}, key=str)
    cursor = connection.connection.cursor()
    with cursor.copy(INSERT_LINKS) as copy:
        for row in rows:
            copy.write_row(row)
    return len(rows)


def find_decision(connection: Connection, decision_id: UUID) -> dict[str, Any]:
    """One decision with its full text and what it opened and closed; NotFound `no_such_decision`."""
    row = fetch_one(connection, FIND, {"id": decision_id})
    if row is None:
        raise NotFound("There is no published decision with this id.", code="no_such_decision")
    links = fetch_all(connection, LINKS, {"id": decision_id})
    of = {
        effect: [{"collection": x["collection"], "id": x["id"]} for x in links if x["effect"] == effect]
        for effect in ("opened", "closed", "supports")
    }
    return {**row, "opened": of["opened"], "closed": of["closed"], "supports": of["supports"]}


def list_decisions(
    connection: Connection,
    *,
    year: int | None = None,
    q: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
    demonstration: bool = False,
) -> dict[str, Any]:
    """A page of decisions, latest first, of one year or with `q` in number, title or text.

    With `demonstration` the invented ones instead of the real ones.
    """
    limit = check_limit(limit)
    query = {"list": "decisions", "year": year, "q": q, "demonstration": demonstration}
    after = decode_cursor(query, cursor, (str, UUID))
    rows = fetch_all(
        connection,
        LIST,
        {
            "year": year,
            "demonstration": demonstration,
            "pattern": _pattern(q),
            "after_key": after[0] if after else None,
            "after_id": after[1] if after else None,
            "limit": limit + 1,
        },
    )
    shown, following = page(rows, limit, query, lambda r: (r["sort_key"], r["id"]))
    items = [{k: v for k, v in row.items() if k != "sort_key"} for row in shown]
    return {"items": items, "next": following}


def _pattern(q: str | None) -> str | None:
    if q is None or not q.strip():
        return None
    if len(q) > 200:
        raise BadRequest("q may have 200 characters at most.", code="query_too_long")
    if any(ord(c) < 32 for c in q):
        raise BadRequest("q contains control characters.", code="query_control_characters")
    escaped = q.strip().replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


def brief_decisions(connection: Connection, ids: Iterable[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """Number, title, dates and authority of several decisions, by id; unknown ids are left out."""
    rows = fetch_all(connection, BRIEF, {"ids": list(set(ids))})
    return {row["id"]: dict(row) for row in rows}
