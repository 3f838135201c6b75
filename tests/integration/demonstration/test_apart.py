"""Beside what is real nothing invented is listed, counted or matched in any interface; by its code it answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from api.app import create_app
from api.settings import Settings
from tests.serving import serving

CITY, COUNTY = "990100", "990121"
INVENTED_IDS = text("""
    SELECT unit_id AS id FROM published.demonstration_unit
    UNION SELECT p.id FROM published.place p JOIN published.demonstration_unit d ON d.unit_id = p.unit_id
""")
UNIT_NAMES = text("""
    SELECT DISTINCT v.name FROM published.unit_version v JOIN published.demonstration_unit d ON d.unit_id = v.unit_id
    ORDER BY 1
""")
PLACE_NAMES = text("""
    SELECT DISTINCT n.text FROM published.place_name n JOIN published.place p ON p.id = n.subject_id
    JOIN published.demonstration_unit d ON d.unit_id = p.unit_id ORDER BY 1
""")
#: Everything that the load of the demonstration has told, and how often of what is marked.
TOLD = text("""
    SELECT collection, count(*) AS entries,
           count(*) FILTER (WHERE coalesce(after, before) ->> 'demonstration' = 'true') AS marked
    FROM published.change
    WHERE entity_id IN (SELECT unit_id FROM published.demonstration_unit)
       OR coalesce(after, before) ->> 'doc_no' LIKE '演示〔%'
       OR decision_id IN (SELECT id FROM published.decision WHERE demonstration) GROUP BY collection
""")


@pytest.fixture(scope="module")
def public(reading_room: Engine) -> Iterator[httpx.Client]:
    url = reading_room.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, pages=False))
    with serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def invented(reading_room: Engine) -> set[str]:
    with reading_room.connect() as connection:
        return {str(found) for found in connection.scalars(INVENTED_IDS)}


@pytest.fixture(scope="module")
def names(reading_room: Engine) -> list[str]:
    with reading_room.connect() as connection:
        found = [*connection.scalars(UNIT_NAMES), *connection.scalars(PLACE_NAMES)]
    assert {"示例省", "云溪市", "甲县", "乙县"} <= set(found)
    return found


def asked(public: httpx.Client, path: str, **parameters: Any) -> Any:
    answer = public.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_national_tree_has_none_but_by_its_code(public: httpx.Client) -> None:
    whole = json.dumps(asked(public, "/9095/xzqh/getList", code="", maxLevel=3), ensure_ascii=False)
    assert '"code": "99' not in whole
    assert "云溪市" not in whole
    below = asked(public, "/9095/xzqh/getList", code=CITY, maxLevel=1)
    assert {child["name"] for child in below["data"]["children"]} >= {"甲县", "乙县"}


def test_the_national_lists_and_counts_have_none_but_within_them(
    public: httpx.Client, names: list[str], invented: set[str]
) -> None:
    found_within = 0
    for name in names:
        for kind in ("精确", "模糊"):
            met = asked(public, "/9095/stname/listPub", stName=name, searchType=kind, size=100)
            assert not {record["id"] for record in met["records"]} & invented, name
        within = asked(public, "/9095/stname/listPub", stName=name, searchType="模糊", code="990000", size=100)
        found_within += len({record["id"] for record in within["records"]} & invented)
        counted = asked(public, "/9095/datastatis/GroupCountNameByCode", name=name)
        assert not [row for row in counted["data"] if row["code"].startswith("99")], name
    assert found_within > 3


def test_a_table_is_reconciled_with_none(public: httpx.Client, names: list[str], invented: set[str]) -> None:
    queries = {f"q{n}": {"query": name, "limit": 10} for n, name in enumerate(names[:50])}
    answer = public.post("/v1/reconcile", data={"queries": json.dumps(queries)})
    assert answer.status_code == 200
    matched = {found["id"] for result in answer.json().values() for found in result["result"]}
    assert not matched & invented
    for name in names[:10]:
        suggested = asked(public, "/v1/reconcile/suggest/entity", prefix=name)
        assert not {found["id"] for found in suggested["result"]} & invented, name


def test_no_collection_of_features_has_any(public: httpx.Client, invented: set[str]) -> None:
    collections = [one["id"] for one in asked(public, "/ogc/collections")["collections"]]
    assert len(collections) >= 7
    for collection in collections:
        answer = public.get(f"/ogc/collections/{collection}/items", params={"bbox": "119,48,121,49.5", "limit": 1000})
        if answer.status_code == 403:  # courses need a map-approval number
            continue
        assert answer.status_code == 200, answer.text
        found = answer.json()["features"]
        assert not {str(feature["id"]) for feature in found} & invented, collection
        assert '"99' not in json.dumps([feature["properties"].get("code") for feature in found])
        for unit in sorted(invented)[:5]:
            assert public.get(f"/ogc/collections/{collection}/items/{unit}").status_code in (403, 404)


def test_the_feed_tells_of_it_and_says_that_it_is_made_up(reading_room: Engine) -> None:
    with reading_room.connect() as connection:
        told = {row.collection: (row.entries, row.marked) for row in connection.execute(TOLD)}
    assert {"units", "decisions", "lines", "markers"} <= set(told)
    assert {collection: marked for collection, (_, marked) in told.items()} == {
        collection: entries for collection, (entries, _) in told.items()
    }
