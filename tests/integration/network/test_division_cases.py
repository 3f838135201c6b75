"""Division-change cases on the invented counties: planned, shown, heard, approved, executed; and what does not pass."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from api.casework import make_casework
from api.jobs import schema
from boundaries.units.service import find_unit, translate_code
from data import audit
from data.access import Actor, Grant, Role
from data.access.model import account_actor
from data.blobs import FolderBlobs
from data.cases.attachments import keep_attachment
from data.cases.model import Action
from data.cases.reading import find_case
from data.cases.service import act
from data.db import reading, unit_of_work
from data.errors import BadInput, DimingError
from data.ids import derived_id, new_id
from geonames.divisions.plan import act_of_plan, parts_of_text
from geonames.divisions.previewing import preview_of
from geonames.divisions.rules import items
from geonames.divisions.subject import open_change
from tests.integration.network.test_lines import line_of
from tests.samples.counties import ADD_UNIT, ADD_VERSION, BEGIN, CITY, JIA, SOURCE, YI
from tests.samples.keepers import set_stone, stone
from tests.samples.office import ADD_ACCOUNT, ADD_GRANT, MovedClock

MORNING = datetime(2026, 8, 3, 2, tzinfo=UTC)
PEOPLE: Mapping[str, Role] = {
    "受理员": Role.CLERK,
    "审核员": Role.REVIEWER,
    "市长": Role.APPROVING_AUTHORITY,
    "备案员": Role.FILING_OFFICER,
    "公告员": Role.PUBLISHER,
}
MERGED = "合并: 990121 甲县, 990122 乙县 > 990121 甲县"
APPROVAL = {
    "approver": "state_council", "authority": "示例机关（虚构）", "doc_no": "演示〔2026〕51号",
    "approved_on": "2026-07-20", "effective_on": "2026-08-10",
}  # fmt: skip


class Office:
    """The city's office for division affairs."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        schema.prepare(engine)
        self.engine, self.clock, self.blobs = engine, MovedClock(MORNING), FolderBlobs(folder)
        self.casework = make_casework(engine, self.clock)
        self.people: dict[str, Actor] = {}
        with unit_of_work(engine) as connection:
            for name, role in PEOPLE.items():
                account = derived_id("sample-division-office", name)
                connection.execute(ADD_ACCOUNT, {"id": account, "name": f"d{account.hex[:12]}", "called": name})
                connection.execute(ADD_GRANT, {"id": new_id(), "account": account, "role": role, "unit": CITY})
                self.people[name] = account_actor(account, (Grant(role, CITY),), "session")

    def open(self, parts: str = MERGED, **more: Any) -> dict[str, Any]:
        plan = {"title": "云溪市部分行政区划调整方案（演示）", "reason": "演示", "parts": parts_of_text(parts), **more}
        return open_change(self.casework, self.people["受理员"], CITY, plan)

    def act(self, who: str, case: Mapping[str, Any], action: str, **fields: str) -> dict[str, Any]:
        return act(self.casework, self.people[who], UUID(str(case["id"])), Action(action, fields))

    def facts(self, case: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = find_case(self.casework, self.people["审核员"], UUID(str(case["id"])))["facts"]
        return found

    def needs(self, case: Mapping[str, Any], action: str = "report", who: str = "审核员", **fields: str) -> set[str]:
        with pytest.raises(DimingError) as refused:
            self.act(who, case, action, **fields)
        return {need["code"] for need in refused.value.extra["needs"]}

    def papers(self, case: Mapping[str, Any], keys: Iterable[str]) -> None:
        paper = keep_attachment(self.casework, self.blobs, self.people["受理员"], io.BytesIO(b"paper"), "材料.txt")
        self.act("受理员", case, "attach", attachment=str(paper["id"]))
        for key in keys:
            self.act("受理员", case, "give_paper", paper=key, attachment=str(paper["id"]))

    def hear(self, case: Mapping[str, Any], stance: str = "agrees") -> None:
        for key in items("departments"):
            self.act("受理员", case, "record_opinion", department=key, stance=stance, text="演示意见")

    def approved(self, parts: str = MERGED) -> dict[str, Any]:
        case = self.open(parts)
        self.papers(case, (key for key, item in items("papers").items() if item.required))
        self.hear(case)
        self.act("审核员", case, "report")
        return self.act("市长", case, "record_approval", **APPROVAL)


@pytest.fixture
def bureau(office: Engine, tmp_path: Path) -> Office:
    return Office(office, tmp_path / "blobs")


def test_a_case_goes_from_the_plan_to_the_register_and_to_its_report(bureau: Office) -> None:
    set_stone(bureau.engine, stone(line_of(bureau.engine, "990121", "990122")))
    case = bureau.open()
    assert bureau.needs(case) == {"dossier_incomplete", "departments_silent"}
    bureau.papers(case, (key for key, item in items("papers").items() if item.required))
    bureau.hear(case, "objects")
    assert bureau.needs(case) == {"departments_against"}
    bureau.hear(case)
    bureau.act("审核员", case, "report")
    with pytest.raises(BadInput, match="State Council"):
        bureau.act("市长", case, "record_approval", **{**APPROVAL, "approver": "province"})
    case = bureau.act("市长", case, "record_approval", **APPROVAL)
    term = next(clock for clock in case["clocks"] if clock["key"] == "implementation")
    assert str(term["due_on"]) == "2027-07-20"
    with pytest.raises(BadInput) as early:
        bureau.act("备案员", case, "execute")
    assert early.value.code == "decision_not_yet_effective"
    bureau.clock.now = datetime(2026, 8, 10, 2, tzinfo=UTC)
    done = bureau.act("备案员", case, "execute")
    codes = next(clock for clock in done["clocks"] if clock["key"] == "codes")
    assert str(codes["due_on"]) == "2026-09-10"
    with reading(bureau.engine) as connection:
        answer = translate_code(connection, "990122")
        assert [(r["code"], r["kind"], r["whole"]) for r in answer["results"]] == [("990121", "merged", True)]
        assert find_unit(connection, "990121")["valid"]["from"] is not None
        assert audit.verify(connection)[1] is None
    (ends,) = [one for one in bureau.facts(case)["following"] if one["what"] == "ends"]
    assert (ends["markers"], [u["name"] for u in ends["units"]]) == (1, ["甲县", "乙县"])
    bureau.act("公告员", case, "announce", announced_on="2026-08-10", where="演示公报")
    longer = bureau.act("市长", case, "extend", doc_no="演示〔2026〕52号", reason="演示")
    assert str(next(c for c in longer["clocks"] if c["key"] == "implementation")["due_on"]) == "2028-01-20"
    assert bureau.needs(case, "extend", "市长", doc_no="演示〔2026〕53号", reason="演示") == {"extended_already"}
    closed = bureau.act("备案员", case, "complete", report="演示报告")
    assert closed["state"] == "completed"


def test_a_plan_that_a_rule_blocks_is_kept_and_not_reported(bureau: Office) -> None:
    case = bureau.open("建制变更: 990121 甲县 > 990121 甲市")
    assert "plan_blocked" in bureau.needs(case)
    bureau.act("受理员", case, "revise", parts="建制变更: 990121 甲县 > 990181 甲市")
    assert "plan_blocked" not in bureau.needs(case)


def test_a_listed_name_that_no_unit_bears_after_it_needs_its_measures(bureau: Office) -> None:
    listed = text("""
        INSERT INTO diming.heritage_tag (id, subject_id, list, level, category, valid, opened_by)
        VALUES (:id, :unit, '示例省地名保护名录（虚构）', 'province', 'ancient_county', '[2012-01-01,)', :decision)
    """)
    with unit_of_work(bureau.engine) as connection:
        connection.execute(listed, {"id": new_id(), "unit": YI, "decision": SOURCE})
    kept = bureau.open("界线变更[部分]: 990121 甲县 > 990122 乙县")
    assert "heritage_unprotected" not in bureau.needs(kept)
    case = bureau.open()
    assert [row["name"] for row in bureau.facts(case)["check"]["listed_given_up"]] == ["乙县"]
    assert "heritage_unprotected" in bureau.needs(case)
    bureau.papers(case, ["heritage_protection"])
    assert "heritage_unprotected" not in bureau.needs(case)


def test_a_boundary_change_must_say_whether_it_is_a_major_one(bureau: Office) -> None:
    case = bureau.open("界线变更: 990121 甲县 > 990122 乙县")
    assert bureau.facts(case)["check"]["findings"][0]["rule"] == "approval_unsaid"
    bureau.act("受理员", case, "revise", parts="界线变更[部分]: 990121 甲县 > 990122 乙县")
    check = bureau.facts(case)["check"]
    assert (check["findings"], check["approver"]["authority"]) == ([], "province")
    assert check["approver"]["report_to"] == "state_council"


def test_a_plan_outside_the_division_of_its_case_is_refused(bureau: Office) -> None:
    with pytest.raises(BadInput) as refused:
        bureau.open("更名: 990000 示例省 > 990000 新省")
    assert refused.value.code == "bad_case"


def test_the_preview_names_codes_tree_lines_and_what_is_not_held(bureau: Office) -> None:
    plan = {"title": "演示", "parts": parts_of_text("建制变更: 990121 甲县 > 990181 甲市")}
    act = act_of_plan(plan, date(2026, 9, 1))
    with reading(bureau.engine) as connection:
        shown = preview_of(connection, act)
    assert [(row["code"], row["what"]) for row in shown["codes"]] == [("990121", "retired"), ("990181", "new")]
    assert [row["code"] for row in shown["tree"]["after"]] == ["990100", "990122", "990123", "990181"]
    assert (shown["changed"], shown["not_held"]) == (False, ["addresses"])
    assert shown["approver"]["article"] == "行政区划管理条例 第七条（二）"


def townships(engine: Engine) -> None:
    with unit_of_work(engine) as connection:
        for code, name, kind in (
            ("990121100", "石桥镇", "镇"),
            ("990121200", "青禾乡", "乡"),
            ("990121201", "白塔乡", "乡"),
        ):
            row = {"id": derived_id("sample-township", code), "version": derived_id("sample-version", code),
                   "code": code, "name": name, "level": "township", "type": kind, "parent": JIA, "begin": BEGIN,
                   "decision": SOURCE}  # fmt: skip
            connection.execute(ADD_UNIT, row)
            connection.execute(ADD_VERSION, row)


def test_a_town_is_set_up_by_the_standard_of_its_province_and_stands_when_executed(bureau: Office) -> None:
    townships(bureau.engine)
    case = bureau.open("合并: 990121200 青禾乡, 990121201 白塔乡 > 990121101 青禾镇")
    check = bureau.facts(case)["check"]
    assert [f for f in check["findings"] if f["severity"] == "block"] == []
    assert check["approver"]["article"] == "行政区划管理条例 第九条"
    assert [row["verdict"] for row in check["standards"]] == ["missing", "missing"]
    figure = {"unit": "990121101", "source": "演示统计（2025年）"}
    bureau.act("受理员", case, "give_figure", indicator="population", value="12,000", **figure)
    bureau.act("受理员", case, "give_figure", indicator="area_km2", value="88", **figure)
    assert [row["verdict"] for row in bureau.facts(case)["check"]["standards"]] == ["short", "met"]
    assert "figures_missing" in bureau.needs(case)
    bureau.act("受理员", case, "give_figure", indicator="population", value="12000", reason="山区（演示）", **figure)
    assert "figures_missing" not in bureau.needs(case)
    bureau.papers(case, (key for key, item in items("papers").items() if item.required))
    bureau.hear(case)
    bureau.act("审核员", case, "report")
    bureau.act("市长", case, "record_approval", **{**APPROVAL, "approver": "province", "effective_on": "2026-08-01"})
    bureau.act("备案员", case, "execute")
    with reading(bureau.engine) as connection:
        town = find_unit(connection, "990121101")
        assert (town["name"], town["level"], town["type"], town["parent"]["code"]) == (
            "青禾镇",
            "township",
            "镇",
            "990121",
        )
        assert translate_code(connection, "990121201")["results"][0]["code"] == "990121101"
        assert find_unit(connection, "990121")["status"] == "current"
