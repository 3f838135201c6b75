"""Who sees which jobs, what may be done with them; over HTTP, as pages and as commands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, text

from api.app import create_app
from api.jobs import schema
from api.settings import Settings
from data.access.model import operator
from data.accounts.people import NewAccount, add_account
from data.accounts.roles import NewGrant
from data.accounts.tokens import issue_token
from data.db import unit_of_work
from data.jobs import progress
from data.queue import Job, enqueue, in_queue_schema
from tests.installation import Installation
from tests.serving import serving

ROLES = {"clerk": "clerk", "other": "clerk", "admin": "administrator", "auditor": "auditor"}
STATE = text(
    "UPDATE jobs.procrastinate_jobs SET status = CAST(:state AS jobs.procrastinate_job_status) WHERE id = :job"
)


class Jobs:
    """People with tokens, and jobs in whatever state a test wants."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.ids: dict[str, UUID] = {}
        self.headers: dict[str, dict[str, str]] = {"public": {}}
        who = operator("cli:test")
        with unit_of_work(engine) as connection:
            for name, role in ROLES.items():
                grant = NewGrant(role, None, date(2020, 1, 1))
                self.ids[name] = add_account(connection, who, NewAccount(name, name), [grant], lambda _: ())
                token = issue_token(connection, who, self.ids[name], "t", lambda _: (), datetime.now(UTC)).secret
                self.headers[name] = {"Authorization": f"Bearer {token}"}

    def add(self, asked_by: str | None = None, state: str = "todo") -> int:
        with unit_of_work(self.engine) as connection:
            asker = self.ids[asked_by] if asked_by else None
            job = enqueue(connection, Job("diming:housekeeping", {"timestamp": 0}), asked_by=asker)
            assert job is not None
            with in_queue_schema(connection):
                connection.execute(STATE, {"job": job, "state": state})
        return job


@pytest.fixture
def jobs(fresh_engine: Engine) -> Jobs:
    schema.prepare(fresh_engine)
    return Jobs(fresh_engine)


@pytest.fixture
def client(jobs: Jobs, fresh_database_url: str) -> Iterator[httpx.Client]:
    app = create_app(Settings(database_url=fresh_database_url))
    with serving(app) as address, httpx.Client(base_url=address, timeout=30) as found:
        yield found


def numbers(answer: httpx.Response) -> list[int]:
    return [item["id"] for item in answer.json()["items"]]


def test_one_sees_one_s_own_and_administrators_all(jobs: Jobs, client: httpx.Client) -> None:
    mine, theirs, nobodys = jobs.add("clerk"), jobs.add("other"), jobs.add()
    seen = {who: client.get("/v1/jobs", headers=jobs.headers[who]) for who in ROLES}
    assert numbers(seen["clerk"]) == [mine]
    assert numbers(seen["other"]) == [theirs]
    assert numbers(seen["admin"]) == numbers(seen["auditor"]) == [nobodys, theirs, mine]
    assert [seen[who].json()["all"] for who in ("clerk", "admin")] == [False, True]
    for job in (theirs, nobodys, 10**9):
        answer = client.get(f"/v1/jobs/{job}", headers=jobs.headers["clerk"])
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_job")
    for path in ("/v1/jobs", f"/v1/jobs/{mine}"):
        assert client.get(path).json()["code"] == "sign_in_needed"


def test_a_job_shows_how_far_it_is_and_not_what_it_was_told(jobs: Jobs, client: httpx.Client) -> None:
    job = jobs.add("clerk", "doing")
    with unit_of_work(jobs.engine) as connection:
        progress(connection, job, 3, 12, "示例函〔2026〕1号")
    found = client.get(f"/v1/jobs/{job}", headers=jobs.headers["clerk"]).json()
    assert (found["state"], found["done"], found["total"], found["note"]) == ("doing", 3, 12, "示例函〔2026〕1号")
    assert found["task"] == "housekeeping"
    assert found["asked_by"]["display_name"] == "clerk"
    assert "timestamp" not in str(found)


def test_states_and_pages(jobs: Jobs, client: httpx.Client) -> None:
    wanted = [jobs.add(state="failed") for _ in range(5)]
    jobs.add()
    seen: list[int] = []
    query: dict[str, Any] = {"state": "failed", "limit": 2}
    while True:
        answer = client.get("/v1/jobs", params=query, headers=jobs.headers["admin"])
        seen += numbers(answer)
        if (cursor := answer.json()["next"]) is None:
            break
        query["cursor"] = cursor
    assert seen == wanted[::-1]
    assert client.get("/v1/jobs?state=lost", headers=jobs.headers["admin"]).json()["code"] == "bad_parameter"


