"""Number plates of a street that was renamed: a table taken in, addresses of any day, certificates, who finds them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest
from docx import Document
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from data import audit
from data.access import Role
from data.db import make_engine, reading
from data.decisions import DecisionDraft
from data.errors import BadInput, BadRequest, NotFound, NotPermitted
from data.feed import changes_since
from data.ids import new_id
from data.server.cluster import Cluster
from geonames.geocode.service import geocode
from geonames.plates.importing import PlateTable, import_plates, preview_plates
from geonames.plates.issuers import issuer_of
from geonames.plates.service import Wanted, change_of_address, find_plate, list_plates, nearest_plate, nearest_plates
from geonames.search.index import refresh_search_keys
from tests import database
from tests.integration.signs.test_inventory import RENAMED, STREET, add_streets
from tests.samples import named_places as counties
from tests.serving import serving

CLERK = counties.somebody(Role.CLERK, counties.COUNTY)
RULE = "from_east_and_south"
HEADER = "门牌号,侧,状态,距起点米,经度,纬度,原门牌号\n"
#: South odd and north even, from the east end.
FIRST = HEADER + (
    "1,南,,10,110.0101,30.0099,\n2,北,,12,110.0102,30.0102,\n3,南,预留,,,,\n4,北,,30,110.0201,30.0102,\n"
    "4-1,北,,,,,\n5,南,,40,110.0301,30.0099,\n"
)
SURVEYED, CHANGED, TODAY = date(2010, 1, 1), date(2018, 3, 1), date(2020, 6, 1)


def document() -> DecisionDraft:
    return DecisionDraft(
        id=new_id(), kind="document", doc_no="示例〔2018〕7号", title="门牌编制（虚构）", authority="汀川县（虚构）",
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source="为测试虚构", licence=None, retrieved_on=None,
    )  # fmt: skip


def taken(engine: Engine, rows: str, day: date, **more: Any) -> dict[str, Any]:
    table = PlateTable(rows.encode("gb18030"), STREET, "east_west", day, **{"rule": RULE, **more})
    return import_plates(engine, CLERK, table, document())


@pytest.fixture(scope="module")
def office(cluster: Cluster) -> Iterator[Engine]:
    """The renamed street with its plates: surveyed in 2010; in 2018 the door 5 got the number 7."""
    with database.clone(cluster, database.migrated_template(cluster)) as url:
        engine = make_engine(url, pooled=False)
        counties.invent(engine)
        add_streets(engine)
        first = taken(engine, FIRST, SURVEYED)
        assert first["written"] == 6, first
        second = taken(engine, HEADER + "7,南,,40,110.0301,30.0099,5\n5,南,注销,,,,\n", CHANGED)
        assert second["counts"] == {"renumbered": 1, "new": 1}, second
        refresh_search_keys(engine, "test")
        yield engine
        engine.dispose()


def plates_on(engine: Engine, day: date, **wanted: Any) -> dict[str, Any]:
    with reading(engine) as connection:
        return {one["number"]: one for one in list_plates(connection, day, Wanted(**wanted))["items"]}


def test_an_address_is_made_from_the_names_of_the_day(office: Engine) -> None:
    before = plates_on(office, date(2014, 1, 1))
    assert before["2"]["address"] == "云垣省朔汀市汀川县旧仓路2号"
    assert before["4-1"]["address"] == "云垣省朔汀市汀川县旧仓路4-1号"
    assert (before["3"]["state"], before["3"]["address"]) == ("reserved", None)
    after = plates_on(office, TODAY)
    assert after["2"]["address"] == "云垣省朔汀市汀川县沿河路2号"
    assert (after["5"]["state"], after["5"]["address"]) == ("removed", None)
    assert before["5"]["id"] == after["7"]["id"]


def test_a_door_tells_every_address_that_it_had(office: Engine) -> None:
    door = plates_on(office, TODAY)["7"]["id"]
    with reading(office) as connection:
        found = find_plate(connection, door, TODAY)
    assert [(one["address"][-5:], str(one["from"]), one["to"]) for one in found["addresses"]] == [
        ("旧仓路5号", "2010-01-01", RENAMED),
        ("沿河路5号", str(RENAMED), CHANGED),
        ("沿河路7号", str(CHANGED), None),
    ]
    assert [one["number"] for one in found["history"]] == ["5", "7"]


def test_a_change_of_address_names_its_days_and_decisions(office: Engine) -> None:
    door = plates_on(office, TODAY)["7"]["id"]
    with reading(office) as connection:
        found = change_of_address(connection, door, date(2012, 1, 1), TODAY)
        assert found["changed_on"] == [RENAMED, CHANGED]
        assert (found["earlier"]["address"][-5:], found["later"]["address"][-5:]) == ("旧仓路5号", "沿河路7号")
        assert "门牌编制（虚构）" in [one["title"] for one in found["decisions"]]
        same = change_of_address(connection, door, date(2019, 1, 1), TODAY)
        assert (same["same"], same["changed_on"], same["decisions"]) == (True, [], [])
        with pytest.raises(BadRequest) as unknown:
            change_of_address(connection, door, date(2005, 1, 1), TODAY)
        with pytest.raises(BadRequest) as reversed_:
            change_of_address(connection, door, TODAY, date(2012, 1, 1))
        with pytest.raises(NotFound) as nobody:
            change_of_address(connection, new_id(), SURVEYED, TODAY)
    codes = [one.value.code for one in (unknown, reversed_, nobody)]
    assert codes == ["address_unknown", "period_reversed", "no_such_plate"]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("9,南,,60,,,\n11,南,,70,,,\n13,南,,80,,,\n17,南,,90,,,\n", "15"),
        ("9,北,,60,,,\n", "9 is of the south side"),
        ("9,南,,60,,,\n9,南,,61,,,\n", "stands in line"),
        ("9,南,,5,,,\n", "lies behind"),
        ("12-1,北,,,,,\n", "has no number 12"),
        ("9,南,,60,,,11\n", "no door of this street bears the number 11"),
        ("2,北,,40,,,4\n", "another door's"),
    ],
)
def test_a_table_with_a_fault_is_not_written_at_all(office: Engine, rows: str, why: str) -> None:
    before = plates_on(office, TODAY)
    report = taken(office, HEADER + rows, TODAY)
    said = " ".join([*(row["fault"] or "" for row in report["rows"]), *(one["message"] for one in report["findings"])])
    assert why in said
    assert report["written"] == 0
    assert plates_on(office, TODAY) == before


def test_the_same_table_again_changes_nothing_and_a_preview_writes_nothing(office: Engine) -> None:
    again = HEADER + "1,南,,10,110.0101,30.0099,\n"
    assert taken(office, again, TODAY)["counts"] == {"unchanged": 1}
    table = PlateTable((HEADER + "9,南,,60,,,\n").encode(), STREET, "east_west", TODAY, RULE)
    assert preview_plates(office, CLERK, table)["counts"] == {"new": 1}
    assert "9" not in plates_on(office, TODAY)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("门牌号\n1\n", "侧"),
        (HEADER + "一,南,,,,,\n", "一"),
        (HEADER + "9,南,,,200,30,\n", "position"),
        (HEADER + "9,南,预留,,110,30,\n", "stands"),
        (HEADER + "9,南,预留,,,,1\n", "kept for later"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(office: Engine, rows: str, why: str) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        taken(office, rows, TODAY)
    assert refused.value.code == "number_table"


def test_no_rule_is_assumed_and_nobody_writes_elsewhere(office: Engine) -> None:
    with pytest.raises(NotFound) as unruled:
        taken(office, HEADER + "9,南,,60,,,\n", TODAY, rule=None)
    assert unruled.value.code == "numbering_rule_unknown"
    stranger = counties.somebody(Role.CLERK, counties.OTHER)
    table = PlateTable((HEADER + "9,南,,60,,,\n").encode(), STREET, "east_west", TODAY, RULE)
    with pytest.raises(NotPermitted):
        import_plates(office, stranger, table, document())


@pytest.mark.parametrize(
    ("address", "number", "former"),
    [
        ("云垣省汀川县沿河路7号", "7号", False),
        ("汀川县旧仓路4-1号", "4-1号", False),
        ("汀川县沿河路4附1号", "4-1号", False),
        ("汀川县沿河路41号", None, False),
        ("汀川县沿河路5号", "5号", True),
        ("汀川县沿河路9号", None, False),
    ],
)
def test_the_geocoder_finds_a_number_where_a_plate_bears_or_bore_it(
    office: Engine, address: str, number: str | None, former: bool
) -> None:
    with reading(office) as connection:
        best = geocode(connection, address, as_of=TODAY)["items"][0]
    plates = [(part["name"], part["former"]) for part in best["parts"] if part["kind"] == "plate"]
    assert plates == ([(number, former)] if number else [])
    assert best["not_understood"] == ([] if number else [address[6:]])
    if number == "7号":
        assert (best["precision"], best["point"]) == ("plate", [110.0301, 30.0099])


def test_a_position_is_told_its_nearest_plate(office: Engine) -> None:
    with reading(office) as connection:
        near = nearest_plate(connection, 110.0302, 30.0099, TODAY)
        assert near is not None
        assert (near["address"][-5:], near["distance_m"]) == ("沿河路7号", 10)
        before = nearest_plate(connection, 110.0302, 30.0099, date(2012, 1, 1))
        assert before is not None
        assert before["address"][-5:] == "旧仓路5号"
        assert nearest_plate(connection, 110.0310, 30.0099, TODAY) is None
        points = [(110.0310, 30.0099), (110.0302, 30.0099), (110.0102, 30.0102), (110.0302, 30.0099)]
        together = nearest_plates(connection, points, TODAY)
        assert together == [nearest_plate(connection, lon, lat, TODAY) for lon, lat in points]
        assert [one and one["address"][-5:] for one in together] == [None, "沿河路7号", "沿河路2号", "沿河路7号"]


def test_the_feed_and_the_audit_tell_what_was_written(office: Engine) -> None:
    with reading(office) as connection:
        told = changes_since(connection, 0, 1000, ["plates"])[0]
        assert [one["kind"] for one in told] == ["insert"] * 6 + ["update", "insert"]
        assert told[6]["before"]["number"] == "7" or told[6]["before"]["number"] == "5"
        assert told[6]["after"]["number"] == "7"
        assert audit.verify(connection)[1] is None


def test_who_issues_plates_is_data_of_the_region() -> None:
    said = (("99", "police"), ("9901", "civil_affairs"))
    rows = tuple({"region": region, "issuer": issuer, "source": "虚构"} for region, issuer in said)
    assert issuer_of("990121") is None
    assert issuer_of("990121", rows) == rows[1]
    assert issuer_of("990200", rows) == rows[0]
    assert issuer_of(None, rows) is None


@pytest.fixture(scope="module")
def address(office: Engine) -> Iterator[str]:
    url = office.url.render_as_string(hide_password=False)
    with serving(create_app(Settings(database_url=url, demonstration=True))) as found:
        yield found


def test_pages_and_certificates_say_the_same(office: Engine, address: str) -> None:
    street = httpx.get(f"{address}/plates", params={"place": str(STREET), "day": "2020-06-01"}).text
    assert "云垣省朔汀市汀川县沿河路7号" in street
    assert 'class="reserved"' in street
    door = plates_on(office, TODAY)["7"]["id"]
    asked = {"from": "2012-01-01", "to": "2020-06-01"}
    page = httpx.get(f"{address}/plates/{door}", params=asked).text
    where = f"{address}/v1/plates/{door}/address-change"
    told = httpx.get(where, params=asked).json()
    word = httpx.get(f"{where}/certificate.docx", params=asked).content
    said = "\n".join(one.text for one in Document(io.BytesIO(word)).paragraphs)
    for side in ("earlier", "later"):
        assert told[side]["address"] in page
        assert told[side]["address"] in said
    assert f"/plates/{door}?from=2012-01-01&to=2020-06-01" in said
    assert httpx.get(f"{where}/certificate.pdf", params=asked).content.startswith(b"%PDF-")


def test_a_faulty_table_is_refused_over_http_and_a_dry_run_tells(office: Engine, address: str) -> None:
    body = {
        "place": str(STREET), "direction": "east_west", "effective_on": "2020-06-01", "rule": RULE,
        "table": HEADER + "9,北,,60,,,\n", "authority": "汀川县（虚构）", "title": "门牌（虚构）", "source": "虚构",
    }  # fmt: skip
    shown = httpx.post(f"{address}/v1/plates", json={**body, "dry_run": True})
    assert (shown.status_code, shown.json()["written"]) == (201, 0)
    assert shown.json()["findings"][0]["kind"] == "wrong_side"
    refused = httpx.post(f"{address}/v1/plates", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "numbers_faulty")
