"""What surrounds every answer: validators, HEAD, limits, headers, other sites, health, metrics."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.app import create_app
from api.jobs.schema import prepare
from api.ogc.layers import Layer
from api.settings import Settings
from data import audit
from data.access.model import operator
from data.audit_proof.service import sign_head
from data.clock import system_clock
from data.db import make_engine, unit_of_work
from data.server.home import LAST_BACKUP
from data.signing.keys import KeyFolder
from tests.installation import free_port
from tests.serving import serving

UNIT = "/v1/units/420600"
REPLICAS = {"diming_replica_lag_seconds", "diming_replica_asked"}


def test_an_answer_that_one_has_is_not_sent_again(api: httpx.Client) -> None:
    first = api.get(UNIT)
    tag = first.headers["etag"]
    for sent in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = api.get(UNIT, headers={"If-None-Match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert api.get(UNIT, headers={"If-None-Match": '"other"'}).content == first.content
    assert api.get(f"{UNIT}?as_of=1990-01-01").headers["etag"] != tag


def test_head_tells_what_get_would(api: httpx.Client) -> None:
    get, head = api.get(UNIT), api.head(UNIT)
    assert head.content == b""
    for name in ("etag", "content-length", "content-type", "cache-control"):
        assert head.headers[name] == get.headers[name]


def test_long_answers_are_compressed_for_those_who_can_read_it(api: httpx.Client) -> None:
    path = "/v1/units?level=county&limit=1000"
    with api.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["vary"]
        packed = b"".join(answer.iter_raw())
    plain = api.get(path, headers={"Accept-Encoding": "identity"}).content
    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain) / 4


def test_any_web_page_may_read_the_public_answers_without_credentials(api: httpx.Client) -> None:
    answer = api.get(UNIT, headers={"Origin": "https://map.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


def test_another_site_cannot_make_a_browser_write(api: httpx.Client) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = api.post("/v1/anything", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site_write")
    own = api.post("/v1/anything", headers={"Origin": str(api.base_url).rstrip("/")})
    assert own.json()["code"] == "path_not_found"
    question = api.post("/v1/codes/translate", json={"codes": ["420600"]}, headers={"Origin": "https://map.example"})
    assert question.status_code == 200


@pytest.mark.parametrize("path", [UNIT, "/nowhere", "/healthz", "/v1/units/1"])
def test_every_answer_carries_the_security_headers_and_its_id(api: httpx.Client, path: str) -> None:
    headers = api.get(path, headers={"X-Request-ID": "abc-1"}).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-request-id"] == "abc-1"
    assert api.get(path, headers={"X-Request-ID": "a b{}"}).headers["x-request-id"] != "a b{}"


def test_too_much_is_refused_before_it_is_read(api: httpx.Client) -> None:
    declared = api.post("/v1/codes/translate", content=b"x" * 1_100_000)
    chunked = api.post(
        "/v1/codes/translate",
        content=(b"x" * 100_000 for _ in range(11)),
        headers={"Content-Type": "application/json"},
    )
    for answer in (declared, chunked):
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    long = api.get("/v1/decisions", params={"q": "x" * 20_000})
    assert (long.status_code, long.json()["code"]) == (414, "query_string_too_long")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "path_not_found"),
        ("GET", "/v1/units/", 404, "path_not_found"),
        ("DELETE", UNIT, 405, "method_not_allowed"),
        ("PUT", "/v1/units", 405, "method_not_allowed"),
    ],
)
def test_what_does_not_exist_is_said_so(api: httpx.Client, method: str, path: str, status: int, code: str) -> None:
    answer = api.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"{", "bad_json"), (b"[]", "bad_body"), (b'{"codes": 1}', "bad_body"), (b'{"codes": []}', "bad_body"),
     (b'{"codes": ["1"], "when": 1}', "bad_body"), (b'{"codes": ["1"], "from": "1986"}', "bad_date"),
     (b"\xff\xfe", "bad_json")],
)  # fmt: skip
def test_a_body_that_is_not_what_it_should_be_is_refused(api: httpx.Client, body: bytes, code: str) -> None:
    answer = api.post("/v1/codes/translate", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_the_process_says_that_it_lives_and_can_serve(api: httpx.Client) -> None:
    assert api.get("/healthz").json() == {"status": "alive"}
    ready = api.get("/readyz")
    assert (ready.status_code, ready.json()["register_through"]) == (200, "2024-12-31")


def test_metrics_are_labelled_by_route_and_not_by_question(api: httpx.Client) -> None:
    api.get("/v1/units/330522/history")
    api.get("/v1/" + "x" * 50)
    numbers = api.get("/metrics").text
    assert 'diming_requests_total{method="GET",route="/v1/units/{code}/history",status="2xx"}' in numbers
    assert 'route="unmatched"' in numbers
    assert "330522" not in numbers
    assert "xxxx" not in numbers


@pytest.fixture
def queued_register(fresh_database_url: str, tmp_path: Path) -> str:
    """A register with a queue, a worker that was heard of, and a signed head."""
    engine = make_engine(fresh_database_url, pooled=False)
    prepare(engine)
    with unit_of_work(engine) as connection:
        audit.append(connection, actor="t", action="note", decision_id=None, details={})
        connection.execute(text("INSERT INTO jobs.procrastinate_workers (last_heartbeat) VALUES (now())"))
    sign_head(engine, KeyFolder(tmp_path / "keys" / "audit"), operator("cli:test"), system_clock)
    engine.dispose()
    return fresh_database_url


def families(numbers: str) -> set[str]:
    return {line.split()[2] for line in numbers.splitlines() if line.startswith("# TYPE ")}


def test_metrics_tell_of_the_installation(api: httpx.Client) -> None:
    found = families(api.get("/metrics").text)
    assert {
        "diming_database_up",
        "diming_feed_entries",
        "diming_database_connections",
        "diming_disk_free_bytes",
    } <= found


def test_every_metric_of_the_dashboard_and_the_manual_is_there(
    queued_register: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On an installation that has a queue, a worker, a signed head, a backup and a replica."""
    monkeypatch.setenv("DIMING_HOME", str(tmp_path))
    (tmp_path / LAST_BACKUP).write_text('{"at": "2026-03-02T00:00:00+00:00"}', "utf-8")
    settings = Settings(database_url=queued_register, pages=False)
    with serving(create_app(settings)) as address:
        numbers = httpx.get(f"{address}/metrics").text
    assert "diming_database_up 1.0" in numbers
    assert 'diming_jobs{state="waiting"} 0.0' in numbers
    exposed = families(numbers) | REPLICAS  # there are none here: nothing to tell
    docs = Path(__file__).parents[2] / "docs"
    for page in ("grafana/diming.json", "operations.md"):
        named = set(re.findall(r"diming_[a-z_]+(?=[{`,]|\[|$)", (docs / page).read_text("utf-8")))
        named = {re.sub(r"_(total|bucket)$", "", name) for name in named} - {"diming_reader", "diming_replaced"}
        known = {re.sub(r"_total$", "", name) for name in exposed}
        assert len(named) > 12
        assert named - known == set()


