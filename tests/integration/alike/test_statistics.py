"""Counts of names that are alike, held against counts made another way."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from data.db import reading
from data.errors import BadRequest
from geonames.likeness.statistics import Counted, count_names
from geonames.romanize.engine import romanize

DAYS = [date(1990, 12, 31), date(2024, 12, 31)]
COUNTIES = Counted(class_="ADMIN_DIVISION", level="county")
STANDING = text("""
    SELECT name, code FROM diming.unit_version
    WHERE level = 'county' AND valid @> CAST(:day AS date) AND upper_inf(known)
""")


@pytest.fixture(scope="module")
def standing(national_url: str) -> dict[date, list[tuple[str, str]]]:
    """The county-level units of each day, straight from the register."""
    from data.db import make_engine

    engine: Engine = make_engine(national_url, pooled=False)
    with reading(engine) as connection:
        found = {day: [(r.name, r.code) for r in connection.execute(STANDING, {"day": day})] for day in DAYS}
    engine.dispose()
    return found


def everything(connection: Connection, counted: Counted, day: date) -> list[dict[str, Any]]:
    items, cursor = [], None
    while True:
        found = count_names(connection, counted, as_of=day, limit=90, cursor=cursor)
        items += found["items"]
        cursor = found["next"]
        if cursor is None:
            return items


@pytest.mark.parametrize("day", DAYS)
def test_equal_county_names_are_those_of_the_register(
    national: Connection, standing: dict[date, list[tuple[str, str]]], day: date
) -> None:
    expected = {name: n for name, n in Counter(name for name, _ in standing[day]).items() if n > 1}
    found = count_names(national, COUNTIES, as_of=day, limit=1000)
    assert {group["key"]: group["count"] for group in found["items"]} == expected
    assert found["totals"] == {
        "names": len(standing[day]),
        "groups": len(expected),
        "names_in_groups": sum(expected.values()),
    }


@pytest.mark.parametrize("tones", ["toned", "toneless"])
def test_homophones_are_those_that_the_spellings_give(
    national: Connection, standing: dict[date, list[tuple[str, str]]], tones: str
) -> None:
    day = DAYS[-1]
    sounding: dict[str, set[str]] = defaultdict(set)
    for name, code in standing[day]:
        spelled = romanize(name, "ADMIN_DIVISION", code)
        roman = spelled.roman_toned if tones == "toned" else spelled.roman
        sounding[roman.casefold()].add(name)
    expected = {frozenset(names) for names in sounding.values() if len(names) > 1}
    found = count_names(national, Counted(tones, "ADMIN_DIVISION", "county"), as_of=day, limit=1000)
    assert {frozenset(group["names"]) for group in found["items"]} == expected


def test_regions_and_classes_add_up_to_the_whole(national: Connection) -> None:
    found = count_names(national, COUNTIES, as_of=DAYS[-1])
    for table in ("by_region", "by_class"):
        assert sum(row["names"] for row in found[table]) == found["totals"]["names"]
        assert sum(row["names_in_groups"] for row in found[table]) == found["totals"]["names_in_groups"]
    assert [row["groups"] for row in found["by_class"]] == [found["totals"]["groups"]]


def test_within_a_province_only_its_names_are_compared(
    national: Connection, standing: dict[date, list[tuple[str, str]]]
) -> None:
    day = DAYS[-1]
    inside = Counter(name for name, code in standing[day] if code.startswith("32"))
    found = count_names(national, Counted("name", "ADMIN_DIVISION", "county", "320000"), as_of=day)
    assert {g["key"]: g["count"] for g in found["items"]} == {name: n for name, n in inside.items() if n > 1}
    assert found["totals"]["names"] == inside.total()


def test_the_scope_says_within_which_names_are_alike(
    national: Connection, standing: dict[date, list[tuple[str, str]]]
) -> None:
    day = DAYS[-1]
    counts = Counter((code[:2], name) for name, code in standing[day])
    found = count_names(national, Counted("name", "ADMIN_DIVISION", "county", scope="province"), as_of=day, limit=1000)
    expected = {key: n for key, n in counts.items() if n > 1}
    assert {(g["region"], g["key"]): g["count"] for g in found["items"]} == expected


def test_pages_hold_everything_once(national: Connection) -> None:
    paged = everything(national, Counted("specific_toneless", "ADMIN_DIVISION"), DAYS[-1])
    whole = count_names(national, Counted("specific_toneless", "ADMIN_DIVISION"), as_of=DAYS[-1], limit=1000)["items"]
    assert [(g["key"], g["count"]) for g in paged] == [(g["key"], g["count"]) for g in whole]


def test_classes_below_divisions_are_counted(invented: Connection) -> None:
    streets = count_names(invented, Counted("name", "STREET"))
    assert [(g["key"], g["count"]) for g in streets["items"]] == [("沿河路", 2)]
    assert {place["within"] for place in streets["items"][0]["places"]} == {"990121100", "990122100"}
    assert count_names(invented, Counted("name", "STREET", scope="county"))["items"] == []


@pytest.mark.parametrize(
    ("counted", "code"),
    [
        (Counted(by="look"), "bad_by"),
        (Counted(scope="world"), "bad_scope"),
        (Counted(class_="RIVER"), "bad_class"),
        (Counted(level="village"), "bad_level"),
        (Counted(within="32"), "bad_code"),
    ],
)
def test_what_cannot_be_counted_is_refused(invented: Connection, counted: Counted, code: str) -> None:
    with pytest.raises(BadRequest) as caught:
        count_names(invented, counted)
    assert caught.value.code == code


def test_a_cursor_of_another_count_is_refused(national: Connection) -> None:
    cursor = count_names(national, COUNTIES, as_of=DAYS[-1], limit=1)["next"]
    with pytest.raises(BadRequest) as caught:
        count_names(national, Counted("toned"), as_of=DAYS[-1], limit=1, cursor=cursor)
    assert caught.value.code == "bad_cursor"
