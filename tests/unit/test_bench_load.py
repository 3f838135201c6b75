"""`./diming bench load` says good only of a run in which nothing failed, nothing grew and nobody waited too long."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.bench.latency import Latency
from tests.bench.load import Results

QUICK = Latency(1000, 5, 20, 30)
GOOD = Results(
    machine={}, capacity=100, seconds=600, reads=QUICK, read_statuses={"200": 1000}, writes={"desk": QUICK},
    write_errors=[], contradictions=[], memory_mb=(400, 480, 481), flood={"200": 10, "503": 90}, flood_without_retry=0,
    flood_p99_ms=900, after=QUICK,
)  # fmt: skip


def test_a_run_as_it_should_be_is_good() -> None:
    assert GOOD.good
    assert GOOD.slow == []


@pytest.mark.parametrize(
    "change",
    [
        {"read_statuses": {"200": 999, "503": 1}},
        {"write_errors": ["500"]},
        {"contradictions": ["a step twice"]},
        {"memory_mb": (400, 480, 520)},
        {"flood": {"200": 10, "500": 1}},
        {"flood_without_retry": 1},
        {"after": replace(QUICK, p99_ms=300)},
        {"reads": replace(QUICK, p99_ms=41)},
        {"writes": {"desk": replace(QUICK, p95_ms=301)}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_one_thing_wrong_and_it_is_not(change: dict[str, Any]) -> None:
    assert not replace(GOOD, **change).good


def test_who_waited_too_long_is_named() -> None:
    slow = replace(GOOD, reads=replace(QUICK, p99_ms=41), writes={"desk": replace(QUICK, p95_ms=301)}).slow
    assert slow == ["the public: p99 41 ms, limit 40", "desk: p95 301 ms, limit 300"]
