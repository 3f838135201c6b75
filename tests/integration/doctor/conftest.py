"""A home, and a database that stands as one of an installation does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.jobs.schema import prepare
from data.db import make_engine
from data.server.cluster import Cluster
from data.server.home import Home, home_at
from tests import database


def fill(url: str) -> None:
    """The queue as `./diming up` makes it."""
    engine = make_engine(url, pooled=False)
    prepare(engine)
    engine.dispose()


@pytest.fixture
def queued(cluster: Cluster) -> Iterator[Engine]:
    with database.clone(cluster, database.template(cluster, "with-a-queue", fill)) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_at(tmp_path)
