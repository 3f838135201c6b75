"""What somebody sends is text wherever it comes out: in pages, headers, logs and paths; and secrets do not come out."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import structlog

from api.app import create_app
from api.observe import configure_logging
from api.settings import Settings
from data.access.model import operator
from data.accounts.people import NewAccount, add_account
from data.accounts.proofs import set_password
from data.clock import system_clock
from data.db import make_engine, unit_of_work
from data.secrets import Keyring
from data.server.cluster import Cluster
from tests import database
from tests.integration.accounts.conftest import PASSWORD
from tests.serving import serving

NAME = "first.one"
SHOWN = "<img src=x onerror=alert(1)>\"'&"


def fill(url: str) -> None:
    """An account whose name is markup."""
    engine = make_engine(url, pooled=False)
    with unit_of_work(engine) as connection:
        who = operator("cli:test")
        add_account(connection, who, NewAccount(NAME, SHOWN), [], lambda _: ())
        set_password(connection, who, NAME, PASSWORD, lambda _: (), system_clock())
    engine.dispose()


@pytest.fixture(scope="module")
def address(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    source = database.template(cluster, "account-of-markup", fill)
    with database.clone(cluster, source) as url:
        app = create_app(Settings(database_url=url))
        app.state.keys = Keyring(tmp_path_factory.mktemp("home") / "keys")
        with serving(app) as found:
            yield found


@pytest.fixture
def browser(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client


def signed_in(browser: httpx.Client) -> httpx.Response:
    return browser.post("/v1/session", json={"username": NAME, "password": PASSWORD})


def test_a_name_that_is_markup_is_text_in_every_page(browser: httpx.Client) -> None:
    assert signed_in(browser).status_code == 200
    for path in ("/account", "/account/tokens", "/account/sessions", "/inbox"):
        page = browser.get(path, headers={"Accept": "text/html"})
        assert "<img src=x" not in page.text, path
    page = browser.get("/account", headers={"Accept": "text/html"})
    assert "&lt;img src=x onerror=alert(1)&gt;" in page.text
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]


@pytest.mark.parametrize("path", ["/search", "/account/sign-in", "/v1/places", "/no/such/page", "/units/x"])
def test_an_address_that_is_markup_is_not_reflected(browser: httpx.Client, path: str) -> None:
    for address in (f"{path}?q={SHOWN}&onward={SHOWN}", f"{path}/{SHOWN}"):
        answer = browser.get(address, headers={"Accept": "text/html"})
        assert answer.headers["x-content-type-options"] == "nosniff"
        if "json" not in answer.headers["content-type"]:  # which no browser takes for a page
            assert "<img src=x" not in answer.text


#: Ways of writing "the folder above" that servers have fallen for.
UPWARD = (
    "/static/../../pyproject.toml",
    "/static/..%2f..%2fpyproject.toml",
    "/static/%2e%2e/%2e%2e/pyproject.toml",
    "/static/..%5c..%5cpyproject.toml",
    "/static//etc/passwd",
    "/static/%00/etc/passwd",
    "/v1/attachments/..%2f..%2fpyproject.toml/content",
    "/tiles/../../pyproject.toml",
)


@pytest.mark.parametrize("path", UPWARD)
def test_no_path_leads_out_of_what_is_served(address: str, path: str) -> None:
    # a client that sends the path as it stands; httpx would make it plain first
    request = httpx.Request("GET", address)
    request.url = request.url.copy_with(raw_path=path.encode())
    with httpx.Client(timeout=30) as client:
        answer = client.send(request)
    assert 400 <= answer.status_code < 500, path
    assert "[tool.ruff]" not in answer.text
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/account/sign-in", {"username": NAME, "password": PASSWORD, "onward": "/account\r\nX-Planted: 1"}),
        ("/account/sign-in", {"username": NAME, "password": PASSWORD, "onward": "//evil.example/\r\nX-Planted: 1"}),
    ],
)
def test_no_header_is_planted_by_where_to_go_on(browser: httpx.Client, path: str, data: dict[str, str]) -> None:
    answer = browser.post(path, data=data)
    assert "x-planted" not in answer.headers
    assert answer.headers.get("location", "/").startswith("/")
    assert not answer.headers.get("location", "/").startswith("//")


def test_a_request_id_is_given_back_only_in_a_safe_form(browser: httpx.Client) -> None:
    assert browser.get("/healthz", headers={"X-Request-ID": "a-1.B_2"}).headers["x-request-id"] == "a-1.B_2"
    for forged in ('x" level="error', "a" * 65, "a b", "é", '{"event":"x"}'):
        given = browser.get("/healthz", headers={b"X-Request-ID": forged.encode()}).headers["x-request-id"]
        assert given != forged
        assert given.isalnum()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process writes to its log, as the server configures it, at its most talkative."""
    written = io.StringIO()
    talkative(written)
    yield written
    structlog.reset_defaults()


