"""The three routes: who may do what, what ends them, and what that does to the line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import shapely
from shapely.geometry import LineString
from sqlalchemy import text

from boundaries.disputes.courses import propose_course
from boundaries.disputes.evidence import evidence_classes
from boundaries.disputes.model import DisputeOpening, Party, Route
from boundaries.disputes.service import find_dispute, list_disputes, open_dispute, open_side_file
from boundaries.findings.model import FindingDraft
from boundaries.findings.service import Wanted, list_findings, open_findings
from boundaries.network.service import run_of
from data import audit
from data.cases.reading import find_case, list_cases
from data.db import Audience, reading, unit_of_work
from data.decisions import find_decision, record_decisions
from data.errors import BadInput, Conflict, NotFound, NotPermitted
from data.ids import new_id
from tests.integration.inspections.conftest import Act, rows
from tests.samples.boundary_office import OFFICES, line_between
from tests.samples.counties import draft
from tests.samples.office import Office

Opened = Callable[[Route], dict[str, Any]]
TODAY, YESTERDAY = date(2026, 3, 2), date(2026, 3, 1)
KIND = {"reading": "position_read_differently", "unclear": "line_never_clear", "transfer": "land_to_change_hands"}


@pytest.fixture
def opened(office: Office, line: UUID) -> Opened:
    """`opened("unclear")`: a dispute with one finding, people of both sides."""

    def do(route: Route) -> dict[str, Any]:
        draft = FindingDraft(line, "record", new_id(), KIND[route], "warning", TODAY)
        with unit_of_work(office.casework.engine) as connection:
            (finding,) = open_findings(connection, office["jia"], [draft])
        left = Party(OFFICES["left"], ["sample.yi", "sample.yi_clerk"])
        right = Party(OFFICES["right"], ["sample.jia", "sample.jia_clerk"])
        opening = DisputeOpening(route, line, "两县对山脊一段走向说法不一。", left, right, findings=[finding.id])
        return open_dispute(office.casework, office["city"], opening)

    return do


def course_on(office: Office, line: UUID, day: date | None = None) -> LineString:
    with reading(office.casework.engine) as connection:
        (segment,) = run_of(connection, line, day, Audience.STAFF).state().values()
    return segment.geometry


def bent(office: Office, line: UUID, metres: float = 60.0) -> dict[UUID, LineString]:
    """The line's segment with its middle third moved eastwards."""
    with reading(office.casework.engine) as connection:
        (segment,) = run_of(connection, line, None, Audience.STAFF).state().values()
    vertices = shapely.get_coordinates(segment.geometry).copy()
    third = len(vertices) // 3
    vertices[third : 2 * third, 0] += metres / 85_000
    return {segment.id: LineString(vertices)}


def state_of_finding(office: Office, line: UUID) -> str:
    with reading(office.casework.engine) as connection:
        (found,) = list_findings(connection, office["city"], Wanted(line=line))["items"]
    return str(found["state"])


def propose(office: Office, who: str, case: dict[str, Any], line: UUID) -> dict[str, Any]:
    return propose_course(office.casework, office[who], case["number"], bent(office, line), "双方踏勘后拟定")


def changesets(office: Office) -> int:
    return len(rows(office, text("SELECT id FROM diming.boundary_changeset")))


def approve_a_change(office: Office, number: str = "示政函〔2026〕1号") -> None:
    """The division change that the province approved stands in the register."""
    document = draft(id=new_id(), kind="approval", doc_no=number, title="关于调整甲县乙县行政区划的批复（虚构）")
    with unit_of_work(office.casework.engine) as connection:
        record_decisions(connection, [document], "test")
        audit.append(connection, actor="test", action="sample", decision_id=document.id, details={})


# -- every route -----------------------------------------------------------------------------------------------------


def test_it_is_opened_by_the_keeper_above_both_and_both_take_part(office: Office, opened: Opened, line: UUID) -> None:
    case = opened("reading")
    assert case["number"].startswith("RD-2026-")
    assert state_of_finding(office, line) == "in_case"
    for who in ("jia", "yi_clerk", "city_reviewer", "mayor"):
        assert find_dispute(office.casework, office[who], case["number"])["route"] == "reading"
    with pytest.raises(NotFound):
        find_dispute(office.casework, office["nobody"], case["number"])
    assert [d["id"] for d in list_disputes(office.casework, office["jia"])["items"]] == [UUID(case["id"])]
    assert list_disputes(office.casework, office["nobody"])["items"] == []


def test_neither_county_opens_one_over_the_other(office: Office, line: UUID) -> None:
    left, right = Party(OFFICES["left"], ["sample.yi"]), Party(OFFICES["right"], ["sample.jia"])
    with pytest.raises(NotPermitted):
        open_dispute(office.casework, office["jia"], DisputeOpening("reading", line, "…", left, right))
    assert rows(office, text("SELECT id FROM diming.case_file")) == []


