"""Servers on registers with something in them."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import Engine

from api.settings import Settings
from tests.serving import serving


@pytest.fixture(scope="session")
def api_settings(divisions: Engine) -> Settings:
    """The API alone on this worker's register."""
    return Settings(database_url=divisions.url.render_as_string(hide_password=False), pages=False)


@pytest.fixture(scope="session")
def api(api_settings: Settings) -> Iterator[httpx.Client]:
    """A client of a real server of the API on the division register."""
    from api.app import create_app

    with serving(create_app(api_settings)) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield client
