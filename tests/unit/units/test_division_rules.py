"""Who approves a division change, by which standard a town is set up, how a plan is written: the rules as data."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from boundaries.changes.approval import authorities, highest, matrix, needed, unsaid
from boundaries.changes.kinds import kinds, read_rules
from boundaries.changes.model import Act
from boundaries.changes.standards import indicator_labels, judge, standards
from data.errors import BadInput
from geonames.divisions.plan import act_of_plan, parts_of_text, text_of_parts
from geonames.divisions.rules import items, labels, months_later, terms

DAY = date(2026, 9, 1)


def act(*lines: str) -> Act:
    return act_of_plan({"title": "演示", "parts": parts_of_text("\n".join(lines))}, DAY)


@pytest.mark.parametrize(
    ("line", "authority", "article"),
    [
        ("更名: 990000 示例省 > 990000 新示省", "npc", "第六条"),
        ("设立: > 990124 丁县", "state_council", "第七条（二）"),
        ("隶属关系变更: 990121 甲县 > 990221 甲县", "state_council", "第七条（二）"),
        ("界线变更[重大]: 990121 甲县 > 990122 乙县", "state_council", "第七条（三）"),
        ("界线变更[部分]: 990121 甲县 > 990122 乙县", "province", "第八条"),
        ("界线变更[部分、敏感]: 990121 甲县 > 990122 乙县", "state_council", "第七条（四）"),
        ("界线变更[部分]: 990121 甲族自治县 > 990122 乙县", "state_council", "第七条（三）"),
        ("更名: 990121100 石桥镇 > 990121100 桥镇", "province", "第九条"),
        ("更名: 990121001 云溪街道 > 990121001 溪街道", "founder", "第十条"),
        ("建制变更: 990121100 石桥镇 > 990181 石桥市", "state_council", "第七条（二）"),
    ],
)
def test_the_matrix_says_who_approves(line: str, authority: str, article: str) -> None:
    (found,) = needed(act(line))
    assert (found.authority.key, found.article.removeprefix("行政区划管理条例 ")) == (authority, article)


def test_the_highest_authority_approves_the_whole_act() -> None:
    found = highest(needed(act("更名: 990121100 石桥镇 > 990121100 桥镇", "更名: 990122 乙县 > 990122 新乙县")))
    assert found is not None
    assert found.authority.key == "state_council"


def test_a_boundary_change_that_says_nothing_has_no_row() -> None:
    assert [f.rule for f in unsaid(act("界线变更: 990121 甲县 > 990122 乙县"))] == ["approval_unsaid"]


def test_a_standard_is_held_against_figures_with_a_source() -> None:
    plan = act("合并: 990121200 青禾乡, 990121201 白塔乡 > 990121101 青禾镇")
    given: dict[str, dict[str, Any]] = {"population": {"value": 20000.0, "source": "演示"}, "area_km2": {"value": 5.0}}
    assert [(j.indicator.key, j.verdict) for j in judge(plan, {"990121101": given})] == [
        ("population", "met"),
        ("area_km2", "missing"),
    ]


def test_of_numbers_by_the_kind_of_land_the_one_that_is_named_is_held() -> None:
    plan = act("合并: 510121200 甲乡, 510121201 乙乡 > 510121150 丙镇")
    figure = {"value": 20000.0, "source": "演示"}
    for land, verdict in ((None, "missing"), ("plain", "short"), ("mountains", "met")):
        figures = {"510121150": {"population": {**figure, "land": land}}}
        assert [j.verdict for j in judge(plan, figures)] == [verdict]


def test_a_standard_before_its_day_is_none() -> None:
    plan = act_of_plan(
        {"title": "演示", "parts": parts_of_text("合并: 330121200 甲乡, 330121201 乙乡 > 330121150 丙镇")},
        date(2020, 6, 1),
    )
    assert list(judge(plan, {})) == []


def test_every_row_has_its_article_and_mark() -> None:
    known = {"[V]", "[M]", "[I]"}
    assert {row.mark for row in matrix()} <= known
    assert all(row.article and row.authority in authorities() for row in matrix())
    for name in ("papers", "departments"):
        assert all(row["article"] and row["mark"] in known for row in read_rules(name)["class"])
    assert all(s.source and s.mark in known for s in standards())
    assert {i.key for s in standards() for i in s.indicators} <= indicator_labels().keys()
    assert all(i.article for s in standards() for i in s.indicators)
    assert {kind.change for kind in kinds().values()} <= {change for row in matrix() for change in row.change}
    assert len(items("departments")) == 8
    assert len(labels("findings")) == 12


def test_a_plan_is_written_and_read_back() -> None:
    text = "合并: 990121 甲县, 990122 乙县 > 990121 甲县\n界线变更[部分、敏感]: 990121 甲县 > 990123 丙县"
    assert text_of_parts(parts_of_text(text)) == text
    assert parts_of_text("merge：990121  甲县、990122 乙县＞990121 甲县") == parts_of_text(text)[:1]


@pytest.mark.parametrize(
    "text", ["合并甲县乙县", "吞并: 990121 甲县 > 990122 乙县", "界线变更[大]: 990121 甲县 > 990122 乙县"]
)
def test_a_line_that_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(BadInput, match="line 1") as refused:
        parts_of_text(text)
    assert refused.value.code == "not_a_proposal"


def test_months_end_on_the_same_day_or_the_last() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 7, 20), terms()["implementation"].months) == date(2027, 7, 20)
