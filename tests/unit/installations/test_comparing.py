"""A conflict side by side: every row that differs is told, and none twice."""

from __future__ import annotations

from typing import Any

import pytest

from geonames.installations.comparing import Pair, Value, side_by_side
from geonames.installations.rows import COLUMNS, Rows

POINT = "0101000020E4110000" + "0000000000805B40" + "0000000000003E40"  # 110, 30 in EPSG:4490


def _rows(**tables: list[dict[str, Any]]) -> Rows:
    def whole(table: str, row: dict[str, Any]) -> dict[str, Any]:
        return {column: row.get(column) for column in COLUMNS[table]}

    return {table: [whole(table, row) for row in tables.get(table, [])] for table in COLUMNS}


def test_rows_that_say_the_same_are_counted_and_others_told_with_what_differs() -> None:
    came = _rows(place_name=[{"id": "a", "text": "柳浪巷"}, {"id": "b", "text": "柳浪街"}])
    here = _rows(place_name=[{"id": "a", "text": "柳浪巷"}, {"id": "b", "text": "柳浪路"}])
    sides = side_by_side(came, here)
    assert sides.same == 1
    assert sides.pairs == (Pair("place_name", "b", "both", (Value("text", "柳浪街", "柳浪路"),)),)


def test_a_row_of_one_side_alone_is_told_whole_with_its_position_as_people_read_it() -> None:
    came, here = _rows(place=[{"id": "a", "geom": POINT}]), _rows(place_name=[{"id": "n", "text": "柳浪巷"}])
    one, other = side_by_side(came, here).pairs
    assert (one.where, one.values) == ("came", (Value("id", "a", None), Value("geom", "110.000000, 30.000000", None)))
    assert (other.where, other.values[1]) == ("here", Value("text", None, "柳浪巷"))


def test_when_each_learnt_of_a_decision_is_no_difference() -> None:
    came, here = (_rows(decision=[{"id": "d", "title": "虚构批复", "recorded_at": day}]) for day in ("2020", "2021"))
    assert side_by_side(came, here).pairs == ()
    assert side_by_side(came, _rows()).pairs[0].values[-1] == Value("recorded_at", "2020", None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[2020-01-01,2025-01-01)", "2020-01-01/2024-12-31"),
        ("[2020-01-01,)", "2020-01-01/.."),
        ("(,2025-01-01)", "../2024-12-31"),
        ("(,)", "../.."),
        ("empty", "empty"),
    ],
)
def test_days_are_told_first_and_last(written: str, read: str) -> None:
    sides = side_by_side(_rows(place=[{"id": "a", "valid": written}]), _rows())
    assert Value("valid", read, None) in sides.pairs[0].values
