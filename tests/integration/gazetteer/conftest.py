"""The register as `./diming up` makes it, with its real divisions, polygons and places; read only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from data.db import make_engine, reading
from data.server.cluster import Cluster
from tests import database
from tests.registers import demonstration_template


@pytest.fixture(scope="session")
def demonstration_url(cluster: Cluster) -> Iterator[str]:
    """This worker's copy of the demonstration."""
    with database.clone(cluster, demonstration_template(cluster)) as url:
        yield url


@pytest.fixture(scope="session")
def office(demonstration_url: str) -> Iterator[Engine]:
    """The owner's engine."""
    engine = make_engine(demonstration_url, pooled=False)
    yield engine
    engine.dispose()


@pytest.fixture
def staff(office: Engine) -> Iterator[Connection]:
    """A staff member's connection."""
    with reading(office) as connection:
        yield connection


@pytest.fixture(scope="session")
def public_engine(demonstration_url: str) -> Iterator[Engine]:
    """The public's engine: the role that sees published views only."""
    engine = make_engine(demonstration_url, pooled=False, reader=True)
    yield engine
    engine.dispose()


@pytest.fixture
def public(public_engine: Engine) -> Iterator[Connection]:
    """An anonymous visitor's connection."""
    with reading(public_engine) as connection:
        yield connection
