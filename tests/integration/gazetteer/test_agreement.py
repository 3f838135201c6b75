"""One day, one register: search, units, OGC features and exports say the same of its divisions."""

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

#: 湖北省, whose prefectures were merged, renamed and raised within these years.
PROVINCE = "420000"
DAYS = (date(1985, 6, 30), date(1994, 12, 31), date(2010, 11, 25), date(2010, 11, 26), date(2020, 1, 1))


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


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_everything_agrees_about_a_day(api: httpx.Client, public: Connection, tmp_path: Path, day: date) -> None:
    rows = exported(public, tmp_path / "units", day)
    told = {(row["code"], row["name"]) for row in rows}
    listed = asked(api, "/v1/units", parent=PROVINCE, level="prefecture", as_of=day, limit=100)["items"]
    assert told == {(unit["code"], unit["name"]) for unit in listed}
    features = asked(
        api, "/ogc/collections/units/items", as_of=day, limit=200, filter="level = 'prefecture' AND code LIKE '42%'"
    )["features"]
    assert told == {(one["properties"]["code"], one["properties"]["name"]) for one in features}
    for row in rows:
        found = asked(api, "/v1/places", q=row["name"], as_of=day, within=PROVINCE, limit=5)["items"]
        assert (row["code"], row["name"]) in {(one["code"], one["name"]) for one in found}
