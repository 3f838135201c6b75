"""What jobs say about themselves, and effects that are had once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text

from data.db import Row, fetch_one, reading, unit_of_work
from data.ids import new_id
from data.jobs import once, progress
from data.jobs.recording import enqueued

RECORD = text("SELECT * FROM diming.job_record WHERE job = :job")


def record(engine: Engine, job: int) -> Row:
    with reading(engine) as connection:
        found = fetch_one(connection, RECORD, {"job": job})
    assert found is not None
    return found


@pytest.fixture
def job(engine: Engine) -> int:
    """The number of a job of this test's own."""
    number = new_id().int % 2**60
    with unit_of_work(engine) as connection:
        enqueued(connection, number, None, None)
    return number


def tell(engine: Engine, job: int, done: int, total: int | None, note: str = "") -> None:
    with unit_of_work(engine) as connection:
        progress(connection, job, done, total, note)


def test_a_job_tells_how_far_it_is(engine: Engine, job: int) -> None:
    tell(engine, job, 0, 12, "示例函〔2026〕1号")
    began = record(engine, job)["began_at"]
    tell(engine, job, 5, 12)
    now = record(engine, job)
    assert (now["done"], now["total"], now["note"]) == (5, 12, "")
    assert now["began_at"] == began
    assert now["told_at"] > began


def test_a_job_that_nobody_asked_for_may_tell_too(engine: Engine) -> None:
    number = new_id().int % 2**60
    tell(engine, number, 3, None)
    assert (record(engine, number)["done"], record(engine, number)["total"]) == (3, None)


@pytest.mark.parametrize(("done", "total"), [(-1, 2), (3, 2)])
def test_more_than_all_is_no_progress(engine: Engine, job: int, done: int, total: int) -> None:
    with pytest.raises(ValueError, match="no progress"):
        tell(engine, job, done, total)


def test_an_effect_is_had_once(engine: Engine, job: int) -> None:
    with unit_of_work(engine) as connection:
        assert once(connection, job)
    with unit_of_work(engine) as connection:
        assert not once(connection, job)


def test_an_effect_that_was_rolled_back_was_not_had(engine: Engine, job: int) -> None:
    with pytest.raises(RuntimeError), unit_of_work(engine) as connection:
        assert once(connection, job)
        raise RuntimeError
    with unit_of_work(engine) as connection:
        assert once(connection, job)


def test_of_two_attempts_at_the_same_moment_one_has_the_effect(engine: Engine, job: int) -> None:
    ready = threading.Barrier(2)

    def attempt(_: int) -> bool:
        ready.wait()
        with unit_of_work(engine) as connection:
            return once(connection, job)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == [False, True]


def test_a_number_that_is_given_again_begins_anew(engine: Engine, job: int) -> None:
    tell(engine, job, 5, 12, "old")
    with unit_of_work(engine) as connection:
        assert once(connection, job)
        enqueued(connection, job, None, None)
    now = record(engine, job)
    assert (now["done"], now["total"], now["note"], now["began_at"], now["effect_at"]) == (0, None, "", None, None)
