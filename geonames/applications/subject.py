"""Naming applications as the case engine runs them: facts, guards, effects, and how a case reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from data.cases.model import Proposal, ProposalRow, Subject
from data.workflow.model import Label
from geonames.applications import (
    deciding,
    expert_hearing,
    opening,
    preparing,
    printing,
    public_hearing,
    publishing,
    reporting,
)
from geonames.applications.draft import check_facts
from geonames.applications.grounds import grounds_of
from geonames.applications.guards import CONDITIONS
from geonames.applications.printing import position_of
from geonames.applications.routes.rows import route_book
from geonames.filings import sending
from geonames.places.classes import parse_class, place_classes

#: Texts of an application that are shown as they are.
TEXTS: Mapping[str, Label] = {
    "present_name": Label("现名", "present name"),
    "within": Label("所在政区代码", "division code"),
    "meaning": Label("含义", "meaning"),
    "origin": Label("来历", "origin"),
    "reason": Label("理由", "reason"),
    "roman": Label("罗马字母拼写", "romanization"),
    "doc_no": Label("批准文号", "number of the approval"),
    "approved_on": Label("批准日期", "approved on"),
    "effective_on": Label("生效日期", "effective on"),
    "filed_on": Label("备案日期", "filed on"),
    "announced_on": Label("公告日期", "announced on"),
}
CODES = frozenset({"within"})


def propose(facts: Mapping[str, Any]) -> Proposal:
    """An application as people read it: names with their spelling, place, route, and what has come of it."""
    shapes = [facts["geometry"]] if facts.get("geometry") else []
    return Proposal(list(_rows(facts)), shapes)


def _rows(facts: Mapping[str, Any]) -> Iterator[ProposalRow]:
    yield ProposalRow(Label("事项", "matter"), route_book().word("kind", facts["kind"]).zh)
    yield ProposalRow(Label("类别", "class"), _class_name(facts["class"]))
    romans = {check["name"]: check["roman"] for check in facts.get("checks", ())}
    for number, name in enumerate(facts.get("names", ()), start=1):
        yield ProposalRow(Label(f"拟用名 {number}", f"candidate {number}"), f"{name} {romans.get(name, '')}".strip())
    yield from (ProposalRow(label, str(facts[key]), key in CODES) for key, label in TEXTS.items() if facts.get(key))
    course = "；".join(position_of(facts))
    yield from [ProposalRow(Label("位置、起止、规模", "position, ends, size"), course)] if course else ()
    yield ProposalRow(Label("申请人", "applicant"), facts["applicant"]["name"])
    yield from reporting.checklist(facts)
    yield from _heard_rows(facts)
    yield from _route_rows(facts.get("route"))
    yield from _unchecked_rows(facts)


def _unchecked_rows(facts: Mapping[str, Any]) -> Iterator[ProposalRow]:
    """What could not be checked of the candidates, each rule once: no finding says nothing of these."""
    gaps = {gap["rule"]: gap["why"] for check in facts.get("checks", ()) for gap in check.get("not_checked", ())}
    if gaps:
        told = [f"{rule}：{why}" for rule, why in gaps.items()]
        yield ProposalRow(Label("未能核查的规则", "rules that could not be checked"), f"{len(told)} 条", details=told)


def _heard_rows(facts: Mapping[str, Any]) -> Iterator[ProposalRow]:
    """The consultation and the draws, each with its page."""
    asked = facts.get("consultation")
    if asked:
        period = f"{asked['opens_on']} 至 {asked['closes_on']}"
        yield ProposalRow(Label("公开征求意见", "the public is asked"), period, href=f"/consultations/{asked['id']}")
    for number, drawn in enumerate(facts.get("draws", ()), start=1):
        label, address = Label("专家抽取", "draw of experts"), f"/experts/draws/{drawn['id']}"
        yield ProposalRow(label, f"第 {number} 次，{drawn['chosen']} 人", href=address)


def _class_name(text: str) -> str:
    """The class of Art. 3, with the type where one was given."""
    kind = parse_class(text)
    name = place_classes()[kind.art3].name_zh
    return name if kind.type_code is None else f"{name}（{kind.type_code}）"


def _route_rows(route: Mapping[str, Any] | None) -> Iterator[ProposalRow]:
    if route is None:
        return
    approver = f"{route['approver']['name'] or ''}{route_book().word('body', route['approver']['body']).zh}"
    yield ProposalRow(Label("批准机关", "who approves"), f"{approver}（{route['article']['zh']}）")
    yield from must_be_asked(route)
    if route["mark"] != "V" and route["note"]:
        yield ProposalRow(Label("说明", "note"), route["note"]["zh"])


def must_be_asked(route: Mapping[str, Any]) -> Iterator[ProposalRow]:
    """The bodies that must be asked before the decision, each with its article."""
    for asked in (row for row in route.get("consulted", ()) if row["compulsory"]):
        body = f"{route['approver']['name'] or ''}{route_book().word('body', asked['body']).zh}"
        yield ProposalRow(Label("必须征求意见", "must be asked"), f"{body}（{asked['article']['zh']}）")


NAMING_APPLICATION = Subject(
    check_facts=check_facts,
    conditions=CONDITIONS,
    effects={
        "check_again": opening.check_again,
        "change_names": opening.change_names,
        "print_facts": printing.print_facts,
        "ask_corrections": printing.ask_corrections,
        "evaluate": preparing.evaluate,
        "close_names": opening.close_names,
        "name_paper": preparing.name_paper,
        "hear": preparing.hear,
        "draw_experts": expert_hearing.draw_experts,
        "report_experts": expert_hearing.report_experts,
        "open_consultation": public_hearing.open_consultation,
        "report_consultation": public_hearing.report_consultation,
        "report_matter": reporting.report_matter,
        "enter_authority": preparing.enter_authority,
        "decide": deciding.decide,
        "file": publishing.file,
        "send_filing": sending.send_filing,
        "filing_returned": sending.filing_returned,
        "announce": publishing.announce,
    },
    propose=propose,
    opened=opening.begin,
    grounds=grounds_of,
)
