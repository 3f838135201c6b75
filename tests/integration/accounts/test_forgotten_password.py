"""A forgotten password, over HTTP: the same answer for every name, a link from the mail, one's address."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, create_engine, text

from api.app import create_app
from api.casework import make_casework
from api.jobs import schema
from api.jobs.mail import Post, deliver
from api.settings import Settings
from data.access.model import operator
from data.accounts.people import NewAccount, add_account
from data.accounts.proofs import set_password
from data.clock import system_clock
from data.db import reading, unit_of_work
from data.secrets import Keyring
from tests.integration.accounts.conftest import PASSWORD
from tests.post_office import PostOffice, post_office
from tests.serving import serving

NAME, ADDRESS = "first.one", "first.one@office.example"


@pytest.fixture
def engine_here(fresh_database_url: str) -> Iterator[Engine]:
    engine = create_engine(fresh_database_url)
    schema.prepare(engine)
    with unit_of_work(engine) as connection:
        who = operator("cli:test")
        add_account(connection, who, NewAccount(NAME, "张三", email=ADDRESS), [], lambda _: ())
        add_account(connection, who, NewAccount("no.mail", "李四"), [], lambda _: ())
        set_password(connection, who, NAME, PASSWORD, lambda _: (), system_clock())
    yield engine
    engine.dispose()


@pytest.fixture
def server() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


def settings(url: str, server: PostOffice | None) -> Settings:
    mail = {} if server is None else {
        "smtp_host": "127.0.0.1", "smtp_port": server.port, "smtp_security": "none",
        "smtp_sender": "diming@office.example", "public_url": "https://diming.office.example",
    }  # fmt: skip
    return Settings(database_url=url, **mail)  # type: ignore[arg-type]


@pytest.fixture
def browser(engine_here: Engine, fresh_database_url: str, server: PostOffice, keys: Keyring) -> Iterator[httpx.Client]:
    app = create_app(settings(fresh_database_url, server))
    app.state.keys = keys
    with serving(app) as address, httpx.Client(base_url=address, timeout=30, headers={"Accept": "text/html"}) as found:
        yield found


def send_all(engine: Engine, url: str, server: PostOffice) -> None:
    post = Post(settings(url, server), make_casework(engine, system_clock), system_clock)
    with reading(engine) as connection:
        mails = connection.execute(text("SELECT args->>'mail' FROM jobs.procrastinate_jobs")).scalars().all()
    for mail in mails:
        deliver(engine, post, UUID(mail), last=False)


def test_the_answer_is_the_same_for_every_name(browser: httpx.Client) -> None:
    answers = [browser.post("/account/forgotten", data={"username": n}) for n in (NAME, "no.mail", "nobody", "纸")]
    assert {(a.status_code, a.headers["location"], a.text) for a in answers} == {
        (303, "/account/forgotten?done=link_asked", "")
    }


def test_whoever_has_the_mail_sets_a_new_password(
    browser: httpx.Client, engine_here: Engine, fresh_database_url: str, server: PostOffice
) -> None:
    # the address of the link is the installation's, whatever the request called the server
    asked = browser.post("/account/forgotten?lang=en", data={"username": NAME}, headers={"X-Forwarded-Host": "evil"})
    assert asked.status_code == 303
    send_all(engine_here, fresh_database_url, server)
    message = server.taken[0]
    assert message["To"] == ADDRESS
    assert message["Subject"].endswith("set a new password")
    link = next(line for line in server.texts()[0].splitlines() if line.startswith("https://diming.office.example/"))
    path = link.removeprefix("https://diming.office.example")
    new = "四海之内皆兄弟也 何患乎"
    assert browser.post(path, data={"password": new, "again": new}).status_code == 303
    assert browser.post(path, data={"password": new, "again": new}).status_code == 404
    signed_in = browser.post("/account/sign-in", data={"username": NAME, "password": new, "onward": "/account"})
    assert signed_in.status_code == 303


def test_a_fourth_request_within_the_hour_is_refused(browser: httpx.Client) -> None:
    for _ in range(3):
        assert browser.post("/account/forgotten", data={"username": NAME}).status_code == 303
    refused = browser.post("/account/forgotten", data={"username": NAME})
    assert (refused.status_code, "too_many_requests" in refused.text) == (429, True)
    signed_in = browser.post("/account/sign-in", data={"username": NAME, "password": PASSWORD})
    assert signed_in.status_code == 303  # asking for links locks nobody out


def test_another_site_cannot_ask(browser: httpx.Client, server: PostOffice) -> None:
    headers = {"Origin": "https://evil.example"}
    assert browser.post("/account/forgotten", data={"username": NAME}, headers=headers).status_code == 403


def test_an_installation_without_mail_says_whom_to_ask(
    engine_here: Engine, fresh_database_url: str, keys: Keyring
) -> None:
    app = create_app(settings(fresh_database_url, None))
    app.state.keys = keys
    with serving(app) as address, httpx.Client(base_url=address, headers={"Accept": "text/html"}) as browser:
        page = browser.get("/account/forgotten")
        refused = browser.post("/account/forgotten", data={"username": NAME})
    assert "请本单位管理员" in page.text
    assert "<form" not in page.text.split("<main")[1]
    assert (refused.status_code, "mail_not_configured" in refused.text) == (409, True)


@pytest.mark.parametrize(
    ("email", "password", "status", "kept"),
    [
        ("new@office.example", PASSWORD, 303, "new@office.example"),
        ("", PASSWORD, 303, None),
        ("new@office.example", "wrong", 401, ADDRESS),
        ("a@b.example\r\nBcc: c@d.example", PASSWORD, 400, ADDRESS),
        ("张三@office.example", PASSWORD, 400, ADDRESS),
        ("a@localhost", PASSWORD, 400, ADDRESS),
    ],
)
def test_one_s_address_is_changed_with_the_password(
    browser: httpx.Client, engine_here: Engine, email: str, password: str, status: int, kept: str | None
) -> None:
    browser.post("/account/sign-in", data={"username": NAME, "password": PASSWORD})
    answer = browser.post("/account/email", data={"email": email, "password": password})
    assert answer.status_code == status
    with reading(engine_here) as connection:
        found = connection.scalar(text("SELECT email FROM diming.account WHERE username = :name"), {"name": NAME})
        said = connection.execute(text("SELECT details::text FROM diming.audit")).scalars().all()
    assert found == kept
    assert not any("office.example" in line for line in said)
