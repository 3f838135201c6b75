"""Seats of governments out of the words of decisions, and one after the other. Units and places are invented."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.units.seats.model import Seat, in_order
from boundaries.units.seats.reading import seats_said

TWO = [("甲区", "新街"), ("乙区", "旧街")]
UNIT, ONE, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.mark.parametrize(
    ("text", "opened", "names", "said"),
    [
        ("设立云溪市甲区，甲区人民政府驻城关镇人民路1号。", {"甲区"}, {"甲县"}, [("甲区", "城关镇人民路1号")]),
        ("设立甲区，以原甲县的区域为甲区的区域，区人民政府驻城关镇，不增编制", {"甲区"}, set(), [("甲区", "城关镇")]),
        ("设立甲区（区政府驻新街）、乙区（区政府驻旧街）", {"甲区", "乙区"}, set(), TWO),
        ("壬县人民政府驻新集镇。", set(), {"壬县"}, [("壬县", "新集镇")]),
        ("同意将丙县人民政府驻地由老城迁至新城镇。", set(), {"丙县"}, [("丙县", "新城镇")]),
        ("星溪地区行政公署驻星溪市。", {"星溪地区"}, set(), [("星溪地区", "星溪市")]),
        ("区人民政府驻城关镇。", {"甲区"}, set(), []),
        ("甲区人民政府驻地不变。", {"甲区"}, set(), []),
        ("甲区人民政府驻原甲县人民政府驻地。", {"甲区"}, set(), []),
        ("驻马店市人民政府：你市的请示收悉。", set(), {"驻马店市"}, []),
        ("甲区人民政府驻城关镇。后甲区人民政府驻新集镇。", {"甲区"}, set(), []),
        ("戊县人民政府驻新集镇。", set(), {"壬县"}, []),
    ],
)
def test_only_what_the_words_say_is_read(
    text: str, opened: set[str], names: set[str], said: list[tuple[str, str]]
) -> None:
    assert [(one.unit, one.place) for one in seats_said(text, opened, names)] == said


def test_what_is_read_carries_its_clause_and_whether_it_is_a_move() -> None:
    moved = seats_said("批复如下：一、丙县人民政府驻地由老城迁至新城镇。", set(), {"丙县"})[0]
    assert (moved.quote, moved.moved) == ("批复如下：一、丙县人民政府驻地由老城迁至新城镇", True)
    named = seats_said("设立甲区，甲区人民政府驻城关镇。", {"甲区"}, set())[0]
    assert (named.quote, named.moved) == ("甲区人民政府驻城关镇", False)


def seat(day: int, place: str, origin: str = "read", decision: UUID = ONE) -> Seat:
    begin = date(2000, 1, 1) + timedelta(days=day)
    return Seat(UNIT, place, begin, decision, origin, "驻")  # type: ignore[arg-type]  # one of two words


def test_each_seat_ends_with_the_next() -> None:
    kept, unclear = in_order([seat(9, "乙镇"), seat(3, "甲镇")])
    assert [(s.place, s.end) for s in kept] == [("甲镇", date(2000, 1, 10)), ("乙镇", None)]
    assert unclear == []


def test_what_an_act_says_holds_against_what_was_read() -> None:
    kept, unclear = in_order([seat(3, "甲镇"), seat(3, "乙镇", "act", OTHER)])
    assert [s.place for s in kept] == ["乙镇"]
    assert unclear == []


def test_two_decisions_of_a_day_that_disagree_are_both_left_out() -> None:
    kept, unclear = in_order([seat(3, "甲镇"), seat(3, "乙镇", decision=OTHER)])
    assert kept == []
    assert len(unclear) == 2


def test_a_seat_named_again_is_no_new_one() -> None:
    assert [s.begin for s in in_order([seat(3, "甲镇"), seat(9, "甲镇")])[0]] == [date(2000, 1, 4)]


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["甲镇", "乙镇", "丙镇"])), max_size=12))
def test_on_no_day_there_are_two_and_order_does_not_matter(given_seats: list[tuple[int, str]]) -> None:
    seats = [seat(*one) for one in given_seats]
    kept, _ = in_order(seats)
    assert kept == in_order(reversed(seats))[0]
    assert all(a.end == b.begin for a, b in pairwise(kept))
    assert all(s.end is None or s.end > s.begin for s in kept)
    assert in_order(kept)[0] == kept
