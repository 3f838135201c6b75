"""An invented register for one test alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from data.db import make_engine
from data.server.cluster import Cluster
from tests import database
from tests.samples import named_places as counties


@pytest.fixture(scope="session")
def standing(cluster: Cluster) -> Iterator[Engine]:
    """The invented province for tests that change nothing."""
    with database.clone(cluster, database.migrated_template(cluster)) as url:
        engine = make_engine(url)
        counties.invent(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def invented(fresh_database_url: str) -> Iterator[Engine]:
    """The invented province with its counties and places."""
    engine = make_engine(fresh_database_url, pool_size=24, pool_wait_s=60)
    counties.invent(engine)
    yield engine
    engine.dispose()
