"""Characters that are taken for each other."""

from __future__ import annotations

import csv

import pytest

from geonames.likeness.confusables import TABLES, mistakes, table
from geonames.likeness.measured import LEAST_LIKENESS, alike


@pytest.mark.parametrize(("wrong", "right"), [("毫州市", "亳州市"), ("汩罗市", "汨罗市"), ("壁山区", "璧山区")])
def test_a_name_is_met_under_what_it_is_taken_for(wrong: str, right: str) -> None:
    assert right in mistakes(wrong)
    assert wrong in mistakes(right)


def test_what_was_mistaken_is_said() -> None:
    assert mistakes("毫州市")["亳州市"] == "毫/亳"


@pytest.mark.parametrize("name", ["屏山县", "一", "", "Hohhot", "𬒈"])
def test_a_name_without_such_characters_is_taken_for_nothing(name: str) -> None:
    assert name not in mistakes(name)


def test_two_characters_may_be_mistaken_in_a_short_name_only() -> None:
    assert "末壁镇" in mistakes("未璧镇")
    assert mistakes("未璧镇一二三四五六").keys() >= {"末璧镇一二三四五六"}
    assert "末壁镇一二三四五六" not in mistakes("未璧镇一二三四五六")


def test_being_alike_is_mutual_and_never_of_itself() -> None:
    assert all(a != b and a in table()[b] for a, others in table().items() for b in others)


def test_every_row_says_where_it_comes_from() -> None:
    with (TABLES / "known.csv").open(encoding="utf-8", newline="") as file:
        assert all(
            row["source"] and row["mark"] in "VMI" and len(row["a"] + row["b"]) == 2 for row in csv.DictReader(file)
        )
    with (TABLES / "measured.csv").open(encoding="utf-8", newline="") as file:
        assert all(LEAST_LIKENESS <= float(row["likeness"]) < 1 for row in csv.DictReader(file))


def test_likeness_is_measured_on_drawings() -> None:
    fonts = ("DejaVu Sans Mono", "Libertinus Serif")  # they come with the typesetter
    found = {a + b: likeness for a, b, likeness in alike(["O", "Q", "W", "l"], fonts)}
    assert list(found) == ["OQ"]
    assert LEAST_LIKENESS <= found["OQ"] < 1
