"""Whose answers anybody sees: every reader against every stand of an inspection."""

from __future__ import annotations

from datetime import date

import pytest

from boundaries.records.visibility import EVERY, Reader, is_revealed, side_of, sides_seen

DAY = date(2026, 4, 1)
LEFT, RIGHT = Reader(frozenset({"left"}), False), Reader(frozenset({"right"}), False)
LEFT_ABOVE = Reader(frozenset({"left"}), True)
ABOVE, STRANGER = Reader(frozenset(), True), Reader(frozenset(), False)


@pytest.mark.parametrize(
    ("mode", "handed_in", "today", "revealed"),
    [
        ("joint", (), date(2026, 3, 1), True),
        ("separate", (), date(2026, 3, 1), False),
        ("separate", ("left",), date(2026, 3, 1), False),
        ("separate", ("left", "right"), date(2026, 3, 1), True),
        ("separate", ("left",), DAY, False),
        ("separate", ("left",), date(2026, 4, 2), True),
        ("separate", (), date(2026, 4, 2), True),
    ],
)
def test_when_each_side_may_see_the_other(mode: str, handed_in: tuple[str, ...], today: date, revealed: bool) -> None:
    assert is_revealed(mode, None if mode == "joint" else DAY, handed_in, today) is revealed


@pytest.mark.parametrize("reader", [LEFT, RIGHT, LEFT_ABOVE, ABOVE, STRANGER])
def test_what_is_revealed_is_seen_by_whoever_may_look_at_all(reader: Reader) -> None:
    assert sides_seen(reader, True) == EVERY


@pytest.mark.parametrize(
    ("reader", "seen"),
    [
        (LEFT, {"joint", "left"}),
        (RIGHT, {"joint", "right"}),
        (LEFT_ABOVE, {"joint", "left"}),  # his office above does not let a party see the other side
        (ABOVE, {"joint", "left", "right"}),
        (STRANGER, set()),
    ],
)
def test_before_that_each_sees_his_own(reader: Reader, seen: set[str]) -> None:
    assert sides_seen(reader, False) == seen


def test_whose_people_somebody_is() -> None:
    facts = {"sides": {"left": {"members": ["a"]}, "right": {"members": ["b"]}}}
    assert [side_of(facts, who) for who in ("a", "b", "c", None)] == ["left", "right", None, None]
