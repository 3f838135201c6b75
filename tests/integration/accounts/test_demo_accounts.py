"""Accounts of a demonstration: one for each role, and nowhere that somebody works or reaches from outside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.cli.environment import Environment
from api.cli.lifecycle.start import is_demonstration
from api.demo_accounts import DemoAccount, add_demo_accounts, require_demonstration
from data.access.model import GRANTABLE
from data.accounts.identity import actor_of
from data.accounts.people import NewAccount, add_account, disable_account
from data.accounts.records import account_named
from data.accounts.sessions import Visitor
from data.accounts.signing_in import Credentials, sign_in
from data.db import reading, unit_of_work
from data.errors import NotPermitted, NotSignedIn
from data.secrets import Keyring
from data.server.home import home_at
from tests.installation import Installation
from tests.integration.accounts.conftest import NOW, OPERATOR


@pytest.fixture
def place(tmp_path: Path) -> Environment:
    return Environment(home_at(tmp_path), "127.0.0.1", 8000, None)


def made(engine: Engine) -> list[DemoAccount]:
    with unit_of_work(engine) as connection:
        return add_demo_accounts(connection, OPERATOR, NOW)


def enter(engine: Engine, keys: Keyring, account: DemoAccount) -> None:
    sign_in(engine, keys, Credentials(account.username, account.password), Visitor("127.0.0.1"), NOW)


def test_there_is_one_for_each_role_and_its_password_opens_it(fresh_engine: Engine, keys: Keyring) -> None:
    accounts = made(fresh_engine)
    assert {account.role for account in accounts} == set(GRANTABLE)
    # without the made-up units the roles hold for the whole country
    assert {account.within for account in accounts} == {"000000"}
    assert len({account.password for account in accounts}) == len(accounts)
    for account in accounts[:2]:
        enter(fresh_engine, keys, account)
    with reading(fresh_engine) as connection:
        for account in accounts:
            found = account_named(connection, account.username)
            assert [grant.role for grant in actor_of(connection, found["id"], "session", NOW).grants] == [account.role]


def test_done_again_it_gives_new_passwords_and_opens_what_was_closed(fresh_engine: Engine, keys: Keyring) -> None:
    first = made(fresh_engine)[0]
    with unit_of_work(fresh_engine) as connection:
        disable_account(connection, OPERATOR, first.username, lambda _: (), NOW)
    second = made(fresh_engine)[0]
    enter(fresh_engine, keys, second)
    with pytest.raises(NotSignedIn):
        enter(fresh_engine, keys, first)


def refusal(engine: Engine, place: Environment, *, marked: bool = True) -> str:
    with pytest.raises(NotPermitted) as refused, reading(engine) as connection:
        require_demonstration(connection, place, marked)
    assert refused.value.code == "no_demonstration"
    return refused.value.detail


def test_a_demonstration_on_this_machine_may(fresh_engine: Engine, place: Environment) -> None:
    made(fresh_engine)
    with reading(fresh_engine) as connection:
        require_demonstration(connection, place, True)


def test_nothing_else_may(fresh_engine: Engine, place: Environment) -> None:
    assert "--no-demo" in refusal(fresh_engine, place, marked=False)
    assert "0.0.0.0" in refusal(fresh_engine, replace(place, bind="0.0.0.0"))
    assert "DIMING_DATABASE_URL" in refusal(fresh_engine, replace(place, external_url="postgresql:///x"))
    with unit_of_work(fresh_engine) as connection:
        add_account(connection, OPERATOR, NewAccount("zhang.san", "张三"), [], lambda _: ())
    assert "1 accounts of people" in refusal(fresh_engine, place)


def test_an_installation_started_without_the_demonstration_is_none(place: Environment) -> None:
    assert is_demonstration(place.home)
    (place.home.root / "no-demonstration").touch()
    assert not is_demonstration(place.home)


def test_the_command_refuses_on_a_database_of_somebody_else(fresh_database_url: str, open_folder: Path) -> None:
    status, out, err = Installation(open_folder, 1, fresh_database_url).run("user", "add-demo")
    assert (status, out) == (6, "")
    assert "no_demonstration" in err
