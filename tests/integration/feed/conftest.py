"""A server on a register of its own, and somebody who publishes changes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine

from api.settings import Settings
from data.feed import Change, publish
from tests.serving import serving


class Writer:
    """Publishes random changes of invented things, a transaction at a time, and knows what stands."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self._engine, self._random = engine, random.Random(seed)
        self.stands: dict[tuple[str, str], dict[str, Any]] = {}

    def publish(self, changes: int) -> None:
        with self._engine.begin() as connection:
            publish(connection, [self._next() for _ in range(changes)])

    def _next(self) -> Change:
        if self.stands and self._random.random() < 0.5:
            key = self._random.choice(sorted(self.stands))
            before, after = self.stands.pop(key), None
            if self._random.random() < 0.7:
                after = self.stands[key] = {**before, "name": f"更名{self._random.randrange(10**6)}"}
            return Change(key[0], UUID(key[1]), before, after, None)
        entity = UUID(int=self._random.getrandbits(128))
        collection = self._random.choice(["units", "places"])
        after = self.stands[collection, str(entity)] = {"id": str(entity), "name": "甘棠里", "of": collection}
        return Change(collection, entity, None, after, None)


@pytest.fixture
def writer(fresh_engine: Engine) -> Writer:
    return Writer(fresh_engine, seed=1)


@pytest.fixture
def address(fresh_database_url: str) -> Iterator[str]:
    from api.app import create_app

    with serving(create_app(Settings(database_url=fresh_database_url, pages=False, most_waiting=3))) as found:
        yield found


@pytest.fixture
def feed(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client