@pytest.mark.parametrize(
    ("who", "what", "state", "status", "code"),
    [
        ("admin", "retry", "failed", 200, None),
        ("admin", "retry", "succeeded", 409, "job_not_failed"),
        ("admin", "cancel", "todo", 200, None),
        ("admin", "cancel", "doing", 409, "job_not_waiting"),
        ("clerk", "cancel", "todo", 200, None),
        ("clerk", "retry", "failed", 403, "not_permitted"),
        ("auditor", "retry", "failed", 403, "not_permitted"),
        ("auditor", "cancel", "todo", 403, "not_permitted"),
        ("other", "cancel", "todo", 404, "no_such_job"),
        ("public", "cancel", "todo", 401, "sign_in_needed"),
    ],
)
def test_what_may_be_done(
    jobs: Jobs, client: httpx.Client, who: str, what: str, state: str, status: int, code: str | None
) -> None:
    job = jobs.add("clerk", state)
    answer = client.post(f"/v1/jobs/{job}/{what}", headers=jobs.headers[who])
    assert (answer.status_code, answer.json().get("code")) == (status, code)
    after = client.get(f"/v1/jobs/{job}", headers=jobs.headers["admin"]).json()
    expected = {"retry": "todo", "cancel": "cancelled"}[what] if code is None else state
    assert after["state"] == expected
    with jobs.engine.connect() as connection:
        audited = connection.execute(text("SELECT action FROM diming.audit WHERE action LIKE 'job.%'")).scalars().all()
    assert len(audited) == (1 if code is None else 0)


@pytest.mark.parametrize("path", ["", "/1", "/1/retry", "/1/cancel"])
def test_the_public_is_asked_to_sign_in_before_anything_is_looked_at(fresh_database_url: str, path: str) -> None:
    """Also where no worker has ever made the queue."""
    with serving(create_app(Settings(database_url=fresh_database_url, pages=False))) as address:
        method = "POST" if path.count("/") == 2 else "GET"
        answer = httpx.request(method, f"{address}/v1/jobs{path}", timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_needed")


def test_another_site_cannot_cancel(jobs: Jobs, client: httpx.Client) -> None:
    job = jobs.add("clerk")
    headers = {**jobs.headers["clerk"], "Origin": "https://elsewhere.example"}
    assert client.post(f"/v1/jobs/{job}/cancel", headers=headers).json()["code"] == "cross_site_write"


def test_the_page_looks_again_by_itself_while_the_job_moves(jobs: Jobs, client: httpx.Client) -> None:
    job, done = jobs.add("clerk", "doing"), jobs.add("clerk", "succeeded")
    with unit_of_work(jobs.engine) as connection:
        progress(connection, job, 3, 12)
    headers = {**jobs.headers["clerk"], "Accept": "text/html"}
    page = client.get(f"/jobs/{job}", headers=headers).text
    assert '<noscript><meta http-equiv="refresh"' in page
    assert 'max="12" value="3"' in page
    part = client.get(f"/jobs/{job}", headers={**headers, "HX-Request": "true"}).text
    assert part.lstrip().startswith("<section")
    assert 'hx-trigger="every 2s"' in part
    ended = client.get(f"/jobs/{done}", headers=headers).text
    assert "refresh" not in ended
    assert "hx-trigger" not in ended
    listed = client.get("/jobs", headers=headers).text
    assert f"/jobs/{job}" in listed
    assert f"/jobs/{done}" in listed


def test_commands(jobs: Jobs, fresh_database_url: str, open_folder: Any) -> None:
    failed, waiting = jobs.add("clerk", "failed"), jobs.add()
    office = Installation(open_folder, 1, fresh_database_url)
    assert [job["id"] for job in office.ask("jobs", "list")["items"]] == [waiting, failed]
    assert [job["id"] for job in office.ask("jobs", "list", "--state", "failed")["items"]] == [failed]
    assert office.ask("jobs", "retry", str(failed))["state"] == "todo"
    assert office.ask("jobs", "cancel", str(waiting))["state"] == "cancelled"
    assert office.ask("jobs", "show", str(waiting))["state"] == "cancelled"
    status, _, said = office.run("jobs", "cancel", str(waiting))
    assert (status, "job_not_waiting" in said) == (5, True)
    assert office.run("jobs", "show", "999999")[0] == 4
