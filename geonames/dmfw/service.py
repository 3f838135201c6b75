"""The seven questions of the national interface, answered by this register."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.graphs import current_graph
from boundaries.units.service import register_span, unit_id_at
from data.db import Row, fetch_all, fetch_one
from data.errors import BadRequest, NotFound
from geonames.dmfw import store
from geonames.dmfw.model import (
    DEEPEST,
    EXACT,
    FUZZY,
    LARGEST_PAGE,
    MOST_COUNTED,
    Listed,
    edition,
    next_digits,
    stem,
    tree,
)
from geonames.dmfw.records import STANDARD, Thing, history, records, standing, type_name
from geonames.places.store import UNIT_POSITION, UNIT_TYPE_OF_LEVEL, place_row
from geonames.romanize.keys import fold, query_sounds, simplified
from geonames.search import area
from geonames.search.query import CLASSES, Way, check_text, ways

SUCCEEDED = {"message": "成功", "status": 200}
#: Ways of meeting a name that the interface has: a name is it, begins with it, or holds it.
BY_CHARACTERS = ("name_equals", "name_begins", "name_holds")


def division_tree(
    connection: Connection, *, code: str | None, year: int | None = None, depth: int = 1
) -> dict[str, Any]:
    """`getList`: a division and what lies below it, `depth` levels down, in a year's edition.

    Raises `BadRequest` `bad_depth`, those of a code and of a year; `NotFound` of a code that does not stand.
    """
    if not 0 <= depth <= DEEPEST:
        raise BadRequest(f"maxLevel is from 0 to {DEEPEST}.", code="bad_depth")
    day = edition(year, register_span(connection))
    root = None if code is None else unit_id_at(connection, code, day)
    rows = fetch_all(connection, store.TREE.on(connection), {"day": day, "root": root, "depth": depth})
    top = tree(rows, None if root is None else {"unit_id": root})
    return {"data": top, **SUCCEEDED, "total": len(rows)}


def list_names(connection: Connection, asked: Listed) -> dict[str, Any]:
    """`listPub`: a page of the places and units that bear or hold a name, and how many there are.

    `total` counts to ten thousand. Raises `BadRequest` `limit_out_of_range`, `bad_page`, those of a text, code, year.
    """
    _check_page(asked)
    span = register_span(connection)
    day = edition(asked.year, span)
    ask: dict[str, Any] = {
        "day": day,
        "classes": list(range(1, len(CLASSES) + 1)),
        "status": "current",
        "limit": MOST_COUNTED,
    }
    ask["ways"] = [_as_asked(way) for way in _ways(asked)]
    if asked.type_code is not None:
        ask["types"] = [asked.type_code.rstrip("0") + "%"]
    if asked.code is not None:
        ask |= area.within(connection, [unit_id_at(connection, asked.code, day)], day, span)
    found = _real(
        connection, fetch_all(connection, store.MET.on(connection), {"ask": json.dumps(ask, default=str)}), asked
    )
    begin = (asked.number - 1) * asked.size
    things = [_met_thing(row) for row in found[begin : begin + asked.size]]
    return {"records": records(connection, things, day), "total": len(found)}


def _check_page(asked: Listed) -> None:
    if not 1 <= asked.size <= LARGEST_PAGE:
        raise BadRequest(f"size is from 1 to {LARGEST_PAGE}.", code="limit_out_of_range")
    if not 1 <= asked.number <= MOST_COUNTED:
        raise BadRequest(f"page is from 1 to {MOST_COUNTED}.", code="bad_page")
    check_text(asked.name)


def _ways(asked: Listed) -> list[Way]:
    """By characters only, of names that hold."""
    found = [way for way in ways(asked.name) if way.path in BY_CHARACTERS and way.kind in ("name", "traditional")]
    if not found:  # Latin letters: names that are written in them
        found = [
            Way("name_equals", "name", values=(fold(asked.name),)),
            Way("name_holds", "name", low=fold(asked.name)),
        ]
    if asked.exact:
        found = [way for way in found if way.path == "name_equals"]
    return [way for way in found if way.held != "former"]


def _as_asked(way: Way) -> dict[str, Any]:
    return {"path": way.path, "held": "now", "values": list(way.values), "low": way.low, "high": way.high}


def _real(connection: Connection, rows: list[Row], asked: Listed) -> list[Row]:
    """No codes, in an exact question only standard names, and nothing made up beside what is real."""
    kept = [row for row in rows if row["kind"] in (STANDARD if asked.exact else (*STANDARD, "short", "alias"))]
    if asked.code is not None and _is_invented(connection, asked.code):  # asked for by its code
        return kept
    invented = set(connection.scalars(store.INVENTED))
    return [row for row in kept if row["subject_id"] not in invented]


def _is_invented(connection: Connection, code: str) -> bool:
    version = current_graph(connection).last_coded(code)
    return version is not None and version.demonstration


def _met_thing(row: Row) -> Thing:
    return Thing(row["subject_id"], row["collection"] == "units", row["type_code"], row["longitude"], row["latitude"])


def details(connection: Connection, place_id: UUID) -> dict[str, Any]:
    """`detailsPub`: one place or unit with all that is held of it. Raises `NotFound` `place_not_found`."""
    day = register_span(connection).register_through
    thing = _place(connection, place_id) or _unit(connection, place_id, day)
    if thing is None:
        raise NotFound("There is no published place with this id, and no unit that stands.", code="place_not_found")
    return {**records(connection, [thing], day)[0], **history(connection, thing, day)}


def _place(connection: Connection, place_id: UUID) -> Thing | None:
    row = place_row(connection, place_id)
    return Thing(place_id, False, row["type_code"], row["longitude"], row["latitude"]) if row else None


def _unit(connection: Connection, unit_id: UUID, day: date) -> Thing | None:
    version = standing(current_graph(connection), unit_id, day)
    if version is None:
        return None
    point = fetch_one(connection, UNIT_POSITION, {"id": unit_id})
    x, y = (point["longitude"], point["latitude"]) if point else (None, None)
    return Thing(unit_id, True, UNIT_TYPE_OF_LEVEL[version.level], x, y)


def same_name_by_division(connection: Connection, name: str, code: str | None) -> dict[str, Any]:
    """`GroupCountNameByCode`: how many bear exactly this name, by the divisions one level below."""
    return _by_code(connection, store.NAME_BY_CODE, _texts(name), code)


def same_name_by_type(connection: Connection, name: str, code: str | None) -> dict[str, Any]:
    """`GroupCountNameByType`: the same by class of GB/T 18521."""
    return _by_type(connection, store.NAME_BY_TYPE, _texts(name), code)


def same_sound_by_division(connection: Connection, pinyin: str, code: str | None) -> dict[str, Any]:
    """`GroupCountPinyinByCode`: how many names sound so, tones apart, by the divisions one level below."""
    return _by_code(connection, store.PINYIN_BY_CODE, _sounds(pinyin), code)


def same_sound_by_type(connection: Connection, pinyin: str, code: str | None) -> dict[str, Any]:
    """`GroupCountPinyinByType`: the same by class of GB/T 18521."""
    return _by_type(connection, store.PINYIN_BY_TYPE, _sounds(pinyin), code)


def _texts(name: str) -> list[str]:
    check_text(name)
    return list(dict.fromkeys((fold(name), fold(simplified(name)))))


def _sounds(pinyin: str) -> list[str]:
    found = query_sounds(check_text(pinyin))
    if not found:
        raise BadRequest("name is a spelling in Latin letters here, such as Zhangcun.", code="bad_spelling_text")
    return found


def _by_code(connection: Connection, statement: store.Statement, keys: list[str], code: str | None) -> dict[str, Any]:
    rows = _counted(connection, statement, keys, code, digits=next_digits(code))
    return _answer(rows, lambda row: {"name": row["name"] or "", "code": row["code"] or "", "count": row["count"]})


def _by_type(connection: Connection, statement: store.Statement, keys: list[str], code: str | None) -> dict[str, Any]:
    rows = _counted(connection, statement, keys, code)
    return _answer(
        rows, lambda row: {"type": type_name(row["code"]), "typeCode": row["code"] or "", "count": row["count"]}
    )


def _counted(
    connection: Connection, statement: store.Statement, keys: list[str], code: str | None, **more: int
) -> list[Row]:
    day = register_span(connection).register_through
    if code is not None:
        unit_id_at(connection, code, day)
    invented = code is not None and _is_invented(connection, code)
    asked = {"keys": keys, "day": day, "stem": stem(code), "invented": invented, **more}
    return fetch_all(connection, statement.on(connection), asked)


def _answer(rows: list[Row], shown: Callable[[Row], dict[str, Any]]) -> dict[str, Any]:
    return {"data": [shown(row) for row in rows], **SUCCEEDED, "total": sum(row["count"] for row in rows)}


def exactly(search_type: str) -> bool:
    """Whether `searchType` asks for the name itself; `BadRequest` `bad_search_type` for another word."""
    if search_type not in ("", EXACT, FUZZY):
        raise BadRequest("searchType is 精确 or 模糊.", code="bad_search_type")
    return search_type == EXACT
