"""Accounts on a copy of the division register, with keys and a clock of the test's own."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine

from api.auth.jurisdiction import unit_of_code
from data.access import Actor
from data.accounts.identity import actor_of
from data.db import reading
from tests.accounts import OPERATOR, PASSWORD, add_person, keys, register

__all__ = ["NOW", "OPERATOR", "PASSWORD", "TODAY", "People", "audit_of", "keys", "register"]

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


class People:
    """Makes people, and says who they are today."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add(self, *roles: tuple[str, str], password: bool = False) -> str:
        """The name of a new account with `(role, code of a unit)`."""
        return add_person(self.engine, *roles, now=NOW, password=password)

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
