"""A server with small plans, people with accounts, and a clock that a test moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from api.app import create_app
from api.quotas.meter import Meter
from api.settings import Settings
from data.db import make_engine
from data.quotas.plans import PLANS_FILE
from data.secrets import Keyring
from data.server.cluster import Cluster
from tests import database
from tests.accounts import PASSWORD, add_person, keys
from tests.integration.naming.conftest import load_searchable
from tests.serving import serving

__all__ = ["keys"]
NOW = datetime(2026, 3, 2, 1, 0, 5, tzinfo=UTC)
FIGURES = {"per_minute = 300": "per_minute = 4", "per_minute = 600\n": "per_minute = 6\n"}


@pytest.fixture(scope="module")
def register(cluster: Cluster) -> Iterator[Engine]:
    """The invented province: small, and a module's own."""
    template = database.template(cluster, "invented_searchable", load_searchable)
    with database.clone(cluster, template) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


class MovedClock:
    """The server's clock, which a test moves."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture(scope="module")
def app(register: Engine, keys: Keyring, clock: MovedClock, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    text = PLANS_FILE.read_text("utf-8")
    for before, after in FIGURES.items():
        assert before in text
        text = text.replace(before, after)
    plans = tmp_path_factory.mktemp("plans") / "plans.toml"
    plans.write_text(text, "utf-8")
    url = register.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, quotas_file=str(plans)))
    app.state.keys, app.state.clock = keys, clock
    return app


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.quotas.meter.REMEMBER_KEYS_S", 0.0)  # a test does not wait five seconds
        patch.setattr("api.quotas.meter.TELL_EVERY_S", 0.02)
        with serving(app) as found:
            yield found


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as found:
        yield found


@pytest.fixture
def meter(app: FastAPI) -> Meter:
    found: Meter = app.state.meter
    return found


@contextmanager
def signed_in(address: str, register: Engine, *roles: tuple[str, str]) -> Iterator[httpx.Client]:
    """A client that has signed in as a new person with `roles`."""
    name = add_person(register, *roles, now=NOW)
    with httpx.Client(base_url=address, timeout=30) as client:
        answer = client.post("/v1/session", json={"username": name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        yield client


@pytest.fixture
def owner(address: str, register: Engine) -> Iterator[httpx.Client]:
    with signed_in(address, register) as found:
        yield found


@pytest.fixture
def administrator(address: str, register: Engine) -> Iterator[httpx.Client]:
    with signed_in(address, register, ("administrator", "000000")) as found:
        yield found
