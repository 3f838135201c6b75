"""The inventory of signs: taken in from a table, asked for on any day, each panel beside the name of that day."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, text

from api.app import create_app
from api.settings import Settings
from data.access import Role
from data.db import make_engine, reading
from data.decisions import DecisionDraft
from data.errors import BadInput, NotPermitted
from data.ids import derived_id, new_id
from data.server.cluster import Cluster
from geonames.exchange.exporting import export
from geonames.exchange.model import Asked
from geonames.signs.importing import Table, import_signs, preview_import
from tests import database
from tests.samples import named_places as counties
from tests.serving import serving
from tests.vector_tiles import properties

STREET, LANE = (derived_id("invented-signed", n) for n in ("street", "lane"))
RENAMED, SURVEYED, REPLACED = date(2015, 6, 1), date(2010, 1, 1), date(2016, 3, 1)
ADD_NAME = text("""
    INSERT INTO diming.place_name (id, subject_id, text, kind, romanization, valid, source, opened_by)
    VALUES (gen_random_uuid(), :id, :name, 'standard', :roman,
            daterange(CAST(:begin AS date), CAST(:end AS date)), 'invented for tests', :decision)
""")
#: 旧仓路 became 沿河路; 柳浪 stands in the other county.
NAMES = (
    (STREET, "旧仓路", "Jiùcāng Lù", None, RENAMED),
    (STREET, "沿河路", "Yánhé Lù", RENAMED, None),
    (LANE, "沿河路", "Yánhé Lù", None, None),
)
KEEPER = counties.somebody(Role.CLERK, counties.COUNTY)
HEADER = "编号,地名,类型,走向,经度,纬度,版面汉字,版面拼音,设置日期,状态\n"
FIRST = HEADER + (
    "LP-1,旧仓路,街路巷牌,东西,110.01,30.01,旧仓路,JIUCANG LU,2009-05,完好\n"
    "LP-2,旧仓路,street,east_west,110.02,30.01,旧仓路,,,\n"
    "LP-3,旧仓路,street,,110.03,30.01,,,,standing\n"
    "LP-4,旧仓路,street,,110.04,30.01,旧苍路,JIUCANG LU,,损坏\n"
    "LP-5,旧仓路,street,,110.05,30.01,旧仓路,JIUCHANG LU,,\n"
    "LP-6,柳浪二巷,street,,110.06,30.01,柳浪二巷,LIULANG 2 XIANG,,\n"
)


@pytest.fixture(scope="module")
def office(cluster: Cluster) -> Iterator[Engine]:
    """The invented county, a street that was renamed, and its signs: surveyed in 2010, one replaced in 2016."""
    with database.clone(cluster, database.migrated_template(cluster)) as url:
        engine = make_engine(url, pooled=False)
        counties.invent(engine)
        add_streets(engine)
        taken = import_signs(engine, KEEPER, Table(FIRST.encode("gb18030"), "990121", SURVEYED), document())
        assert taken["written"] == 6, taken
        replaced = HEADER + "LP-1,沿河路,street,东西,110.01,30.01,沿河路,Yánhé  Lù,2016-03-01,\n"
        taken = import_signs(engine, KEEPER, Table(replaced.encode(), "990121", REPLACED), document())
        assert taken["counts"] == {"changed": 1}, taken
        yield engine
        engine.dispose()


def add_streets(engine: Engine) -> None:
    with engine.begin() as connection:
        for place, unit in ((STREET, counties.COUNTY), (LANE, counties.OTHER)):
            values = {"id": place, "class": "STREET", "type": "23514", "unit": unit, "decision": counties.DECISION}
            connection.execute(counties.ADD_PLACE, values)
        for place, name, roman, begin, end in NAMES:
            values = {"id": place, "name": name, "roman": roman, "begin": begin, "end": end}
            connection.execute(ADD_NAME, {**values, "decision": counties.DECISION})


def document() -> DecisionDraft:
    return DecisionDraft(
        id=new_id(), kind="document", doc_no=None, title="地名标志普查表（虚构）", authority="汀川县民政局（虚构）",
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source="invented for tests", licence=None, retrieved_on=None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def api(office: Engine) -> Iterator[httpx.Client]:
    """A server of the county."""
    app = create_app(Settings(database_url=office.url.render_as_string(hide_password=False)))
    with serving(app) as server, httpx.Client(base_url=server, timeout=60) as client:
        yield client
    app.state.databases.close()


def told(api: httpx.Client, query: str = "") -> dict[str, str]:
    """What each panel says beside the standard name, by the signs' numbers."""
    answer = api.get(f"/v1/signs?{query}")
    assert answer.status_code == 200, answer.text
    return {item["code"]: item["text"] for item in answer.json()["items"]}


