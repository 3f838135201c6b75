"""The pages of docs/rules are what the rows say; the guide names every list and ground."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import NotFound
from geonames.rules.catalogue import pages, rule_of, rules_on
from geonames.rules.rows import load_book
from tests.unit.rules.fakes import TODAY, book

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", sorted(pages(load_book())))
def test_a_rules_page_is_current(name: str) -> None:
    assert (DOCS / "rules" / name).read_text("utf-8") == pages(load_book())[name]  # ./diming rules docs


def test_there_is_no_page_without_a_rule() -> None:
    assert {p.name for p in (DOCS / "rules").iterdir()} == set(pages(load_book()))


def test_the_guide_names_every_word_list_and_every_ground() -> None:
    guide = (DOCS / "guide" / "naming-rules.md").read_text("utf-8")
    rules = load_book()
    assert [name for name in (*rules.words.known, *rules.grounds) if f"`{name}`" not in guide] == []


def test_the_list_of_a_day_has_every_rule_and_says_which_are_in_force() -> None:
    now = rules_on(book(office=False), TODAY)
    assert [item["id"] for item in now] == [f"R{n:02}" for n in range(1, 46)]
    assert all(item["in_force"] for item in now)
    before = {item["id"]: item["in_force"] for item in rules_on(book(office=False), TODAY.replace(year=1990))}
    assert before["R06"] is True
    assert before["R25"] is False  # from 1996


def test_a_rule_is_shown_with_all_its_rows() -> None:
    rows = rule_of(book(office=False), "R05")["rows"]
    assert [row["region"] for row in rows] == [None, "120000", "360100"]
    with pytest.raises(NotFound) as refused:
        rule_of(book(office=False), "R99")
    assert refused.value.code == "no_such_rule"
