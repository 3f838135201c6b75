"""The pages about accounts where a browser is not needed to see it: an empty register, caching, other sites."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from data.access.model import operator
from data.accounts.people import NewAccount, add_account
from data.accounts.proofs import set_password
from data.clock import system_clock
from data.db import make_engine, unit_of_work
from data.secrets import Keyring
from tests.integration.accounts.conftest import PASSWORD
from tests.serving import serving

NAME = "first.one"


@pytest.fixture
def browser(fresh_database_url: str, keys: Keyring) -> Iterator[httpx.Client]:
    """A browser at a server whose register is empty."""
    engine = make_engine(fresh_database_url, pooled=False)
    with unit_of_work(engine) as connection:
        who = operator("cli:test")
        add_account(connection, who, NewAccount(NAME, "张三"), [], lambda _: ())
        set_password(connection, who, NAME, PASSWORD, lambda _: (), system_clock())
    app = create_app(Settings(database_url=fresh_database_url))
    app.state.keys = keys
    with serving(app) as address, httpx.Client(base_url=address, timeout=30, headers={"Accept": "text/html"}) as found:
        yield found


def enter(browser: httpx.Client, **headers: str) -> httpx.Response:
    return browser.post("/account/sign-in", data={"username": NAME, "password": PASSWORD, "onward": "/account"},
                        headers=headers)  # fmt: skip


def test_one_signs_in_before_anything_is_loaded(browser: httpx.Client) -> None:
    assert browser.get("/account/sign-in").status_code == 200
    answer = enter(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    page = browser.get("/account")
    assert (page.status_code, page.headers["cache-control"]) == (200, "private, no-store")
    assert "张三" in page.text
    # other pages say that the register is empty, and still who has signed in
    assert browser.get("/decisions").status_code == 503


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_s_form_does_nothing(browser: httpx.Client, headers: dict[str, str]) -> None:
    assert enter(browser, **headers).status_code == 403
    assert "diming_session" not in browser.cookies
    enter(browser)
    for path in ("/account/sign-out", "/account/tokens", "/account/deputies", "/account/users"):
        assert browser.post(path, headers=headers).status_code == 403, path
    assert browser.get("/account").status_code == 200


def test_the_address_cannot_put_words_into_the_page(browser: httpx.Client) -> None:
    assert "已退出" in browser.get("/account/sign-in?done=signed_out").text
    assert "your-bank" not in browser.get("/account/sign-in?done=go+to+your-bank").text.split("<h1>")[1]


def test_a_deputy_s_days_are_shown_as_they_were_named(browser: httpx.Client, fresh_database_url: str) -> None:
    engine = make_engine(fresh_database_url, pooled=False)
    with unit_of_work(engine) as connection:
        add_account(connection, operator("cli:test"), NewAccount("second.one", "李四"), [], lambda _: ())
    enter(browser)
    named = {"deputy": "second.one", "first": "2099-03-02", "last": "2099-03-04"}
    assert browser.post("/account/deputies", data=named).status_code == 303
    assert "2099-03-02 – 2099-03-04" in browser.get("/account").text


def test_a_form_that_asks_too_much_is_refused(browser: httpx.Client) -> None:
    enter(browser)
    for days in ("0", "99999", "many"):
        answer = browser.post("/account/tokens", data={"name": "x", "days": days})
        assert answer.status_code == 422, days
    assert browser.post("/account/sessions/not-an-id/end").status_code == 400
    assert browser.post("/account/tokens", data={"name": "\x07", "days": "3"}).status_code == 400
    assert browser.post("/account/deputies", data={"deputy": "x", "first": "1986", "last": ""}).status_code == 400
