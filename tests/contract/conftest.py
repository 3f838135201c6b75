"""A server of the API on the demonstration's register, asked as the public."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.auth.jurisdiction import COUNTRY_CODE, chain_finder
from api.jobs.schema import prepare
from api.settings import Settings
from data.access.model import GRANTABLE
from data.accounts.tokens import issue_token
from data.clock import system_clock
from data.db import make_engine, unit_of_work
from data.server.cluster import Cluster
from tests import database
from tests.accounts import OPERATOR, add_person
from tests.registers import demonstration_template
from tests.serving import serving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each operation of the OpenAPI document is a test of its own.

    Under the names that the tests of all operations share, two processes take them for one and run one of them.
    """
    for item in items:
        operation = getattr(item, "operation_label", None)
        if operation and not item.nodeid.endswith("]"):
            # pytest 9.2 takes the name without what is in brackets, and has no public way to say it anew
            item._id = item.id.with_params(operation)


def pytest_collection_finish(session: pytest.Session) -> None:
    """No two tests have one name: of those only one would be run."""
    names = [item.nodeid for item in session.items]
    assert len(names) == len(set(names))


@contextmanager
def queued(url: str) -> Iterator[None]:
    """The database with its queue of jobs, as `./diming up` makes it."""
    engine = make_engine(url)
    prepare(engine)
    engine.dispose()
    yield


@pytest.fixture(scope="session")
def api_url(cluster: Cluster) -> Iterator[str]:
    """The URL of the server's database."""
    with database.clone(cluster, demonstration_template(cluster)) as url, queued(url):
        yield url


@pytest.fixture(scope="session")
def api_app(api_url: str) -> FastAPI:
    return create_app(Settings(database_url=api_url, pages=False, pool_wait_s=30))


@pytest.fixture(scope="session")
def api_address(api_app: FastAPI) -> Iterator[str]:
    with serving(api_app) as address:
        yield address


@pytest.fixture(scope="session")
def api(api_address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=api_address, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def office(api: httpx.Client, api_url: str) -> Iterator[httpx.Client]:
    """Somebody who holds every role in the whole country."""
    now = system_clock()
    engine = make_engine(api_url, pooled=False)
    name = add_person(engine, *((role, COUNTRY_CODE) for role in GRANTABLE), now=now, password=False)
    with unit_of_work(engine) as connection:
        account = connection.exec_driver_sql("SELECT id FROM diming.account WHERE username = %s", (name,)).scalar_one()
        token = issue_token(connection, OPERATOR, account, "test", chain_finder(connection), now).secret
    engine.dispose()
    with httpx.Client(base_url=api.base_url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        yield client
