"""The date of view and the addresses that keep it."""

from __future__ import annotations

from datetime import date

import pytest

from api.web.i18n import Translator
from api.web.pages.home import level_below, steps
from api.web.view import Span, View, day_within, parse_day
from data.errors import BadRequest

SPAN = Span(date(1981, 12, 31), date(2024, 12, 31))


def view(on: date, **query: str) -> View:
    return View(Translator("zh"), SPAN, on, staff=False, map_approval=None, path="/search", query=query)


def test_links_keep_date_and_language_and_nothing_else() -> None:
    seen = view(date(1990, 12, 31), as_of="1990-12-31", lang="en", q="襄樊", cursor="abc")
    assert seen.url("/units/420600") == "/units/420600?as_of=1990-12-31&lang=en"


def test_a_link_can_leave_the_past() -> None:
    seen = view(date(1990, 12, 31), as_of="1990-12-31", q="襄樊")
    assert seen.here(as_of=None) == "/search?q=%E8%A5%84%E6%A8%8A"


def test_only_another_day_than_the_last_is_the_past() -> None:
    assert view(date(1990, 12, 31)).past
    assert not view(SPAN.last).past


@pytest.mark.parametrize(
    ("staff", "approval", "may"), [(False, None, False), (True, None, True), (False, "GS(2024)0001号", True)]
)
def test_boundaries_are_for_staff_or_under_an_approval_number(staff: bool, approval: str | None, may: bool) -> None:
    seen = View(Translator("zh"), SPAN, SPAN.last, staff, approval, "/")
    assert seen.may_see_boundaries is may


@pytest.mark.parametrize("text", ["1990-13-01", "1990", "19901231", "1990-1-1", "昨天", "1990-12-31T00:00"])
def test_what_is_not_a_day_is_refused(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_day(text)
    assert refused.value.code == "bad_date"


@pytest.mark.parametrize(
    ("day", "code"), [(date(1981, 12, 30), "as_of_before_register"), (date(2025, 1, 1), "as_of_after_register")]
)
def test_a_day_outside_the_register_is_refused(day: date, code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        day_within(SPAN, day)
    assert refused.value.code == code


def test_without_a_day_the_last_is_meant() -> None:
    assert day_within(SPAN, None) == SPAN.last


def test_steps_lead_to_the_year_ends_on_either_side() -> None:
    assert steps(SPAN, date(2010, 6, 1)) == {"earlier": date(2009, 12, 31), "later": date(2010, 12, 31)}
    assert steps(SPAN, SPAN.last) == {"earlier": date(2023, 12, 31), "later": None}
    assert steps(SPAN, SPAN.first) == {"earlier": None, "later": date(1982, 12, 31)}


def test_the_map_shows_the_level_that_most_units_have() -> None:
    mixed = [{"level": "prefecture"}, {"level": "prefecture"}, {"level": "county"}]
    assert level_below("province", mixed) == "prefecture"
    assert level_below("county", []) == "county"
