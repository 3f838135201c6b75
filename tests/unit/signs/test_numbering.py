"""Numbers of doors: what is wrong with those of a street, and which one comes next."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.cli.numbering import group
from data.errors import BadInput, BadRequest, NotFound
from geonames.signs import numbering
from geonames.signs.numbering import REMOVED, RESERVED, Door, check_numbers, propose, rule_named, rule_of
from geonames.signs.numbering_table import read_numbers

KEY = "from_east_and_south"
RULE = rule_named(KEY)
STREET = RULE.ways["east_west"]


def south(*numbers: int, every: float = 20.0) -> list[Door]:
    """Standing doors on the south side, one each `every` metres."""
    return [Door(n, number, "", "south", metres=n * every) for n, number in enumerate(numbers, 2)]


def kinds(doors: list[Door]) -> list[tuple[str, str]]:
    return [(one.kind, one.number) for one in check_numbers(doors, STREET, RULE.step)]


def test_odd_is_south_on_a_street_from_the_east_and_west_on_one_from_the_south() -> None:
    assert (STREET.begins, STREET.odd, STREET.even) == ("east", "south", "north")
    other = RULE.ways["north_south"]
    assert (other.begins, other.odd, other.even) == ("south", "west", "east")


def test_a_street_without_fault_has_no_findings() -> None:
    assert kinds([*south(1, 3, 5), Door(9, 2, "", "north"), Door(10, 2, "1", "north")]) == []


def test_a_number_twice_is_told_once_of_the_later_line() -> None:
    assert [(one.kind, one.line) for one in check_numbers(south(1, 3, 3), STREET, 2)] == [("duplicate", 4)]


def test_a_skipped_number_is_accounted_for_by_a_reserve_or_a_removal() -> None:
    assert kinds(south(1, 5)) == [("skipped", "3")]
    for state in (RESERVED, REMOVED):
        assert kinds([*south(1, 5), Door(9, 3, "", "south", state)]) == []


def test_the_first_number_of_a_side_is_skipped_as_well() -> None:
    assert kinds([Door(2, 4, "", "north")]) == [("skipped", "2")]


def test_a_number_on_the_wrong_side_is_one_finding() -> None:
    assert kinds([*south(1, 3), Door(9, 2, "", "south")]) == [("wrong_side", "2")]


def test_a_door_that_lies_behind_a_greater_number_is_out_of_order() -> None:
    assert kinds(south(1, 5, 3)) == [("out_of_order", "3")]


def test_a_part_of_a_number_wants_the_number() -> None:
    assert kinds([*south(1), Door(9, 3, "1", "south")]) == [("no_main_number", "3-1")]


def test_the_next_number_stands_behind_the_last() -> None:
    assert propose(south(1, 3), STREET, 2, "south", 500).number == 5
    assert propose([], STREET, 2, "north", 10).number == 2


def test_a_reserve_is_given_where_the_distance_asks_for_it() -> None:
    doors = [
        *south(1),
        *(Door(n + 10, n, "", "south", RESERVED) for n in (3, 5, 7)),
        Door(20, 9, "", "south", metres=440),
    ]
    assert propose(doors, STREET, 2, "south", 340) == numbering.Proposal(7, (3, 5, 7), doors[0], doors[-1])
    assert propose(doors, STREET, 2, "south", 60).number == 3


def test_between_neighbours_without_a_reserve_nothing_is_guessed() -> None:
    assert propose(south(1, 3), STREET, 2, "south", 50).number is None


def test_the_number_of_a_door_that_was_taken_away_is_not_given_again() -> None:
    doors = [*south(1), Door(9, 3, "", "south", REMOVED)]
    assert propose(doors, STREET, 2, "south", 500).number == 5


def test_nothing_is_proposed_out_of_faulty_numbers_or_unknown_positions() -> None:
    with pytest.raises(BadInput, match="1 skipped") as refused:
        propose(south(1, 5), STREET, 2, "south", 90)
    assert refused.value.code == "numbers_faulty"
    with pytest.raises(BadInput, match="No position"):
        propose([replace(south(1)[0], metres=None)], STREET, 2, "south", 90)
    with pytest.raises(BadRequest):
        propose(south(1), STREET, 2, "east", 90)


@given(st.lists(st.floats(0, 5000), max_size=30))
def test_doors_numbered_from_the_beginning_on_never_have_findings(places: list[float]) -> None:
    doors: list[Door] = []
    for line, metres in enumerate(sorted(places), 2):
        number = propose(doors, STREET, 2, "north", metres).number
        assert number is not None
        doors.append(Door(line, number, "", "north", metres=metres))
    assert kinds(doors) == []


def test_no_rule_is_assumed_where_none_is_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFound) as refused:
        rule_of("990121")
    assert refused.value.code == "numbering_rule_unknown"
    city, county = replace(RULE, key="city", regions=("9901",)), replace(RULE, key="county", regions=("990121",))
    monkeypatch.setattr(numbering, "numbering_rules", lambda: (county, city))
    assert (rule_of("990121").key, rule_of("990122").key) == ("county", "city")


def test_a_table_is_read_in_the_words_of_offices() -> None:
    raw = "门牌号,侧,状态,距起点米\n1号,南,,0\n12附1号,北,预留,\n12号附2,北,注销,7.5\n".encode("gb18030")
    assert read_numbers(raw) == [
        Door(2, 1, "", "south", "standing", 0.0),
        Door(3, 12, "1", "north", "reserved"),
        Door(4, 12, "2", "north", "removed", 7.5),
    ]


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("", "empty"),
        ("number\n1\n", "侧"),
        ("number,side,colour\n1,north,red\n", "colour"),
        ("number,side\n", "from 1"),
        ("number,side\n0,north\n", "line 2"),
        ("number,side\n1,up\n", "'up'"),
        ("number,side,metres\n1,south,nan\n", "'nan'"),
        ("number,side,metres\n1,south,-3\n", "'-3'"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused_with_the_reason(table: str, why: str) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        read_numbers(table.encode())
    assert refused.value.code == "number_table"


def test_the_command_says_what_is_wrong_and_what_was_not_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "street.csv"
    file.write_text("number,side,metres\n1,south,5\n5,south,\n", "utf-8")
    asked = ["check", str(file), "--direction", "east_west", "--rule", KEY, "--json"]
    told = json.loads(CliRunner().invoke(group, asked).stdout)
    assert [(one["kind"], one["number"]) for one in told["findings"]] == [("skipped", "3")]
    assert told["not_checked"] == ["5"]


def test_the_command_proposes_a_number(tmp_path: Path) -> None:
    file = tmp_path / "street.csv"
    file.write_text("number,side,metres\n1,south,5\n", "utf-8")
    asked = ["next", str(file), "--direction", "east_west", "--rule", KEY, "--side", "south", "--at", "40", "--json"]
    assert json.loads(CliRunner().invoke(group, asked).stdout)["number"] == 3
