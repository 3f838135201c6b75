"""The naming office on a copy of the invented register."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from data.db import make_engine
from data.server.cluster import Cluster
from tests import database
from tests.integration.naming.conftest import load_searchable
from tests.samples.applicants import NamingOffice


@pytest.fixture
def office(cluster: Cluster) -> Iterator[NamingOffice]:
    """An office with nobody's case in it."""
    template = database.template(cluster, "invented", load_searchable)
    with database.clone(cluster, template) as url:
        engine: Engine = make_engine(url)
        yield NamingOffice(engine)
        engine.dispose()