def test_the_dashboard_is_one_that_grafana_reads() -> None:
    board = json.loads((Path(__file__).parents[2] / "docs/grafana/diming.json").read_text("utf-8"))
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(target["expr"] for panel in panels for target in panel["targets"])


def test_metrics_of_a_database_that_is_gone_say_so() -> None:
    settings = Settings(database_url=f"postgresql://nobody@127.0.0.1:{free_port()}/none", pages=False)
    with serving(create_app(settings)) as address:
        numbers = httpx.get(f"{address}/metrics", timeout=30).text
    assert "diming_database_up 0.0" in numbers
    assert "diming_feed_entries" not in numbers


def test_metrics_stay_on_this_machine(api: httpx.Client) -> None:
    answer = api.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert (answer.status_code, answer.json()["code"]) == (403, "metrics_not_public")


@pytest.fixture(scope="module")
def unready(database_url: str) -> Iterator[httpx.Client]:
    """A server on a migrated register without divisions, in a demonstration."""
    settings = Settings(database_url=database_url, pages=False, demonstration=True)
    with serving(create_app(settings)) as address, httpx.Client(base_url=address) as client:
        yield client


def test_a_register_without_divisions_is_not_ready(unready: httpx.Client) -> None:
    for path in ("/readyz", UNIT):
        answer = unready.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "register_empty")
        assert answer.headers["retry-after"]


