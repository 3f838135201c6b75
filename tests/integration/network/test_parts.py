"""The land of a unit: parts, enclaves, condominiums with their owners, and where a ring is open."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from shapely.geometry import LineString
from sqlalchemy import Engine, text

from api.app import create_app
from api.cli.app import main
from api.cli.environment import environment
from api.settings import Settings
from boundaries.network.editing import Editor
from boundaries.network.history import segment_log, unit_log
from boundaries.network.outlines import outline
from boundaries.network.parts import unit_parts
from data.db import Audience, reading, unit_of_work
from data.errors import NotPermitted
from data.setting import MAP_APPROVAL, change_setting
from tests.integration.network.test_structure import DAY, LOWER, UPPER, amend, between, divide_jia, ring, townships
from tests.samples.counties import BING, CITY, JIA, YI
from tests.serving import serving


def parts(office: Engine, code: str, audience: Audience = Audience.STAFF) -> dict[str, Any]:
    with reading(office) as connection:
        return unit_parts(connection, code, DAY, audience)


def test_an_exclave_is_told_on_both_sides_as_an_enclave(office: Engine) -> None:
    amend(office, lambda editing: editing.add(ring(99.3, 40.05), YI, JIA, legal_status="agreed"))
    yi, jia = parts(office, "990122"), parts(office, "990121")
    assert yi["closed"] is jia["closed"] is True
    (exclave,) = [part for part in yi["parts"] if part["kind"] == "exclave"]
    assert exclave["within"] == {"code": "990121", "name": "甲县"}
    (enclave,) = jia["enclaves"]
    assert (enclave["kind"], enclave["of"]) == ("unit", [{"code": "990122", "name": "乙县"}])
    assert enclave["area_m2"] == exclave["area_m2"]
    assert [hole["kind"] for hole in parts(office, "990100")["enclaves"]] == []


def test_an_exclave_amid_townships_of_one_county_lies_within_that_county(office: Engine) -> None:
    townships(office)

    def enclave(editing: Editor) -> None:
        divide_jia(editing)
        divide = between(editing, UPPER, LOWER)
        west, _, east = divide.geometry.coords
        editing.remove(divide.id)
        one, other = (99.3, 40.1), (99.4, 40.11)
        for course, left, right in (
            ([west, one], UPPER, LOWER),
            ([other, east], UPPER, LOWER),
            ([one, (99.35, 40.15), other], UPPER, YI),
            ([one, (99.35, 40.07), other], YI, LOWER),
        ):
            editing.add(LineString(course), left, right, legal_status="agreed")

    amend(office, enclave)
    (exclave,) = [part for part in parts(office, "990122")["parts"] if part["kind"] == "exclave"]
    assert exclave["within"] == {"code": "990121", "name": "甲县"}
    (within_jia,) = parts(office, "990121")["enclaves"]
    assert (within_jia["kind"], within_jia["of"]) == ("unit", [{"code": "990122", "name": "乙县"}])


def test_a_condominium_has_both_owners_and_lies_in_no_hole_of_their_city(office: Engine) -> None:
    def enter(editing: Editor) -> None:
        held = editing.enter_condominium("示例共管地", [JIA, YI])
        editing.add(ring(99.3, 40.05), held, JIA, legal_status="agreed")

    with reading(office) as connection:
        before = outline(connection, CITY, DAY).polygon(CITY)
    amend(office, enter)
    for code in ("990121", "990122", "990100"):
        (held,) = parts(office, code)["condominiums"]
        assert [unit["name"] for unit in held["holders"]] == ["甲县", "乙县"]
        assert held["closed"] is True
        assert held["area_m2"] > 1e7
    assert [(hole["kind"], hole["of"][0]["name"]) for hole in parts(office, "990121")["enclaves"]] == [
        ("condominium", "示例共管地")
    ]
    assert parts(office, "990123")["condominiums"] == []
    assert parts(office, "990100")["enclaves"] == []
    with reading(office) as connection:
        assert outline(connection, CITY, DAY).polygon(CITY).equals(before)


BESIDE_CONDOMINIUMS = text("""
    SELECT s.segment_id FROM diming.boundary_segment_version s
    JOIN diming.condominium c ON c.id IN (s.left_id, s.right_id)
