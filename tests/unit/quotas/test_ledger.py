"""Counting requests: what a plan allows is answered, no more; processes that tell each other count together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.quotas.ledger import DAY, MINUTE, Count, Ledger
from data.quotas.plans import Plan, quotas

PLAN = Plan("small", "key", "小", "Small", per_minute=5, per_day=12)
NOON = datetime(2026, 3, 2, 4, 0, 30, tzinfo=UTC)  # half past twelve hours in China and thirty seconds
SHOP = b"k" + bytes(16)


def test_what_is_left_is_told_and_then_nothing_is_answered() -> None:
    ledger = Ledger()
    left = [ledger.ask(SHOP, PLAN, NOON) for _ in range(6)]
    assert [one.allowances[0].left for one in left] == [4, 3, 2, 1, 0, 0]
    refused = left[-1].refused_by
    assert refused is not None
    assert (refused.span, refused.limit, refused.reset_s) == (MINUTE, 5, 30)


def test_the_next_minute_begins_anew_and_the_day_does_not() -> None:
    ledger = Ledger()
    answered = [
        ledger.ask(SHOP, PLAN, NOON + timedelta(minutes=minute)).refused_by is None
        for minute in range(4)
        for _ in range(5)
    ]
    assert answered.count(True) == PLAN.per_day
    refused = ledger.ask(SHOP, PLAN, NOON + timedelta(minutes=9)).refused_by
    assert refused is not None
    assert refused.span == DAY


def test_the_day_is_that_of_china() -> None:
    before = datetime(2026, 3, 2, 15, 59, 0, tzinfo=UTC)  # one minute to midnight in China
    ledger, plan = Ledger(), Plan("one", "key", "", "", 1, 1)
    assert ledger.ask(SHOP, plan, before).refused_by is None
    refused = ledger.ask(SHOP, plan, before + timedelta(seconds=10)).refused_by
    assert refused is not None
    assert (refused.span, refused.reset_s) == (DAY, 50)
    assert ledger.ask(SHOP, plan, before + timedelta(minutes=1)).refused_by is None


def test_whoever_has_not_asked_for_longest_is_forgotten() -> None:
    ledger = Ledger(most_holders=2)
    plan = Plan("one", "key", "", "", 1, 1)
    holders = [bytes([n]) * 17 for n in range(3)]
    for holder in holders:
        ledger.ask(holder, plan, NOON)
    assert {count.holder for count in ledger.take()} == set(holders[1:])


def test_what_was_not_told_is_taken_again_with_what_came_since() -> None:
    ledger = Ledger()
    ledger.ask(SHOP, PLAN, NOON)
    taken = ledger.take()
    ledger.ask(SHOP, PLAN, NOON)
    ledger.keep(taken)
    assert {(count.span, count.asked) for count in ledger.take()} == {(MINUTE, 2), (DAY, 2)}
    assert ledger.take() == []


class Shared:
    """What the database does: adds up."""

    def __init__(self) -> None:
        self.sums: dict[tuple[bytes, str, int], int] = {}

    def tell(self, ledger: Ledger) -> None:
        told = []
        for count in ledger.take():
            key = (count.holder, count.span, count.began)
            self.sums[key] = self.sums.get(key, 0) + count.asked
            told.append(Count(*key, self.sums[key]))
        ledger.learn(told)


@given(st.lists(st.sampled_from(["ask0", "ask1", "tell0", "tell1"]), max_size=60))
@settings(deadline=None)
def test_processes_that_tell_after_each_request_answer_no_more_than_the_plan(steps: list[str]) -> None:
    """And whatever they do, nothing is counted twice or lost."""
    ledgers, shared, answered = (Ledger(), Ledger()), Shared(), 0
    for step in steps:
        ledger = ledgers[int(step[-1])]
        if step.startswith("ask"):
            answered += ledger.ask(SHOP, PLAN, NOON).refused_by is None
        else:
            shared.tell(ledger)
    for ledger in ledgers:
        shared.tell(ledger)
    minute = [asked for (_, span, _), asked in shared.sums.items() if span == MINUTE]
    assert sum(minute) == answered
    assert answered <= 2 * PLAN.per_minute  # each process for itself at worst
    if answered:
        ledgers[0].ask(SHOP, PLAN, NOON)


def test_a_process_that_has_learned_refuses_what_another_has_answered() -> None:
    first, second, shared = Ledger(), Ledger(), Shared()
    for _ in range(4):
        first.ask(SHOP, PLAN, NOON)
    shared.tell(first)
    second.ask(SHOP, PLAN, NOON)
    shared.tell(second)
    assert second.ask(SHOP, PLAN, NOON).refused_by is not None


def test_addresses_fall_into_the_longest_class_that_fits() -> None:
    rules = quotas()
    assert rules.class_of("/v1/suggest") == "suggest"
    assert rules.class_of("/v1/places/019a") == "search"
    assert rules.class_of("/units/420600") == "other"
    assert rules.class_of("/healthz") is None
    assert rules.class_of("/static/0/app.css") is None


@pytest.mark.parametrize("holder", ["address", "credentials", "key"])
def test_every_kind_of_holder_has_a_plan(holder: str) -> None:
    assert quotas().plan_of(holder).per_minute > 0
