"""OGC API Features and Tiles, asked as GDAL, OWSLib and a browser ask it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import httpx
import pytest
from owslib.ogcapi.features import Features
from sqlalchemy import create_engine, text

COLLECTIONS = ["places", "names", "units", "outlines", "lines", "markers", "heritage", "signs"]


#: GDAL waits for an answer without letting other threads of its process run, such as the server of these tests.
READ = """
import json, sys, pyogrio
source, layer, box = json.loads(sys.argv[1])
found = pyogrio.read_dataframe(source, layer=layer, bbox=box and tuple(box))
print(json.dumps([[name for name, _ in pyogrio.list_layers(source)], list(found["name"])]))
"""


def by_gdal(address: str, layer: str, box: list[float] | None = None) -> tuple[list[str], list[str]]:
    """The names of the layers, and of the features of one of them, as GDAL reads them."""
    words = [sys.executable, "-c", READ, json.dumps([f"OAPIF:{address}/ogc", layer, box])]
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    layers, names = json.loads(done.stdout)
    return layers, names


def items(api: httpx.Client, collection: str, **asked: Any) -> dict[str, Any]:
    answer = api.get(f"/ogc/collections/{collection}/items", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def followed(api: httpx.Client, collection: str, **asked: Any) -> list[dict[str, Any]]:
    """Every feature, by the links `next`."""
    page, found = items(api, collection, **asked), []
    while True:
        found += page["features"]
        after = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not after:
            return found
        page = api.get(after[0]).json()


def test_every_link_of_the_landing_page_and_the_collections_leads_somewhere(api: httpx.Client) -> None:
    asked = [api.get("/ogc/").json(), api.get("/ogc/collections").json()]
    links = [link for page in asked for link in page["links"]]
    links += [link for one in asked[1]["collections"] for link in one["links"]]
    for link in links:
        if not link.get("templated"):
            assert api.get(link["href"]).status_code == 200, link


def test_gdal_reads_every_unit_across_pages(api_address: str, api: httpx.Client) -> None:
    layers, names = by_gdal(api_address, "units")
    assert layers == COLLECTIONS
    assert len(names) == items(api, "units", limit=1)["numberMatched"] > 3000
    assert {"襄阳市", "台湾省", "香港特别行政区", "澳门特别行政区", "三沙市"} <= set(names)


def test_gdal_filters_where_the_data_is(api_address: str) -> None:
    _, names = by_gdal(api_address, "units", [119.5, 30.5, 120.2, 31.2])
    assert "长兴县" in names
    assert len(names) < 30


def test_owslib_lists_and_asks(api_address: str) -> None:
    client = Features(f"{api_address}/ogc/")
    assert client.feature_collections() == COLLECTIONS
    found = client.collection_items("units", code="420600", as_of="2005-01-01")
    assert [feature["properties"]["name"] for feature in found["features"]] == ["襄樊市"]


def test_following_the_links_gives_everything_once(api: httpx.Client) -> None:
    everything = followed(api, "units", limit=500)
    assert len(everything) == len({feature["id"] for feature in everything})
    assert len(everything) == items(api, "units", limit=0)["numberMatched"]


def test_a_day_is_asked_by_as_of_and_by_datetime(api: httpx.Client) -> None:
    by_day = items(api, "units", code="420600", as_of="2005-01-01")["features"]
    assert by_day == items(api, "units", code="420600", datetime="2005-01-01")["features"]
    period = items(api, "units", code="420600", datetime="2005-01-01/..")["features"]
    assert sorted(feature["properties"]["name"] for feature in period) == ["襄樊市", "襄阳市"]


def test_the_answers_of_a_day_agree_with_the_units_of_that_day(api: httpx.Client) -> None:
    counties = followed(api, "units", limit=1000, as_of="1990-06-30", level="county")
    of_hubei = {f["properties"]["code"] for f in counties if f["properties"]["code"].startswith("4206")}
    below = api.get("/v1/units", params={"parent": "420600", "as_of": "1990-06-30"})
    if below.status_code == 200:
        assert of_hubei == {unit["code"] for unit in below.json()["items"] if unit["level"] == "county"}


def test_a_filter_meets_what_it_says(api: httpx.Client) -> None:
    found = items(api, "places", filter="name LIKE '长%' AND S_INTERSECTS(geometry, BBOX(119, 30, 121, 32))")
    assert {feature["properties"]["name"][0] for feature in found["features"]} == {"长"}
    assert all(119 <= feature["geometry"]["coordinates"][0] <= 121 for feature in found["features"])


def test_one_feature_has_its_own_address(api: httpx.Client) -> None:
    feature = items(api, "places", limit=1)["features"][0]
    own = next(link["href"] for link in feature["links"] if link["rel"] == "item")
    assert api.get(own).json()["properties"] == feature["properties"]


def test_boundaries_are_not_shown_without_a_map_approval_number(api: httpx.Client) -> None:
    assert items(api, "outlines")["features"] == []
    assert {feature["geometry"] for feature in items(api, "lines", limit=50)["features"]} == {None}
    tile = api.get("/ogc/collections/outlines/tiles/WebMercatorQuad/4/13/6")
    assert tile.content == b""


def test_nothing_made_up_is_in_any_collection(api: httpx.Client) -> None:
    assert items(api, "units", filter="code LIKE '99%'")["features"] == []
    assert items(api, "lines", name="甲乙线")["features"] == []
    assert items(api, "markers")["features"] == []


def test_a_tile_holds_its_layer_and_is_not_sent_twice(api: httpx.Client) -> None:
    address = "/ogc/collections/units/tiles/WebMercatorQuad/6/53/26"
    tile = api.get(address)
    assert b"units" in tile.content
    assert "长兴县".encode() in api.get("/ogc/collections/units/tiles/WebMercatorQuad/8/213/104").content
    assert api.get(address, headers={"If-None-Match": tile.headers["ETag"]}).status_code == 304


def test_a_tile_of_a_day_has_the_names_of_the_day(api: httpx.Client) -> None:
    address = "/ogc/collections/places/tiles/WebMercatorQuad/3/6/3"
    assert api.get(address, params={"as_of": "2020-01-01"}).status_code == 200


@pytest.mark.parametrize(
    "shown", ["", "collections", "collections/units", "collections/units/items?limit=2", "api.html"]
)
def test_a_person_sees_a_page_that_loads_nothing_from_elsewhere(api: httpx.Client, shown: str) -> None:
    page = api.get(f"/ogc/{shown}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert "<link" not in page.text


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("places/items?filter=pg_sleep(10)=1", 400, "bad_filter"),
        ("places/items?filter-lang=sql", 400, "bad_filter"),
        ("places/items?bbox=a,b", 400, "bad_coordinates"),
        ("places/items?bbox=170,10,-170,20", 400, "bbox_antimeridian"),
        ("places/items?limit=1000000000", 400, "bad_parameter"),
        ("places/items?limit=1001", 400, "limit_out_of_range"),
        ("places/items?offset=100001", 200, None),
        ("places/items?offset=100000", 200, None),
        ("places/items?as_of=9999-01-01", 400, "as_of_after_register"),
        ("places/items?as_of=2020-01-01&datetime=2020-01-01", 400, "one_day"),
        ("places/items?as_off=2020-01-01", 400, "unknown_parameter"),
        ("places/items?as_of=yesterday", 400, "bad_date"),
        ("places/items?as_of=", 400, "bad_parameter"),
        ("places/items?as_of=2020-01-01&as_of=2021-01-01", 400, "repeated_parameter"),
        ("places/items?datetime=2020/2021", 400, "bad_date"),
        ("places/items?governed_by=printed", 400, "bad_governing_date"),
        ("places/items?simplify=1", 400, "unknown_parameter"),
        ("units/tiles/WebMercatorQuad/3/6/3?limit=0", 400, "limit_out_of_range"),
        ("units/tiles/WebMercatorQuad/3/6/3?offset=10", 400, "unknown_parameter"),
        ("places/items?crs=EPSG:3857", 400, "bad_crs"),
        ("places/items?properties=secret", 400, "bad_property"),
        ("places/items/1", 404, "no_such_feature"),
        ("places/items/00000000-0000-0000-0000-000000000000", 404, "no_such_feature"),
        ("pg_user/items", 404, "no_such_collection"),
        ("units/tiles/WebMercatorQuad/3/9/9", 404, "no_such_tile"),
        ("units/tiles/WebMercatorQuad/25/1/1", 404, "no_such_tile"),
    ],
)
def test_bad_questions_are_refused_with_what_to_do(api: httpx.Client, path: str, status: int, code: str | None) -> None:
    answer = api.get(f"/ogc/collections/{path}")
    assert (answer.status_code, answer.json().get("code")) == (status, code)


def test_the_planner_may_look_for_boxes_inside_the_public_views(database_url: str) -> None:
    leakproof = text(
        "SELECT proleakproof FROM pg_proc WHERE oid = 'geometry_overlaps(geometry, geometry)'::regprocedure"
    )
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert connection.scalar(leakproof) is True
    engine.dispose()
