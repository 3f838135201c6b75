"""The plate of a street over HTTP and on its page: drawn from the standard name, refused where it cannot be right."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import httpx
import pypdfium2
import pytest
from sqlalchemy import Engine, text

from api.app import create_app
from api.settings import Settings
from data.db import make_engine
from data.ids import derived_id
from data.server.cluster import Cluster
from tests import database
from tests.samples import named_places as counties
from tests.serving import serving

STREET, UNCHECKED, MINORITY = (derived_id("invented-plate", n) for n in ("street", "unchecked", "minority"))
ADD_NAME = text("""
    INSERT INTO diming.place_name (id, subject_id, text, kind, script, romanization, source, opened_by)
    VALUES (gen_random_uuid(), :id, :name, :kind, :script, :roman, 'invented for tests', :decision)
""")
#: Place, name, kind, script, romanization.
NAMES = (
    (STREET, "沿河路", "standard", "Hans", "Yanhe Lu"),
    (UNCHECKED, "旧仓路", "unverified", "Hans", "Jiucang Lu"),
    (MINORITY, "河滨路", "standard", "Hans", "Hebin Lu"),
    (MINORITY, "ᠭᠣᠣᠯ", "minority", "Mong", None),
)


@pytest.fixture(scope="module")
def address(cluster: Cluster) -> Iterator[str]:
    """A database with the invented county and three streets."""
    with database.clone(cluster, database.migrated_template(cluster)) as url:
        engine = make_engine(url, pooled=False)
        counties.invent(engine)
        _add_streets(engine)
        engine.dispose()
        yield url


def _add_streets(engine: Engine) -> None:
    with engine.begin() as connection:
        for place in dict.fromkeys(name[0] for name in NAMES):
            values = {"id": place, "class": "STREET", "type": "23514", "unit": counties.COUNTY}
            connection.execute(counties.ADD_PLACE, {**values, "decision": counties.DECISION})
        for place, name, kind, script, roman in NAMES:
            values = {"id": place, "name": name, "kind": kind, "script": script, "roman": roman}
            connection.execute(ADD_NAME, {**values, "decision": counties.DECISION})


@pytest.fixture(scope="module")
def streets(address: str) -> Iterator[httpx.Client]:
    """A server of the invented county with three streets."""
    app = create_app(Settings(database_url=address))
    with serving(app) as server, httpx.Client(base_url=server, timeout=60) as client:
        yield client
    app.state.databases.close()


def test_a_street_with_a_standard_name_has_a_drawing_and_a_print(streets: httpx.Client) -> None:
    drawn = streets.get(f"/v1/places/{STREET}/sign.svg?direction=north_south")
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")
    assert ">沿河路</text>" in drawn.text
    assert ">YANHE LU</text>" in drawn.text
    again = streets.get(
        f"/v1/places/{STREET}/sign.svg?direction=north_south", headers={"If-None-Match": drawn.headers["etag"]}
    )
    assert again.status_code == 304
    printed = streets.get(f"/v1/places/{STREET}/sign.pdf?direction=east_west&width=1500&height=400")
    assert printed.status_code == 200
    [page] = pypdfium2.PdfDocument(printed.content)
    assert [round(points / 72 * 25.4) for points in page.get_size()] == [1500, 400]


@pytest.mark.parametrize(
    ("place", "form", "status", "code"),
    [
        (UNCHECKED, "svg?direction=east_west", 409, "sign_needs_standard_name"),
        (counties.LANE, "svg?direction=east_west", 409, "sign_needs_romanization"),
        (MINORITY, "svg?direction=east_west", 409, "sign_layout_unknown"),
        (counties.BRIDGE, "svg?direction=east_west", 409, "sign_layout_unknown"),
        (counties.DECISION, "svg?direction=east_west", 404, "place_not_found"),
        (STREET, "svg", 400, "missing_parameter"),
        (STREET, "svg?direction=up", 400, "bad_parameter"),
        (STREET, "pdf?direction=east_west", 400, "missing_parameter"),
        (STREET, "pdf?direction=east_west&width=99&height=400", 400, "bad_parameter"),
    ],
)
def test_what_cannot_be_right_is_refused(streets: httpx.Client, place: UUID, form: str, status: int, code: str) -> None:
    answer = streets.get(f"/v1/places/{place}/sign.{form}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_page_of_a_street_shows_its_plate_in_both_colours_and_others_show_none(streets: httpx.Client) -> None:
    page = streets.get(f"/places/{STREET}").text
    assert f"/v1/places/{STREET}/sign.svg?direction=east_west" in page
    assert f"/v1/places/{STREET}/sign.svg?direction=north_south" in page
    assert f'action="/v1/places/{STREET}/sign.pdf"' in page
    assert "sign.svg" not in streets.get(f"/places/{counties.BRIDGE}").text
    assert "sign.svg" not in streets.get(f"/places/{UNCHECKED}").text
