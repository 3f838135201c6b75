"""An installation on a copy of the national register, before and after the demonstration comes in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.demo_office import load_office
from api.demo_office.model import Stage
from data.db import make_engine
from data.server.cluster import Cluster
from data.server.home import home_at
from tests import database
from tests.accounts import keys

__all__ = ["keys"]


@pytest.fixture
def stage(fresh_divisions: Engine, tmp_path: Path) -> Stage:
    """The national register without the demonstration, for one test alone."""
    return Stage(fresh_divisions, home_at(tmp_path), lambda _what: None)


@pytest.fixture(scope="session")
def office_template(
    cluster: Cluster, divisions_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a database that holds the national register and the demonstration."""
    with database.clone(cluster, divisions_template) as url:
        _load(url, tmp_path_factory.mktemp("office"))
        yield url.rpartition("/")[2].partition("?")[0]


def _load(url: str, folder: Path) -> None:
    engine = make_engine(url, pooled=False)
    try:
        load_office(Stage(engine, home_at(folder), lambda _what: None))
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def reading_room(cluster: Cluster, office_template: str) -> Iterator[Engine]:
    """The owner's engine on the demonstration, for tests that change nothing."""
    with database.clone(cluster, office_template) as url:
        engine = make_engine(url, pooled=False)
        yield engine
        engine.dispose()


@pytest.fixture
def loaded(cluster: Cluster, office_template: str, tmp_path: Path) -> Iterator[Stage]:
    """The demonstration as it was just loaded, for one test alone."""
    with database.clone(cluster, office_template) as url:
        engine = make_engine(url, pooled=False)
        yield Stage(engine, home_at(tmp_path), lambda _what: None)
        engine.dispose()
