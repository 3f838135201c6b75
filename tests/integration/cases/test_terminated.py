"""The database's process is ended at the commit, over HTTP; and a server's clock that is set back."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, Engine, text

from data.cases.deadlines import look_at_clocks
from data.db import reading, unit_of_work
from tests.integration.cases.conftest import Desk, Do
from tests.samples.office import Office

SECONDS = 30
#: Slows the commit of a step down for as long as a table has a row, so that it can be met.
SLOW_COMMIT = """
    CREATE TABLE public.slow (yes boolean);
    INSERT INTO public.slow VALUES (true);
    CREATE FUNCTION public.wait_here() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT 1 FROM public.slow) THEN PERFORM pg_sleep(60); END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER wait_here AFTER INSERT ON diming.case_step
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.wait_here();
"""
COMMITTING = text("""
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND query = 'COMMIT'
""")
STEPS = text("SELECT count(*) FROM diming.case_step")


def count_steps(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.scalar(STEPS) or 0)


def terminate_at_commit(connection: Connection) -> None:
    """End the process that is about to commit, as soon as there is one."""
    deadline = time.monotonic() + SECONDS
    while (pid := connection.scalar(COMMITTING)) is None:
        assert time.monotonic() < deadline, "nothing came to its commit"
        time.sleep(0.02)
        connection.rollback()
    connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})


def test_a_client_whose_database_is_ended_at_the_commit_finds_out_by_asking_again(
    desk: Desk, opened: dict[str, Any], fresh_engine: Engine
) -> None:
    path = f"/v1/cases/{opened['id']}/actions/accept"
    desk.headers("clerk")
    with unit_of_work(fresh_engine) as connection:
        connection.exec_driver_sql(SLOW_COMMIT)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(lambda: desk.act("clerk", path, {}, version=1))
        with reading(fresh_engine) as connection:
            terminate_at_commit(connection)
        lost: httpx.Response = asked.result()
    assert (lost.status_code, lost.json()["code"]) == (503, "outcome_unknown")
    assert "Idempotency-Key" in lost.json()["detail"]
    with unit_of_work(fresh_engine) as connection:
        connection.execute(text("DELETE FROM public.slow"))
    assert count_steps(fresh_engine) == 1
    again = desk.act("clerk", path, {}, version=1)
    assert (again.status_code, again.json()["state"], again.json()["version"]) == (200, "review", 2)
    assert desk.act("clerk", path, {}, version=1).json() == again.json()
    assert count_steps(fresh_engine) == 2


@pytest.mark.parametrize("kind", ["clock_near", "clock_past"])
def test_a_clock_that_is_set_back_tells_nobody_twice(
    office: Office, opened: dict[str, Any], do: Do, fresh_engine: Engine, kind: str
) -> None:
    do("clerk", "assign", to=str(office["clerk"].account_id))
    begin = office.clock.now
    for moment in (begin + timedelta(days=6), begin + timedelta(days=9), begin, begin + timedelta(days=9)):
        office.clock.now = moment
        look_at_clocks(office.casework)
    told = text("SELECT account_id FROM diming.notification WHERE kind = :kind AND body->>'clock' = 'acceptance'")
    with reading(fresh_engine) as connection:
        accounts = list(connection.execute(told, {"kind": kind}).scalars())
    assert office["clerk"].account_id in accounts
    assert len(accounts) == len(set(accounts))


def test_a_step_after_the_clock_was_set_back_comes_after_the_former_one(office: Office, do: Do) -> None:
    do("clerk", "accept")
    office.clock.now -= timedelta(hours=5)
    after = do("reviewer", "return", reason="再看")
    assert [line["seq"] for line in after["history"]] == [1, 2, 3]
    assert [line["action"] for line in after["history"]] == ["open", "accept", "return"]
