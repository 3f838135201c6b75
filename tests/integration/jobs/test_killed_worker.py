"""A worker killed in the middle: its job is done once, later; one that kills every worker is given up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from api.jobs import schema
from data.db import Row, fetch_one, reading, unit_of_work
from data.jobs.stalled import MOST_ATTEMPTS, recover_stalled
from data.queue import Job, enqueue, in_queue_schema
from tests.samples.worker import STAMPS

SECONDS = 60
JOB = text("""
    SELECT j.status::text AS status, j.attempts, r.note, r.failure
    FROM jobs.procrastinate_jobs j LEFT JOIN diming.job_record r ON r.job = j.id WHERE j.id = :job
""")


@pytest.fixture
def engine_here(fresh_engine: Engine) -> Engine:
    schema.prepare(fresh_engine)
    with unit_of_work(fresh_engine) as connection:
        connection.execute(STAMPS)
    return fresh_engine


@contextmanager
def worker(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own, killed at the end."""
    environment = {**os.environ, "DIMING_DATABASE_URL": url}
    process = subprocess.Popen([sys.executable, "-m", "tests.samples.worker"], env=environment)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def look(engine: Engine, job: int) -> Row:
    with reading(engine) as connection:
        found = fetch_one(connection, JOB, {"job": job})
    assert found is not None
    return found


def wait_until(engine: Engine, job: int, reached: Callable[[Row], bool]) -> Row:
    deadline = time.monotonic() + SECONDS
    while not reached(found := look(engine, job)):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_job_whose_worker_is_killed_is_done_once_later(
    engine_here: Engine, fresh_database_url: str, tmp_path: Path, where: str
) -> None:
    (tmp_path / "hold").touch()
    with unit_of_work(engine_here) as connection:
        arguments = {"folder": str(tmp_path), "number": "7", "hold_at": where}
        job = enqueue(connection, Job("diming:stamp", arguments, lock="stamps"))
    assert job is not None
    with worker(fresh_database_url):
        wait_until(engine_here, job, lambda found: found["note"] == where)
    assert look(engine_here, job)["status"] == "doing"
    (tmp_path / "hold").unlink()
    with worker(fresh_database_url):
        done = wait_until(engine_here, job, lambda found: found["status"] not in ("doing", "todo"))
    assert (done["status"], done["attempts"], done["failure"]) == ("succeeded", 2, None)
    with reading(engine_here) as connection:
        rows = connection.execute(text("SELECT number, sha256 FROM public.stamp")).all()
    assert [row.number for row in rows] == ["7"]
    assert [path.name for path in tmp_path.iterdir()] == [rows[0].sha256]


HOUSEKEEPING = Job("diming:housekeeping", {"timestamp": 0})


def pretend_stalled(engine: Engine, attempts: int, heartbeat_ago_s: float | None, what: Job = HOUSEKEEPING) -> int:
    """A job that a worker has taken which said so long ago that it lives, or that is not known any more."""
    with unit_of_work(engine) as connection:
        job = enqueue(connection, what)
        made = None
        if heartbeat_ago_s is not None:
            made = connection.scalar(
                text("""
                    INSERT INTO jobs.procrastinate_workers (last_heartbeat)
                    VALUES (now() - make_interval(secs => :ago)) RETURNING id
                """),
                {"ago": heartbeat_ago_s},
            )
        taken = text("UPDATE jobs.procrastinate_jobs SET status = 'doing', worker_id = :worker, attempts = :attempts")
        with in_queue_schema(connection):
            connection.execute(taken, {"worker": made, "attempts": attempts})
    assert job is not None
    return job


def recover(engine: Engine) -> tuple[tuple[int, ...], tuple[int, ...]]:
    with unit_of_work(engine) as connection:
        found = recover_stalled(connection, 30)
    return found.retried, found.given_up


def test_a_job_of_a_worker_that_lives_is_left_alone(engine_here: Engine) -> None:
    job = pretend_stalled(engine_here, 0, 29)
    assert recover(engine_here) == ((), ())
    assert look(engine_here, job)["status"] == "doing"


@pytest.mark.parametrize("silent_s", [31, None])
def test_a_job_of_a_silent_worker_is_tried_again(engine_here: Engine, silent_s: float | None) -> None:
    job = pretend_stalled(engine_here, MOST_ATTEMPTS - 1, silent_s)
    assert recover(engine_here) == ((job,), ())
    found = look(engine_here, job)
    assert (found["status"], found["attempts"], found["failure"]) == ("todo", MOST_ATTEMPTS, "worker_lost")
    assert recover(engine_here) == ((), ())


def test_a_job_that_kills_every_worker_is_given_up(engine_here: Engine) -> None:
    job = pretend_stalled(engine_here, MOST_ATTEMPTS, None)
    assert recover(engine_here) == ((), (job,))
    found = look(engine_here, job)
    assert (found["status"], found["failure"]) == ("failed", "worker_lost")


def test_a_stalled_job_whose_like_waits_is_ended_and_holds_nobody_up(engine_here: Engine) -> None:
    """The queue holds one waiting job of a name: the second of them must not keep the others from being recovered."""
    once = Job("diming:housekeeping", {"timestamp": 0}, lock="housekeeping", unique="housekeeping")
    lost = pretend_stalled(engine_here, attempts=1, heartbeat_ago_s=None, what=once)
    other = pretend_stalled(engine_here, attempts=1, heartbeat_ago_s=None)
    with unit_of_work(engine_here) as connection:
        waiting = enqueue(connection, once)
        assert waiting is not None
        found = recover_stalled(connection, 30)
    assert (found.retried, found.given_up, found.overtaken) == ((other,), (), (lost,))
    states = [look(engine_here, job)["status"] for job in (lost, other, waiting)]
    assert states == ["aborted", "todo", "todo"]
    assert look(engine_here, lost)["failure"] == "overtaken"