@pytest.mark.parametrize("members", [[], ["sample.jia"], ["sample.nobody_known"]])
def test_sides_that_cannot_be_so(unchanged: Office, members: list[str]) -> None:
    line = line_between(unchanged.casework.engine)
    left, right = Party(OFFICES["left"], members), Party(OFFICES["right"], ["sample.jia"])
    with pytest.raises(BadInput) as caught:
        open_dispute(unchanged.casework, unchanged["city"], DisputeOpening("reading", line, "…", left, right))
    assert caught.value.code == "party_malformed"


def test_a_third_unit_takes_part_where_three_lines_meet(office: Office, line: UUID) -> None:
    others = [Party("丙县民政局（虚构）", ["sample.filer"], "990123")]
    left, right = Party(OFFICES["left"], ["sample.yi"]), Party(OFFICES["right"], ["sample.jia"])
    case = open_dispute(
        office.casework, office["city"], DisputeOpening("unclear", line, "三交点位置不明。", left, right, others=others)
    )
    assert [side["name"] for side in case["facts"]["sides"].values()] == ["乙县", "甲县", "丙县"]


def test_withdrawn_the_finding_is_open_again(office: Office, opened: Opened, line: UUID, act: Act) -> None:
    case = opened("reading")
    act("city", case["id"], "withdraw", reason="双方已确认走向一致")
    assert state_of_finding(office, line) == "open"
    assert changesets(office) == 0


def test_evidence_is_of_one_of_nine_classes(office: Office, opened: Opened, act: Act) -> None:
    case = opened("unclear")
    act("city", case["id"], "keep_peace", measures="双方不得在争议地区设立机构、迁移居民、破坏资源")
    assert [c.rank for c in evidence_classes().values()] == ["basis"] * 5 + ["reference"] * 4
    after = act(
        "jia", case["id"], "enter_evidence", **{"class": "line_confirmed_before"}, title="盖章地图", dated="1984"
    )
    after = act("yi", case["id"], "enter_evidence", **{"class": "resource_certificate"}, title="林权证")
    assert [(e["side"], e["rank"], e["article"]) for e in after["facts"]["evidence"]] == [
        ("right", "basis", "第七条（五）"), ("left", "reference", "第八条（一）"),
    ]  # fmt: skip
    with pytest.raises(BadInput) as caught:
        act("yi", case["id"], "enter_evidence", **{"class": "newspaper"}, title="剪报")
    assert caught.value.code == "evidence_not_admitted"


def test_a_sides_own_file_is_its_own(office: Office, opened: Opened, act: Act) -> None:
    case = opened("unclear")
    own = open_side_file(office.casework, office["jia"], case["number"])
    act("jia", own["id"], "enter_evidence", **{"class": "agreement_of_both"}, title="一九八六年协议")
    for who in ("jia", "jia_clerk", "city", "mayor"):
        assert find_case(office.casework, office[who], UUID(own["id"]))["number"] == own["number"]
    for who in ("yi", "yi_clerk", "nobody"):
        with pytest.raises(NotFound):
            find_case(office.casework, office[who], UUID(own["id"]))
        assert own["number"] not in [c["number"] for c in list_cases(office.casework, office[who])["items"]]
    shared = find_case(office.casework, office["yi"], UUID(case["id"]))
    assert "一九八六年协议" not in str(shared)
    with pytest.raises(Conflict):
        open_side_file(office.casework, office["jia_clerk"], case["number"])
    with pytest.raises(NotPermitted):
        open_side_file(office.casework, office["city"], case["number"])


def test_a_course_keeps_the_ends_of_its_segment(office: Office, opened: Opened, line: UUID) -> None:
    case = opened("unclear")
    ((segment, course),) = bent(office, line).items()
    vertices = shapely.get_coordinates(course)
    moved_end = vertices.copy()
    moved_end[0, 0] += 0.001
    for wrong in (moved_end, vertices[::-1], vertices[:1].repeat(2, axis=0)):
        with pytest.raises(BadInput) as caught:
            propose_course(office.casework, office["jia"], case["number"], {segment: LineString(wrong)})
        assert caught.value.code == "dispute_course_malformed"
    with pytest.raises(BadInput):
        propose_course(office.casework, office["jia"], case["number"], {new_id(): course})
    with pytest.raises(NotPermitted):
        propose_course(office.casework, office["mayor"], case["number"], {segment: course})
    assert rows(office, text("SELECT id FROM diming.dispute_course")) == []


# -- ground and paper ------------------------------------------------------------------------------------------------


