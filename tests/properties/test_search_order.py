"""The indexed search gives the same ten as a full sort: for any register and any question."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from geonames.places.store import copy_rows
from geonames.search import area, index, store, tiers
from geonames.search.keys import NOWHERE, Key, Thing, rows
from geonames.search.query import CLASSES, Way, ways
from geonames.search.service import _as_asked, _near_first
from tests.scale import examples

DAY = date(2020, 6, 1)
AREAS = [UUID(int=n) for n in range(1, 5)]
PROVINCES = {AREAS[0]: "42", AREAS[1]: "42", AREAS[2]: "33", AREAS[3]: "33"}
NEAR = (112.0, 30.0, 50_000.0)
BOX = (111.0, 29.0, 113.0, 31.0)
COLUMNS = [name.strip() for name in index.COLUMNS.split(",")]

NAMES = st.text(st.sampled_from("王家沟朝阳亳毫洲州"), min_size=1, max_size=5)
DAYS = st.sampled_from([None, date(2000, 1, 1), date(2010, 1, 1), date(2030, 1, 1)])


@st.composite
def keys(draw: st.DrawFn) -> Key:
    begin, end = draw(DAYS), draw(DAYS)
    if begin is not None and end is not None and begin >= end:
        end = None
    kind = draw(st.sampled_from(["standard", "former", "alias", "unverified"]))
    return Key(draw(NAMES), kind, begin, end, draw(st.sampled_from(["public", "public", "public", "secret"])))


@st.composite
def things(draw: st.DrawFn, number: int) -> list[tuple[Any, ...]]:
    where = draw(st.sampled_from([*AREAS, NOWHERE]))
    level = draw(st.sampled_from([None, None, "county", "township"]))
    position = draw(st.sampled_from([None, (112.1, 30.1), (112.9, 30.9), (120.0, 31.0)]))
    stands = draw(st.booleans())
    class_ = "ADMIN_DIVISION" if level else draw(st.sampled_from([c for c in CLASSES if c != "ADMIN_DIVISION"]))
    thing = Thing(
        UUID(int=1000 + number), "units" if level else "places", class_, "22000", level,
        draw(st.integers(0, 3)), draw(st.integers(0, 3)), PROVINCES.get(where), where,
        None if position is None else area._ewkb(shapely.Point(position)),
        "{[,)}" if stands else "{[,2015-01-01)}", stands,
    )  # fmt: skip
    return [row for key in draw(st.lists(keys(), min_size=1, max_size=3)) for row in rows(thing, key)]


@st.composite
def registers(draw: st.DrawFn) -> list[dict[str, Any]]:
    many = draw(st.integers(1, 25))
    found = [row for number in range(many) for row in draw(things(number))]
    return [dict(zip(COLUMNS, row, strict=True)) for row in found]


@st.composite
def questions(draw: st.DrawFn) -> dict[str, Any]:
    asked: dict[str, Any] = {"day": DAY, "limit": draw(st.sampled_from([1, 4, 10])), "classes": list(range(1, 9))}
    asked["few"] = draw(st.sampled_from([0, 5, 20_000]))  # how much of a place is read whole changes no answer
    if draw(st.booleans()):
        asked["classes"] = [draw(st.integers(1, 8))]
    within = draw(st.sampled_from(["", "", "areas", "province"]))
    if within:
        asked["units"], asked["places"] = AREAS[:2], AREAS[:2]
        asked |= {"areas": AREAS[:2]} if within == "areas" else {"province": "42"}
    if draw(st.booleans()):
        asked["status"] = draw(st.sampled_from(["current", "former"]))
    if draw(st.booleans()):
        asked["zone"] = area.box(BOX)
    by = draw(st.sampled_from(["", "", "bias", "distance"]))
    if by:
        asked |= {"near": NEAR, "by_distance": by == "distance"}
    q = draw(st.one_of(NAMES, st.sampled_from(["w", "wj", "wang", "wangjia", "chaoyang", "cy", "w家沟", "bo"])))
    found = ways(q)
    return {**asked, "met": _near_first(found) if by == "bias" else found}


@pytest.fixture
def emptied(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """The keys' table, empty, in a transaction that is taken back; its tiers hold three, five and eight names."""
    monkeypatch.setattr(tiers, "tier_sizes", lambda: [3, 5, 8])
    with engine.connect() as connection:
        connection.execute(text("DELETE FROM diming.search_name"))
        yield connection
        connection.rollback()


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture,
                                                                            HealthCheck.too_slow])  # fmt: skip
@given(registers(), st.lists(questions(), min_size=1, max_size=4))
def test_the_index_gives_what_a_full_sort_gives(
    emptied: Connection, register: list[dict[str, Any]], asked: list[dict[str, Any]]
) -> None:
    _fill(emptied, register)
    for question in asked:
        met: list[Way] = question["met"]
        ask = {key: value for key, value in question.items() if key != "met"} | {"ways": [_as_asked(w) for w in met]}
        expected = _sorted(register, question)
        found = [(row.way, row.subject_id, row.name) for row in store.met(emptied, ask)]
        assert found == [(e[0], e[4], e[3]) for e in expected[: ask["limit"]]]
        if len(expected) > ask["limit"]:
            way, distance, importance, name, thing = expected[ask["limit"] - 1][:5]
            page = store.met(emptied, ask | {"after": (way, distance, -importance, name, thing)})
            following = expected[ask["limit"] : 2 * ask["limit"]]
            assert [(row.way, row.subject_id) for row in page] == [(e[0], e[4]) for e in following]


