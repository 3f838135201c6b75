"""Answers that are remembered: bounded, in the order of use, and never those of another state."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any

from api.remembered import ENTRY_BYTES, Answers, StateOfRegister, _Answer
from data.clock import CIVIL_ZONE
from tests.threads import alone

TODAY = date(2026, 11, 23)
ONE, OTHER = ("7 x", TODAY), ("8 x", TODAY)


def key(name: str) -> tuple[str, bytes, bool]:
    return ("/v1/suggest", f"q={name}".encode(), False)


def answer(state: tuple[str, date] = ONE, size: int = 0) -> _Answer:
    return _Answer(state, None, [], 'W/"1"', b"x" * size)


def test_an_answer_of_another_state_or_day_is_forgotten() -> None:
    answers = Answers(10_000)
    for other in (OTHER, (ONE[0], date(2026, 11, 24))):
        answers.keep(key("a"), answer())
        assert answers.find(key("a"), ONE) is not None
        assert answers.find(key("a"), other) is None
        assert answers.find(key("a"), ONE) is None
        assert answers.held_bytes == 0


def test_the_longest_unasked_go_first_and_the_bytes_stay_within_their_bound() -> None:
    answers = Answers(3 * ENTRY_BYTES + 30)
    for name in "abc":
        answers.keep(key(name), answer(size=10))
    answers.find(key("a"), ONE)
    answers.keep(key("d"), answer(size=10))
    assert [answers.find(key(name), ONE) is not None for name in "abcd"] == [True, False, True, True]
    answers.keep(key("a"), answer(size=5))
    assert answers.held_bytes == 3 * ENTRY_BYTES + 25
    answers.keep(key("e"), answer(size=4 * ENTRY_BYTES))
    assert answers.held_bytes == 0


class Slow(StateOfRegister):
    """Says which question this was, when it is let."""

    def __init__(self) -> None:
        super().__init__("postgresql://nowhere", lambda: datetime(2026, 11, 23, 12, tzinfo=CIVIL_ZONE))
        self.begun, self.may_end = 0, asyncio.Event()

    async def _ask(self) -> Any:
        self.begun += 1
        number = self.begun
        await self.may_end.wait()
        return (str(number), TODAY)


def test_who_asks_while_a_question_is_under_way_gets_the_answer_of_the_next_one_together() -> None:
    async def story() -> tuple[int, list[Any]]:
        state = Slow()
        first = asyncio.create_task(state.now())
        await asyncio.sleep(0)
        others = [asyncio.create_task(state.now()) for _ in range(5)]
        await asyncio.sleep(0)
        state.may_end.set()
        said = await asyncio.gather(first, *others)
        return state.begun, [one[0] for one in said if one]

    assert alone(lambda: asyncio.run(story())) == (2, ["1", "2", "2", "2", "2", "2"])


def test_a_database_that_is_away_is_no_state() -> None:
    async def story() -> Any:
        state = StateOfRegister("postgresql://127.0.0.1:1/none", lambda: datetime.now(CIVIL_ZONE))
        return [await state.now(), await state.now()]

    assert alone(lambda: asyncio.run(story())) == [None, None]
