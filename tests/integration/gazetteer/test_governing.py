"""Which date governs: approved, announced, in effect. Every question gives one and the same answer by each."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, text

from api.app import create_app
from api.loads import decision
from api.settings import Settings
from data import audit
from data.db import make_engine, reading, unit_of_work
from data.ids import derived_id
from data.server.cluster import Cluster
from geonames.exchange.exporting import export
from geonames.exchange.model import Asked
from geonames.likeness.index import follow_names
from geonames.search.index import follow as follow_search
from tests import database
from tests.registers import demonstration_template
from tests.serving import serving
from tests.vector_tiles import properties

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
#: In effect before the register's last day, announced after it: what goes by today's state tells them apart.
LAST = """## 国务院关于同意浙江省嵊泗县更名的批复（测试用，虚构）
# 文号：测函〔2025〕4号
# 日期：2025年5月1日
# 公布：2025年6月15日
# 生效：2025年5月25日
#
# 嵊泗县更名为虚泗县。
-330922 嵊泗县>虚泗县
+330922 虚泗县<嵊泗县
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
#: An invented pavilion, named twice on the dates of the renamings of its county and of the last one.
PAVILION = derived_id("invented-place", "pavilion")
PAVILION_NAMES = (("虚亭", "Xu Ting"), ("虚阁", "Xu Ge"), ("虚楼", "Xu Lou"))
PAVILION_DATES = (
    {"approved": "1990-01-01", "announced": "1990-01-01", "effective": "1990-01-01"},
    {"approved": "2025-03-01", "announced": "2025-03-20", "effective": "2025-03-10"},
    {"approved": "2025-05-01", "announced": "2025-06-15", "effective": "2025-05-25"},
)
ITS_NAMES = {"长兴县": "虚亭", "虚兴县": "虚阁"}
PAVILION_CASES = [(by, day, ITS_NAMES[name]) for by, day, name in CASES]
#: On the register's last day, the first of June.
TODAY = [("effective", "虚楼", "虚泗县"), ("approved", "虚楼", "虚泗县"), ("announced", "虚阁", "嵊泗县")]
ADD_DECISION = text("""
    INSERT INTO diming.decision (id, kind, title, approved_on, announced_on, effective_on, basis, source,
                                 recorded_by)
    VALUES (:id, 'approval', '虚构批复', :approved, :announced, :effective, 'document_date', 'invented', 'test')
""")
ADD_PLACE = text("""
    INSERT INTO diming.place (id, class, type_code, geom, unit_id, valid, opened_by, rank)
    SELECT :id, 'FACILITY', '23610', ST_SetSRID(ST_Point(:lon, :lat), 4490), v.unit_id,
           daterange(CAST(:effective AS date), NULL), :decision, 50
    FROM diming.unit_version v WHERE v.code = '330522' AND upper_inf(v.known) AND upper_inf(v.valid)
""")
ADD_NAME = text("""
    INSERT INTO diming.place_name (id, subject_id, text, kind, language, script, romanization, romanization_system,
                                   valid, source, opened_by, closed_by)
    VALUES (:name_id, :id, :name, 'standard', 'zh', 'Hans', :roman, 'PY84',
            daterange(CAST(:begins AS date), CAST(:ends AS date)), 'invented for tests', :opened, :closed)
""")


def build(engine: Engine) -> None:
    """Write the pavilion and its names."""
    decisions = [derived_id("invented-decision", "pavilion", number) for number in range(len(PAVILION_DATES))]
    begins = [dates["effective"] for dates in PAVILION_DATES]
    with unit_of_work(engine) as connection:
        for identity, dates in zip(decisions, PAVILION_DATES, strict=True):
            connection.execute(ADD_DECISION, {"id": identity, **dates})
        place = {"id": PAVILION, **INSIDE, "effective": begins[0], "decision": decisions[0]}
        connection.execute(ADD_PLACE, place)
        spans = zip(begins, [*begins[1:], None], decisions, [*decisions[1:], None], strict=True)
        for (name, roman), (since, until, opened, closed) in zip(PAVILION_NAMES, spans, strict=True):
            named = {"name_id": derived_id("invented-name", name), "id": PAVILION, "name": name, "roman": roman}
            connection.execute(ADD_NAME, {**named, "begins": since, "ends": until, "opened": opened, "closed": closed})
        follow_names(connection, [PAVILION])
        follow_search(connection, [PAVILION])
        audit.append(connection, actor="test", action="invented", decision_id=None, details={})


