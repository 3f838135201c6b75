"""Which unit held a point on a day: by polygons, by lineage, or all candidates and never a guess."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from data.errors import BadRequest, NotFound
from geonames.search.nearby import reverse

CHANGXING = (119.91, 31.0)
LONGTAN = (116.42, 39.89)  # in 北京市东城区, in 崇文区 until 2010-06-28


def names(answer: dict[str, Any]) -> list[str]:
    return [unit["name"] for unit in answer["units"]]


def test_today_the_polygons_answer(public: Connection) -> None:
    answer = reverse(public, *CHANGXING)
    assert answer["basis"] == "polygon"
    assert names(answer) == ["浙江省", "湖州市", "长兴县"]
    assert [unit["level"] for unit in answer["units"]] == ["province", "prefecture", "county"]
    distances = [place["distance_m"] for place in answer["places"]]
    assert distances == sorted(distances)
    assert 0 < distances[0] < 10_000


def test_before_the_polygons_a_unit_is_named_where_all_its_land_was_one_unit_s(public: Connection) -> None:
    answer = reverse(public, *CHANGXING, date(1985, 6, 30))
    assert (answer["basis"], names(answer)) == ("present_polygon", ["浙江省", "湖州市", "长兴县"])


def test_a_merged_district_gives_both_candidates_and_the_chain_as_far_as_it_is_certain(public: Connection) -> None:
    answer = reverse(public, *LONGTAN, date(2005, 1, 1))
    assert answer["basis"] == "candidates"
    assert names(answer) == ["北京市"]
    assert [unit["name"] for unit in answer["candidates"]] == ["东城区", "崇文区"]
    assert names(reverse(public, *LONGTAN)) == ["北京市", "东城区"]


def test_an_abolished_prefecture_is_among_the_answers_of_its_time(public: Connection) -> None:
    """巢湖市 (341400) was divided in 2011; 117.87 E 31.6 N lies in the county-level 巢湖市 of today."""
    answer = reverse(public, 117.87, 31.6, date(2005, 1, 1))
    assert "341400" in [unit["code"] for unit in (*answer["units"], *answer["candidates"])]


def test_land_of_a_unit_that_the_polygons_do_not_know_yet_has_two_candidates(public: Connection) -> None:
    """和安县 was established from 和田县 in December 2024; the polygons are older."""
    answer = reverse(public, 79.1, 36.5)
    assert answer["basis"] == "candidates"
    assert {unit["name"] for unit in answer["candidates"]} == {"和田县", "和安县"}
    assert names(answer) == ["新疆维吾尔自治区", "和田地区"]


@pytest.mark.parametrize(
    ("position", "chain"),
    [
        ((121.5, 25.03), ["台湾省"]),
        ((114.17, 22.3), ["香港特别行政区"]),
        ((113.55, 22.19), ["澳门特别行政区"]),
        ((112.34, 16.83), ["海南省", "三沙市", "西沙区"]),
        ((113.37, 22.52), ["广东省", "中山市"]),
        ((113.45, 30.36), ["湖北省", "仙桃市"]),
    ],
)
def test_every_kind_of_unit_answers(public: Connection, position: tuple[float, float], chain: list[str]) -> None:
    assert names(reverse(public, *position)) == chain


@pytest.mark.parametrize("position", [(125.0, 30.0), (0.0, 0.0), (139.7, 35.7)])
def test_a_point_in_the_sea_or_abroad_is_told_so(public: Connection, position: tuple[float, float]) -> None:
    with pytest.raises(NotFound) as caught:
        reverse(public, *position)
    assert caught.value.code == "point_outside_units"


@pytest.mark.parametrize(
    ("position", "day", "code"),
    [
        ((200.0, 10.0), None, "coordinates_out_of_range"),
        ((10.0, float("nan")), None, "coordinates_out_of_range"),
        (CHANGXING, date(1981, 1, 1), "as_of_before_register"),
        (CHANGXING, date(2030, 1, 1), "as_of_after_register"),
    ],
)
def test_bad_positions_and_dates_are_refused(
    public: Connection, position: tuple[float, float], day: date | None, code: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        reverse(public, *position, day)
    assert caught.value.code == code


@pytest.mark.parametrize("year", range(1982, 2025, 6))
def test_in_any_year_the_answer_is_a_chain_of_units_of_that_day(public: Connection, year: int) -> None:
    day = date(year, 6, 30)
    for position in [CHANGXING, LONGTAN, (104.06, 30.67), (106.55, 29.56), (112.14, 32.01), (87.6, 43.8)]:
        answer = reverse(public, *position, day)
        assert answer["as_of"] == day
        assert (answer["basis"] == "candidates") == bool(answer["candidates"])
        assert answer["units"] or answer["candidates"]
        assert len(answer["candidates"]) != 1
