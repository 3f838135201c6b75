"""Questions about the lists of place-name heritage, on any day. Everybody asks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.db import Row, fetch_all, fetch_one
from data.decisions import brief_decisions
from data.edtf import in_words, parse_when
from data.errors import NotFound
from data.paging import check_limit, decode_cursor, page
from geonames.heritage import store
from geonames.heritage.sheet import sheet, words


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of a list, a level, a category, of units whose codes begin with `within`."""

    list: str | None = None
    level: str | None = None
    category: str | None = None
    within: str | None = None


def list_entries(
    connection: Connection, day: date, wanted: Wanted | None = None, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the names that were listed on `day`: `{"items", "next", "as_of"}`, by list."""
    limit, asked = check_limit(limit), wanted or Wanted()
    filters = {name: getattr(asked, name) for name in Wanted.__slots__}
    query = {"list_of": "heritage", "day": day.isoformat(), **filters}
    after = decode_cursor(query, cursor, (str, UUID)) or (None, None)
    values = {**filters, "day": day, "limit": limit + 1, "after_list": after[0], "after": after[1]}
    rows = fetch_all(connection, store.PUBLIC_LIST, values)
    shown, following = page(rows, limit, query, lambda row: (row["list"], row["id"]))
    return {"items": [entry_item(row) for row in shown], "next": following, "as_of": day}


def entry_item(row: Row | Mapping[str, Any]) -> dict[str, Any]:
    """An entry as lists and the feed show it."""
    point = [row["longitude"], row["latitude"]] if row["longitude"] is not None else None
    unit = {"code": row["unit_code"], "name": row["unit_name"]} if row["unit_code"] else None
    named = ("id", "name", "roman", "list", "level", "category", "subject", "is_unit", "decision", "demonstration")
    return {
        **{name: row[name] for name in named},
        "unit": unit,
        "point": point,
        "valid": {"from": row["valid_from"], "to": row["valid_to"]},
        "first_attested": dated(row["first_attested"]),
    }


def dated(text: str | None) -> dict[str, Any] | None:
    """A date in EDTF with the years that it may mean, and in words."""
    if not text:
        return None
    when = parse_when(text)
    said = {language: in_words(when, language) for language in ("zh", "en")}
    return {"edtf": text, "earliest_year": when.first, "latest_year": when.last, **said}


def find_entry(connection: Connection, entry: UUID, day: date) -> dict[str, Any]:
    """One listed name with everything told of it, also after it left its list. NotFound `no_such_heritage`."""
    item = public_entry(connection, entry, day)
    if item is None:
        raise no_such_heritage()
    valid = item["valid"]
    return {
        **item,
        "as_of": day,
        "listed": valid["from"] <= day and (valid["to"] is None or day < valid["to"]),
        "decisions": _decisions(connection, entry, item["decision"]),
        "dossier": _dossier(connection, entry, item["category"]),
        "care": fetch_all(connection, store.PUBLIC_CARE, {"id": entry}),
        "also": [
            {"id": row["id"], "list": row["list"], "level": row["level"]}
            for row in fetch_all(
                connection, store.PUBLIC_OF_SUBJECT, {"subject": item["subject"], "id": entry, "day": day}
            )
        ],
    }


def _decisions(connection: Connection, entry: UUID, of_row: UUID) -> dict[str, Any]:
    """The decisions by which the name was `opened` and `closed` on its list; an imported tag has that of its row."""
    links = {row["effect"]: row["decision_id"] for row in fetch_all(connection, store.PUBLIC_DECISIONS, {"id": entry})}
    links = links or {"opened": of_row}
    brief = brief_decisions(connection, list(links.values()))
    return {effect: brief.get(links[effect]) if effect in links else None for effect in ("opened", "closed")}


def public_entry(connection: Connection, entry: UUID, day: date) -> dict[str, Any] | None:
    """The entry as lists and the feed show it, None where there is none."""
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": entry, "day": day})
    return None if row is None else entry_item(row)


def _dossier(connection: Connection, entry: UUID, category: str) -> dict[str, Any] | None:
    row = fetch_one(connection, store.PUBLIC_DOSSIER, {"id": entry})
    if row is None:
        return None
    key = {"dossier": row["id"]}
    evidence, periods = (
        fetch_all(connection, store.PUBLIC_EVIDENCE, key),
        fetch_all(connection, store.PUBLIC_PERIODS, key),
    )
    texts = ("meaning", "origin", "history", "protection", "continuity", "continuity_note")
    return {
        **{name: row[name] for name in texts},
        "evidence": [{**one, "dated": dated(one["dated"])} for one in _strongest_first(evidence)],
        "periods": [{"name": one["name"], "dated": dated(one["dated"]), "note": one["note"]} for one in periods],
        "review": _answers(fetch_all(connection, store.PUBLIC_SCORES, key), category),
    }


def _strongest_first(evidence: list[Row]) -> list[dict[str, Any]]:
    order = list(words("grades"))
    return sorted((dict(one) for one in evidence), key=lambda one: order.index(one["grade"]))


def _answers(scores: list[Row], category: str) -> list[dict[str, Any]]:
    """The answers in the order of the questions; one whose question is no longer asked stays, under its key."""
    asked = {one.key: one for one in sheet().asked_of(category)}
    order = list(asked)
    found = []
    for row in sorted(
        scores, key=lambda row: order.index(row["criterion"]) if row["criterion"] in asked else len(order)
    ):
        one = asked.get(row["criterion"])
        label = {"zh": one.label.zh, "en": one.label.en} if one else None
        points = None if row["points"] is None else float(row["points"])
        found.append({**row, "points": points, "most": one.most if one else None, "label": label})
    return found


def heritage_lists(connection: Connection, day: date) -> list[dict[str, Any]]:
    """The lists that had names on `day`, with how many and since when."""
    return [dict(row) for row in fetch_all(connection, store.PUBLIC_LISTS, {"day": day})]


def no_such_heritage() -> NotFound:
    """There is no entry with this id."""
    return NotFound("No list of place-name heritage has an entry with this id.", code="no_such_heritage")
