"""The heritage office on a copy of the invented register, and a server on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from api.app import create_app
from api.settings import Settings
from data.access import Role
from data.accounts.sessions import Visitor, open_session
from data.cases.binding import checked
from data.cases.model import Casework
from data.db import make_engine, unit_of_work
from data.server.cluster import Cluster
from data.workflow.reading import FOLDER, load_procedure
from geonames.heritage.caring import HERITAGE_CARE
from geonames.heritage.listing import HERITAGE_LISTING
from tests import database
from tests.integration.cases.pages import Browser
from tests.integration.heritage.office import HeritageOffice, added
from tests.integration.naming.conftest import load_searchable
from tests.samples.applicants import CITY, COUNTY
from tests.serving import serving


@pytest.fixture(scope="module")
def office(cluster: Cluster) -> Iterator[HeritageOffice]:
    with database.clone(cluster, database.template(cluster, "invented_searchable", load_searchable)) as url:
        engine = make_engine(url)
        found = HeritageOffice(engine)
        found.people |= {
            "keeper": added(found, "keeper", Role.HERITAGE_OFFICER, COUNTY),
            "city_mayor": added(found, "city_mayor", Role.APPROVING_AUTHORITY, CITY),
        }
        procedures = [load_procedure(FOLDER / f"heritage_{name}.toml") for name in ("listing", "care")]
        subjects = {"heritage.listing": HERITAGE_LISTING, "heritage.care": HERITAGE_CARE}
        found.casework = checked(Casework(engine, procedures, subjects, found.casework.locate, lambda: found.now))
        yield found
        engine.dispose()


@pytest.fixture(scope="module")
def address(office: HeritageOffice) -> Iterator[str]:
    """The address of a server on the office's register, whose clock is the office's."""
    app = create_app(Settings(database_url=office.engine.url.render_as_string(hide_password=False)))
    app.state.clock = lambda: office.now
    with serving(app) as address:
        yield address


@pytest.fixture
def visit(office: HeritageOffice, address: str) -> Iterator[Callable[[str | None], Browser]]:
    """`visit("keeper")`: a browser without scripts in which somebody is signed in; None: nobody."""
    opened: list[Browser] = []

    def one(who: str | None) -> Browser:
        opened.append(Browser(address, _session(office, who) if who else None))
        return opened[-1]

    yield one
    for browser in opened:
        browser.close()


def _session(office: HeritageOffice, who: str) -> str:
    account = office.people[who].account_id
    assert account is not None
    with unit_of_work(office.engine) as connection:
        return open_session(connection, account, Visitor(), office.now).secret
