"""Which publications of codes there are, and what stands in one. Everybody asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.codebooks import store
from boundaries.codebooks.kinds import due_after, publication_kinds
from boundaries.codebooks.tables import changes_csv, codes_csv, digest
from data.db import Row, fetch_all, fetch_one
from data.decisions import brief_decisions
from data.errors import IntegrityError, NotFound
from data.paging import check_limit, decode_cursor, page

KINDS = tuple(publication_kinds())
#: Rows of a publication read at once where all are wanted: more than a country has.
ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which publications. `within`: beginning of the code of the unit whose codes they have."""

    within: str | None = None
    kind: str | None = None


def list_publications(
    connection: Connection, day: date, wanted: Wanted | None = None, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the publications of codes in force no later than `day`, the latest first."""
    limit, asked = check_limit(limit), wanted or Wanted()
    query = {"list_of": "code publications", "day": day.isoformat(), **asdict(asked)}
    after = decode_cursor(query, cursor, (date.fromisoformat, str)) or (None, None)
    values = {**asdict(asked), "day": day, "after_day": after[0], "after_number": after[1], "limit": limit + 1}
    rows = fetch_all(connection, store.PUBLIC_LIST, values)
    shown, following = page(rows, limit, query, lambda row: (row["codes_on"].isoformat(), row["number"]))
    return {"items": [publication_item(row) for row in shown], "next": following, "as_of": day}


def publication_item(row: Row | Mapping[str, Any]) -> dict[str, Any]:
    """A publication as lists show it."""
    kind = publication_kinds().get(row["kind"])
    named = (
        "id", "number", "kind", "title", "note", "codes_on", "since", "codes", "changes", "recorded_at", "decision",
        "demonstration",
    )  # fmt: skip
    return {
        **{name: row[name] for name in named},
        "unit": {"code": row["unit_code"], "name": row["unit_name"]} if row["unit_id"] else None,
        "codes_sha256": bytes(row["codes_hash"]).hex(),
        "changes_sha256": bytes(row["changes_hash"]).hex(),
        "previous": _named(row["previous_id"], row["previous_number"]),
        "corrects": _named(row["corrects_id"], row["corrects_number"]),
        "corrected_by": _named(row["corrected_by"], row["corrected_by_number"]),
        "next_due_on": due_after(row["codes_on"], kind.months) if kind else None,
    }


def _named(identity: UUID | None, number: str | None) -> dict[str, Any] | None:
    return {"id": identity, "number": number} if identity else None


def find_publication(connection: Connection, publication: UUID) -> dict[str, Any]:
    """One publication with its document, without its tables. NotFound `no_such_code_publication`."""
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": publication})
    if row is None:
        raise NotFound(
            "No publication of codes has this id. /v1/code-publications lists them.", code="no_such_code_publication"
        )
    decision = brief_decisions(connection, [row["decision"]]).get(row["decision"])
    return {**publication_item(row), "by": decision}


def as_told(connection: Connection, publication: UUID) -> dict[str, Any] | None:
    """A publication as the feed tells it; None where it is not public."""
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": publication})
    if row is None:
        return None
    # what later publications say of it is theirs to tell
    return {key: value for key, value in publication_item(row).items() if key not in ("corrected_by", "recorded_at")}


def list_codes(
    connection: Connection, publication: UUID, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the codes that a publication has, in order. NotFound `no_such_code_publication`."""
    limit, number = check_limit(limit), find_publication(connection, publication)["number"]
    query = {"list_of": "published codes", "publication": str(publication)}
    after = decode_cursor(query, cursor, (str,)) or (None,)
    rows = fetch_all(connection, store.PUBLIC_CODES, {"id": publication, "after": after[0], "limit": limit + 1})
    shown, following = page(rows, limit, query, lambda row: (row["code"],))
    return {"items": [code_item(row) for row in shown], "next": following, "number": number}


def list_changes(
    connection: Connection, publication: UUID, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the changes that a publication has, in order. NotFound `no_such_code_publication`."""
    limit, number = check_limit(limit), find_publication(connection, publication)["number"]
    query = {"list_of": "published changes", "publication": str(publication)}
    after = decode_cursor(query, cursor, (int,)) or (None,)
    rows = fetch_all(connection, store.PUBLIC_CHANGES, {"id": publication, "after": after[0], "limit": limit + 1})
    shown, following = page(rows, limit, query, lambda row: (row["place"],))
    return {"items": [change_item(row) for row in shown], "next": following, "number": number}


def code_item(row: Row | Mapping[str, Any]) -> dict[str, Any]:
    """A published code."""
    return {name: row[name] for name in ("code", "name", "level", "type", "parent_code", "uncertain")}


def change_item(row: Row | Mapping[str, Any]) -> dict[str, Any]:
    """A published change, with both sides of it."""
    return {
        "on": row["happened_on"],
        "late": row["late"],
        "what": list(row["what"]),
        "before": _side(row, "before"),
        "after": _side(row, "after"),
        "into": list(row["into_units"]),
        "decision": {"id": row["decision_id"], "doc_no": row["doc_no"], "title": row["decision_title"]}
        if row["decision_id"]
        else None,
    }


def _side(row: Row | Mapping[str, Any], side: str) -> dict[str, Any] | None:
    if row[f"code_{side}"] is None:
        return None
    return {"code": row[f"code_{side}"], "name": row[f"name_{side}"], "parent_code": row[f"parent_{side}"]}


@dataclass(frozen=True, slots=True)
class Tables:
    """A publication with all its rows, and the files whose hashes it bears."""

    publication: Mapping[str, Any]
    codes: Sequence[Row]
    changes: Sequence[Row]
    codes_csv: bytes
    changes_csv: bytes


def tables_of(connection: Connection, publication: UUID) -> Tables:
    """All of a publication. NotFound `no_such_code_publication`; IntegrityError where it is not what was published."""
    found = find_publication(connection, publication)
    asked = {"id": publication, "after": None, "limit": ALL}
    codes = fetch_all(connection, store.PUBLIC_CODES, asked)
    changes = fetch_all(connection, store.PUBLIC_CHANGES, asked)
    files = codes_csv(codes), changes_csv(changes)
    if [digest(file).hex() for file in files] != [found["codes_sha256"], found["changes_sha256"]]:
        raise IntegrityError(
            f"The rows of the publication {found['number']} are not those that were published: their SHA-256 differs. "
            "Nothing is handed out: look for them in the backup.",
            code="integrity_broken",
        )
    return Tables(found, codes, changes, *files)
