"""Fixtures that every kind of test shares: databases of this run's own cluster."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine

from api.cli.environment import environment
from api.settings import settings_from_environment
from data.db import make_engine
from data.server.cluster import Cluster
from tests import database


def pytest_configure(config: pytest.Config) -> None:
    # A failed test shows what its servers logged: thousands of lines of answered requests would hide the failure.
    os.environ.setdefault("DIMING_LOG_LEVEL", "warning")
    # A first example loads lexicons, on a machine with other work too: how long an example takes is no law of it.
    settings.register_profile("diming", deadline=None)
    settings.load_profile("diming")
    if not hasattr(config, "workerinput"):  # the process that began the run, not one of its workers
        database.begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        database.end_run()


@pytest.fixture(autouse=True)
def its_own_environment() -> None:
    """A command that a test runs in this process reads the variables of that test, not those of the first."""
    environment.cache_clear()
    settings_from_environment.cache_clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The launcher's module first: it asks for no register, while the other process makes the demonstration's.

    In the order of the folders both would begin with the browser, and one of them wait for the other.
    """
    items.sort(key=lambda item: item.path.name != "test_launcher.py")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other accounts can enter when the tests run as root; pytest's own are closed to them."""
    with tempfile.TemporaryDirectory(prefix="diming-open-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The throw-away cluster of this run."""
    return database.started_cluster()


@pytest.fixture(scope="session")
def database_url(cluster: Cluster) -> Iterator[str]:
    """An empty, migrated database of this worker's own, shared by its tests."""
    with database.clone(cluster, database.migrated_template(cluster)) as url:
        yield url


@pytest.fixture
def fresh_database_url(cluster: Cluster) -> Iterator[str]:
    """An empty, migrated database for one test alone."""
    with database.clone(cluster, database.migrated_template(cluster)) as url:
        yield url


@pytest.fixture
def fresh_engine(fresh_database_url: str) -> Iterator[Engine]:
    """An engine on a database for one test alone."""
    engine = create_engine(fresh_database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on this worker's database."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def divisions_template(cluster: Cluster) -> str:
    """The name of a database that holds the national division register, loaded once in a run."""
    return database.template(cluster, "divisions", database.load_national_register)


@pytest.fixture(scope="session")
def divisions(cluster: Cluster, divisions_template: str) -> Iterator[Engine]:
    """An engine on this worker's copy of the national division register; tests only read it."""
    with database.clone(cluster, divisions_template) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def fresh_divisions(cluster: Cluster, divisions_template: str) -> Iterator[Engine]:
    """An engine on a copy of the national division register for one test alone."""
    with database.clone(cluster, divisions_template) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()
