"""Accounts on a copy of the division register, with keys and a clock of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine

from api.auth.jurisdiction import chain_finder, unit_of_code
from data.access import Actor
from data.access.model import operator
from data.accounts.identity import actor_of
from data.accounts.people import NewAccount, add_account
from data.accounts.proofs import set_password
from data.accounts.roles import NewGrant
from data.db import make_engine, reading, unit_of_work
from data.ids import new_id
from data.secrets import Keyring
from data.server.cluster import Cluster
from tests import database

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
PASSWORD = "纸上得来终觉浅 绝知此事"
OPERATOR = operator("cli:test")


@pytest.fixture(scope="module")
def register(cluster: Cluster, divisions_template: str) -> Iterator[Engine]:
    with database.clone(cluster, divisions_template) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return Keyring(tmp_path_factory.mktemp("home") / "keys")


class People:
    """Makes people, and says who they are today."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add(self, *roles: tuple[str, str], password: bool = False) -> str:
        """The name of a new account with `(role, code of a unit)`."""
        name = f"p{new_id().hex[-12:]}"
        with unit_of_work(self.engine) as connection:
            grants = [NewGrant(role, unit_of_code(connection, code), TODAY) for role, code in roles]
            chain = chain_finder(connection)
            add_account(connection, OPERATOR, NewAccount(name, "张三"), grants, chain)
            if password:
                set_password(connection, OPERATOR, name, PASSWORD, chain, NOW)
        return name

    def id(self, name: str) -> UUID:
        from data.accounts.records import account_named

        with reading(self.engine) as connection:
            found: UUID = account_named(connection, name)["id"]
        return found

    def actor(self, name: str, now: datetime = NOW) -> Actor:
        with reading(self.engine) as connection:
            return actor_of(connection, self.id(name), "session", now)

    def unit(self, code: str) -> UUID:
        with reading(self.engine) as connection:
            return found if (found := unit_of_code(connection, code)) else pytest.fail(code)


@pytest.fixture
def people(register: Engine) -> People:
    return People(register)


def audit_of(connection: Connection, account_id: UUID) -> list[str]:
    from sqlalchemy import text

    rows = connection.execute(
        text("SELECT action FROM diming.audit WHERE details->>'account' = :id ORDER BY seq"), {"id": str(account_id)}
    )
    return list(rows.scalars())
