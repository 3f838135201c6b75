"""Keys of map services over HTTP and on pages: shown once, counted, limited, rotated, revoked, told to their owner."""

from __future__ import annotations

import asyncio
import csv
import io
import time
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from api.quotas.meter import Meter
from data.db import make_engine
from data.quotas.ledger import Count
from data.quotas.plans import Plan, quotas
from tests.integration.keys.conftest import NOW, MovedClock
from tests.threads import alone

UNITS = "/v1/units?level=province&limit=1"
#: A proxy on this machine adds it; without it the machine itself asks, which is not limited.
PROXIED = {"X-Forwarded-For": "203.0.113.7"}


@pytest.fixture(autouse=True)
def another_day(clock: MovedClock) -> None:
    """Each test has its quotas to itself; sessions of the fixtures begin after it."""
    clock.now = clock.now + timedelta(days=1)


def make(owner: httpx.Client, **more: Any) -> dict[str, Any]:
    answer = owner.post("/v1/keys", json={"name": "production", "organisation": "云溪地图服务（虚构）", **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ask(client: httpx.Client, key: dict[str, Any] | str, path: str = UNITS) -> httpx.Response:
    secret = key if isinstance(key, str) else key["secret"]
    return client.get(path, headers={"X-API-Key": secret})


def test_a_key_is_shown_once_and_kept_as_a_hash(
    owner: httpx.Client, client: httpx.Client, register: Engine, capfd: pytest.CaptureFixture[str]
) -> None:
    made = make(owner)
    secret = made["secret"]
    assert secret.startswith(made["prefix"] + "_")
    assert (made["state"], made["plan"], made["organisation"]) == ("live", "trial", "云溪地图服务（虚构）")
    assert ask(client, made).status_code == 200
    assert secret not in owner.get("/v1/keys").text
    assert secret not in owner.get(f"/v1/keys/{made['id']}").text
    with register.connect() as connection:
        stored = connection.execute(text("SELECT to_jsonb(k)::text FROM diming.service_key k")).scalars().all()
        audited = connection.execute(text("SELECT details::text FROM diming.audit")).scalars().all()
    random_part = secret.split("_", 2)[2]
    assert not any(random_part in row for row in [*stored, *audited])
    assert any("service_key" in row or made["prefix"] in row for row in audited)
    assert random_part not in "".join(capfd.readouterr())


def test_what_is_left_is_told_and_then_refused(owner: httpx.Client, client: httpx.Client) -> None:
    made = make(owner)
    first = ask(client, made)
    assert first.headers["RateLimit-Policy"] == '"minute";q=6;w=60, "day";q=50000;w=86400'
    assert first.headers["RateLimit"].startswith('"minute";r=5;t=55, "day";r=49999;t=')
    answers = [ask(client, made) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    refused = answers[-1]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["Retry-After"] == "55"
    problem = refused.json()
    assert (problem["code"], problem["plan"], problem["span"], problem["limit"]) == ("quota_used", "trial", "minute", 6)
    assert client.get(UNITS).status_code == 200  # the machine itself is not limited


def test_a_web_page_of_another_site_may_read_how_it_stands(owner: httpx.Client, client: httpx.Client) -> None:
    asked = client.options(UNITS, headers={"Origin": "https://maps.example", "Access-Control-Request-Method": "GET",
                                           "Access-Control-Request-Headers": "x-api-key"})  # fmt: skip
    assert asked.status_code == 200
    answer = client.get(UNITS, headers={"Origin": "https://maps.example", "X-API-Key": make(owner)["secret"]})
    assert "RateLimit" in answer.headers["access-control-expose-headers"]


def test_anonymous_requests_are_counted_by_address(client: httpx.Client, register: Engine) -> None:
    answers = [client.get(UNITS, headers=PROXIED) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    assert answers[-1].json()["plan"] == "anonymous"
    assert client.get("/healthz", headers=PROXIED).status_code == 200
    page = client.get("/", headers={**PROXIED, "Accept": "text/html"})
    assert page.status_code == 429
    assert "请求次数已达上限" in page.text
    with register.connect() as connection:
        rows = connection.execute(text("SELECT encode(holder, 'escape') FROM diming.quota_window")).scalars().all()
    assert not any("127.0.0.1" in row or "203.0.113.7" in row for row in rows)


@pytest.mark.parametrize("shown", ["", "nonsense", "dmk_aaaaaaaaaa_" + "x" * 43])
def test_a_key_that_is_none_is_refused_and_guessing_is_asking(client: httpx.Client, shown: str) -> None:
    answer = ask(client, shown)
    assert (answer.status_code, answer.json()["code"]) == (401, "key_not_valid")
    for _ in range(4):
        client.get(UNITS, headers={**PROXIED, "X-API-Key": "nonsense"})
    assert client.get(UNITS, headers=PROXIED).status_code == 429


def test_both_secrets_serve_for_a_day_after_a_rotation(
    owner: httpx.Client, client: httpx.Client, clock: MovedClock
) -> None:
    made = make(owner)
    answer = owner.post(f"/v1/keys/{made['id']}/rotate")
    assert answer.status_code == 200, answer.text
    fresh = answer.json()
    assert fresh["prefix"] == made["prefix"]
    assert fresh["secret"] != made["secret"]
    assert [ask(client, made).status_code, ask(client, fresh).status_code] == [200, 200]
    clock.now += timedelta(hours=25)
    assert [ask(client, made).status_code, ask(client, fresh).status_code] == [401, 200]


def test_a_key_ends_by_revocation_and_by_time(owner: httpx.Client, client: httpx.Client, clock: MovedClock) -> None:
    revoked, short = make(owner), make(owner, days=1)
    assert owner.post(f"/v1/keys/{revoked['id']}/revoke").json()["state"] == "revoked"
    assert ask(client, revoked).status_code == 401
    again = owner.post(f"/v1/keys/{revoked['id']}/revoke")
    assert (again.status_code, again.json()["code"]) == (409, "service_key_ended")
    clock.now += timedelta(hours=24)
    assert ask(client, short).status_code == 401


def test_a_disabled_account_s_keys_serve_no_more(owner: httpx.Client, client: httpx.Client, register: Engine) -> None:
    made = make(owner)
    with register.begin() as connection:
        connection.execute(
            text("UPDATE diming.account SET disabled_at = now() WHERE id = CAST(:id AS uuid)"),
            {"id": made["account"]["id"]},
        )
    assert ask(client, made).status_code == 401


def test_an_administrator_gives_a_plan_and_nobody_else(
    owner: httpx.Client, administrator: httpx.Client, client: httpx.Client
) -> None:
    made = make(owner)
    path = f"/v1/keys/{made['id']}/plan"
    assert owner.put(path, json={"plan": "large"}).status_code == 403
    assert administrator.put(path, json={"plan": "golden"}).json()["code"] == "bad_service_key"
    assert administrator.put(path, json={"plan": "standard"}).json()["plan"] == "standard"
    assert '"minute";q=6000' in ask(client, made).headers["RateLimit-Policy"]
    assert made["id"] in [key["id"] for key in administrator.get("/v1/keys?all=true&limit=1000").json()["items"]]


def test_nobody_sees_the_key_of_another(owner: httpx.Client, address: str, register: Engine) -> None:
    from tests.integration.keys.conftest import signed_in

    made = make(owner)
    with signed_in(address, register) as other, httpx.Client(base_url=address) as public:
        assert other.get(f"/v1/keys/{made['id']}/usage").json()["code"] == "no_such_service_key"
        assert other.post(f"/v1/keys/{made['id']}/revoke").json()["code"] == "no_such_service_key"
        assert other.get("/v1/keys").json()["items"] == []
        assert public.get("/v1/keys").json()["code"] == "sign_in_needed"


def test_an_account_has_so_many_keys_and_no_more(owner: httpx.Client) -> None:
    for _ in range(quotas().keys.most_of_an_account):
        make(owner)
    refused = owner.post("/v1/keys", json={"name": "one more"})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_service_keys")
    seen, cursor = [], None
    while True:
        page = owner.get("/v1/keys", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        seen += [key["id"] for key in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert len(seen) == len(set(seen)) == quotas().keys.most_of_an_account


def test_usage_is_told_by_day_and_class(owner: httpx.Client, client: httpx.Client, clock: MovedClock) -> None:
    made = make(owner)
    for path in (UNITS, UNITS, "/v1/suggest?q=砚", "/v1/units/abc"):
        ask(client, made, path)
    usage = told(owner, made, 4)
    day = (clock.now + timedelta(hours=8)).date().isoformat()
    counts = {(item["day"], item["class"]): (item["asked"], item["refused"]) for item in usage["items"]}
    assert counts == {(day, "units"): (3, 0), (day, "suggest"): (1, 0)}
    assert usage["total"] == {"asked": 4, "refused": 0, "failed": 0}
    rows = list(csv.DictReader(io.StringIO(owner.get(f"/v1/keys/{made['id']}/usage.csv").text.lstrip("﻿"))))
    assert {(row["class"], row["asked"]) for row in rows} == {("units", "3"), ("suggest", "1")}
    bad = owner.get(f"/v1/keys/{made['id']}/usage?from=2026-03-02&to=2026-03-01")
    assert (bad.status_code, bad.json()["code"]) == (400, "period_reversed")


def told(owner: httpx.Client, made: dict[str, Any], asked: int) -> dict[str, Any]:
    """The usage once so many requests are in it: it is written within moments."""
    deadline = time.monotonic() + 20
    while True:
        usage: dict[str, Any] = owner.get(f"/v1/keys/{made['id']}/usage").json()
        if usage["total"]["asked"] >= asked or time.monotonic() > deadline:
            return usage
        time.sleep(0.02)


def test_the_pages_make_show_rotate_and_end_a_key(owner: httpx.Client, client: httpx.Client) -> None:
    owner.headers["Accept"] = "text/html"
    empty = owner.get("/account/keys")
    assert "还没有密钥" in empty.text
    page = owner.post("/account/keys", data={"name": "手机地图", "organisation": "", "days": "30"})
    secret = page.text.split("data-key>")[1].split("<")[0]
    assert ask(client, secret).status_code == 200
    assert page.headers["cache-control"] == "private, no-store"
    [key] = owner.get("/v1/keys").json()["items"]
    assert (key["name"], secret.startswith(key["prefix"])) == ("手机地图", True)
    assert secret not in owner.get("/account/keys").text
    told(owner, key, 1)
    shown = owner.get(f"/account/keys/{key['id']}?lang=en")
    assert "1 requests, of which 0 were refused" in shown.text
    assert "<svg" in shown.text
    assert owner.get(f"/account/keys/{key['id']}/usage.csv").headers["content-type"].startswith("text/csv")
    rotated = owner.post(f"/account/keys/{key['id']}/rotate").text.split("data-key>")[1].split("<")[0]
    assert ask(client, rotated).status_code == 200
    gone = owner.post(f"/account/keys/{key['id']}/revoke")
    assert (gone.status_code, "key_revoked" in gone.headers["location"]) == (303, True)
    refused = owner.post("/account/keys", data={"name": "", "days": "30"})
    assert (refused.status_code, "The key cannot be made" in refused.text) == (422, True)


def small() -> Plan:
    return Plan("small", "key", "", "", per_minute=5, per_day=100)


def test_processes_count_together_and_lose_nothing_when_the_database_is_away(fresh_database_url: str) -> None:
    async def run() -> None:
        engine = make_engine(fresh_database_url)
        nowhere = make_engine("postgresql://nobody@127.0.0.1:1/nothing", pooled=False)
        first, second = Meter(engine, quotas()), Meter(engine, quotas())
        holder = b"k" + bytes(16)
        for _ in range(3):
            first.ledger.ask(holder, small(), NOW)
        first._engine, away = nowhere, first._engine
        await first.tell()  # nothing is written, nothing is lost
        first._engine = away
        await first.tell()
        for _ in range(2):
            assert second.ledger.ask(holder, small(), NOW).refused_by is None
        await second.tell()
        assert second.ledger.ask(holder, small(), NOW).refused_by is not None
        await first.stop()
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT span, asked FROM diming.quota_window ORDER BY span")).all()
        assert [tuple(row) for row in rows] == [("day", 5), ("minute", 5)]
        assert first.ledger.take() == list[Count]()
        engine.dispose()

    alone(lambda: asyncio.run(run()))


def test_windows_that_are_over_are_forgotten(fresh_engine: Engine) -> None:
    from data.quotas.store import forget_windows, tell_windows

    holder = b"a" + bytes(16)
    old = int((NOW - timedelta(minutes=10)).timestamp())
    with fresh_engine.begin() as connection:
        tell_windows(connection, [Count(holder, "day", old, 1), Count(holder, "minute", old, 1)])
        forget_windows(connection, NOW)
        assert connection.execute(text("SELECT span FROM diming.quota_window")).scalars().all() == ["day"]
        forget_windows(connection, NOW + timedelta(days=3))
        assert connection.execute(text("SELECT count(*) FROM diming.quota_window")).scalar() == 0


def test_usage_that_could_not_be_written_is_written_later(
    owner: httpx.Client, register: Engine, clock: MovedClock
) -> None:
    made = make(owner)

    async def run() -> None:
        from uuid import UUID

        meter = Meter(make_engine("postgresql://nobody@127.0.0.1:1/nothing", pooled=False), quotas())
        meter.count(UUID(made["id"]), "search", 200, clock.now)
        await meter.tell()
        meter._engine = register
        meter.count(UUID(made["id"]), "search", 503, clock.now)
        await meter.stop()

    alone(lambda: asyncio.run(run()))
    assert owner.get(f"/v1/keys/{made['id']}/usage").json()["total"] == {"asked": 2, "refused": 0, "failed": 1}
