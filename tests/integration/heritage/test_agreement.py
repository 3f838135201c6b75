"""One day, one register: whoever asks for a place, its listing and its sign is told the same in every way of asking."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from psycopg.types.range import DateRange
from sqlalchemy import Connection, Engine

from data import audit
from data.access import Grant, Role
from data.access.model import account_actor
from data.clock import civil_date
from data.db import make_engine, reading, unit_of_work
from data.decisions import DecisionDraft
from data.ids import derived_id, new_id
from geonames.exchange.exporting import export
from geonames.exchange.model import Asked
from geonames.search.index import follow
from geonames.search.store import NEAREST
from geonames.signs.importing import Table, import_signs
from tests.integration.heritage.office import LIST, HeritageOffice
from tests.samples.applicants import COUNTY
from tests.samples.invented import ADD_NAME, ADD_PLACE, DECISION, place_id
from tests.vector_tiles import properties

STREET = place_id("renamed")
#: 仓前路 became 砚台路 on this day; its sign was replaced some weeks later.
RENAMED, REPLACED = date(2005, 1, 1), date(2005, 3, 1)
DAYS = (RENAMED - timedelta(days=1), RENAMED, REPLACED - timedelta(days=1), REPLACED, date(2024, 12, 31))
HEADER = "编号,地名标识,类型,走向,经度,纬度,版面汉字,版面拼音,设置日期,状态\n"
#: The tile that holds the place: it stands at 110.07 E 30.07 N.
TILE = "8/206/105"
Told = Mapping[str, Any]


@pytest.fixture(scope="module")
def entry(office: HeritageOffice) -> UUID:
    """The listing of the street; before it, its names, the survey of its sign and the sign's replacement."""
    _add_street(office.engine)
    keeper = account_actor(derived_id("invented-person", "signs"), (Grant(Role.CLERK, COUNTY),), "session")
    for day, said in ((date(2000, 1, 1), "仓前路,CANGQIAN LU"), (REPLACED, "砚台路,YANTAI LU")):
        table = Table(f"{HEADER}LP-1,{STREET},street,,110.07,30.07,{said},,\n".encode(), "990121", day)
        report = import_signs(office.engine, keeper, table, _survey())
        assert report["written"] == 1, report
    return office.listed(subject=str(STREET))


def _add_street(engine: Engine) -> None:
    place = {"id": STREET, "class": "STREET", "type": "23514", "lon": 110.07, "lat": 30.07, "unit": COUNTY}
    with unit_of_work(engine) as connection:
        connection.execute(ADD_PLACE, {**place, "decision": DECISION})
        for name, valid in (("仓前路", DateRange(None, RENAMED)), ("砚台路", DateRange(RENAMED, None))):
            values = {"id": STREET, "text": name, "kind": "standard", "valid": valid, "decision": DECISION}
            connection.execute(ADD_NAME, values)
        follow(connection, [STREET])
        audit.append(connection, actor="test", action="invented", decision_id=DECISION, details={})


def _survey() -> DecisionDraft:
    return DecisionDraft(
        id=new_id(), kind="document", doc_no=None, title="地名标志普查表（虚构）", authority="甘棠县民政局（虚构）",
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source="invented for tests", licence=None, retrieved_on=None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def api(address: str, entry: UUID) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def public(office: HeritageOffice) -> Iterator[Connection]:
    engine = make_engine(office.engine.url.render_as_string(hide_password=False), pooled=False, reader=True)
    with reading(engine) as connection:
        yield connection
    engine.dispose()


def asked(api: httpx.Client, path: str, day: date, **parameters: Any) -> Any:
    answer = api.get(path, params={**parameters, "as_of": str(day)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def features(api: httpx.Client, collection: str, day: date) -> list[Told]:
    found = asked(api, f"/ogc/collections/{collection}/items", day, limit=100)["features"]
    return [{**one["properties"], "id": one["id"]} for one in found]


def drawn(api: httpx.Client, collection: str, day: date) -> list[Told]:
    tile = api.get(f"/ogc/collections/{collection}/tiles/WebMercatorQuad/{TILE}", params={"as_of": str(day)})
    assert tile.status_code == 200, tile.text
    return list(properties(tile.content))


def exported(public: Connection, folder: Path, collection: str, day: date) -> list[Told]:
    wanted = Asked("csv", (collection,), "990121", as_of=day)
    folder = folder / collection
    export(public, wanted, folder, new_id(), datetime(2026, 1, 1, tzinfo=UTC), "https://example.org")
    with (folder / f"{collection}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_renamed_place_bears_one_name_on_a_day(
    api: httpx.Client, public: Connection, tmp_path: Path, day: date
) -> None:
    name = "砚台路" if day >= RENAMED else "仓前路"
    assert asked(api, f"/v1/places/{STREET}", day)["name"] == name
    for words in ("仓前路", name):
        found = {one["id"]: one for one in asked(api, "/v1/places", day, q=words)["items"]}
        assert found[str(STREET)]["name"] == name, words
    near = public.execute(NEAREST, {"lon": 110.07, "lat": 30.07, "day": day, "limit": 5})  # no polygons are loaded
    assert {str(one.id): one.name for one in near}[str(STREET)] == name
    ways = {
        "features": features(api, "places", day),
        "tiles": drawn(api, "places", day),
        "exports": exported(public, tmp_path, "places", day),
    }
    assert {way: {one["id"]: one.get("name") for one in rows}[str(STREET)] for way, rows in ways.items()} == {
        "features": name, "tiles": name, "exports": name,
    }  # fmt: skip


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_sign_says_what_it_said_on_a_day(api: httpx.Client, public: Connection, tmp_path: Path, day: date) -> None:
    name, panel = ("砚台路" if day >= begun else "仓前路" for begun in (RENAMED, REPLACED))
    (one,) = asked(api, "/v1/signs", day)["items"]
    assert (one["should_say"]["han"], one["panel"]["han"]) == (name, panel)
    for rows in (features(api, "signs", day), drawn(api, "signs", day), exported(public, tmp_path, "signs", day)):
        assert [(row["name"], row["han"]) for row in rows] == [(name, panel)]


@pytest.mark.parametrize("later", [-1, 0])
def test_a_listing_stands_from_its_day_everywhere(
    office: HeritageOffice, api: httpx.Client, public: Connection, entry: UUID, tmp_path: Path, later: int
) -> None:
    day = civil_date(office.now) + timedelta(days=later)
    stands = [LIST] if later == 0 else []
    assert [one["list"] for one in asked(api, "/v1/heritage", day, list=LIST)["items"]] == stands
    listed = asked(api, f"/v1/places/{STREET}", day)["heritage"]
    assert [one["list"] for one in listed if one["valid"]["from"] <= str(day)] == stands
    found = {one["id"] for one in asked(api, "/v1/places", day, q="砚台路", heritage=LIST)["items"]}
    assert found == ({str(STREET)} if stands else set())
    ways = (features(api, "heritage", day), drawn(api, "heritage", day), exported(public, tmp_path, "heritage", day))
    assert [[row["list"] for row in rows if row["place"] == str(STREET)] for rows in ways] == [stands] * 3
