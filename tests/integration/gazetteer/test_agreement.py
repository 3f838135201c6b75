"""One day, one register: search, reverse, units, features, tiles and exports say the same of its divisions."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Connection

from api.app import create_app
from api.settings import Settings
from geonames.exchange.exporting import export
from geonames.exchange.model import Asked
from tests.serving import serving
from tests.vector_tiles import properties

#: 湖北省, whose prefectures were merged, renamed and raised within these years.
PROVINCE = "420000"
PREFECTURES, COUNTIES = (f"level = '{level}' AND code LIKE '42%'" for level in ("prefecture", "county"))
#: At the end of 2024 there is a map of the counties.
MAPPED = date(2024, 12, 31)
DAYS = (date(1985, 6, 30), date(1994, 12, 31), date(2010, 11, 25), date(2010, 11, 26), date(2020, 1, 1), MAPPED)


@pytest.fixture(scope="module")
def api(demonstration_url: str) -> Iterator[httpx.Client]:
    settings = Settings(database_url=demonstration_url, pages=False, pool_wait_s=30)
    with serving(create_app(settings)) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def asked(api: httpx.Client, path: str, **parameters: Any) -> Any:
    answer = api.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def exported(public: Connection, folder: Path, day: date) -> list[dict[str, str]]:
    wanted = Asked("csv", ("units",), PROVINCE, as_of=day)
    export(public, wanted, folder, UUID(int=1), datetime(2026, 1, 1, tzinfo=UTC), "https://example.org")
    with (folder / "units.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["level"] == "prefecture"]


@pytest.fixture(scope="module")
def positions(api: httpx.Client) -> list[list[float]]:
    """A position in each county of the province, as they lie today."""
    counties = asked(api, "/ogc/collections/units/items", limit=300, filter=COUNTIES)["features"]
    found = [one["geometry"]["coordinates"] for one in counties if one["geometry"]]
    assert len(found) > 100
    return found


def drawn(api: httpx.Client, day: date) -> set[tuple[str, str]]:
    """The counties in the tile that holds the province."""
    address = "/ogc/collections/units/tiles/WebMercatorQuad/3/6/3"
    tile = api.get(address, params={"as_of": str(day), "filter": COUNTIES})
    assert tile.status_code == 200, tile.text
    return {(one["code"], one["name"]) for one in properties(tile.content)}


def lying(api: httpx.Client, points: list[list[float]], day: date) -> dict[str, set[tuple[str, str]]]:
    """What positions are said to lie in on the day, by level."""
    answer = api.post("/v1/reverse", json={"points": points, "as_of": str(day)})
    assert answer.status_code == 200, answer.text
    found = [unit for item in answer.json()["items"] for unit in item["units"]]
    return {
        level: {(unit["code"], unit["name"]) for unit in found if unit["level"] == level}
        for level in ("prefecture", "county")
    }


def test_on_a_day_of_which_there_is_a_map_every_county_is_where_it_is_drawn(
    api: httpx.Client, positions: list[list[float]]
) -> None:
    assert len(drawn(api, MAPPED)) == len(positions)
    assert lying(api, positions, MAPPED)["county"] == drawn(api, MAPPED)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_everything_agrees_about_a_day(
    api: httpx.Client, public: Connection, tmp_path: Path, positions: list[list[float]], day: date
) -> None:
    rows = exported(public, tmp_path / "units", day)
    told = {(row["code"], row["name"]) for row in rows}
    listed = asked(api, "/v1/units", parent=PROVINCE, level="prefecture", as_of=day, limit=100)["items"]
    assert told == {(unit["code"], unit["name"]) for unit in listed}
    features = asked(api, "/ogc/collections/units/items", as_of=day, limit=200, filter=PREFECTURES)["features"]
    assert told == {(one["properties"]["code"], one["properties"]["name"]) for one in features}
    counties = asked(api, "/ogc/collections/units/items", as_of=day, limit=300, filter=COUNTIES)["features"]
    placed = [one for one in counties if one["geometry"]]
    assert drawn(api, day) == {(one["properties"]["code"], one["properties"]["name"]) for one in placed}
    lying_in = lying(api, positions, day)
    assert lying_in["prefecture"] <= told
    assert lying_in["county"] <= {(one["properties"]["code"], one["properties"]["name"]) for one in counties}
    for row in rows:
        found = asked(api, "/v1/places", q=row["name"], as_of=day, within=PROVINCE, limit=5)["items"]
        assert (row["code"], row["name"]) in {(one["code"], one["name"]) for one in found}
