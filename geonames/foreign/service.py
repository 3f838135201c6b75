"""Questions about foreign names and their translations, as of any day. Everybody asks them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.cells import harmless
from data.db import Row, fetch_all, fetch_one
from data.decisions import brief_decisions
from data.errors import NotFound
from data.paging import check_limit, decode_cursor, page
from geonames.foreign import store
from geonames.foreign.folding import fold
from geonames.foreign.words import Named, countries, kinds, languages, principles, rules, statuses

#: Columns of the table that `as_csv` writes: those that are read, with the identity and the decision.
COLUMNS = (
    "id", "code", "original", "roman", "language", "country", "region", "kind", "translation", "rule", "status",
    "since", "until", "longitude", "latitude", "note", "source", "decision",
)  # fmt: skip
TOLD = ("original", "roman", "language", "country", "region", "kind", "translation", "rule", "status", "note", "source")
PIECE = 1000
MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which names. `q`: part of the translation, or of the original whatever its accents."""

    q: str | None = None
    language: str | None = None
    country: str | None = None
    kind: str | None = None
    rule: str | None = None
    status: str | None = None


def list_foreign(
    connection: Connection, day: date, wanted: Wanted | None = None, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the names whose translation stood on `day`, by the letters of the original."""
    limit, asked = check_limit(limit), wanted or Wanted()
    query = {"list_of": "foreign", "day": day.isoformat(), **asdict(asked)}
    after = decode_cursor(query, cursor, (str, UUID)) or (None, None)
    rows = fetch_all(connection, store.PUBLIC_LIST, _asked(day, asked, after, limit + 1))
    shown, following = page(rows, limit, query, lambda row: (row["folded"], row["id"]))
    return {"items": [foreign_item(row) for row in shown], "next": following, "as_of": day}


def _asked(day: date, asked: Wanted, after: tuple[str | None, UUID | None], limit: int) -> dict[str, Any]:
    folded = fold(asked.q) if asked.q else ""
    return {**asdict(asked), "folded": folded, "day": day, "after_folded": after[0], "after": after[1], "limit": limit}


def foreign_item(row: Row | Mapping[str, Any]) -> dict[str, Any]:
    """A foreign name as lists and the feed show it; codes beside what they mean."""
    return {
        **{name: row[name] for name in ("id", "code", *TOLD, "since", "until", "decision", "demonstration")},
        "language_name": said(languages(), row["language"]),
        "country_name": said(countries(), row["country"]),
        "rule_name": _labelled(rules(), row["rule"]),
        "point": [row["longitude"], row["latitude"]] if row["longitude"] is not None else None,
    }


def said(known: Mapping[str, Any], key: str | None) -> dict[str, str] | None:
    """What a code is called in both languages of the pages; None where it is not known."""
    label = known.get(key) if key else None
    return {"zh": label.zh, "en": label.en} if label else None


def _labelled(known: Mapping[str, Any], key: str) -> dict[str, str] | None:
    return said({key: known[key].label}, key) if key in known else None


def find_foreign(connection: Connection, identity: UUID) -> dict[str, Any]:
    """One foreign name with what was told of it before. NotFound `no_such_foreign_name`."""
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": identity})
    if row is None:
        raise NotFound(
            "No foreign name has this id. /v1/foreign-names lists them.",
            code="no_such_foreign_name",
        )
    told = fetch_all(connection, store.PUBLIC_TOLD, {"id": identity})
    decisions = brief_decisions(connection, list({one["decision"] for one in told}))
    return {
        **foreign_item(row),
        "by": decisions.get(row["decision"]),
        "history": [
            {
                **{
                    name: one[name]
                    for name in ("original", "translation", "rule", "status", "since", "until", "source")
                },
                "told_from": one["told_from"],
                "told_until": one["told_until"],
                "by": decisions.get(one["decision"]),
            }
            for one in told
        ],
    }


def words() -> dict[str, Any]:
    """The rules of translation and the other words, with their sources."""
    return {
        "principles": [_of(one) for one in principles()],
        "rules": [
            {**_of(one), "key": one.key, "language": one.language, "language_name": said(languages(), one.language)}
            | {name: getattr(one, name) for name in ("issued", "in_force", "replaces", "note")}
            for one in rules().values()
        ],
        "statuses": [{**_of(one), "key": one.key} for one in statuses().values()],
        "kinds": [{**_of(one), "key": one.key} for one in kinds().values()],
        "countries": [{"code": code, "zh": label.zh, "en": label.en} for code, label in countries().items()],
    }


def _of(one: Named) -> dict[str, Any]:
    return {"label": {"zh": one.label.zh, "en": one.label.en}, "source": one.source, "mark": one.mark}


def as_csv(connection: Connection, day: date, wanted: Wanted) -> Iterator[str]:
    """The names as CSV for a spreadsheet program, the first `MOST_ROWS` of them; the first piece has the header."""
    yield "\ufeff" + _lines([COLUMNS])
    after: tuple[str | None, UUID | None] = (None, None)
    for _ in range(MOST_ROWS // PIECE):
        rows = fetch_all(connection, store.PUBLIC_LIST, _asked(day, wanted, after, PIECE))
        yield _lines([["" if row[name] is None else str(row[name]) for name in COLUMNS] for row in rows])
        if len(rows) < PIECE:
            return
        after = (rows[-1]["folded"], rows[-1]["id"])


def _lines(rows: Any) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(harmless(row) for row in rows)
    return out.getvalue()