def talkative(log: io.StringIO) -> None:
    with redirect_stderr(log):
        configure_logging("debug")


def requests_in(log: io.StringIO, number: int) -> list[dict[str, Any]]:
    """The lines about requests, each a JSON document by itself; awaited, for the last comes after its answer."""
    deadline = time.monotonic() + 30
    while True:
        found = [one for one in map(json.loads, log.getvalue().splitlines()) if one["event"] == "request"]
        if len(found) >= number or time.monotonic() > deadline:
            return found
        time.sleep(0.01)


def test_nobody_writes_a_line_into_the_log(log: io.StringIO, browser: httpx.Client) -> None:
    forged = '\n{"event": "request", "status": 200, "planted": true}\n'
    browser.get("/v1/places", params={"q": forged})
    browser.get(f"/v1/units/{quote(forged)}")
    browser.get("/healthz", headers={"User-Agent": "x {planted}", "X-Request-ID": "x{planted}"})
    browser.post("/v1/session", json={"username": forged, "password": forged})
    assert len(requests_in(log, 4)) == 4
    assert "planted" not in log.getvalue()


def test_secrets_and_what_people_ask_are_not_in_the_log(log: io.StringIO, browser: httpx.Client) -> None:
    wrong = "almost the right password 42"
    browser.post("/v1/session", json={"username": NAME, "password": wrong})
    signed_in(browser)
    cookie = next(iter(browser.cookies.values()))
    token = browser.post("/v1/session/tokens", json={"name": "x", "days": 1}).text
    browser.get("/v1/session", headers={"Authorization": "Bearer dmt_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    browser.get("/v1/places", params={"q": "秘密的问题"}, headers={"X-API-Key": "dmk_aaaaaaaaaa_bbbbbbbbbbbbbbbbbbbb"})
    browser.get("/account/oidc/callback", params={"code": "one-time-code", "state": "one-time-state"})
    browser.post("/account/sign-in", data={"username": NAME, "password": PASSWORD, "onward": "/account"})
    assert len(requests_in(log, 7)) == 7
    text = log.getvalue()
    for secret in (PASSWORD, wrong, NAME, cookie, "dmt_", "dmk_", "秘密", "one-time", "127.0.0.1"):
        assert secret not in text, secret
    assert len(token) < 20 or token[-20:] not in text


def test_a_failure_of_ours_logs_no_secret(log: io.StringIO, fresh_database_url: str) -> None:
    """The trace of an unforeseen failure names what went wrong, and not what was sent."""
    app = create_app(Settings(database_url=fresh_database_url, pages=False))

    @app.post("/broken")
    def broken() -> None:
        raise RuntimeError("made to fail")

    talkative(log)  # the application has set its own level
    with serving(app) as found, httpx.Client(base_url=found, timeout=30) as client:
        sent = {"Authorization": "Bearer dmt_secret", "Cookie": "diming_session=secret-cookie"}
        answer = client.post("/broken?code=secret-code", json={"password": "secret-body"}, headers=sent)
    assert answer.status_code == 500
    assert "made to fail" in log.getvalue()
    assert "secret" not in log.getvalue()
    assert "secret" not in answer.text
