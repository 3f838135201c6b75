"""Verdict, law of the day, profiles of places, overrides, what was not checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from data.errors import BadRequest
from geonames.rules.answer import as_answer
from geonames.rules.around import Known, NotKnown
from geonames.rules.engine import check
from geonames.rules.model import Kind, Level, Other, Override, Proposal, Severity, Text, UnitRef, Verdict
from geonames.rules.subject import subject_of
from tests.unit.rules.fakes import NANCHANG, SAMPLE, TODAY, ZHEJIANG, Around, book, judged

NO_DATA = Text("样县乡级区划未入库", "no townships are loaded")
HISTORIC = Override("R27", "historic", "民国时已有此名")


def test_a_clean_name_passes_and_says_which_rules_looked() -> None:
    result = judged("松涛路", "STREET", meaning="松林", roman="Songtao Lu", applicant="样县民政局")
    assert result.verdict is Verdict.PASS
    assert result.findings == ()
    assert {"R01", "R02", "R10", "R12", "R15", "R22", "R25", "R30", "R38"} <= set(result.checked)


def test_the_verdict_is_the_most_severe_finding_and_findings_come_most_severe_first() -> None:
    result = judged("EE三路", "STREET")
    assert result.verdict is Verdict.BLOCK
    order = [Severity.BLOCK, Severity.WARN, Severity.ASK]
    ranks = [order.index(f.severity) for f in result.findings]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("name", "class_"), [("松涛路", "STREET"), ("广场", "RESIDENTIAL_BUILDING"), ("太湖", "NATURAL")]
)
def test_every_rule_in_force_ends_in_exactly_one_place(name: str, class_: str) -> None:
    result = judged(name, class_)
    in_force = [rule.id for rule in book().in_force(TODAY, [u.code for u in SAMPLE])]
    ended = [*result.checked, *(u.rule for u in result.not_checked), *result.not_applicable]
    assert sorted(ended) == in_force


def test_a_rule_whose_data_are_not_there_is_not_checked_and_says_why() -> None:
    result = judged("松涛镇", "ADMIN_DIVISION", around={"same_name": NotKnown(NO_DATA), "same_specific": Known()})
    assert ("R08", NO_DATA) in [(u.rule, u.why) for u in result.not_checked]
    assert "R08" not in result.checked


def test_what_is_known_only_in_part_keeps_its_findings_and_is_not_checked() -> None:
    partly = Known((Other("松涛镇", code="330212101"),), gap=NO_DATA)
    result = judged("松涛镇", "ADMIN_DIVISION", around={"same_name": partly})
    assert [f.case for f in result.findings if f.rule == "R08"] == ["full"]
    assert NO_DATA in [u.why for u in result.not_checked if u.rule == "R08"]


def test_without_an_offices_lists_the_rules_that_need_them_are_not_checked() -> None:
    missing = {u.rule for u in judged("松涛路", "STREET", office=False, applicant="样县民政局").not_checked}
    assert {"R22", "R26", "R30", "R31"} <= missing
    assert not {"R22", "R26", "R31"} & {u.rule for u in judged("松涛路", "STREET", applicant="样县民政局").not_checked}


def test_an_old_decision_is_checked_by_the_law_of_its_time() -> None:
    now = {f.rule: f for f in judged("横溪镇", "ADMIN_DIVISION", within=ZHEJIANG).findings}
    in_2000 = judged(
        "横溪镇",
        "ADMIN_DIVISION",
        within=(*ZHEJIANG, UnitRef("330203", "样区", "county")),
        as_of=date(2000, 6, 1),
    )
    assert now["R08"].article.zh.endswith("地名管理条例 第九条(八)")
    assert "R08" in in_2000.checked
    assert "R08" not in {f.rule for f in in_2000.findings}  # then a county was the reach, not the province


def test_zhejiang_has_scopes_of_its_own_for_subdistricts_and_natural_villages() -> None:
    before, since = date(2025, 5, 31), date(2025, 6, 1)
    severity = {
        day: {f.rule: f.severity for f in judged("城关街道", "ADMIN_DIVISION", within=ZHEJIANG, as_of=day).findings}
        for day in (before, since)
    }
    assert (severity[before]["R08"], severity[since]["R08"]) == (Severity.WARN, Severity.BLOCK)
    here = judged("柳湾", "OTHER", type_code="22200", within=ZHEJIANG, as_of=since)
    elsewhere = judged("柳湾", "OTHER", type_code="22200", as_of=since)
    assert "R09" in here.checked
    assert "R09" in elsewhere.not_applicable


@pytest.mark.parametrize(("day", "law"), [(date(2022, 4, 30), "1986"), (date(2022, 5, 1), "第九条")])
def test_the_law_changed_with_the_first_of_may_2022(day: date, law: str) -> None:
    found = {f.rule: f for f in judged("鼓楼区", "ADMIN_DIVISION", as_of=day).findings}
    assert law in found["R06"].article.zh


def test_before_the_first_regulations_no_rule_of_a_state_body_held() -> None:
    result = judged("广场", "STREET", as_of=date(1985, 1, 1))
    assert (result.verdict, result.checked, result.not_checked, result.not_applicable) == (Verdict.PASS, (), (), ())


def test_a_profile_replaces_the_national_row_in_its_region_and_time() -> None:
    tall: dict[str, Any] = {"figures": {"storeys": 6.0, "floor_area_m2": 900.0}}
    there = {f.rule: f for f in judged("样大厦", "RESIDENTIAL_BUILDING", within=NANCHANG, **tall).findings}
    elsewhere = judged("样大厦", "RESIDENTIAL_BUILDING", **tall)
    before = judged("样大厦", "RESIDENTIAL_BUILDING", within=NANCHANG, as_of=date(2013, 7, 15), **tall)
    assert (there["R05"].severity, there["R05"].level) == (Severity.BLOCK, Level.LOCAL)
    assert "6" in there["R05"].message.zh
    assert "R05" in {u.rule for u in elsewhere.not_checked}
    assert "R05" not in before.checked


def test_an_override_lowers_and_leaves_its_trace() -> None:
    result = judged("中华路", "STREET", overrides=(HISTORIC,))
    found = next(f for f in result.findings if f.rule == "R27")
    assert found.severity is Severity.ASK
    assert found.lowered is not None
    assert (found.lowered.before, found.lowered.ground, found.lowered.reason) == (
        Severity.BLOCK, "historic", "民国时已有此名",
    )  # fmt: skip


@pytest.mark.parametrize(
    "override",
    [
        Override("R27", "no_specific_connection", "x"),  # a ground of other rules
        Override("R01", "historic", "x"),  # a rule that nothing lowers
        Override("R99", "historic", "x"),
        Override("R27", "historic", "  "),  # without words
    ],
)
def test_an_override_that_no_rule_knows_is_refused(override: Override) -> None:
    with pytest.raises(BadRequest) as refused:
        judged("中华路", "STREET", overrides=(override,))
    assert refused.value.code == "bad_override"


def test_listed_exceptions_weigh_less_and_say_by_which_source() -> None:
    found = next(f for f in judged("列宁公园", "PARK_RESERVE").findings if f.rule == "R25")
    assert found.severity is Severity.ASK
    assert found.lowered is not None
    assert "146" in found.lowered.reason


def test_an_existing_name_is_never_flagged_only_shown() -> None:
    result = judged("中央大道", "STREET", kind=Kind.EXISTING)
    assert result.verdict is Verdict.PASS
    assert result.findings == ()
    assert "R27" in {f.rule for f in result.context}


def test_a_colliding_name_is_handed_on_with_its_id_and_code() -> None:
    found = as_answer(judged("沿河路", "STREET"))["findings"][0]
    assert found["rule"] == "R10"
    assert found["collides_with"][0]["code"] == "990101"
    assert found["collides_with"][0]["id"]
    assert found["span"] == [0, 3]


def test_the_order_of_the_rows_is_nothing() -> None:
    proposal = Proposal("EE中央广场花园", "RESIDENTIAL_BUILDING", within=SAMPLE)
    subject, around = subject_of(proposal), Around(proposal)
    forward = check(subject, book(), around, TODAY)
    backward = check(subject, replace(book(), rules=book().rules[::-1]), around, TODAY)
    assert forward == backward
    assert len(forward.findings) > 3


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("路", "R01"),  # only a generic
        ("滨", "R01"),  # one character
        ("样" * 499 + "路", None),  # five hundred characters
        ("松涛Road路", "R18"),  # two scripts
        ("𬒈㙍路", "R16"),  # outside the basic plane
        ("\ue7c7山路", "R19"),  # private use
        ("６号路", "R20"),  # full width
        ("6号路", "R20"),
        (" 松涛路", "R19"),  # a space in front is part of what was handed in
    ],
)
def test_odd_names_get_an_answer_and_lose_no_character(name: str, rule: str | None) -> None:
    result = judged(name, "STREET")
    assert result.subject.specific + result.subject.between + result.subject.generic == name
    assert rule is None or rule in {f.rule for f in result.findings}


@pytest.mark.parametrize(
    ("name", "class_", "code"),
    [
        ("", "STREET", "name_empty"),
        ("  ", "STREET", "name_empty"),
        ("样" * 501, "STREET", "name_too_long"),
        ("松\x00涛路", "STREET", "name_control_characters"),
        ("松涛路", "ROAD", "bad_class"),
    ],
)
def test_what_cannot_be_asked_about_is_refused_with_its_code(name: str, class_: str, code: str) -> None:
    with pytest.raises(BadRequest) as refused:
        judged(name, class_)
    assert refused.value.code == code
