"""Signing in through an OpenID provider: the way there and back, and everything that may be wrong on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import Engine

from api.app import create_app
from api.auth.jurisdiction import chain_finder
from api.settings import Settings
from data.accounts.people import disable_account, link_identity
from data.db import unit_of_work
from data.ids import new_id
from data.secrets import Keyring
from tests.integration.accounts.conftest import NOW, OPERATOR, People
from tests.openid_provider import CLIENT, SECRET, Behaviour, make_provider
from tests.serving import serving


def clock() -> datetime:
    return NOW


@pytest.fixture(scope="module")
def behaviour() -> Behaviour:
    return Behaviour()


@pytest.fixture(scope="module")
def issuer(behaviour: Behaviour) -> Iterator[str]:
    with serving(make_provider(behaviour, NOW.timestamp)) as address:
        yield address


@pytest.fixture(scope="module")
def address(register: Engine, keys: Keyring, issuer: str) -> Iterator[str]:
    url = register.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url, oidc_issuer=issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET)
    app = create_app(settings)
    app.state.keys, app.state.clock = keys, clock
    with serving(app) as found:
        yield found


@pytest.fixture
def browser(address: str, behaviour: Behaviour) -> Iterator[httpx.Client]:
    """A browser; the provider behaves again."""
    behaviour.__init__()  # type: ignore[misc]
    behaviour.subject = f"person-{new_id()}"
    with httpx.Client(base_url=address, timeout=30, follow_redirects=True) as found:
        yield found


def linked(register: Engine, people: People, issuer: str, subject: str) -> str:
    name = people.add(("clerk", "420600"))
    with unit_of_work(register) as connection:
        link_identity(connection, OPERATOR, name, issuer, subject, chain_finder(connection))
    return name


def enter(browser: httpx.Client, onward: str = "/v1/session") -> httpx.Response:
    return browser.get("/account/oidc/begin", params={"next": onward})


def test_a_linked_person_comes_back_signed_in(
    browser: httpx.Client, register: Engine, people: People, issuer: str, behaviour: Behaviour
) -> None:
    name = linked(register, people, issuer, behaviour.subject)
    answer = enter(browser)
    assert answer.json()["account"]["username"] == name
    assert str(answer.url).endswith("/v1/session")
    assert "diming_flow" not in browser.cookies


def test_an_unknown_person_and_a_disabled_account_do_not(
    browser: httpx.Client, register: Engine, people: People, issuer: str, behaviour: Behaviour
) -> None:
    assert (enter(browser).status_code, enter(browser).json()["code"]) == (401, "oidc_account_unknown")
    name = linked(register, people, issuer, behaviour.subject)
    with unit_of_work(register) as connection:
        disable_account(connection, OPERATOR, name, chain_finder(connection), NOW)
    assert enter(browser).json()["code"] == "oidc_account_unknown"


@pytest.mark.parametrize(
    "fault",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"aud": "another"}},
        {"claims": {"aud": [CLIENT, "another"]}},
        {"claims": {"azp": "another"}},
        {"claims": {"iss": "https://another.example"}},
        {"claims": {"exp": int(NOW.timestamp()) - 120}},
        {"claims": {"iat": int(NOW.timestamp()) + 600}},
        {"forget": "nonce"},
        {"forget": "sub"},
        {"forget": "exp"},
        {"algorithm": "none"},
        {"foreign_key": True},
        {"state": "another"},
    ],
    ids=str,
)
def test_an_answer_that_is_not_as_it_was_begun_is_refused(
    browser: httpx.Client, register: Engine, people: People, issuer: str, behaviour: Behaviour, fault: dict[str, Any]
) -> None:
    linked(register, people, issuer, behaviour.subject)
    for name, value in fault.items():
        setattr(behaviour, name, value)
    answer = enter(browser)
    assert (answer.status_code, answer.json()["code"]) == (401, "oidc_failed")
    assert "diming_session" not in browser.cookies


def test_a_callback_that_this_browser_did_not_begin_is_refused(
    browser: httpx.Client, register: Engine, people: People, issuer: str, behaviour: Behaviour, address: str
) -> None:
    """Login CSRF: an attacker's own callback address, opened by the victim."""
    linked(register, people, issuer, behaviour.subject)
    attacker = httpx.Client(base_url=address, timeout=30)
    to_provider = attacker.get("/account/oidc/begin").headers["location"]
    callback = httpx.get(to_provider).headers["location"]
    assert browser.get(callback).json()["code"] == "oidc_failed"
    browser.cookies.set("diming_flow", "00" * 80)
    assert browser.get(callback).json()["code"] == "oidc_failed"
    attacker.close()


def test_a_code_serves_once(
    browser: httpx.Client, register: Engine, people: People, issuer: str, behaviour: Behaviour
) -> None:
    linked(register, people, issuer, behaviour.subject)
    browser.follow_redirects = False
    to_provider = browser.get("/account/oidc/begin")
    flow = to_provider.cookies["diming_flow"]
    callback = httpx.get(to_provider.headers["location"]).headers["location"]
    assert browser.get(callback).status_code == 303
    browser.cookies.clear()
    browser.cookies.set("diming_flow", flow)
    assert browser.get(callback).json()["code"] == "oidc_failed"


def test_a_provider_that_is_another_is_not_used(browser: httpx.Client, behaviour: Behaviour) -> None:
    behaviour.issuer = "https://another.example"
    answer = enter(browser)
    assert (answer.status_code, answer.json()["code"]) == (503, "oidc_unreachable")


def test_the_way_back_leads_to_no_other_site(
    browser: httpx.Client, register: Engine, people: People, issuer: str, behaviour: Behaviour, address: str
) -> None:
    linked(register, people, issuer, behaviour.subject)
    assert str(enter(browser, "https://evil.example/").url).startswith(f"{address}/")


def test_without_a_provider_there_is_no_such_way(register: Engine, keys: Keyring) -> None:
    app = create_app(Settings(database_url=register.url.render_as_string(hide_password=False)))
    app.state.keys = keys
    with serving(app) as address:
        answer = httpx.get(f"{address}/account/oidc/begin")
    assert (answer.status_code, answer.json()["code"]) == (404, "oidc_not_configured")


@pytest.mark.parametrize(
    "settings",
    [{"oidc_issuer": "http://sso.example", "oidc_client_id": "x"}, {"oidc_issuer": "https://sso.example"}],
)
def test_a_provider_without_tls_or_client_does_not_start(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="DIMING_OIDC"):
        Settings(database_url="postgresql:///x", **settings)
