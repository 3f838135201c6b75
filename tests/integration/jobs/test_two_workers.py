"""Two workers, as on two machines: each time of the schedule is done once, and no task runs twice at a time."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import procrastinate
import pytest
from procrastinate.periodic import PeriodicDeferrer
from sqlalchemy import Engine, text

from api.jobs import schema
from api.jobs.alone import LOCK_SPACE, alone, scheduled
from api.jobs.queue import make_app, work
from api.settings import Settings, settings_from_environment
from data.db import make_engine, reading, unit_of_work
from data.errors import Unavailable
from data.queue import in_queue_schema
from tests.threads import alone as in_a_thread

WORK = {"wait": False, "install_signal_handlers": False, "listen_notify": False}
JOBS = text("SELECT task_name, status::text AS state, args->>'timestamp' AS at FROM jobs.procrastinate_jobs")
END = text("""
    SELECT pg_terminate_backend(l.pid, 10000) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.classid = :space
""")
More = Callable[[], tuple[procrastinate.Blueprint, ...]]
EVERY_HOUR = "0 * * * *"
NEVER_IN_A_TEST = "0 0 29 2 *"


@pytest.fixture
def queue(fresh_engine: Engine) -> Engine:
    schema.prepare(fresh_engine)
    return fresh_engine


def put_on(url: str, deferrers: int, at: float, more: More = lambda: ()) -> None:
    """What so many workers do when the clock says `at`: all that is due at its time, one worker after another."""

    async def run() -> None:
        for _ in range(deferrers):  # a worker that has just started knows nothing of what the others did
            app = make_app(Settings(database_url=url), *more())
            async with app.open_async():
                deferrer = PeriodicDeferrer(app.periodic_registry, max_delay=90_000)
                await deferrer.defer_jobs(deferrer.get_previous_tasks(at=at))

    in_a_thread(lambda: asyncio.run(run()))


def found(engine: Engine) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.execute(JOBS))


def test_two_workers_do_every_task_of_the_schedule_once(queue: Engine, fresh_database_url: str) -> None:
    now = time.time()
    put_on(fresh_database_url, deferrers=2, at=now)
    planned = {(row.task_name, row.at) for row in found(queue)}
    work_together(fresh_database_url, 2)
    put_on(fresh_database_url, deferrers=2, at=now)  # the same times again, after they were done
    done = Counter((row.task_name, row.at) for row in found(queue))
    assert planned <= set(done)
    assert set(done.values()) == {1}
    assert {row.state for row in found(queue)} == {"succeeded"}
    with reading(queue) as connection:
        entries = connection.scalar(text("SELECT count(*) FROM diming.audit WHERE action = 'audit.verified'"))
    assert entries == sum(task == "diming:verify_audit_chain" for task, _ in done)


def listed(seen: list[tuple[str, int]], cron: str) -> More:
    """A task on the schedule that writes down when its runs begin and end."""

    def slow(timestamp: int) -> None:
        seen.append(("begins", timestamp))
        time.sleep(0.05)  # the length of the run: what is measured is that nothing lies within it
        seen.append(("ends", timestamp))

    def more() -> tuple[procrastinate.Blueprint]:
        tasks = procrastinate.Blueprint()
        scheduled(tasks, slow, cron)
        return (tasks,)

    return more


def test_runs_of_one_task_follow_one_another(queue: Engine, fresh_database_url: str) -> None:
    seen: list[tuple[str, int]] = []
    more = listed(seen, NEVER_IN_A_TEST)
    app = make_app(Settings(database_url=fresh_database_url), *more())
    with app.open():
        for at in range(1, 7):  # as if each had waited while the one before was under way
            app.configure_task("diming:slow").defer(timestamp=at)
    while any(row.state == "todo" for row in found(queue)):  # a worker ends where all that waits is held up
        work_together(fresh_database_url, 2, more)
    assert sorted(at for what, at in seen if what == "begins") == list(range(1, 7))
    assert [what for what, _ in seen] == ["begins", "ends"] * 6


def test_a_machine_that_was_halted_has_nothing_done_again(queue: Engine, fresh_database_url: str) -> None:
    """The queue forgets a time with the next one: whoever looks late enqueues it once more."""
    seen: list[tuple[str, int]] = []
    more = listed(seen, EVERY_HOUR)
    early = time.time() - 7200
    for at in (early, early + 3600, early):
        put_on(fresh_database_url, 1, at, more)
        work_together(fresh_database_url, 1, more)
    enqueued = Counter(row.at for row in found(queue) if row.task_name == "diming:slow")
    assert sorted(enqueued.values())[-1] == 2
    assert set(Counter(at for what, at in seen if what == "begins").values()) == {1}
    assert {row.state for row in found(queue)} == {"succeeded"}


def test_a_worker_that_was_given_up_and_still_works_is_waited_for(queue: Engine, fresh_database_url: str) -> None:
    app = make_app(Settings(database_url=fresh_database_url))
    with app.open():
        app.configure_task("diming:verify_audit_chain").defer(timestamp=0)
    with alone(queue, "verify_audit_chain"):
        with pytest.raises(Unavailable) as told, alone(queue, "verify_audit_chain"):
            pass
        with alone(queue, "housekeeping"):
            work_together(fresh_database_url, 1)
    assert told.value.code == "task_runs_elsewhere"
    [job] = [row for row in found(queue) if row.task_name == "diming:verify_audit_chain" and row.at == "0"]
    assert job.state == "todo"
    with unit_of_work(queue) as connection, in_queue_schema(connection):
        connection.execute(text("UPDATE jobs.procrastinate_jobs SET scheduled_at = now()"))
    work_together(fresh_database_url, 1)
    [job] = [row for row in found(queue) if row.task_name == "diming:verify_audit_chain" and row.at == "0"]
    assert job.state == "succeeded"


def test_a_worker_that_is_gone_holds_nothing(queue: Engine) -> None:
    with pytest.raises(Unavailable), alone(queue, "housekeeping"), queue.connect() as other:
        other.execute(END, {"space": LOCK_SPACE})
    with alone(queue, "housekeeping"):
        pass


def work_together(url: str, workers: int, more: More = lambda: ()) -> None:
    """So many workers at once, each with connections of its own, until the queue is empty."""

    def one() -> None:
        app = make_app(Settings(database_url=url), *more())
        work(make_engine(url, pooled=False), app, **WORK)

    with ThreadPoolExecutor(workers) as pool:
        for ended in [pool.submit(one) for _ in range(workers)]:
            ended.result(timeout=120)


@pytest.fixture(autouse=True)
def _own_installation(fresh_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Tasks find the register in the environment, and their keys in a home of their own."""
    monkeypatch.setenv("DIMING_DATABASE_URL", fresh_database_url)
    monkeypatch.setenv("DIMING_HOME", str(tmp_path))
    settings_from_environment.cache_clear()
    yield
    settings_from_environment.cache_clear()
