"""Markers of invented lines: recorded by document, their places for staff, and no line moved by a stone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from boundaries.markers.coding import parse_code
from boundaries.markers.model import Marker, Witness, chainage_faults, check_marker
from boundaries.markers.schemes import schemes
from boundaries.markers.service import Happening, list_markers, marker_history, record_marker
from boundaries.network.course_check import compare
from boundaries.network.telling import line_description
from data import audit
from data.access import Actor, Grant, Role
from data.access.model import operator
from data.db import Audience, reading
from data.decisions import DecisionDraft
from data.errors import BadInput, Conflict, NotFound, NotPermitted
from data.ids import derived_id, new_id
from tests.integration.network.test_lines import line_of, ridge_segment
from tests.samples.counties import CITY, JIA, draft

OPERATOR = operator("test")
SET_ON = date(2024, 5, 1)


def document(number: str | None = "示例〔2024〕9号", kind: str = "approval") -> DecisionDraft:
    return draft(id=new_id(), kind=kind, doc_no=number, title="界桩埋设批复")


def stone(line: UUID | None, code: str = "9901001Q", **more: Any) -> Marker:
    fields: dict[str, Any] = {
        "id": derived_id("sample-marker", code), "code": code, "scheme": "provincial", "kind": "single", "part": "Q",
        "faces": 2, "material": "花岗岩", "longitude": 99.5, "latitude": 40.05, "line": line, "accuracy_m": 0.5,
        "method": "GNSS RTK", "elevation_m": 1204.5, "height_datum": "1985国家高程基准", "place": "示例山口",
        "witnesses": (Witness("独立石", 45.0, 12.3),),
    }  # fmt: skip
    return Marker(**{**fields, **more})


def test_a_marker_is_recorded_and_its_place_is_for_staff(office: Engine, public: Engine) -> None:
    line = line_of(office, "990121", "990122")
    record_marker(office, OPERATOR, stone(line), Happening("set", SET_ON), document())
    with reading(public) as connection:
        found = list_markers(connection, line=line)
    (item,) = found["items"]
    assert (item["code"], item["state"], item["material"]) == ("9901001Q", "standing", "花岗岩")
    assert [item[key] for key in ("position", "witnesses", "elevation_m", "place")] == [None] * 4
    assert found["position_withheld"] == "for_staff"
    with reading(office) as connection:
        (seen,) = list_markers(connection, line=line, audience=Audience.STAFF)["items"]
        assert list_markers(connection, line=UUID(int=9))["items"] == []
        assert list_markers(connection, line=line, as_of=date(2024, 4, 30))["items"] == []
        assert audit.verify(connection)[1] is None
        shown = connection.execute(
            text("SELECT after::text FROM diming.change WHERE collection = 'markers'")
        ).scalar_one()
    assert seen["position"] == [99.5, 40.05]
    assert seen["witnesses"] == [{"name": "独立石", "azimuth_deg": 45.0, "distance_m": 12.3}]
    assert "99.5" not in shown


def test_a_moved_marker_moves_no_line(office: Engine) -> None:
    line = line_of(office, "990121", "990122")
    before = ridge_segment(office)
    record_marker(office, OPERATOR, stone(line), Happening("set", SET_ON), document())
    there = stone(line, longitude=99.52)
    found = Happening("moved", date(2025, 6, 1), "2025-05", "道路施工迁移")
    record_marker(office, OPERATOR, there, found, document("示例〔2025〕3号"))
    assert ridge_segment(office) == before
    with reading(office) as connection:
        (seen,) = list_markers(connection, line=line, audience=Audience.STAFF)["items"]
        (earlier,) = list_markers(connection, line=line, as_of=date(2025, 1, 1), audience=Audience.STAFF)["items"]
        history = marker_history(connection, there.id)
    assert (seen["state"], seen["position"], earlier["position"]) == ("moved", [99.52, 40.05], [99.5, 40.05])
    assert [(event["kind"], event["happened_on"]) for event in history] == [("set", None), ("moved", "2025-05")]
    assert stone(line).displacement_m(99.52, 40.05) == pytest.approx(1_707, abs=5)


def test_damage_is_reported_without_an_approval_and_a_move_is_not(office: Engine) -> None:
    marker = stone(line_of(office, "990121", "990122"))
    report = document(None, "document")
    with pytest.raises(BadInput) as refused:
        record_marker(office, OPERATOR, marker, Happening("set", SET_ON), report)
    assert refused.value.code == "change_without_document"
    record_marker(office, OPERATOR, marker, Happening("set", SET_ON), document())
    record_marker(office, OPERATOR, marker, Happening("damaged", date(2025, 1, 1)), document(None, "document"))
    with reading(office) as connection:
        assert [m["state"] for m in list_markers(connection)["items"]] == ["damaged"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "990100Q"}, "marker_code"),
        ({"code": "9901000Q"}, "marker_code"),
        ({"code": "99010０1Q"}, "marker_code"),
        ({"scheme": "none"}, "marker_scheme_unknown"),
        ({"code": "9901001A"}, "marker_malformed"),
        ({"kind": "double"}, "marker_malformed"),
        ({"faces": 4}, "marker_malformed"),
        ({"height_datum": None}, "marker_malformed"),
        ({"witnesses": (Witness("石", 360.0, 1.0),)}, "marker_malformed"),
        ({"witnesses": (Witness("石", 1.0, 0.0),)}, "marker_malformed"),
        ({"witnesses": (Witness("石", 1.0, 1.0),) * 4}, "marker_malformed"),
    ],
)
def test_a_registration_that_contradicts_itself_is_refused(
    reading_room: Engine, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(BadInput) as refused:
        record_marker(reading_room, OPERATOR, stone(None, **change), Happening("set", SET_ON), document())
    assert refused.value.code == code


def test_set_once_and_only_what_is_there_is_damaged(office: Engine) -> None:
    marker = stone(line_of(office, "990121", "990122"))
    with pytest.raises(NotFound):
        record_marker(office, OPERATOR, marker, Happening("damaged", SET_ON), document())
    record_marker(office, OPERATOR, marker, Happening("set", SET_ON), document())
    with pytest.raises(Conflict) as twice:
        record_marker(office, OPERATOR, marker, Happening("set", SET_ON), document())
    assert twice.value.code == "marker_exists"
    with pytest.raises(Conflict) as before:
        record_marker(office, OPERATOR, marker, Happening("lost", date(2023, 1, 1)), document())
    assert before.value.code == "later_version_exists"
    other = replace(marker, id=new_id())
    with pytest.raises(Conflict) as same_code:
        record_marker(office, OPERATOR, other, Happening("set", SET_ON), document())
    assert same_code.value.code == "constraint"


@pytest.mark.parametrize(("unit", "may"), [(CITY, True), (JIA, False)])
def test_a_marker_is_recorded_by_whoever_keeps_both_sides(office: Engine, unit: UUID, may: bool) -> None:
    keeper = Actor("account:1", UUID(int=1), (Grant(Role.BOUNDARY_KEEPER, unit),), "session")
    marker = stone(line_of(office, "990121", "990122"))
    if may:
        record_marker(office, keeper, marker, Happening("set", SET_ON), document())
    else:
        with pytest.raises(NotPermitted):
            record_marker(office, keeper, marker, Happening("set", SET_ON), document())


def test_markers_come_in_pages(office: Engine) -> None:
    line = line_of(office, "990121", "990122")
    codes = [f"9901{n:03}Q" for n in range(1, 6)]
    for code in reversed(codes):
        record_marker(office, OPERATOR, stone(line, code), Happening("set", SET_ON), document())
    seen: list[str] = []
    cursor = None
    with reading(office) as connection:
        while True:
            page = list_markers(connection, line=line, limit=2, cursor=cursor)
            seen += [item["code"] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
    assert seen == codes


def test_numbers_that_run_backwards_are_named() -> None:
    assert chainage_faults([("a", 1, 0.0), ("b", 3, 10.0), ("c", 2, 20.0)]) == [("b", "c")]
    assert chainage_faults([("a", 1, 0.0), ("b", 2, 10.0)]) == []


@given(st.integers(0, 9999), st.integers(1, 999), st.sampled_from("QABCDE"))
def test_every_code_of_the_provincial_scheme_is_read(line: int, serial: int, part: str) -> None:
    found = parse_code(f"{line:04}{serial:03}{part}", "provincial")
    assert (found.line, found.serial, found.part) == (f"{line:04}", serial, part)


def test_every_scheme_says_where_it_comes_from() -> None:
    assert all(scheme.source and scheme.mark.startswith("[") for scheme in schemes().values())
    assert check_marker(stone(None)) == []


def test_a_witness_that_was_surveyed_again_is_so_far_off() -> None:
    assert Witness("石", 0, 10).offset_m(Witness("石", 90, 10)) == pytest.approx(14.142, abs=1e-3)
    assert Witness("石", 359.99, 10).offset_m(Witness("石", 0.01, 10)) == pytest.approx(0.0035, abs=1e-3)


def test_a_line_is_told_by_the_markers_on_it_and_not_by_stones_beside_it(office: Engine) -> None:
    line = line_of(office, "990121", "990122")
    at = ridge_segment(office).geometry.coords[80]
    for number, (code, more) in enumerate(
        (
            ("9901001Q", {"longitude": at[0], "latitude": at[1]}),
            ("9901002Q", {"longitude": at[0] + 0.01, "latitude": at[1]}),  # some 850 m off the line
        )
    ):
        paper = document(f"示例〔2024〕{number}号")
        record_marker(office, OPERATOR, stone(line, code, **more), Happening("set", SET_ON), paper)
    with reading(office) as connection:
        legs = line_description(connection, line)
        before = line_description(connection, line, date(2024, 4, 30))
    assert [leg.end for leg in legs] == ["9901001Q号界桩", before[0].end]
    assert sum(leg.length_m for leg in legs) == pytest.approx(before[0].length_m)
    told = "".join(leg.text_zh() for leg in legs)
    assert compare(told, legs) == []
    wrong = compare(told.replace("9901001Q", "9901003Q"), legs)
    assert [(one.leg, one.kind) for one in wrong] == [(1, "marker"), (2, "marker")]
