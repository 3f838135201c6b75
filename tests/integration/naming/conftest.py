"""An invented register for one test alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from data.db import make_engine
from data.server.cluster import Cluster
from geonames.search.index import refresh_search_keys
from tests import database
from tests.samples.invented import load_invented


@pytest.fixture(scope="session")
def invented_template(cluster: Cluster) -> str:
    """The name of a database that holds the invented province."""
    return database.template(cluster, "invented_searchable", load_searchable)


def load_searchable(url: str) -> None:
    """Fill a migrated database with the invented province, and make it searchable."""
    engine = make_engine(url, pooled=False)
    try:
        load_invented(engine)
        refresh_search_keys(engine, "test")
    finally:
        engine.dispose()


@pytest.fixture
def register(cluster: Cluster, invented_template: str) -> Iterator[Engine]:
    """The invented province with its places, searchable."""
    with database.clone(cluster, invented_template) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()
