"""How long a job may still take: said only where it can be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from data.jobs.model import seconds_left

BEGAN = datetime(2026, 3, 2, tzinfo=UTC)


def left(done: int, total: int | None, *, after_s: float, begun_with: int = 0) -> float | None:
    return seconds_left(done, total, begun_with, BEGAN, BEGAN + timedelta(seconds=after_s))


@pytest.mark.parametrize(
    ("done", "total", "after_s", "begun_with", "expected"),
    [
        (25, 100, 10, 0, 30),
        (99, 100, 99, 0, 1),
        # an attempt that went on from 50 is as fast as it is itself
        (75, 100, 10, 50, 10),
    ],
)
def test_the_rest_takes_as_long_as_this_attempt_took_for_its_part(
    done: int, total: int, after_s: float, begun_with: int, expected: float
) -> None:
    assert left(done, total, after_s=after_s, begun_with=begun_with) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("done", "total", "after_s"),
    [(0, 100, 60), (1, 100, 60), (50, 100, 2), (50, None, 60), (100, 100, 60), (0, 0, 60)],
)
def test_what_cannot_be_said_is_not_said(done: int, total: int | None, after_s: float) -> None:
    assert left(done, total, after_s=after_s) is None


def test_a_job_that_has_not_begun_has_no_pace() -> None:
    assert seconds_left(5, 10, 0, None, BEGAN) is None
