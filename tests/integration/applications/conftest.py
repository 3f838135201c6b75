"""The naming office on a copy of the invented register."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from data.accounts.sessions import Visitor, open_session
from data.db import make_engine, unit_of_work
from data.server.cluster import Cluster
from tests import database
from tests.integration.cases.pages import Browser
from tests.integration.naming.conftest import load_searchable
from tests.samples.applicants import NamingOffice
from tests.serving import serving


@pytest.fixture
def office(cluster: Cluster) -> Iterator[NamingOffice]:
    """An office with nobody's case in it."""
    template = database.template(cluster, "invented_searchable", load_searchable)
    with database.clone(cluster, template) as url:
        engine: Engine = make_engine(url)
        yield NamingOffice(engine)
        engine.dispose()


@pytest.fixture
def address(office: NamingOffice) -> Iterator[str]:
    """The address of a server on the office's register, whose clock is the office's."""
    settings = Settings(database_url=office.engine.url.render_as_string(hide_password=False))
    app = create_app(settings)
    app.state.clock = lambda: office.now
    with serving(app) as address:
        yield address


@pytest.fixture
def visit(office: NamingOffice, address: str) -> Iterator[Callable[[str | None], Browser]]:
    """`visit("developer")`: a browser without scripts in which somebody is signed in; None: nobody."""
    opened: list[Browser] = []

    def one(who: str | None) -> Browser:
        opened.append(Browser(address, _session(office, who) if who else None))
        return opened[-1]

    yield one
    for browser in opened:
        browser.close()


def _session(office: NamingOffice, who: str) -> str:
    account = office.people[who].account_id
    assert account is not None
    with unit_of_work(office.engine) as connection:
        return open_session(connection, account, Visitor(), office.now).secret
