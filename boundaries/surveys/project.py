"""Surveying projects (勘界) as cases: what they carry, what must hold, how they read. Pure.

The facts: `line`, `line_name`, `sides`, `proposer`, `basis` (why the line is surveyed), `segment` and its `hash` (the
stretch as it was when the project began; null for a line that is not in the network yet, see `newcourse`), `consents`,
`plan`, `points`, `draft` (course, description, table of points, how far its ends were from their nodes), `confirmed`,
`approval`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from boundaries.markers.works import all_sides_agree, all_sides_confirm
from data.cases.model import Proposal, ProposalRow
from data.errors import BadInput
from data.workflow.guards import Condition
from data.workflow.model import CaseView, Label, Missing

NEEDED = frozenset({"line", "line_name", "sides", "proposer", "basis", "reason", "segment", "hash"})
#: Why a line is surveyed.
BASES: Mapping[str, str] = {
    "township": "乡镇级勘界",
    "division_change": "行政区划变更后勘界",
    "never_surveyed": "未勘定界线",
}
#: The sheets that a project makes, by their kind.
SHEETS: Mapping[str, str] = {"working": "勘界工作图", "agreement": "协议书附图", "atlas": "详图集"}


def check_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts of a new project; `BadInput` `bad_case`."""
    missing = sorted(NEEDED - facts.keys())
    if missing or facts["basis"] not in BASES:
        raise BadInput(
            f"A surveying project is opened at its line, because of one of {', '.join(BASES)}; missing: "
            f"{', '.join(missing) or 'basis'}. Nothing was stored.",
            code="bad_case",
        )
    return {**facts, "consents": {}, "confirmed": {}, "points": []}


def has_points(case: CaseView, _argument: str) -> Missing | None:
    """Points were handed in."""
    if len(cast(list[Any], case.facts.get("points", []))) > 1:
        return None
    return Missing("points_missing", "Hand in the boundary points first: two at least, in the order of the line.")


CONDITIONS: Mapping[str, Condition] = {
    "all_sides_agree": all_sides_agree,
    "all_sides_confirm": all_sides_confirm,
    "has_points": has_points,
}


def propose(facts: Mapping[str, Any]) -> Proposal:
    """The project as people read it, with its points or its course on the map."""
    names = {side["id"]: side["name"] for side in facts["sides"]}
    rows = [
        ProposalRow(Label("界线", "line"), facts["line_name"] or "、".join(names.values())),
        ProposalRow(Label("勘界依据", "why it is surveyed"), BASES[facts["basis"]]),
        ProposalRow(Label("毗邻各方", "sides"), "、".join(names.values())),
        ProposalRow(Label("事由", "reason"), facts["reason"]),
        ProposalRow(Label("已同意方案", "agreed to the plan"), _given(facts, "consents", names)),
    ]
    rows += _new_rows(facts, names)
    plan, points, draft = facts.get("plan"), facts.get("points") or [], facts.get("draft")
    if plan:
        rows.append(ProposalRow(Label("勘界工作图", "working map"), f"{plan['working_map']}（1:{plan['scale']}）"))
    rows.append(ProposalRow(Label("边界点", "boundary points"), str(len(points))))
    if draft:
        rows += _draft_rows(facts, draft, names)
    rows += [_sheet_row(sheet) for sheet in facts.get("sheets", [])]
    return Proposal(rows, _shapes(points, draft))


def _sheet_row(sheet: Mapping[str, Any]) -> ProposalRow:
    """Sheets that the case made and keeps, with their number."""
    said = f"{SHEETS[sheet['kind']]}，1:{sheet['scale']}，{sheet['paper']}，共 {sheet['count']} 幅"
    return ProposalRow(Label(f"图号 {sheet['number']}", f"sheets {sheet['number']}"), said)


def _new_rows(facts: Mapping[str, Any], names: Mapping[str, str]) -> list[ProposalRow]:
    """Of a line that is not in the network: which unit lies on which side as its points run, and what it does."""
    new = facts.get("new")
    if not new:
        return []
    sides = f"左侧 {names[new['left']]}｜右侧 {names[new['right']]}（按边界点次序行进）"
    does = "分割全部所在土地，两侧周界随之划归" if new["whole"] else "只新增此线，未闭合之处如实记载"
    return [
        ProposalRow(Label("新界线", "a line that is not in the register"), sides),
        ProposalRow(Label("对所在土地", "the land under it"), does),
    ]


def _draft_rows(facts: Mapping[str, Any], draft: Mapping[str, Any], names: Mapping[str, str]) -> list[ProposalRow]:
    ends = f"{draft['start_off_m']:.2f} / {draft['end_off_m']:.2f}"
    return [
        ProposalRow(Label("长度（米）", "length in metres"), f"{draft['length_m']:.1f}"),
        ProposalRow(Label("端点与节点之差（米）", "first and last point from their nodes, m"), ends),
        *_ends_rows(draft),
        ProposalRow(Label("走向说明", "course description"), draft["description"]),
        ProposalRow(Label("已确认", "confirmed by"), _given(facts, "confirmed", names)),
    ]


def _ends_rows(draft: Mapping[str, Any]) -> list[ProposalRow]:
    """How a new line meets what is there."""
    if "ends" not in draft:
        return []
    return [
        ProposalRow(Label("起点、终点", "its ends"), "；".join(draft["ends"])),
        ProposalRow(Label("随之划归的界线段", "stretches that go over with it"), str(draft["handed_over"])),
    ]


def _given(facts: Mapping[str, Any], key: str, names: Mapping[str, str]) -> str:
    return "、".join(name for unit, name in names.items() if unit in facts.get(key, {})) or "—"


def _shapes(points: list[Mapping[str, Any]], draft: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    if draft:
        return [draft["course"]]
    return [{"type": "Point", "coordinates": [p["longitude"], p["latitude"]]} for p in points]