@pytest.fixture(scope="module")
def own_url(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("decisions")
    with database.clone(cluster, demonstration_template(cluster)) as url:
        engine = make_engine(url, pooled=False)
        for number, text in enumerate((ACROSS, RENAMING, LAST, LATER)):
            file = folder / f"{number}.txt"
            file.write_text(text, "utf-8")
            assert decision(engine, file, "office", preview=False).changed is True
        build(engine)
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


def of_pavilion(found: object) -> list[str]:
    """The names under which features have the pavilion."""
    features = found["features"]  # type: ignore[index]
    return [f["properties"].get("name") or f["properties"]["title"] for f in features if str(PAVILION) in json.dumps(f)]


@pytest.mark.parametrize(("by", "day", "name"), PAVILION_CASES)
def test_a_place_that_was_renamed(api: httpx.Client, by: str, day: str, name: str) -> None:
    when = {"as_of": day, "governed_by": by}
    assert asked(api, f"/v1/places/{PAVILION}", **when)["name"] == name
    near = asked(api, "/v1/reverse", **INSIDE, **when)["places"][0]  # type: ignore[index]
    assert (near["id"], near["name"]) == (str(PAVILION), name)
    for path in ("/v1/places", "/v1/suggest"):
        first = asked(api, path, q=name, within="330522", **when)["items"][0]  # type: ignore[index]
        assert (first["id"], first["name"], first["matched"]["kind"]) == (str(PAVILION), name, "standard")


@pytest.mark.parametrize(("by", "day", "name"), PAVILION_CASES)
def test_linked_places_are_named_by_the_same_date(api: httpx.Client, by: str, day: str, name: str) -> None:
    when = {"as_of": day, "governed_by": by}
    for form in ("lpf", "geojson"):
        assert of_pavilion(asked(api, f"/v1/linked/{form}", q=name, within="330522", **when)) == [name], form
    assert asked(api, f"/v1/linked/jsonld/{PAVILION}", **when)["name"] == name
    table = api.get(f"/v1/linked/lp-tsv/{PAVILION}", params=when).text
    (row,) = csv.DictReader(table.splitlines(), delimiter="\t")
    assert row["title"] == name
    (told,) = asked(api, f"/v1/linked/lpf/{PAVILION}", **when)["features"]  # type: ignore[misc]
    begins = {n["toponym"]: n["when"]["timespans"][0]["start"] for n in told["names"]}  # type: ignore[has-type]
    assert begins["虚阁"] == {"in": PAVILION_DATES[1][by]}


@pytest.mark.parametrize(("by", "day", "name"), PAVILION_CASES)
@pytest.mark.parametrize("zoom", [3, 14])
def test_tiles_of_places_are_named_by_the_same_date(api: httpx.Client, zoom: int, by: str, day: str, name: str) -> None:
    x, y = tile_at(zoom)
    when = {"as_of": day, "governed_by": by, "limit": "10000"}
    tile = api.get(f"/ogc/collections/places/tiles/WebMercatorQuad/{zoom}/{x}/{y}", params=when)
    assert [p["name"] for p in properties(tile.content) if p["id"] == str(PAVILION)] == [name]


@pytest.mark.parametrize(("by", "day", "name"), PAVILION_CASES)
def test_features_of_a_box_are_named_by_the_same_date(api: httpx.Client, by: str, day: str, name: str) -> None:
    x, y = tile_at(14)
    when = {"as_of": day, "governed_by": by}
    tile = api.get(f"/ogc/collections/names/tiles/WebMercatorQuad/14/{x}/{y}", params=when)
    assert [n["text"] for n in properties(tile.content) if n["place"] == str(PAVILION)] == [name]
    page = asked(api, "/ogc/collections/places/items", bbox="119.9,30.99,119.92,31.01", limit=1000, **when)
    assert [f["properties"]["name"] for f in page["features"] if f["id"] == str(PAVILION)] == [name]  # type: ignore[attr-defined]


def tile_at(zoom: int) -> tuple[int, int]:
    """The tile in which the pavilion stands."""
    latitude = math.radians(INSIDE["lat"])
    x = (INSIDE["lon"] + 180) / 360
    y = (1 - math.asinh(math.tan(latitude)) / math.pi) / 2
    return int(x * 2**zoom), int(y * 2**zoom)


@pytest.mark.parametrize(("by", "name", "county"), TODAY)
def test_details_and_counts_of_today_go_by_the_same_date(api: httpx.Client, by: str, name: str, county: str) -> None:
    unit = asked(api, "/v1/units/330922")["id"]
    for identity, expected in ((str(PAVILION), name), (unit, county)):
        found = asked(api, "/9095/stname/detailsPub", id=identity, governed_by=by)
        assert found["standard_name"] == expected
    for held, roman in PAVILION_NAMES[1:]:
        for kind, word in (("Name", held), ("Pinyin", roman)):
            for part in ("Code", "Type"):
                path = f"/9095/datastatis/GroupCount{kind}By{part}"
                told = asked(api, path, name=word, distCode="330522", governed_by=by)
                assert told["total"] == (held == name), (path, word)


@pytest.mark.parametrize(("by", "name", "county"), TODAY)
def test_what_openrefine_shows_goes_by_the_same_date(api: httpx.Client, by: str, name: str, county: str) -> None:
    typed = asked(api, "/v1/reconcile/suggest/entity", prefix=name, governed_by=by)["result"]
    assert (typed[0]["id"], typed[0]["name"]) == (str(PAVILION), name)  # type: ignore[index]
    unit = asked(api, "/v1/units/330922")["id"]
    for identity, expected in ((PAVILION, name), (unit, county)):
        shown = api.get("/v1/reconcile/preview", params={"id": str(identity), "governed_by": by}).text
        assert f"<h1>{expected} " in shown


@pytest.mark.parametrize(("by", "day", "name"), PAVILION_CASES)
def test_a_column_is_added_by_the_same_date(api: httpx.Client, by: str, day: str, name: str) -> None:
    wanted = {"ids": [str(PAVILION)], "properties": [{"id": "name", "settings": {"as_of": day}}]}
    answer = api.post("/v1/reconcile", params={"governed_by": by}, data={"extend": json.dumps(wanted)}).json()
    assert answer["rows"][str(PAVILION)]["name"] == [{"str": name}]
