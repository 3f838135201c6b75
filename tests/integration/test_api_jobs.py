"""The queue: made once, brought up to date, and the nightly check that is recorded where it looked."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from procrastinate.testing import InMemoryConnector
from sqlalchemy import Engine, text

from api.jobs import schema, tasks
from api.jobs.queue import make_app, work
from api.settings import Settings
from data import audit
from data.db import make_engine, reading, unit_of_work
from data.errors import Unavailable
from data.queue import SCHEMA, Job, enqueue
from data.setting import MAP_APPROVAL, change_setting, read_setting


@pytest.fixture
def written(fresh_engine: Engine) -> Engine:
    """A register with two audit entries."""
    for number in ("GS(2024)0650号", "GS(2024)0651号"):
        with unit_of_work(fresh_engine) as connection:
            change_setting(connection, MAP_APPROVAL, {"number": number}, "test")
    return fresh_engine


def do_all_jobs(url: str) -> None:
    """Run a worker until the queue is empty, in a thread: a browser test may have left a loop in this one."""
    app = make_app(Settings(database_url=url))
    with ThreadPoolExecutor(1) as pool:
        engine = make_engine(url, pooled=False)
        options = {"wait": False, "install_signal_handlers": False, "listen_notify": False}
        pool.submit(work, engine, app, **options).result()


def test_the_queue_is_made_once_and_stays(fresh_engine: Engine) -> None:
    first = schema.prepare(fresh_engine)
    assert schema.prepare(fresh_engine) == first
    with reading(fresh_engine) as connection:
        assert connection.scalar(text("SELECT version FROM jobs.made_by")) == first
        assert connection.scalar(text("SELECT count(*) FROM jobs.procrastinate_jobs")) == 0
        assert connection.scalar(text("SELECT to_regclass('public.procrastinate_jobs')")) is None


def test_a_job_is_enqueued_and_done_by_a_worker(fresh_database_url: str, fresh_engine: Engine) -> None:
    schema.prepare(fresh_engine)
    app = make_app(Settings(database_url=fresh_database_url))
    with app.open():
        app.configure_task("diming:housekeeping").defer(timestamp=0)
    do_all_jobs(fresh_database_url)
    with reading(fresh_engine) as connection:
        done = connection.execute(text("SELECT status::text FROM jobs.procrastinate_jobs")).scalars().all()
    assert "succeeded" in done
    assert "failed" not in done


def test_every_nightly_task_is_on_the_schedule(fresh_database_url: str) -> None:
    app = make_app(Settings(database_url=fresh_database_url)).with_connector(InMemoryConnector())
    planned = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    nightly = ("verify_audit_chain", "housekeeping", "look_at_cases", "send_digests", "tidy_the_counter")
    names = (*nightly, "recut_search_tiers", "deliver_filings")
    assert planned == {f"diming:{name}" for name in names}


def test_the_morning_look_at_cases_runs_as_a_job(fresh_database_url: str, fresh_engine: Engine) -> None:
    schema.prepare(fresh_engine)
    with unit_of_work(fresh_engine) as connection:
        enqueue(connection, Job("diming:look_at_cases", {"timestamp": 0}))
    do_all_jobs(fresh_database_url)
    with reading(fresh_engine) as connection:
        found = connection.execute(text("SELECT task_name, status::text FROM jobs.procrastinate_jobs"))
        assert ("diming:look_at_cases", "succeeded") in [tuple(row) for row in found]


def test_a_job_exists_exactly_if_its_transaction_is_committed(fresh_engine: Engine) -> None:
    job = Job("diming:look_at_cases", {"timestamp": 0}, unique="look")
    with pytest.raises(Unavailable) as told, unit_of_work(fresh_engine) as connection:
        enqueue(connection, job)
    assert told.value.code == "queue_missing"
    schema.prepare(fresh_engine)
    with pytest.raises(ZeroDivisionError), unit_of_work(fresh_engine) as connection:
        assert enqueue(connection, job) is not None
        _ = 1 / 0
    with unit_of_work(fresh_engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM jobs.procrastinate_jobs")) == 0
        assert enqueue(connection, job) is not None
        assert enqueue(connection, job) is None
        assert connection.scalar(text("SELECT count(*) FROM diming.audit")) == 0
    with reading(fresh_engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM jobs.procrastinate_jobs")) == 1


def test_the_queue_of_the_worker_is_the_one_that_is_written_to() -> None:
    assert SCHEMA == schema.SCHEMA


def test_a_whole_chain_is_recorded_as_whole(written: Engine) -> None:
    assert tasks.record_verification(written, scheduled_at=0)
    assert _last_entry(written) == {
        "entries": 2,
        "broken_at": None,
        "heads": 0,
        "head_broken": None,
        "scheduled_at": 0,
    }


def test_a_changed_entry_is_found_and_recorded(written: Engine) -> None:
    with unit_of_work(written) as connection:
        connection.execute(text("ALTER TABLE diming.audit DISABLE TRIGGER append_only"))
        connection.execute(text("UPDATE diming.audit SET actor = 'somebody else' WHERE seq = 1"))
    assert not tasks.record_verification(written, scheduled_at=0)
    assert _last_entry(written)["broken_at"] == 1
    with reading(written) as connection:
        assert audit.verify(connection)[1] == 1


def test_a_setting_is_changed_with_a_trail_and_only_when_it_changes(written: Engine) -> None:
    with unit_of_work(written) as connection:
        assert not change_setting(connection, MAP_APPROVAL, {"number": "GS(2024)0651号"}, "test")
        assert change_setting(connection, MAP_APPROVAL, None, "test")
        assert read_setting(connection, MAP_APPROVAL) is None
    entry = _last_entry(written)
    assert entry == {"key": "map_approval", "before": {"number": "GS(2024)0651号"}, "after": None}


def _last_entry(engine: Engine) -> dict[str, object]:
    with reading(engine) as connection:
        statement = text("SELECT details FROM diming.audit ORDER BY seq DESC LIMIT 1")
        details: dict[str, object] = connection.execute(statement).scalar_one()
    return details


@pytest.fixture(autouse=True)
def _own_database(fresh_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tasks find the register in the environment."""
    from api.settings import settings_from_environment

    monkeypatch.setenv("DIMING_DATABASE_URL", fresh_database_url)
    settings_from_environment.cache_clear()
    yield
    settings_from_environment.cache_clear()
