"""People with accounts on a copy of the division register: what every test of accounts begins with.

`register` and `keys` are fixtures; a conftest takes them over by importing them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine

from api.auth.jurisdiction import chain_finder, unit_of_code
from data.access.model import operator
from data.accounts.people import NewAccount, add_account
from data.accounts.proofs import set_password
from data.accounts.roles import NewGrant
from data.clock import civil_date
from data.db import make_engine, unit_of_work
from data.ids import new_id
from data.secrets import Keyring
from data.server.cluster import Cluster
from tests import database

PASSWORD = "纸上得来终觉浅 绝知此事"
OPERATOR = operator("cli:test")


@pytest.fixture(scope="module")
def register(cluster: Cluster, divisions_template: str) -> Iterator[Engine]:
    """A copy of the division register for one module's people."""
    with database.clone(cluster, divisions_template) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    """Keys of a module's own installation."""
    return Keyring(tmp_path_factory.mktemp("home") / "keys")


def add_person(
    engine: Engine, *roles: tuple[str, str], now: datetime, display_name: str = "张三", password: bool = True
) -> str:
    """The name of a new account with `(role, code of a unit)` from today on."""
    name = f"p{new_id().hex[-12:]}"
    with unit_of_work(engine) as connection:
        grants = [NewGrant(role, unit_of_code(connection, code), civil_date(now)) for role, code in roles]
        chain = chain_finder(connection)
        add_account(connection, OPERATOR, NewAccount(name, display_name), grants, chain)
        if password:
            set_password(connection, OPERATOR, name, PASSWORD, chain, now)
    return name