def test_only_the_user_of_this_machine_is_staff(unready: httpx.Client, api: httpx.Client) -> None:
    assert unready.get("/v1/viewer").json() == {"audience": "staff"}
    for headers in (
        {"Host": "evil.example"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        assert unready.get("/v1/viewer", headers=headers).json() == {"audience": "public"}
    assert api.get("/v1/viewer").json() == {"audience": "public"}


def test_a_database_that_is_gone_is_said_so_without_internals() -> None:
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:9/none", pages=False)
    with serving(create_app(settings)) as address:
        answer = httpx.get(f"{address}{UNIT}")
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
        assert "psycopg" not in answer.text
        assert httpx.get(f"{address}/healthz").status_code == 200


@pytest.fixture
def faulty(database_url: str) -> Iterator[tuple[FastAPI, httpx.Client]]:
    """A server of which two operations go wrong, with one connection at a time."""
    app = create_app(Settings(database_url=database_url, pages=False, pool_size=1, pool_wait_s=0.2))

    def mistake() -> None:
        raise RuntimeError("a secret of the inside")

    def slow() -> None:
        with app.state.databases.reading() as connection:
            connection.execute(text("SET statement_timeout = '50ms'"))
            connection.execute(text("SELECT pg_sleep(5)"))

    app.add_api_route("/mistake", mistake)
    app.add_api_route("/slow", slow)
    with serving(app) as address, httpx.Client(base_url=address) as client:
        yield app, client


def test_a_mistake_below_ogc_is_a_problem_document_and_its_connection_goes_on(
    faulty: tuple[FastAPI, httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def mistaken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(Layer, "features", mistaken)
    address = httpx.URL(str(faulty[1].base_url))
    line = HTTPConnection(str(address.host), address.port, timeout=20)
    line.connect()
    socket = line.sock
    for _ in range(2):
        line.request("GET", "/ogc/collections/places/items")
        answer = line.getresponse()
        told = json.loads(answer.read())
        assert (answer.status, answer.getheader("content-type")) == (500, "application/problem+json")
        assert told["code"] == "internal_error"
        assert "secret" not in str(told)
        assert line.sock is socket  # http.client drops a connection that the server has closed


def test_a_mistake_of_ours_shows_nothing_of_the_inside(faulty: tuple[FastAPI, httpx.Client]) -> None:
    _, client = faulty
    answer = client.get("/mistake", headers={"X-Request-ID": "look-me-up"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "secret" not in answer.text
    assert answer.json()["request_id"] == "look-me-up"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_question_that_takes_too_long_is_given_up(faulty: tuple[FastAPI, httpx.Client]) -> None:
    _, client = faulty
    answer = client.get("/slow")
    assert (answer.status_code, answer.json()["code"]) == (503, "time_limit")


def test_who_finds_no_free_connection_is_asked_to_come_back(faulty: tuple[FastAPI, httpx.Client]) -> None:
    app, client = faulty
    with ExitStack() as stack:
        while True:  # take every connection the pool has
            try:
                stack.enter_context(app.state.databases.reading())
            except PoolTimeout:
                break
        answer = client.get("/v1/changes")
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    assert answer.headers["retry-after"]
    assert client.get("/v1/changes").status_code == 200
