"""The invented counties with the network of their boundaries: one copy to read, one to change."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from boundaries.network.load import build_network
from data.access.model import operator
from data.db import make_engine
from data.server.cluster import Cluster
from tests import database
from tests.samples.counties import invented_register

OPERATOR = operator("test")


def _fill(url: str) -> None:
    engine = make_engine(url, pooled=False)
    try:
        invented_register(engine)
        build_network(engine, OPERATOR, lambda _what: None)
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def counties_template(cluster: Cluster) -> str:
    return database.template(cluster, "counties", _fill)


@pytest.fixture(scope="session")
def reading_room(cluster: Cluster, counties_template: str) -> Iterator[Engine]:
    """The owner's engine on a copy that all tests of this worker share: for those that change nothing."""
    with database.clone(cluster, counties_template) as url:
        engine = make_engine(url, pooled=False)
        yield engine
        engine.dispose()


@pytest.fixture
def counties_url(cluster: Cluster, counties_template: str) -> Iterator[str]:
    with database.clone(cluster, counties_template) as url:
        yield url


@pytest.fixture
def office(counties_url: str) -> Iterator[Engine]:
    engine = make_engine(counties_url, pooled=False)
    yield engine
    engine.dispose()


@pytest.fixture
def public(counties_url: str) -> Iterator[Engine]:
    engine = make_engine(counties_url, pooled=False, reader=True)
    yield engine
    engine.dispose()