def test_each_panel_is_held_against_the_standard_name_of_the_day(api: httpx.Client) -> None:
    common = {"LP-3": "not_read", "LP-6": "roman_unknown"}
    assert told(api, "as_of=2012-01-01") == {
        "LP-1": "right", "LP-2": "roman_lacking", "LP-4": "other_text", "LP-5": "roman_differs", **common,
    }  # fmt: skip
    assert told(api, "as_of=2015-12-01")["LP-1"] == "former_name"
    assert told(api) == {
        "LP-1": "right", "LP-2": "former_name", "LP-4": "other_text", "LP-5": "former_name", **common,
    }  # fmt: skip
    assert told(api, "as_of=2009-12-31") == {}


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("text=wrong", ["LP-2", "LP-4", "LP-5"]),
        ("text=not_read", ["LP-3"]),
        ("state=damaged", ["LP-4"]),
        ("direction=east_west", ["LP-1", "LP-2"]),
        (f"place={STREET}&text=right", ["LP-1"]),
        ("within=990122", []),
        ("within=990100&type=street&text=roman_unknown", ["LP-6"]),
    ],
)
def test_signs_are_found_by_what_is_asked(api: httpx.Client, query: str, codes: list[str]) -> None:
    assert list(told(api, query)) == codes


def test_pages_follow_one_another_and_refuse_a_strange_cursor(api: httpx.Client) -> None:
    seen, cursor = [], ""
    for _ in range(4):
        found = api.get(f"/v1/signs?limit=2{cursor}").json()
        seen += [item["code"] for item in found["items"]]
        if found["next"] is None:
            break
        cursor = f"&cursor={found['next']}"
    assert seen == [f"LP-{n}" for n in range(1, 7)]
    assert api.get(f"/v1/signs?limit=2&state=damaged{cursor}").json()["code"] == "bad_cursor"


def test_a_sign_tells_what_it_should_say_and_how_it_was(api: httpx.Client) -> None:
    one = api.get(f"/v1/signs?place={STREET}&text=right").json()["items"][0]
    assert one["should_say"] == {"han": "沿河路", "roman": "YANHE LU"}
    found = api.get(f"/v1/signs/{one['id']}").json()
    assert [state["panel"]["han"] for state in found["history"]] == ["沿河路", "旧仓路"]
    assert [state["valid"]["to"] for state in found["history"]] == [None, "2016-03-01"]
    assert found["history"][0]["decision"]["title"] == "地名标志普查表（虚构）"
    before = api.get(f"/v1/signs/{one['id']}?as_of=2012-01-01").json()
    assert (before["panel"]["han"], before["set_on"], before["valid"]["to"]) == ("旧仓路", "2009-05", "2016-03-01")
    missing = api.get(f"/v1/signs/{counties.DECISION}")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_such_sign")
    assert api.get("/v1/signs?text=nice").json()["code"] == "bad_parameter"


def test_the_feed_tells_of_signs(api: httpx.Client) -> None:
    items = api.get("/v1/changes?collection=signs").json()["items"]
    assert [item["kind"] for item in items] == ["insert"] * 6 + ["update"]
    last = items[-1]
    assert (last["before"]["panel"]["han"], last["after"]["panel"]["han"]) == ("旧仓路", "沿河路")


FEATURES = "/ogc/collections/signs/items"


@pytest.mark.parametrize(
    ("asked", "panel", "name", "set_on"),
    [({"as_of": "2014-01-01"}, "旧仓路", "旧仓路", "2009-05"), ({}, "沿河路", "沿河路", "2016-03-01")],
)
def test_signs_are_features_of_a_day(
    api: httpx.Client, asked: dict[str, str], panel: str, name: str, set_on: str
) -> None:
    found = api.get(FEATURES, params={**asked, "code": "LP-1"}).json()["features"]
    assert [feature["geometry"]["coordinates"] for feature in found] == [[110.01, 30.01]]
    told = found[0]["properties"]
    assert (told["han"], told["name"], told["set_on"], told["unit_code"]) == (panel, name, set_on, "990121")
    assert api.get(f"/v1/signs/{told['sign']}").status_code == 200


def test_signs_are_filtered_and_drawn_as_other_features(api: httpx.Client) -> None:
    wrong = api.get(
        FEATURES, params={"filter": "han <> '沿河路' AND S_INTERSECTS(geometry, BBOX(110, 30, 110.045, 30.1))"}
    )
    assert {feature["properties"]["code"] for feature in wrong.json()["features"]} == {"LP-2", "LP-4"}
    tile = api.get("/ogc/collections/signs/tiles/WebMercatorQuad/8/206/105")
    assert {one["code"] for one in properties(tile.content)} >= {"LP-1", "LP-6"}
    assert api.get("/ogc/collections/signs/tiles/WebMercatorQuad/10/0/0").content == b""