""")


def test_the_edge_of_a_condominium_against_a_third_unit_is_in_the_log_of_its_holders(office: Engine) -> None:
    def enter(editing: Editor) -> None:
        held = editing.enter_condominium("示例共管地", [YI, BING])
        editing.add(ring(99.3, 40.05), held, JIA, legal_status="agreed")

    made = amend(office, enter)
    with reading(office) as connection:
        for code in ("990121", "990122", "990123", "990100"):
            newest = unit_log(connection, code)["items"][0]
            assert (newest["id"], newest["segments"]) == (made.changeset, 1)
        (segment,) = connection.scalars(BESIDE_CONDOMINIUMS)
        (version,) = segment_log(connection, segment)["items"]
    assert {"code": None, "name": "示例共管地"} in (version["left"], version["right"])


def test_nobodys_land_within_a_unit_is_said(office: Engine) -> None:
    amend(office, lambda editing: editing.add(ring(99.3, 40.05), None, JIA, legal_status="agreed"))
    assert [(hole["kind"], hole["of"]) for hole in parts(office, "990121")["enclaves"]] == [("nobody", [])]


def test_an_open_ring_says_where_and_which_segment_is_nearest(office: Engine) -> None:
    townships(office)
    course = LineString([(99.25, 40.1), (99.35, 40.12)])
    amend(office, lambda e: e.add(course, UPPER, LOWER, legal_status="agreed"), 2, leaves_open=True)
    found = parts(office, "990121101")
    assert found["closed"] is False
    assert [end["at"] for end in found["open_ends"]] == [[99.25, 40.1], [99.35, 40.12]]
    for end in found["open_ends"]:
        assert end["nearest"]["segment"] != end["segment"]
        assert end["nearest"]["distance_m"] > 1000
    assert parts(office, "990100")["closed"] is True


def test_the_public_sees_parts_under_a_number_only(office: Engine, public: Engine) -> None:
    def enter(editing: Editor) -> None:
        held = editing.enter_condominium("示例共管地", [JIA, BING])
        editing.add(ring(99.3, 40.05), held, JIA, legal_status="agreed")

    amend(office, enter)
    with pytest.raises(NotPermitted, match="审图号"):
        parts(public, "990121", Audience.PUBLIC)
    with unit_of_work(office) as connection:
        change_setting(connection, MAP_APPROVAL, {"number": "示例审图号"}, "test")
    shown, whole = parts(public, "990121", Audience.PUBLIC), parts(office, "990121")
    assert shown == whole
    assert shown["map_approval"] == "示例审图号"


def test_the_land_of_a_unit_is_answered_and_shown(office: Engine, counties_url: str) -> None:
    townships(office)

    def change(editing: Editor) -> None:
        held = editing.enter_condominium("示例共管地", [JIA, YI])
        editing.add(ring(99.3, 40.05), held, JIA, legal_status="agreed")
        editing.add(ring(99.62, 40.05), JIA, YI, legal_status="agreed")

    amend(office, change)
    app = create_app(Settings(database_url=counties_url, demonstration=True))
    with serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        told = client.get("/v1/units/990121/parts").json()
        assert [(part["kind"], part["within"]) for part in told["parts"]] == [
            ("main", None),
            ("exclave", {"code": "990122", "name": "乙县"}),
        ]
        assert told["condominiums"][0]["holders"][0] == {"code": "990121", "name": "甲县"}
        page = client.get("/units/990121/parts").text
        for words in ("界线闭合", "四周全是乙县", "示例共管地", "甲县、乙县共同管理"):
            assert words in page
        layer = client.get("/units/990121/parts/layer.json").json()
        listed = page.count("data-finding=")
        shown = {f["properties"]["id"] for f in layer["features"] if "id" in f["properties"]}
        assert len(shown) == listed - 1  # the main part is the ground of the map
        assert client.get("/units/990121/parts/map.svg").text.startswith("<svg")
        assert "没有此单位的界线" in client.get("/units/990121101/parts").text
        assert client.get("/units/990121").text.count("/units/990121/parts") == 1


def test_the_command_tells_open_ends(office: Engine, counties_url: str, monkeypatch: Any, capsys: Any) -> None:
    townships(office)
    course = LineString([(99.25, 40.1), (99.35, 40.12)])
    amend(office, lambda e: e.add(course, UPPER, LOWER, legal_status="agreed"), 2, leaves_open=True)
    monkeypatch.setenv("DIMING_DATABASE_URL", counties_url)
    environment.cache_clear()
    assert main(["boundary", "parts", "990121101"]) == 0
    out = capsys.readouterr().out
    assert "open at [99.25, 40.1]" in out
    assert "comes within" in out
