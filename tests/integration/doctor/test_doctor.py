"""The doctor finds each thing that was broken, says what to do, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Connection, Engine, text

from api.cli.app import main
from api.doctor import database, machine, register
from api.doctor.examination import NOT_ASKED, examine, server
from api.doctor.model import Finding, State
from data import audit
from data.db import reading, unit_of_work
from data.secrets import Keyring
from data.server.home import LAST_BACKUP, Home
from tests.installation import free_port

NOW = datetime.now(UTC)


def states(found: Iterable[Finding]) -> dict[str, State]:
    """The worst state of each check."""
    order = [State.OK, State.WARNING, State.WRONG, State.UNKNOWN]
    worst: dict[str, State] = {}
    for one in found:
        assert (one.state in (State.WARNING, State.WRONG)) == bool(one.cure), one
        worst[one.check] = max(worst.get(one.check, State.OK), one.state, key=order.index)
    return worst


def in_register(engine: Engine, *, thorough: bool = False) -> dict[str, State]:
    with reading(engine) as connection:
        return states(register.examine(connection, datetime.now(UTC), thorough=thorough))


def alter(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def write(engine: Engine) -> None:
    with unit_of_work(engine) as connection:
        audit.append(connection, actor="t", action="note", decision_id=None, details={})


def test_keys_that_others_can_read_are_wrong(home: Home) -> None:
    assert states(machine.keys(home)) == {"keys": State.OK}
    Keyring(home.keys).key("webhooks")
    assert states(machine.keys(home)) == {"keys": State.OK}
    (home.keys / "webhooks.key").chmod(0o640)
    [found] = machine.keys(home)
    assert found.state is State.WRONG
    assert str(home.keys / "webhooks.key") in found.said


@pytest.mark.parametrize(
    ("free", "state"),
    [(machine.LOW_BYTES, "ok"), (machine.LOW_BYTES - 1, "warning"), (machine.FULL_BYTES - 1, "wrong")],
)
def test_a_disk_that_fills_is_told_in_time(home: Home, monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage(free))
    assert [one.state for one in machine.disk(home, embedded=True)] == [state]


@pytest.mark.parametrize(
    ("note", "state"),
    [
        (None, "warning"),
        ('{"at": "2026-03-02T00:00:00+00:00"}', "ok"),
        ('{"at": "2026-03-01T00:00:00+00:00"}', "warning"),
        ("{", "unknown"),
        ('{"at": 5}', "unknown"),
    ],
)
def test_an_old_backup_is_told(home: Home, note: str | None, state: str) -> None:
    if note is not None:
        (home.root / LAST_BACKUP).write_text(note, "utf-8")
    assert machine.backup(home, datetime(2026, 3, 2, 12, tzinfo=UTC)).state == state


def test_libraries_of_the_pages_that_are_missing_are_wrong(home: Home) -> None:
    assert states(machine.programs(home, embedded=True)) == {"programs": State.OK, "browser_libraries": State.WRONG}


def test_a_register_as_it_should_be(queued: Engine) -> None:
    write(queued)
    alter(queued, "INSERT INTO jobs.procrastinate_workers (last_heartbeat) VALUES (now())")
    expected = dict.fromkeys(("feed", "audit", "signed_head", "worker", "queue"), State.OK)
    assert in_register(queued, thorough=True) == {"register": State.WARNING, **expected}


def test_a_queue_that_was_never_made_and_a_worker_that_is_silent(fresh_engine: Engine, queued: Engine) -> None:
    assert in_register(fresh_engine)["worker"] is State.WRONG
    assert in_register(queued)["worker"] is State.WRONG
    alter(queued, "INSERT INTO jobs.procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute')")
    assert in_register(queued)["worker"] is State.WRONG


def test_jobs_that_wait_and_jobs_that_failed(queued: Engine) -> None:
    own = "SET LOCAL search_path = jobs"  # the queue's triggers name its tables without the schema
    job = "INSERT INTO jobs.procrastinate_jobs (queue_name, task_name, status, scheduled_at) VALUES ('q', 't', {})"
    alter(
        queued, own, job.format("'todo', now() - interval '1 minute'"), job.format("'todo', now() + interval '1 day'")
    )
    assert in_register(queued)["queue"] is State.OK
    alter(
        queued,
        own,
        job.format("'todo', now() - interval '1 hour'"),
        job.format("'failed', NULL"),
        "UPDATE jobs.procrastinate_events SET at = now() - interval '1 hour'",
    )
    found = in_register(queued)
    assert (found["queue"], found["failed_jobs"]) == (State.WARNING, State.WARNING)


@pytest.mark.parametrize(
    ("statement", "check", "quickly"),
    [
        ("UPDATE diming.feed_head SET seq = 5", "feed", True),
        ("UPDATE diming.audit_head SET seq = 1", "audit", True),
        ("DELETE FROM diming.audit WHERE seq = 2", "audit", True),
        ("UPDATE diming.audit SET actor = 'x' WHERE seq = 1", "audit", False),
    ],
)
def test_what_was_lost_or_changed_is_wrong(queued: Engine, statement: str, check: str, quickly: bool) -> None:
    write(queued)
    write(queued)
    alter(queued, "ALTER TABLE diming.audit DISABLE TRIGGER append_only", statement)
    assert in_register(queued, thorough=True)[check] is State.WRONG
    assert in_register(queued)[check] is (State.WRONG if quickly else State.OK)


def test_a_head_that_is_not_signed_any_more_is_told(queued: Engine) -> None:
    write(queued)
    with reading(queued) as connection:
        assert register.signed(connection, datetime.now(UTC)).state is State.OK
        assert register.signed(connection, datetime.now(UTC) + timedelta(days=2)).state is State.WARNING


def of_database(engine: Engine, question: Callable[[Connection], Finding]) -> State:
    with reading(engine) as connection:
        return question(connection).state


def test_a_schema_of_another_version_is_wrong_and_nothing_else_is_asked(fresh_database_url: str, home: Home) -> None:
    from data.db import make_engine

    alter(make_engine(fresh_database_url, pooled=False), "UPDATE public.schema_version SET version_num = '0001'")
    found = states(examine(home, fresh_database_url, "http://127.0.0.1:1", embedded=False, thorough=True, now=NOW))
    assert found["schema"] is State.WRONG
    assert {found[check] for check in NOT_ASKED} == {State.UNKNOWN}


def test_a_database_that_is_gone_is_wrong_and_nothing_else_is_asked(home: Home) -> None:
    url = f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/none"
    found = states(examine(home, url, "http://127.0.0.1:1", embedded=False, thorough=False, now=NOW))
    assert (found["database"], found["schema"], found["server"]) == (State.WRONG, State.UNKNOWN, State.WRONG)


def test_a_server_that_may_lose_what_it_acknowledged_is_wrong(fresh_engine: Engine) -> None:
    # the tests' own cluster is such a one
    assert of_database(fresh_engine, database.durable) is State.WRONG
    assert of_database(fresh_engine, database.suitable) is State.OK
    assert of_database(fresh_engine, database.schema) is State.OK


def test_clocks_that_differ_and_entries_of_the_future(fresh_engine: Engine) -> None:
    def at(seconds: float) -> State:
        now = datetime.now(UTC) + timedelta(seconds=seconds)
        return of_database(fresh_engine, lambda connection: database.clock(connection, now))

    assert [at(0), at(30), at(300)] == [State.OK, State.WARNING, State.WRONG]
    write(fresh_engine)
    assert at(-30) is State.WRONG  # the log's last entry is after this machine's now


def test_a_right_that_somebody_gave_the_public_is_wrong(fresh_engine: Engine) -> None:
    assert of_database(fresh_engine, database.public_role) is State.OK
    alter(
        fresh_engine, "GRANT USAGE ON SCHEMA diming TO diming_reader", "GRANT SELECT ON diming.account TO diming_reader"
    )
    with reading(fresh_engine) as connection:
        found = database.public_role(connection)
    assert (found.state, "diming.account" in found.said) == (State.WRONG, True)
    alter(
        fresh_engine,
        "REVOKE USAGE ON SCHEMA diming FROM diming_reader",
        "GRANT UPDATE ON published.unit_version TO PUBLIC",
    )
    assert of_database(fresh_engine, database.public_role) is State.WRONG


def test_a_server_that_is_not_ready_is_quoted(fresh_database_url: str) -> None:
    from api.app import create_app
    from api.settings import Settings
    from tests.serving import serving

    with serving(create_app(Settings(database_url=fresh_database_url, pages=False))) as address:
        found = server(address)
    assert (found.state, "register_empty" in found.said) == (State.WRONG, True)


def test_the_command_says_what_to_do(
    queued: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from api.cli import environment

    monkeypatch.setenv("DIMING_HOME", str(tmp_path))
    monkeypatch.setenv("DIMING_PORT", str(free_port()))
    monkeypatch.setenv("DIMING_DATABASE_URL", queued.url.render_as_string(hide_password=False))
    environment.environment.cache_clear()
    try:
        assert main(["doctor", "--thorough", "--json"]) == 1
        document = json.loads(capsys.readouterr().out)
        assert main(["doctor"]) == 1
    finally:
        environment.environment.cache_clear()
    assert not document["healthy"]
    worker = next(one for one in document["findings"] if one["check"] == "worker")
    assert worker == {"check": "worker", "state": "wrong", "said": "no worker runs", "cure": worker["cure"]}
    assert "→ ./diming up --detach" in capsys.readouterr().out


def test_every_check_is_described(queued: Engine, home: Home) -> None:
    page = (Path(__file__).parents[3] / "docs" / "operations.md").read_text("utf-8")
    table = page[page.index("### The doctor") : page.index("## Jobs")]
    url = queued.url.render_as_string(hide_password=False)
    found = {one.check for one in examine(home, url, "http://127.0.0.1:1", embedded=True, thorough=False, now=NOW)}
    assert {check for check in found if f"`{check}`" not in table} == set()