def test_an_export_holds_the_signs_of_a_division(office: Engine, tmp_path: Path) -> None:
    engine = make_engine(office.url.render_as_string(hide_password=False), pooled=False, reader=True)
    with reading(engine) as public:
        asked = Asked("csv", ("signs",), "990121")
        export(public, asked, tmp_path / "out", new_id(), datetime(2026, 1, 1, tzinfo=UTC), "https://example.org")
    with (tmp_path / "out" / "signs.csv").open(encoding="utf-8", newline="") as file:
        assert [row["code"] for row in csv.DictReader(file) if row["han"] == "沿河路"] == ["LP-1"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("LP-9,沿河桥,street,,110,30,,,,", "no place of this division is called 沿河桥"),
        ("LP-9,沿河路,street,,110,30,,,,\nLP-9,沿河路,street,,110,30,,,,", "the number stands in line 2 already"),
        ("LP-9,沿河路,billboard,,110,30,,,,", "type 'billboard' is none of"),
        ("LP-9,沿河路,street,斜,110,30,,,,", "direction '斜' is none of"),
        ("LP-9,沿河路,street,,30,110,,,,", "is no position"),
        ("LP-9,沿河路,street,,110,30,,YANHE LU,,", "Pinyin is given without its characters"),
        ("LP-9,沿河路,street,,110,30,,,昨天,", "set_on '昨天' is no date"),
        (",沿河路,street,,110,30,,,,", "code is blank"),
    ],
)
def test_a_faulty_row_is_named_and_nothing_is_written(office: Engine, row: str, why: str) -> None:
    table = Table((HEADER + row + "\n").encode(), "990121", date(2020, 1, 1))
    report = import_signs(office, KEEPER, table, document())
    assert report["written"] == 0
    assert why in " ".join(fault for one in report["rows"] for fault in one["faults"])
    assert all(len(one["faults"]) == len(one["faults_zh"]) for one in report["rows"])


def test_what_is_there_is_unchanged_and_what_is_later_is_not_overwritten(office: Engine) -> None:
    same = HEADER + "LP-3,沿河路,street,,110.03,30.01,,,,\n"
    assert preview_import(office, KEEPER, Table(same.encode(), "990121", date(2020, 1, 1)))["counts"] == {
        "unchanged": 1
    }
    earlier = HEADER + "LP-1,旧仓路,street,,110.03,30.01,,,,\n"
    [row] = preview_import(office, KEEPER, Table(earlier.encode(), "990121", date(2012, 1, 1)))["rows"]
    assert row["faults"] == ["a later state stands since 2016-03-01"]


def test_a_sign_of_an_unlikely_type_is_doubted(office: Engine) -> None:
    table = Table((HEADER + "LP-8,汀川大桥,street,,110,30,,,,\n").encode(), "990121", date(2020, 1, 1))
    [row] = preview_import(office, KEEPER, table)["rows"]
    assert (row["outcome"], row["warnings"]) == (
        "new",
        ["signs of type street say names of other classes than FACILITY"],
    )


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\x00", "编号,类型\n1,street\n".encode(), (HEADER.strip() + ",颜色\n1,,,,,,,,,,\n").encode()]
)
def test_what_is_no_table_is_refused(office: Engine, raw: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        preview_import(office, KEEPER, Table(raw, "990121", SURVEYED))
    assert refused.value.code == "sign_table"


def test_signs_are_recorded_by_the_office_where_they_stand(office: Engine) -> None:
    abroad = counties.somebody(Role.CLERK, counties.OTHER)
    with pytest.raises(NotPermitted):
        import_signs(office, abroad, Table(FIRST.encode(), "990121", SURVEYED), document())


def test_signs_are_closed_and_never_rewritten(office: Engine) -> None:
    with pytest.raises(Exception, match="can only be closed"), office.begin() as connection:
        connection.execute(text("UPDATE diming.sign_version SET han = '别'"))


def test_one_place_only_is_meant(office: Engine) -> None:
    table = Table((HEADER + "LP-7,沿河路,street,,110,30,,,,\n").encode(), "990100", date(2020, 1, 1))
    city = counties.somebody(Role.CLERK, counties.CITY)
    [row] = preview_import(office, city, table)["rows"]
    assert row["faults"] == ["2 places of this division are called 沿河路: give the id of the place"]


def test_the_pages_show_what_is_wrong_and_what_is_asked(api: httpx.Client) -> None:
    page = api.get("/signs?text=wrong").text
    assert all(code in page for code in ("LP-2", "LP-4", "LP-5"))
    assert "LP-1" not in page
    assert "仍为旧名" in page
    assert '<option value="wrong" selected>' in page
    assert "says a former name" in api.get("/signs?text=former_name&lang=en").text
    empty = api.get("/signs?within=990122")
    assert (empty.status_code, "LP-1" in empty.text) == (200, False)
    one = api.get(f"/v1/signs?place={STREET}&text=right").json()["items"][0]
    shown = api.get(f"/signs/{one['id']}").text
    assert all(said in shown for said in ("沿河路", "YANHE LU", "旧仓路", "地名标志普查表（虚构）"))
    assert api.get("/signs/none").status_code == 404
    assert api.get("/signs?text=nice").status_code == 400
