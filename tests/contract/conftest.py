"""A server of the API on the demonstration's register, asked as the public."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from data.server.cluster import Cluster
from tests import database
from tests.registers import demonstration_template
from tests.serving import serving


@pytest.fixture(scope="session")
def api_address(cluster: Cluster) -> Iterator[str]:
    with (
        database.clone(cluster, demonstration_template(cluster)) as url,
        serving(create_app(Settings(database_url=url, pages=False, pool_wait_s=30))) as address,
    ):
        yield address


@pytest.fixture(scope="session")
def api(api_address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=api_address, timeout=60) as client:
        yield client
