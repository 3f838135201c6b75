"""A server of the API on the demonstration's register, asked as the public."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from tests.serving import serving


@pytest.fixture(scope="session")
def api_address(divisions: Engine) -> Iterator[str]:
    url = divisions.url.render_as_string(hide_password=False)
    with serving(create_app(Settings(database_url=url, pages=False, pool_wait_s=30))) as address:
        yield address


@pytest.fixture(scope="session")
def api(api_address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=api_address, timeout=60) as client:
        yield client
