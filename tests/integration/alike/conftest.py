"""The national register and an invented province, each with its names as they are compared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from data.db import make_engine, reading
from data.server.cluster import Cluster
from geonames.likeness.index import refresh_name_keys
from tests import database
from tests.samples.invented import load_invented


def _with_keys(url: str) -> None:
    database.load_national_register(url)
    engine = make_engine(url, pooled=False)
    try:
        refresh_name_keys(engine, "test")
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def national_url(cluster: Cluster) -> Iterator[str]:
    """This worker's copy of the division register with its name keys."""
    with database.clone(cluster, database.template(cluster, "divisions_compared", _with_keys)) as url:
        yield url


@pytest.fixture(scope="session")
def national_engine(national_url: str) -> Iterator[Engine]:
    """The public's engine on the division register."""
    engine = make_engine(national_url, pooled=False, reader=True)
    yield engine
    engine.dispose()


@pytest.fixture
def national(national_engine: Engine) -> Iterator[Connection]:
    """The public's connection to the division register."""
    with reading(national_engine) as connection:
        yield connection


def invented_template(cluster: Cluster) -> str:
    """The name of a database that holds the invented province."""
    return database.template(cluster, "invented", _invented)


@pytest.fixture(scope="session")
def invented_url(cluster: Cluster) -> Iterator[str]:
    """This worker's copy of the invented province."""
    with database.clone(cluster, invented_template(cluster)) as url:
        yield url


def _invented(url: str) -> None:
    engine = make_engine(url, pooled=False)
    try:
        load_invented(engine)
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def invented_engine(invented_url: str) -> Iterator[Engine]:
    """The public's engine on the invented province."""
    engine = make_engine(invented_url, pooled=False, reader=True)
    yield engine
    engine.dispose()


@pytest.fixture
def invented(invented_engine: Engine) -> Iterator[Connection]:
    """The public's connection to the invented province."""
    with reading(invented_engine) as connection:
        yield connection