def test_the_authority_decides_by_the_agreement_and_the_line_stays(
    office: Office, opened: Opened, line: UUID, act: Act
) -> None:
    case, before = opened("reading"), course_on(office, line)
    act("city_reviewer", case["id"], "accept")
    for who in ("jia", "city", "city_reviewer"):
        with pytest.raises(NotPermitted):
            act(who, case["id"], "decide", reason="以山脊线为准")
    ended = act("mayor", case["id"], "decide", reason="以协议书第三条所述山脊线为准")
    assert (ended["state"], ended["closed"]) == ("decided", True)
    assert course_on(office, line).equals(before)
    assert changesets(office) == 0
    assert state_of_finding(office, line) == "settled"
    with reading(office.casework.engine) as connection:
        decision = find_decision(connection, UUID(ended["history"][-1]["decision"]))
    assert decision["doc_no"] == ended["facts"]["ended_by"]
    assert [link["id"] for link in decision["supports"]] == [line]
    with pytest.raises(Conflict):
        act("mayor", case["id"], "correct_copy", reason="再改一次")


def test_only_a_correction_order_corrects_the_digital_copy(
    office: Office, opened: Opened, line: UUID, act: Act
) -> None:
    case, before = opened("reading"), course_on(office, line)
    act("city_reviewer", case["id"], "accept")
    with pytest.raises(Conflict) as caught:
        act("mayor", case["id"], "correct_copy", reason="数字成果有误")
    assert caught.value.code == "course_missing"
    propose(office, "jia", case, line)
    ended = act("mayor", case["id"], "correct_copy", reason="数字成果与附图不符")
    assert ended["state"] == "corrected"
    with reading(office.casework.engine) as connection:
        (segment,) = run_of(connection, line, None, Audience.STAFF).state().values()
        assert find_decision(connection, UUID(ended["history"][-1]["decision"]))["kind"] == "correction"
    assert segment.legal_status == "undocumented"
    assert not segment.geometry.equals(before)
    assert course_on(office, line, YESTERDAY).equals(before)


# -- never clear -----------------------------------------------------------------------------------------------------


@pytest.fixture
def negotiating(office: Office, opened: Opened, line: UUID, act: Act) -> dict[str, Any]:
    case = opened("unclear")
    act("city", case["id"], "keep_peace", measures="双方维持现状，不在争议地区新建设施")
    propose(office, "yi", case, line)
    return case


def draft_agreement(act: Act, case: dict[str, Any], villages: str) -> dict[str, Any]:
    fields = {"agreement_no": "甲乙界协〔2026〕1号", "villages": villages, "terms": "以附图所示山脊线为界。"}
    return act("jia", case["id"], "draft_agreement", **fields)


def test_an_agreement_takes_effect_on_signature(
    office: Office, negotiating: dict[str, Any], line: UUID, act: Act
) -> None:
    before = course_on(office, line)
    draft_agreement(act, negotiating, "no")
    with pytest.raises(Conflict):
        propose(office, "jia", negotiating, line)  # what is being signed stands
    act("jia", negotiating["id"], "sign")
    with pytest.raises(Conflict) as early:
        act("city", negotiating["id"], "enter")
    assert [need["code"] for need in early.value.extra["needs"]] == ["signatures_missing"]
    with pytest.raises(Conflict):
        act("jia_clerk", negotiating["id"], "sign")
    with pytest.raises(NotPermitted):
        act("city", negotiating["id"], "sign")
    act("yi", negotiating["id"], "sign")
    assert course_on(office, line).equals(before)
    office.clock.forward(days=3)
    ended = act("city", negotiating["id"], "enter")
    assert ended["state"] == "settled"
    with reading(office.casework.engine) as connection:
        (segment,) = run_of(connection, line, TODAY, Audience.STAFF).state().values()
        decision = find_decision(connection, UUID(ended["history"][-1]["decision"]))
    assert (decision["kind"], decision["doc_no"], decision["effective_on"]) == (
        "agreement", "甲乙界协〔2026〕1号", TODAY.isoformat(),
    )  # fmt: skip
    assert (segment.legal_status, segment.document) == ("agreed", decision["id"])
    assert course_on(office, line, YESTERDAY).equals(before)
    assert state_of_finding(office, line) == "settled"


