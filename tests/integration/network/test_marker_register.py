"""What is known of a marker: found by its id and by filters, repaired in its place, doubted where it must be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from boundaries.markers.model import Marker, Side, Witness
from boundaries.markers.service import Happening, find_marker, list_markers, record_marker
from data.db import Audience, reading
from data.errors import BadRequest, Conflict, NotFound
from data.ids import new_id
from tests.integration.network.test_lines import line_of
from tests.integration.network.test_markers import OPERATOR, SET_ON, document, stone

SIDES = (Side("甲县", "示例村东500米", "测量员甲", "2024-04-20"), Side("乙县", "样本村西"))


def record(office: Engine, marker: Marker, kind: Any = "set", day: date = SET_ON, **more: Any) -> None:
    number = document(f"示例〔{day.year}〕{abs(hash((marker.code, kind))) % 1000}号")
    record_marker(office, OPERATOR, marker, Happening(kind, day, **more), number)


def test_a_marker_is_found_whole_by_staff_and_without_its_place_by_everybody(office: Engine, public: Engine) -> None:
    line = line_of(office, "990121", "990122")
    marker = stone(line, shape="方柱形", set_on="2024-04", surveyed_on="2024-04-20", sides=SIDES)
    record(office, marker, remark="首次埋设")
    with reading(public) as connection:
        shown = find_marker(connection, marker.id)
    withheld = ("position", "witnesses", "sides", "set_on", "shape", "place", "history", "doubts")
    assert [shown[key] for key in withheld] == [None] * len(withheld)
    assert (shown["code"], shown["state"], shown["position_withheld"]) == ("9901001Q", "standing", "for_staff")
    with reading(office) as connection:
        seen = find_marker(connection, marker.id, audience=Audience.STAFF)
        with pytest.raises(NotFound):
            find_marker(connection, marker.id, date(2024, 4, 30))
        with pytest.raises(NotFound):
            find_marker(connection, new_id())
    assert seen["sides"] == [
        {"unit": "甲县", "location": "示例村东500米", "responsible": "测量员甲", "signed_on": "2024-04-20"},
        {"unit": "乙县", "location": "样本村西"},
    ]
    assert (seen["shape"], seen["set_on"], seen["surveyed_on"]) == ("方柱形", "2024-04", "2024-04-20")
    assert [(event["kind"], event["remark"]) for event in seen["history"]] == [("set", "首次埋设")]
    assert seen["decisions"][0]["id"] == seen["decision"]


def test_markers_are_chosen_by_state_kind_unit_and_code(office: Engine) -> None:
    line, other = line_of(office, "990121", "990122"), line_of(office, "990121", "990123")
    record(office, stone(line, "9901001Q"))
    record(office, stone(line, "9901002A", kind="double", part="A"))
    record(office, stone(other, "9902001Q"))
    record(office, stone(line, "9901001Q"), "damaged", date(2025, 1, 1))

    def codes(**wanted: Any) -> list[str]:
        with reading(office) as connection:
            return [item["code"] for item in list_markers(connection, **wanted)["items"]]

    assert codes() == ["9901001Q", "9901002A", "9902001Q"]
    assert codes(state="damaged") == ["9901001Q"]
    assert codes(kind="double") == ["9901002A"]
    assert codes(q="9902") == ["9902001Q"]
    assert codes(q="%") == []
    assert codes(unit="990122") == ["9901001Q", "9901002A"]
    assert codes(unit="990121", state="standing") == ["9901002A", "9902001Q"]
    with pytest.raises(BadRequest), reading(office) as connection:
        first = list_markers(connection, limit=1)
        list_markers(connection, limit=1, state="damaged", cursor=first["next"])


def test_what_is_repaired_stands_where_it_stood(office: Engine) -> None:
    marker = stone(line_of(office, "990121", "990122"))
    record(office, marker)
    near = replace(marker, longitude=marker.longitude + 5e-6, material="青石")
    record(office, near, "replaced", date(2025, 3, 1))
    with pytest.raises(Conflict) as refused:
        record(office, replace(marker, longitude=99.501), "repaired", date(2025, 4, 1))
    assert refused.value.code == "marker_would_move"
    with reading(office) as connection:
        assert find_marker(connection, marker.id)["material"] == "青石"


def test_what_a_registration_leaves_in_doubt_is_said(office: Engine) -> None:
    witness = Witness("水塔", 10.0, 20.0, 99.5, 40.06)
    marker = stone(line_of(office, "990121", "990122"), material="木", witnesses=(witness,))
    record(office, marker)
    record(office, stone(None, "9903001Q"))
    with reading(office) as connection:
        doubts = find_marker(connection, marker.id, audience=Audience.STAFF)["doubts"]
        lonely = find_marker(connection, stone(None, "9903001Q").id, audience=Audience.STAFF)["doubts"]
    assert [doubt["kind"] for doubt in doubts] == ["word_unlisted", "witness_misfit"]
    assert doubts[1]["offset_m"] > 1_000
    assert [doubt["kind"] for doubt in lonely] == ["line_unknown"]
