"""An installation on a copy of the national register, before and after the demonstration comes in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.demo_office import load_office
from api.demo_office.model import Stage
from api.jobs import schema
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
def office_template(cluster: Cluster, divisions_template: str) -> str:
    """The name of a database that holds the national register and the demonstration."""
    return database.template(cluster, "office", lambda url: _load(url, "office"), divisions_template)


@pytest.fixture(scope="session")
def living_template(cluster: Cluster, office_template: str) -> str:
    """The name of a database with the whole of the demonstration: accounts, and all that they have under way."""
    return database.template(cluster, "living", lambda url: _load(url, "living", with_accounts=True), office_template)


def _load(url: str, name: str, *, with_accounts: bool = False) -> None:
    engine = make_engine(url, pooled=False)
    try:
        schema.prepare(engine)
        load_office(Stage(engine, home_at(database.beside(name)), lambda _what: None, with_accounts=with_accounts))
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


@pytest.fixture
def living(cluster: Cluster, living_template: str, tmp_path: Path) -> Iterator[Stage]:
    """The whole of the demonstration as it was just loaded, with the files of its home, for one test alone."""
    shutil.copytree(database.beside("living"), tmp_path, dirs_exist_ok=True)
    with database.clone(cluster, living_template) as url:
        engine = make_engine(url, pooled=False)
        yield Stage(engine, home_at(tmp_path), lambda _what: None, with_accounts=True)
        engine.dispose()
