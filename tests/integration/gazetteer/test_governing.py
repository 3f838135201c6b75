"""Which date governs: approved, announced, in effect. Every question gives one and the same answer by each."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from api.app import create_app
from api.loads import decision
from api.settings import Settings
from data.db import make_engine, reading
from data.server.cluster import Cluster
from geonames.exchange.exporting import export
from geonames.exchange.model import Asked
from tests import database
from tests.registers import demonstration_template
from tests.serving import serving

#: Invented: no such decisions exist.
RENAMING = """## 国务院关于同意浙江省长兴县更名的批复（测试用，虚构）
# 文号：测函〔2025〕1号
# 日期：2025年3月1日
# 公布：2025年3月20日
# 生效：2025年3月10日
#
# 长兴县更名为虚兴县。
-330522 长兴县>虚兴县
+330522 虚兴县<长兴县
"""
LATER = """## 国务院关于同意浙江省安吉县更名的批复（测试用，虚构）
# 文号：测函〔2025〕2号
# 日期：2025年5月20日
# 生效：2025年6月1日
#
# 安吉县更名为虚吉县。
-330523 安吉县>虚吉县
+330523 虚吉县<安吉县
"""
ACROSS = """## 国务院关于同意浙江省德清县更名的批复（测试用，虚构）
# 文号：测函〔2024〕3号
# 日期：2024年12月20日
# 生效：2025年1月10日
#
# 德清县更名为虚清县。
-330521 德清县>虚清县
+330521 虚清县<德清县
"""
INSIDE = {"lon": 119.91, "lat": 31.0}
#: By which date, on which day, under which name.
CASES = [
    ("approved", "2025-02-28", "长兴县"),
    ("approved", "2025-03-01", "虚兴县"),
    ("approved", "2025-03-15", "虚兴县"),
    ("effective", "2025-03-09", "长兴县"),
    ("effective", "2025-03-10", "虚兴县"),
    ("announced", "2025-03-15", "长兴县"),
    ("announced", "2025-03-20", "虚兴县"),
]


@pytest.fixture(scope="module")
def own_url(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("decisions")
    with database.clone(cluster, demonstration_template(cluster)) as url:
        engine = make_engine(url, pooled=False)
        for number, text in enumerate((ACROSS, RENAMING, LATER)):
            file = folder / f"{number}.txt"
            file.write_text(text, "utf-8")
            assert decision(engine, file, "office", preview=False).changed is True
        engine.dispose()
        yield url


@pytest.fixture(scope="module")
def api(own_url: str) -> Iterator[httpx.Client]:
    app = create_app(Settings(database_url=own_url, pages=False))
    with serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def asked(api: httpx.Client, path: str, **parameters: object) -> dict[str, object]:
    answer = api.get(path, params={name: str(value) for name, value in parameters.items()})
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


@pytest.mark.parametrize(("by", "day", "name"), CASES)
def test_every_question_agrees_under_every_date(api: httpx.Client, by: str, day: str, name: str) -> None:
    when = {"as_of": day, "governed_by": by}
    unit = asked(api, "/v1/units/330522", **when)
    assert unit["name"] == name
    assert unit.get("governed_by") == (None if by == "effective" else by)
    listed = asked(api, "/v1/units", parent="330500", **when)
    assert name in [item["name"] for item in listed["items"]]  # type: ignore[attr-defined]
    assert asked(api, f"/v1/places/{unit['id']}", **when)["name"] == name
    assert asked(api, "/v1/reverse", **INSIDE, **when)["units"][-1]["name"] == name  # type: ignore[index]
    for path in ("/v1/places", "/v1/suggest"):
        first = asked(api, path, q=name, **when)["items"][0]  # type: ignore[index]
        assert (first["name"], first["code"], first["status"], first["matched"]["kind"]) == (
            name, "330522", "current", "standard",
        )  # fmt: skip
    part = asked(api, "/v1/geocode", q=f"浙江省湖州市{name}", **when)["items"][0]["parts"][-1]  # type: ignore[index]
    assert (part["name"], part["former"]) == (name, False)
    exported = asked(api, "/v1/linked/geojson", within="330522", limit=1, **when)
    assert exported["features"] is not None


def test_the_other_name_is_found_as_what_it_is(api: httpx.Client) -> None:
    def met(by: str, q: str) -> tuple[str, str] | None:
        items = asked(api, "/v1/places", q=q, as_of="2025-03-15", governed_by=by)["items"]
        found = [i for i in items if i["code"] == "330522"]  # type: ignore[attr-defined]
        return (found[0]["name"], found[0]["matched"]["kind"]) if found else None

    assert met("approved", "长兴县") == ("虚兴县", "former")
    assert met("announced", "虚兴县") == ("长兴县", "fuzzy")  # nobody knows the name yet: it is taken for a mistake


def test_validity_is_told_by_the_date_that_governs(api: httpx.Client) -> None:
    begins = {
        by: asked(api, "/v1/units/330522", governed_by=by)["valid"]["from"]  # type: ignore[index]
        for by in ("effective", "approved", "announced")
    }
    assert begins == {"effective": "2025-03-10", "approved": "2025-03-01", "announced": "2025-03-20"}
    history = asked(api, "/v1/units/330522/history", governed_by="approved")["versions"]
    ends = [version["valid"]["to"] for version in history]  # type: ignore[attr-defined]
    assert "2025-03-01" in ends
    assert "2025-03-10" not in ends


def test_a_date_that_is_not_known_leaves_the_day_of_the_effect(api: httpx.Client) -> None:
    assert asked(api, "/v1/units/330523", as_of="2025-05-31", governed_by="announced")["name"] == "安吉县"
    assert asked(api, "/v1/units/330523", as_of="2025-06-01", governed_by="announced")["name"] == "虚吉县"


def test_many_points_and_codes_go_by_the_same_date(api: httpx.Client) -> None:
    body = {"points": [[INSIDE["lon"], INSIDE["lat"]]], "as_of": "2025-03-05"}
    many = api.post("/v1/reverse", params={"governed_by": "approved"}, json=body).json()["items"]
    assert many[0]["units"][-1]["name"] == "虚兴县"
    range_ = {"from": "2025-02-01", "to": "2025-03-05", "governed_by": "approved"}
    results = asked(api, "/v1/codes/330522/translate", **range_)["results"]
    assert [result["name"] for result in results] == ["虚兴县"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("by", "day", "name"), CASES[1::2])
def test_features_and_tiles_go_by_the_same_date(api: httpx.Client, by: str, day: str, name: str) -> None:
    when = {"as_of": day, "governed_by": by}
    units = asked(api, "/ogc/collections/units/items", code="330522", **when)["features"]
    assert [unit["properties"]["name"] for unit in units] == [name]  # type: ignore[attr-defined]
    tile = api.get("/ogc/collections/units/tiles/WebMercatorQuad/8/213/104", params=when)
    assert name.encode() in tile.content
    place = asked(api, "/ogc/collections/places/items", filter="unit_code = '330522'", limit=1)["features"][0]["id"]  # type: ignore[index]
    (lying,) = asked(api, "/ogc/collections/places/items", ids=place, **when)["features"]  # type: ignore[misc]
    assert lying["properties"]["unit_name"] == name  # type: ignore[has-type]


@pytest.mark.parametrize(("by", "day", "name"), CASES[1::2])
def test_a_table_of_names_is_reconciled_by_the_same_date(api: httpx.Client, by: str, day: str, name: str) -> None:
    where = [{"pid": "as_of", "v": day}, {"pid": "within", "v": "330500"}]
    queries = json.dumps({"q": {"query": name, "properties": where}})
    answer = api.post("/v1/reconcile", params={"governed_by": by}, data={"queries": queries}).json()
    assert set(answer) == {"q"}  # the form is OpenRefine's
    (best,) = [found for found in answer["q"]["result"] if found["match"]]
    assert best["name"] == name


@pytest.mark.parametrize(("by", "day", "name"), CASES[1::2])
def test_an_export_goes_by_the_same_date(own_url: str, tmp_path: Path, by: str, day: str, name: str) -> None:
    wanted = Asked("csv", ("units",), "330522", as_of=date.fromisoformat(day), governed_by=by)
    engine = make_engine(own_url, pooled=False, reader=True)
    with reading(engine) as connection:
        made_at = datetime(2026, 1, 1, tzinfo=UTC)
        export(connection, wanted, tmp_path / "units", UUID(int=1), made_at, "https://example.org")
    engine.dispose()
    with (tmp_path / "units" / "units.csv").open(encoding="utf-8", newline="") as file:
        assert [row["name"] for row in csv.DictReader(file) if row["code"] == "330522"] == [name]


def test_many_codes_go_by_the_same_date(api: httpx.Client) -> None:
    body = {"codes": ["330522"], "from": "2025-02-01", "to": "2025-03-05"}
    for by, name in (("effective", "长兴县"), ("approved", "虚兴县"), ("announced", "长兴县")):
        (found,) = api.post("/v1/codes/translate", params={"governed_by": by}, json=body).json()["items"]
        assert [result["name"] for result in found["results"]] == [name]


def test_the_national_interface_goes_by_the_same_date(api: httpx.Client) -> None:
    """It knows ends of years: the decision here was approved in one and in effect in the next."""
    for by, name in (("effective", "德清县"), ("approved", "虚清县")):
        year = {"year": "2024", "governed_by": by}
        top = asked(api, "/9095/xzqh/getList", code="330521", maxLevel=0, **year)["data"]
        assert top["name"] == name  # type: ignore[index]
        records = asked(api, "/9095/stname/listPub", stName=name, searchType="精确", **year)["records"]
        assert [(r["standard_name"], r["area"]) for r in records] == [(name, "330521")]  # type: ignore[attr-defined]
    today = {"name": "虚清县", "governed_by": "approved"}
    assert asked(api, "/9095/datastatis/GroupCountNameByCode", **today)["total"] == 1


def test_another_word_is_refused(api: httpx.Client) -> None:
    for path in ("/v1/units/330522", "/v1/reconcile", "/9095/xzqh/getList", "/ogc/collections/units/items"):
        answer = api.get(path, params={"governed_by": "printed"})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_governing_date"), path


def test_the_feed_of_decisions_takes_the_same_word(api: httpx.Client) -> None:
    found = asked(api, "/v1/decision-feed", governed_by="announced", since="2025-03-20", as_of="2025-03-20")
    assert [item["doc_no"] for item in found["items"]] == ["测函〔2025〕1号"]  # type: ignore[attr-defined]
    twice = api.get("/v1/decision-feed", params={"by": "approved", "governed_by": "announced"})
    assert (twice.status_code, twice.json()["code"]) == (400, "bad_governing_date")
