"""Somebody with an account on a register of his own, and what publishes changes there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine

from api.auth.jurisdiction import chain_finder
from data.access.model import Actor, account_actor
from data.accounts.people import NewAccount, add_account
from data.db import unit_of_work
from data.secrets import Keyring
from data.webhooks.delivering import Delivering
from data.webhooks.model import Answered
from data.webhooks.service import Desk, NewWebhook, add_webhook
from tests.accounts import OPERATOR, keys, register
from tests.integration.feed.conftest import Writer

#: Fixtures of accounts, for what is asked over HTTP.
__all__ = ["keys", "register"]

LOOPBACK = ("127.0.0.0/8",)
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@dataclass
class Office:
    """A register, a clock that can be moved, and the account of a map service."""

    engine: Engine
    keys: Keyring
    account: UUID
    moment: datetime = AT

    def clock(self) -> datetime:
        return self.moment

    def later(self, wait: timedelta) -> None:
        self.moment += wait

    def actor(self) -> Actor:
        return account_actor(self.account, (), "token")

    def add(self, **wanted: Any) -> tuple[UUID, str]:
        new = NewWebhook("http://127.0.0.1:9/hook", since=0, **wanted)
        with unit_of_work(self.engine) as connection:
            found, secret = add_webhook(
                Desk(connection, self.actor(), self.keys, self.moment, LOOPBACK), self.account, new
            )
        return found["id"], secret


@dataclass
class Post:
    """A line that answers what it is told to, and keeps what was posted."""

    answers: list[Answered] = field(default_factory=list)
    sent: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def __enter__(self) -> Post:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def post(self, body: bytes, headers: dict[str, str]) -> Answered:
        self.sent.append((headers, body))
        return self.answers.pop(0) if self.answers else Answered(204, None, 1)


@pytest.fixture
def office(fresh_engine: Engine, tmp_path: Any) -> Office:
    with unit_of_work(fresh_engine) as connection:
        account = add_account(
            connection, OPERATOR, NewAccount("mapservice", "示例图服务"), [], chain_finder(connection)
        )
    return Office(fresh_engine, Keyring(tmp_path / "keys"), account)


@pytest.fixture
def writer(fresh_engine: Engine) -> Writer:
    return Writer(fresh_engine, seed=3)


@pytest.fixture
def line() -> Post:
    return Post()


@pytest.fixture
def delivering(office: Office, line: Post) -> Delivering:
    from api.v1.answers import encode

    return Delivering(office.engine, office.keys, lambda _url: line, encode, office.clock)
