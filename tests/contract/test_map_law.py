"""Boundaries go public only under a map-approval number; staff see them marked as a demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from data.db import make_engine, unit_of_work
from data.server.cluster import Cluster
from data.setting import MAP_APPROVAL, change_setting
from tests import database
from tests.registers import demonstration_template
from tests.serving import serving

BOUNDARY = "/v1/units/330522/geometry"
FOOTER = "软件演示,未经地图审核,不得公开展示或引用,界线不作划界依据"


@pytest.fixture(scope="module")
def own_url(cluster: Cluster) -> Iterator[str]:
    with database.clone(cluster, demonstration_template(cluster)) as url:
        yield url


@pytest.fixture(scope="module")
def staff(own_url: str) -> Iterator[httpx.Client]:
    """The user of the machine of a demonstration."""
    with ExitStack() as stack:
        app = create_app(Settings(database_url=own_url, pages=False, demonstration=True))
        yield stack.enter_context(httpx.Client(base_url=stack.enter_context(serving(app)), timeout=30))


@pytest.fixture
def approved(own_url: str) -> Iterator[str]:
    """While a map-approval number is set."""
    number = "GS(2024)0650号"
    engine = make_engine(own_url, pooled=False)
    with unit_of_work(engine) as connection:
        change_setting(connection, MAP_APPROVAL, {"number": number}, "test")
    yield number
    with unit_of_work(engine) as connection:
        change_setting(connection, MAP_APPROVAL, None, "test")


def test_the_public_gets_no_boundary_without_a_number(api: httpx.Client) -> None:
    answer = api.get(BOUNDARY)
    assert (answer.status_code, answer.json()["code"]) == (403, "map_not_approved")
    assert "coordinates" not in answer.text


def test_the_public_gets_names_and_the_units_at_a_point_all_the_same(api: httpx.Client) -> None:
    assert api.get("/v1/units/330522").status_code == 200
    at_point = api.get("/v1/reverse", params={"lon": 119.91, "lat": 31.0}).json()
    assert [unit["name"] for unit in at_point["units"]] == ["浙江省", "湖州市", "长兴县"]


def test_staff_see_it_marked_and_no_cache_or_site_keeps_it(staff: httpx.Client) -> None:
    answer = staff.get(BOUNDARY)
    assert answer.json()["geometry"]["type"] == "MultiPolygon"
    assert FOOTER in answer.text
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Host": "rebound.example"},
        {"X-Forwarded-For": "203.0.113.9"},
    ],
)
def test_whoever_only_looks_local_is_the_public(staff: httpx.Client, headers: dict[str, str]) -> None:
    answer = staff.get(BOUNDARY, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "map_not_approved")


def test_with_a_number_the_public_sees_the_boundary_and_the_number(staff: httpx.Client, approved: str) -> None:
    answer = staff.get(BOUNDARY, headers={"Origin": "https://map.example"})
    assert answer.status_code == 200
    assert approved in answer.text
    assert FOOTER not in answer.text
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_past_unit_is_a_point_and_never_todays_polygon(staff: httpx.Client) -> None:
    feature = staff.get("/v1/units/341400/geometry", params={"as_of": "2000-01-01"}).json()
    assert feature["geometry"]["type"] == "Point"
    assert feature["properties"]["basis"] in ("place", "successor")
    earlier = staff.get(BOUNDARY, params={"as_of": "1990-01-01"}).json()
    assert earlier["geometry"]["type"] == "Point"


def test_a_point_is_no_boundary_and_public(api: httpx.Client) -> None:
    answer = api.get("/v1/units/341400/geometry", params={"as_of": "2000-01-01"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/geo+json")
    assert answer.json()["geometry"]["type"] == "Point"
