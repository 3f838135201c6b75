"""Works on markers from the proposal to the filing: who may, in which order, and what the register has afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from api.jobs import schema
from boundaries.markers.model import Marker
from boundaries.markers.service import Happening, find_marker, record_marker
from boundaries.markers.working import Wanted, propose_work
from data import audit
from data.blobs import FolderBlobs
from data.cases.reading import find_case
from data.db import Audience, reading
from data.errors import BadInput, Conflict, DimingError, NotFound, NotPermitted
from data.ids import new_id
from tests.integration.network.test_lines import line_of, ridge_segment
from tests.samples.counties import draft
from tests.samples.keepers import OPERATOR, Keepers, open_offices, set_stone, stone

FORGET_MEETINGS = text("""
    UPDATE diming.boundary_node_version SET known = tstzrange(lower(known), transaction_timestamp())
    WHERE kind = 'tri_point'
""")
KINDS = ("marker_work_approval", "marker_work_filing")
SURVEY = {"surveyed_on": "2026-03-02", "present_1": "甲县界线员", "present_2": "乙县界线员"}


@pytest.fixture
def keepers(office: Engine) -> Keepers:
    schema.prepare(office)
    return open_offices(office, KINDS)


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


@pytest.fixture
def marker(keepers: Keepers) -> Marker:
    return set_stone(keepers.engine, stone(line_of(keepers.engine, "990121", "990122")))


def proposed(keepers: Keepers, marker: Marker, work: str = "move", who: str = "甲县界线员") -> dict[str, Any]:
    return propose_work(keepers.casework, keepers[who], Wanted(work, "道路改建", marker.id))


def refused(keepers: Keepers, who: str, case: Mapping[str, Any], action: str, **fields: str) -> DimingError:
    with pytest.raises(DimingError) as caught:
        keepers.act(who, case, action, **fields)
    return caught.value


def needs(error: DimingError) -> list[str]:
    return [need["code"] for need in error.extra["needs"]]


def known(keepers: Keepers, marker: UUID, as_of: date | None = None) -> dict[str, Any]:
    with reading(keepers.engine) as connection:
        return find_marker(connection, marker, as_of, Audience.STAFF)


def surveyed_move(keepers: Keepers, marker: Marker, **more: str) -> dict[str, Any]:
    """A move up to its survey."""
    case = proposed(keepers, marker)
    keepers.act("乙县界线员", case, "agree")
    keepers.act("甲县界线员", case, "report")
    keepers.act("云溪市市长", case, "approve")
    fields = {**SURVEY, "longitude": "99.5003", "latitude": "40.0", **more}
    given = {name: value for name, value in fields.items() if value}
    return keepers.act("甲县测绘员", case, "record_survey", **given)


def test_a_marker_is_moved_by_both_sides_and_the_line_stays(
    keepers: Keepers, blobs: FolderBlobs, marker: Marker
) -> None:
    before = ridge_segment(keepers.engine)
    witnesses = {"witness_1": "独立石, 300, 20", "witness_2": "电杆, 10, 9.5"}
    case = surveyed_move(keepers, marker, **witnesses, remark="施工后复测")
    assert known(keepers, marker.id)["position"] == [99.5, 40.0], "nothing is entered before the filing"
    keepers.act("乙县界线员", case, "confirm")
    keepers.hand_in(blobs, "甲县界线员", case)
    ended = keepers.act("云溪市备案员", case, "file")
    assert (ended["state"], ended["closed"]) == ("filed", True)
    seen = known(keepers, marker.id)
    assert (seen["state"], seen["position"], seen["surveyed_on"]) == ("moved", [99.5003, 40.0], "2026-03-02")
    assert [w["name"] for w in seen["witnesses"]] == ["独立石", "电杆"]
    assert seen["material"] == "花岗岩", "what the field party left blank stays as registered"
    assert [(e["kind"], e["happened_on"], e["remark"]) for e in seen["history"]][1:] == [
        ("moved", "2026-03-02", "道路改建；施工后复测")
    ]
    assert seen["decisions"][0]["doc_no"] == "演示〔2026〕1号"
    assert known(keepers, marker.id, date(2026, 3, 1))["position"] == [99.5, 40.0], "yesterday is still there"
    assert ridge_segment(keepers.engine) == before, "a moved marker moves no line"
    with reading(keepers.engine) as connection:
        assert audit.verify(connection)[1] is None


def test_a_marker_where_three_counties_meet_is_worked_on_by_all_three(keepers: Keepers) -> None:
    line = line_of(keepers.engine, "990121", "990122")
    met = set_stone(keepers.engine, stone(line, faces=3, sides=()))
    case = proposed(keepers, met, "repair")
    assert [side["code"] for side in case["facts"]["sides"]] == ["990121", "990122", "990123"]
    keepers.act("乙县界线员", case, "agree")
    error = refused(keepers, "甲县界线员", case, "begin")
    assert needs(error) == ["consent_missing"]
    assert "丙县" in str(error.extra["needs"])
    keepers.act("丙县界线员", case, "agree")
    assert keepers.act("甲县界线员", case, "begin")["state"] != case["state"]


def test_a_third_side_that_the_network_does_not_know_is_named_by_whoever_proposes(keepers: Keepers) -> None:
    line = line_of(keepers.engine, "990121", "990122")
    met = set_stone(keepers.engine, stone(line, faces=3, sides=()))
    with keepers.engine.begin() as connection:
        connection.execute(FORGET_MEETINGS)
    with pytest.raises(BadInput) as caught:
        proposed(keepers, met, "repair")
    assert (caught.value.code, "third" in caught.value.detail) == ("bad_case", True)
    case = propose_work(keepers.casework, keepers["甲县界线员"], Wanted("repair", "倾斜", met.id, third="990123"))
    assert [side["name"] for side in case["facts"]["sides"]] == ["甲县", "乙县", "丙县"]


def test_a_marker_is_repaired_in_its_place_without_an_approval(
    keepers: Keepers, blobs: FolderBlobs, marker: Marker
) -> None:
    case = proposed(keepers, marker, "repair")
    error = refused(keepers, "甲县界线员", case, "begin")
    assert needs(error) == ["consent_missing"]
    assert "乙县" in str(error.extra["needs"])
    keepers.act("乙县界线员", case, "agree")
    assert needs(refused(keepers, "甲县界线员", case, "report")) == ["no_approval_needed"]
    keepers.act("甲县界线员", case, "begin")
    assert (
        refused(keepers, "甲县测绘员", case, "record_survey", **SURVEY, longitude="99.51").code == "marker_would_move"
    )
    keepers.act("甲县测绘员", case, "record_survey", **SURVEY)
    keepers.act("乙县界线员", case, "confirm")
    assert needs(refused(keepers, "云溪市备案员", case, "file")) == ["documents_missing"]
    keepers.hand_in(blobs, "乙县界线员", case)
    keepers.act("云溪市备案员", case, "file")
    seen = known(keepers, marker.id)
    assert (seen["state"], seen["position"]) == ("standing", [99.5, 40.0])
    assert (seen["decisions"][0]["doc_no"], seen["decisions"][0]["kind"]) == ("演示〔2026〕1号", "document")


def test_a_marker_is_added(keepers: Keepers, blobs: FolderBlobs, marker: Marker) -> None:
    new = {"code": "9901007Q", "scheme": "provincial", "kind": "single", "part": "Q", "faces": 2, "material": "花岗岩",
           "longitude": 99.5, "latitude": 40.0005}  # fmt: skip
    wanted = Wanted("add", "界线经过新建道路", line=marker.line, new=new)
    case = propose_work(keepers.casework, keepers["乙县界线员"], wanted)
    keepers.act("甲县界线员", case, "agree")
    keepers.act("乙县界线员", case, "report")
    keepers.act("云溪市市长", case, "approve")
    keepers.act("乙县界线员", case, "record_survey", **SURVEY)
    keepers.act("甲县界线员", case, "confirm")
    keepers.hand_in(blobs, "乙县界线员", case)
    ended = keepers.act("云溪市备案员", case, "file")
    seen = known(keepers, UUID(ended["facts"]["marker"]))
    assert (seen["code"], seen["state"], seen["set_on"]) == ("9901007Q", "standing", "2026-03-02")
    assert [side["unit"] for side in seen["sides"]] == ["甲县", "乙县"]
    with pytest.raises(Conflict) as taken:
        propose_work(keepers.casework, keepers["乙县界线员"], wanted)
    assert taken.value.code == "marker_code_taken"


def test_each_side_acts_for_itself(keepers: Keepers, marker: Marker) -> None:
    for who in ("云溪市界线员", "丙县界线员"):
        with pytest.raises(NotPermitted) as error:
            proposed(keepers, marker, who=who)
        assert error.value.code == "not_a_side"
    case = proposed(keepers, marker)
    assert refused(keepers, "甲县界线员", case, "agree").code == "already_done"
    assert needs(refused(keepers, "甲县界线员", case, "report")) == ["consent_missing"]
    assert isinstance(refused(keepers, "丙县界线员", case, "agree"), NotFound)
    assert isinstance(refused(keepers, "甲县测绘员", case, "agree"), NotPermitted)
    keepers.act("乙县界线员", case, "agree")
    keepers.act("甲县界线员", case, "report")
    assert isinstance(refused(keepers, "甲县县长", case, "approve"), NotPermitted), "one side alone does not approve"
    keepers.act("云溪市市长", case, "approve")
    assert refused(keepers, "甲县界线员", case, "report").code == "action_not_possible"


def test_the_other_side_is_present_and_whoever_wrote_does_not_confirm(keepers: Keepers, marker: Marker) -> None:
    case = surveyed_move(keepers, marker, present_2="")
    assert needs(refused(keepers, "乙县界线员", case, "confirm")) == ["side_absent"]
    keepers.act("乙县界线员", case, "survey_again", reason="乙方未到场")
    moved = {**SURVEY, "longitude": "99.5003"}
    keepers.act("甲县界线员", case, "record_survey", **moved)
    assert isinstance(refused(keepers, "甲县界线员", case, "confirm"), NotPermitted)
    assert "confirmation_missing" in needs(refused(keepers, "云溪市备案员", case, "file"))
    keepers.act("乙县界线员", case, "confirm")
    assert isinstance(refused(keepers, "甲县备案员", case, "file"), DimingError)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"surveyed_on": "2026-03"}, "bad_fields"),
        ({"surveyed_on": "2026-03-09"}, "bad_fields"),
        ({"longitude": "东经"}, "bad_fields"),
        ({"longitude": "nan"}, "bad_fields"),
        ({"latitude": "95"}, "coordinates_out_of_range"),
        ({"witness_1": "独立石 45 12"}, "bad_fields"),
        ({"witness_1": "独立石, 400, 12"}, "marker_malformed"),
        ({"height_datum": "1985国家高程基准", "elevation_m": "很高"}, "bad_fields"),
    ],
)
def test_what_a_field_party_may_not_write(keepers: Keepers, marker: Marker, fields: dict[str, str], code: str) -> None:
    case = proposed(keepers, marker)
    keepers.act("乙县界线员", case, "agree")
    keepers.act("甲县界线员", case, "report")
    keepers.act("云溪市市长", case, "approve")
    assert refused(keepers, "甲县测绘员", case, "record_survey", **{**SURVEY, **fields}).code == code


def test_what_a_survey_leaves_in_doubt_is_said_and_not_mended(keepers: Keepers, marker: Marker) -> None:
    set_stone(keepers.engine, stone(UUID(str(marker.line)), "9901002Q", latitude=40.19), "演示〔2024〕10号")
    case = surveyed_move(keepers, marker, latitude="40.15", material="木")
    doubts = find_case(keepers.casework, keepers["甲县界线员"], case["id"])["facts"]["survey"]["doubts"]
    kinds = [doubt["kind"] for doubt in doubts]
    assert kinds.count("witness_contradiction") == 3, "it moved and kept its azimuths and distances"
    assert {"word_unlisted", "off_line", "order_broken"} <= set(kinds)


def test_a_marker_recorded_anew_in_the_meantime_is_not_written_over(
    keepers: Keepers, blobs: FolderBlobs, marker: Marker
) -> None:
    case = surveyed_move(keepers, marker)
    lost = draft(id=new_id(), kind="document", title="巡查记录")
    record_marker(keepers.engine, OPERATOR, marker, Happening("lost", date(2026, 2, 1)), lost)
    keepers.act("乙县界线员", case, "confirm")
    keepers.hand_in(blobs, "甲县界线员", case)
    assert refused(keepers, "云溪市备案员", case, "file").code == "marker_changed"
    assert known(keepers, marker.id)["state"] == "lost"


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"work": "burn"}, BadInput),
        ({"work": "add"}, BadInput),
        ({"marker": None}, BadInput),
        ({"marker": UUID(int=1)}, NotFound),
        ({"reason": " "}, BadInput),
        ({"work": "add", "marker": None, "new": {"code": "9901009Q"}}, BadInput),
    ],
)
def test_what_cannot_be_proposed(
    keepers: Keepers, marker: Marker, wanted: dict[str, Any], error: type[DimingError]
) -> None:
    plain = Wanted("move", "道路改建", marker.id)
    if wanted.get("new"):
        plain = replace(plain, line=marker.line)
    with pytest.raises(error):
        propose_work(keepers.casework, keepers["甲县界线员"], replace(plain, **wanted))


def test_a_side_that_declines_ends_it(keepers: Keepers, marker: Marker) -> None:
    case = proposed(keepers, marker)
    ended = keepers.act("乙县界线员", case, "decline", reason="位置不妥")
    assert (ended["state"], ended["closed"]) == ("closed", True)
    assert known(keepers, marker.id)["position"] == [99.5, 40.0]
