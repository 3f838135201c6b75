"""A division-change case as people read it: the plan in rows, its approval, what is still lacking. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from boundaries.changes.kinds import kinds
from data.cases.model import Proposal, ProposalRow, SetDay
from data.workflow.model import Label
from geonames.divisions.plan import sides as sides_of
from geonames.divisions.rules import items, labels

FOLLOWING = {
    "survey_new": "新界线待勘定",
    "survey_again": "界线变更后待勘定",
    "ends": "界线随变更终止",
    "inscribe": "界桩注记待更新",
}
STATES = {"met": "达到", "short": "未达到", "missing": "未填报"}


def propose(facts: Mapping[str, Any]) -> Proposal:
    """The case in rows; its page of the preview has the whole."""
    plan, check = facts["plan"], facts.get("check") or {}
    rows = [*_parts(plan), *_decided(plan, check, facts.get("approval")), *_found(check)]
    rows += [*_papers(facts), *_opinions(facts), *_standards(facts, check), *_after(facts)]
    return Proposal(rows, facts.get("outlines", []))


def _parts(plan: Mapping[str, Any]) -> Iterator[ProposalRow]:
    for number, part in enumerate(plan["parts"], 1):
        label = kinds()[part["kind"]].label
        sides = tuple(side.replace(", ", "、") or "—" for side in sides_of(part))
        yield ProposalRow(Label(f"{number}. {label.zh}", f"{number}. {label.en}"), " → ".join(sides))
    yield ProposalRow(Label("事由", "reason"), plan["reason"])


def _decided(
    plan: Mapping[str, Any], check: Mapping[str, Any], approval: Mapping[str, Any] | None
) -> Iterator[ProposalRow]:
    approver = check.get("approver")
    if approver:
        said = f"{approver['label']['zh']}（{approver['article']}）"
        said += "；同时报国务院备案" if any(one["report_to"] for one in check["approvals"]) else ""
        yield ProposalRow(Label("批准机关", "who approves"), said)
    if approval:
        said = f"{approval['authority']} {approval['doc_no']}（{approval['approved_on']}）"
        yield ProposalRow(Label("批复", "approval"), said)
    day = approval["effective_on"] if approval else plan["effective_on"] or "批准后确定"
    yield ProposalRow(Label("生效日期", "takes effect on"), day)


def _found(check: Mapping[str, Any]) -> Iterator[ProposalRow]:
    words = {"block": "阻止", "warn": "提醒", "info": "说明"}
    for finding in check.get("findings", []):
        where = "" if finding["part"] is None else f"第{finding['part']}项 "
        rule = labels("findings")[finding["rule"]].zh
        said = f"{where}{rule}：{finding['message']}（{finding['article']}）"
        yield ProposalRow(Label(f"检查：{words[finding['severity']]}", f"check: {finding['severity']}"), said)
    for row in check.get("listed_given_up", []):
        said = f"{row['name']}（{row['list']}）不再有单位使用：上报前须有保护措施（地名管理条例 第二十五条）"
        yield ProposalRow(Label("检查：地名文化遗产", "check: heritage"), said)
    if check and not check["findings"]:
        yield ProposalRow(Label("检查", "check"), f"无问题（{check['day']}）")


def _papers(facts: Mapping[str, Any]) -> Iterator[ProposalRow]:
    there = facts.get("papers") or {}
    wanted = [item for item in items("papers").values() if item.required]
    lacking = "、".join(item.label.zh for item in wanted if not there.get(item.key))
    said = f"{len(wanted) - len([i for i in wanted if not there.get(i.key)])} / {len(wanted)}"
    yield ProposalRow(Label("申报材料", "dossier"), said + (f"；缺 {lacking}" if lacking else "；齐全"))


def _opinions(facts: Mapping[str, Any]) -> Iterator[ProposalRow]:
    said, known = facts.get("opinions") or {}, items("departments")
    stances = items("stances")
    lines = [f"{known[key].label.zh}：{stances[o['stance']].label.zh}" for key, o in said.items()]
    silent = "、".join(item.label.zh for key, item in known.items() if key not in said)
    text = "；".join([*lines, *([f"尚未回复：{silent}"] if silent else [])])
    yield ProposalRow(Label("部门联审", "departments"), text)


def _standards(facts: Mapping[str, Any], check: Mapping[str, Any]) -> Iterator[ProposalRow]:
    for row in check.get("standards", []):
        value = "" if row["value"] is None else f"{row['value']:g}（{row['source']}）"
        given = (facts.get("figures") or {}).get(row["unit"].split()[0], {}).get(row["indicator"], {})
        why = f"；理由：{given['reason']}" if row["verdict"] == "short" and given.get("reason") else ""
        said = (
            f"{row['unit']} {row['wanted']}：{value}{STATES[row['verdict']]}{why}（{row['standard']} {row['article']}）"
        )
        yield ProposalRow(Label(row["label"]["zh"], row["label"]["en"]), said)
    for unit in check.get("no_standard", []):
        yield ProposalRow(Label("设立标准", "standard"), f"{unit}：本系统没有该省的标准，由批准机关衡量")


def _after(facts: Mapping[str, Any]) -> Iterator[ProposalRow]:
    done = facts.get("executed")
    if done:
        yield ProposalRow(Label("施行", "executed"), done["on"], href=f"/decisions/{done['decision']}")
    for one in facts.get("following") or []:
        names = "—".join(unit["name"] for unit in one["units"])
        said = f"{names}" + (f"（界桩 {one['markers']} 座）" if one["markers"] else "")
        href = f"/cases/{one['case']}" if one.get("case") else f"/lines/{one['line']}" if one["line"] else None
        yield ProposalRow(Label(FOLLOWING[one["what"]], one["what"]), said, href=href)


def days_of(facts: Mapping[str, Any]) -> list[SetDay]:
    """The day on which an approved change takes effect, until it is executed."""
    approval = facts.get("approval")
    if not approval or facts.get("executed"):
        return []
    return [SetDay("effective", "division_effective", date.fromisoformat(approval["effective_on"]))]