def test_an_agreement_by_which_a_village_changes_hands_waits_for_its_approval(
    office: Office, negotiating: dict[str, Any], line: UUID, act: Act
) -> None:
    draft_agreement(act, negotiating, "yes")
    for who in ("jia", "yi"):
        act(who, negotiating["id"], "sign")
    with pytest.raises(Conflict) as caught:
        act("city", negotiating["id"], "enter")
    assert [need["code"] for need in caught.value.extra["needs"]] == ["village_changes"]
    act("city", negotiating["id"], "report_village")
    with pytest.raises(Conflict) as unknown:
        act("city", negotiating["id"], "check_approval", change_no="示政函〔2026〕1号")
    assert unknown.value.code == "change_not_approved"
    approve_a_change(office)
    act("city", negotiating["id"], "check_approval", change_no="示政函〔2026〕1号")
    office.clock.forward(days=10)
    ended = act("city", negotiating["id"], "enter")
    with reading(office.casework.engine) as connection:
        decision = find_decision(connection, UUID(ended["history"][-1]["decision"]))
    assert decision["effective_on"] == "2026-03-12"


def test_a_text_that_is_drafted_again_is_signed_again(
    office: Office, negotiating: dict[str, Any], line: UUID, act: Act
) -> None:
    draft_agreement(act, negotiating, "no")
    act("jia", negotiating["id"], "sign")
    act("yi", negotiating["id"], "redraft", reason="附图比例尺有误")
    propose(office, "jia", negotiating, line)
    again = draft_agreement(act, negotiating, "no")
    assert again["facts"]["signed"] == {}
    assert again["facts"]["course"]["version"] == 2


def test_without_an_agreement_the_government_above_decides(
    office: Office, negotiating: dict[str, Any], line: UUID, act: Act
) -> None:
    case, before = negotiating["id"], course_on(office, line)
    act("jia", case, "ask_mediation", reason="甲县主张山脊，乙县主张沟底，附图各一份")
    act("city_reviewer", case, "mediate", minutes="两次调解，未达成一致")
    act("city_reviewer", case, "propose_solution", solution="以山脊线为界")
    with pytest.raises(Conflict) as caught:
        act("mayor", case, "decide", reason="以山脊线为界")
    assert {need["code"] for need in caught.value.extra["needs"]} == {"course_missing", "village_changes"}
    act("city_reviewer", case, "prepare", villages="no")
    ended = act("mayor", case, "decide", reason="以山脊线为界")
    with reading(office.casework.engine) as connection:
        (segment,) = run_of(connection, line, None, Audience.STAFF).state().values()
        decision = find_decision(connection, UUID(ended["history"][-1]["decision"]))
    assert segment.legal_status == "ordered"
    assert (decision["kind"], decision["doc_no"]) == ("approval", ended["facts"]["ended_by"])
    assert course_on(office, line, YESTERDAY).equals(before)


def test_a_line_that_changed_since_the_course_was_drawn_is_not_overwritten(
    office: Office, opened: Opened, negotiating: dict[str, Any], line: UUID, act: Act
) -> None:
    draft_agreement(act, negotiating, "no")
    for who in ("jia", "yi"):
        act(who, negotiating["id"], "sign")
    other = opened("reading")
    act("city_reviewer", other["id"], "accept")
    propose_course(office.casework, office["jia"], other["number"], bent(office, line, 20.0))
    act("mayor", other["id"], "correct_copy", reason="数字成果与附图不符")
    with pytest.raises(Conflict) as caught:
        act("city", negotiating["id"], "enter")
    assert caught.value.code == "segment_changed"
    assert find_case(office.casework, office["city"], UUID(negotiating["id"]))["state"] == "signing"
    assert changesets(office) == 1


# -- land changes hands ----------------------------------------------------------------------------------------------


def test_neighbours_alone_never_move_a_line(office: Office, opened: Opened, line: UUID, act: Act) -> None:
    case = opened("transfer")
    with pytest.raises(Conflict) as caught:
        act("city", case["id"], "check_approval", change_no="甲乙两县自己商定")
    assert caught.value.code == "change_not_approved"
    for action in ("survey", "draft_agreement", "sign", "enter"):
        with pytest.raises(Conflict) as refused:
            act("jia", case["id"], action)
        assert refused.value.code == "action_not_possible"


def test_after_the_approval_survey_markers_agreement_filing(
    office: Office, opened: Opened, line: UUID, act: Act
) -> None:
    case, before = opened("transfer"), course_on(office, line)
    approve_a_change(office)
    after = act("city", case["id"], "check_approval", change_no="示政函〔2026〕1号")
    assert after["facts"]["complete_by"] == "2027-03-02"
    propose(office, "yi", case, line)
    act("yi", case["id"], "survey")
    act("jia", case["id"], "markers", markers="003号界桩，山脊鞍部")
    draft_agreement(act, case, "no")
    for who in ("jia", "yi"):
        act(who, case["id"], "sign")
    ended = act("city", case["id"], "enter")
    assert ended["state"] == "filed"
    assert not course_on(office, line).equals(before)
    assert course_on(office, line, YESTERDAY).equals(before)
    with reading(office.casework.engine) as connection:
        assert audit.verify(connection)[1] is None