def _fill(connection: Connection, register: list[dict[str, Any]]) -> None:
    connection.execute(text("DELETE FROM diming.search_name"))
    copy_rows(connection, index.COPY, [list(row.values()) for row in register])
    tiers.cut(connection, "diming.search_name")
    connection.execute(text("SELECT diming.follow_search_tiers()"))


def _sorted(register: list[dict[str, Any]], asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Every thing by its best name: way, distance, importance, name, thing; all of them, in order."""
    best: dict[UUID, tuple[Any, ...]] = {}
    for row in register:
        if not _passes(row, asked):
            continue
        distance = _distance(row) if asked.get("by_distance") else 0
        for number, way in enumerate(asked["met"]):
            if _is_met(row, way):
                rank = (number, distance, -row["importance"], row["name"], row["subject_id"])
                best[row["subject_id"]] = min(best.get(row["subject_id"], rank), rank)
                break
    return sorted(best.values())


def _passes(row: dict[str, Any], asked: dict[str, Any]) -> bool:
    begin, _end = _bounds(row)
    stands = row["stood"] == "{[,)}"
    lies_in = row["area"] in asked.get("places", [row["area"]]) and (
        row["collection"] == "places" or "units" not in asked or row["subject_id"] in asked["units"]
    )
    return (
        row["classification"] == "public"
        and (begin is None or begin <= DAY)
        and row["class_no"] in asked["classes"]
        and asked.get("status") in (None, "current" if stands else "former")
        and lies_in
        and ("zone" not in asked or _in_box(row))
    )


def _bounds(row: dict[str, Any]) -> tuple[date | None, date | None]:
    begin, end = row["valid"].strip("[)").split(",")
    return date.fromisoformat(begin) if begin else None, date.fromisoformat(end) if end else None


def _is_met(row: dict[str, Any], way: Way) -> bool:
    begin, end = _bounds(row)
    holds = (begin is None or begin <= DAY) and (end is None or end > DAY)
    if way.held != "any" and holds != (way.held == "now"):
        return False
    if way.local is not None and (_distance(row) <= NEAR[2]) != (way.local == "inside"):
        return False
    folded, pinyin, initials, main = row["folded"], row["pinyin"], row["initials"], row["main"]
    checks: dict[str, Callable[[], bool]] = {
        "name_equals": lambda: main and folded in way.values,
        "name_begins": lambda: main and folded.startswith(way.low),
        "name_holds": lambda: main and way.low in folded,
        "pinyin_equals": lambda: pinyin in way.values,
        "pinyin_begins": lambda: pinyin.startswith(way.low),
        "initials_equals": lambda: initials in way.values,
        "initials_begins": lambda: initials.startswith(way.low),
        "pinyin_mixed": lambda: pinyin.startswith(way.low) and way.part in folded,
        "initials_mixed": lambda: initials.startswith(way.low) and way.part in folded,
        "sounds_like": lambda: pinyin in way.values and folded != way.low,
        "one_mistake": lambda: main and _one_mistake(folded, way.low),
    }
    return checks[way.path]()


def _one_mistake(a: str, b: str) -> bool:
    """One character wrong, missing, too many, or swapped with the next; in names of two to eight characters."""
    changed = {a[:i] + a[i + 1 :] for i in range(len(a))}
    swapped = {a[:i] + a[i + 1] + a[i] + a[i + 2 :] for i in range(len(a) - 1)}
    wrong = len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1
    found = b in changed or b in swapped or a in {b[:i] + b[i + 1 :] for i in range(len(b))} or wrong
    # two characters of which one is wrong have nothing left to be known by
    return found and a != b and min(len(a), len(b)) >= 2 and (max(len(a), len(b)) > 2)


def _in_box(row: dict[str, Any]) -> bool:
    if row["geom"] is None:
        return False
    point = shapely.from_wkb(row["geom"])
    return bool(BOX[0] <= point.x <= BOX[2] and BOX[1] <= point.y <= BOX[3])


def _distance(row: dict[str, Any]) -> float:
    """Whole metres on the sphere; 30,000 km where there is no position."""
    if row["geom"] is None:
        return 3e7
    point = shapely.from_wkb(row["geom"])
    lon1, lat1, lon2, lat2 = (math.radians(value) for value in (*NEAR[:2], point.x, point.y))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return float(round(2 * 6_371_008.7714 * math.asin(math.sqrt(half))))


MISTAKEN = text("""
    SELECT l.a, f.a, diming.one_mistake(f.a, l.a), f.a ~ diming.mistake_pattern(l.a) AND f.a <> l.a
    FROM unnest(CAST(:names AS text[])) f(a), unnest(CAST(:names AS text[])) l(a)
    WHERE length(l.a) BETWEEN 2 AND 8
""")
TYPED = st.text(st.sampled_from("王家沟(.\\[^a1"), min_size=1, max_size=9)


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TYPED, min_size=2, max_size=30))
def test_the_expression_for_one_mistake_meets_what_the_rule_says(emptied: Connection, names: list[str]) -> None:
    near = [name[1:] + name[:1] for name in names] + [name[1:] for name in names if name[1:]]
    for low, name, by_rule, by_expression in emptied.execute(MISTAKEN, {"names": [*names, *near]}):
        assert by_rule == by_expression, (low, name)
