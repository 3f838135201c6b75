"""Each step of an application issues its document, where the office numbers such documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from api.jobs import schema
from data.clock import civil_date
from data.db import fetch_all, reading, unit_of_work
from data.documents import store
from data.documents.blank import blank
from data.documents.fonts import installed
from data.documents.kinds import load_kinds
from data.documents.model import DocumentKind, Documents, Marking
from data.documents.official import text_of
from data.documents.templates import preview
from data.documents.word_check import check_template
from data.errors import BadInput
from data.ids import new_id
from tests.integration.applications.test_batches import batch_casework, before_decisions
from tests.integration.applications.test_experts import drawn, pool
from tests.integration.applications.test_naming import with_paper
from tests.samples.applicants import COUNTY, NamingOffice

KINDS = {kind.key: kind for kind in load_kinds() if kind.key.startswith("naming_")}
EVALUATED = {
    "legality": "符合", "feasibility": "可行", "control": "可控", "impact": "小", "risks": "低", "measures": "宣传",
}  # fmt: skip


@pytest.fixture
def numbered(office: NamingOffice) -> NamingOffice:
    """The office, whose county numbers every document of naming in one series."""
    number(office, KINDS)
    return office


def number(office: NamingOffice, kinds: Iterable[str]) -> None:
    """Let the county number documents of some kinds in one series, and its steps issue them."""
    schema.prepare(office.engine)
    with unit_of_work(office.engine) as connection:
        for kind in kinds:
            values = {
                "id": new_id(), "kind": kind, "unit": COUNTY, "office": "甘棠县民政局（虚构）", "heading": None,
                "series": "演示", "sealed": False, "rare": "refuse", "from": date(2020, 1, 1), "by": "test",
            }  # fmt: skip
            connection.execute(store.ADD_NUMBERING, values)
    office.casework = replace(office.casework, documents=Documents(load_kinds(), Marking.DEMONSTRATION))


def issued(office: NamingOffice) -> list[tuple[str, str]]:
    with reading(office.engine) as connection:
        rows = fetch_all(connection, text("SELECT template AS kind, doc_no FROM diming.document ORDER BY serial"))
    return [(row["kind"], row["doc_no"]) for row in rows]


def printed(office: NamingOffice, kind: str) -> dict[str, Any]:
    with reading(office.engine) as connection:
        query = text("SELECT printed FROM diming.document WHERE template = :kind ORDER BY serial DESC LIMIT 1")
        values: dict[str, Any] = connection.execute(query, {"kind": kind}).scalar_one()
    return values


def test_every_step_issues_its_document_and_the_decision_bears_its_number(numbered: NamingOffice) -> None:
    office = numbered
    pool(office)
    case: Mapping[str, Any] = office.act(office.apply(names=["沿河路", "晴砚路"]), "developer", "print_form")
    case = office.act(case, "clerk", "ask_corrections")
    asked = printed(office, "naming_correction")["findings"]
    (row,) = [r for r in asked if r["article"] == "地名管理条例 第九条(八)" and "沿河路" in r["message"]][:1]
    assert row["cure"]
    case = office.act(case, "developer", "change_names", names="晴砚路\n听砚路")
    for finding in [f for f in case["findings"] if f["requested_at"] and not f["answered_at"] and not f["closed_at"]]:
        case = office.act(case, "developer", "answer_finding", finding=str(finding["id"]), text="已改报")
    case = office.act(case, "developer", "resubmit")
    case = office.act(office.settle(with_paper(office, case, "application")), "clerk", "accept")
    case = office.act(case, "reviewer", "evaluate", **EVALUATED)
    case, draw = drawn(office, case)
    for ticket in [t for t in draw["tickets"] if t["chosen"]]:
        case = office.act(case, ticket["name"], "vote", stance="for")
    case = office.act(case, "reviewer", "report_experts", minutes="略", conclusion="同意", met_on="2026-03-02")
    case = office.act(case, "reviewer", "open_consultation", asked_by="县民政局（虚构）", closes_on="2026-03-31")
    office.forward(days=30)
    case = office.act(case, "reviewer", "report_consultation", handled="无反对意见")
    case = office.act(
        office.settle(office.act(case, "reviewer", "propose"), "mayor"), "mayor", "approve", type_code="23514"
    )
    reply = case["facts"]["doc_no"]
    case = office.act(case, "publisher", "announce", authority="县民政局（虚构）", position="东起甲路")
    assert [kind.removeprefix("naming_") for kind, _ in issued(office)] == [
        "application_form", "correction", "acceptance", "evaluation", "experts", "consultation", "reply", "notice",
    ]  # fmt: skip
    assert ("naming_reply", reply) in issued(office)
    assert printed(office, "naming_reply")["name"] == "晴砚路"
    assert printed(office, "naming_experts")["votes_for"] == "3"
    assert printed(office, "naming_application_form")["division"].endswith("（990121100）")


def test_a_batch_has_a_reply_for_each_decision_and_one_notice_that_lists_its_names(numbered: NamingOffice) -> None:
    office = numbered
    office.casework = replace(batch_casework(office), documents=office.casework.documents)
    case = before_decisions(office)
    case = office.act(case, "mayor", "approve_rows", rows="1-2", effective_on=str(civil_date(office.now)))
    first = printed(office, "naming_batch_reply")
    assert (first["names"], first["count"]) == ("砚溪头等2处地名", "2")
    assert [row["name"] for row in first["rows"]] == ["砚溪头", "砚溪尾"]
    assert {row["doc_no"] for row in first["rows"]} == {dict(issued(office))["naming_batch_reply"]}
    case = office.act(
        office.act(case, "mayor", "approve_rows", rows="4"), "mayor", "refuse_rows", rows="3", reason="混淆"
    )
    case = office.act(office.act(case, "mayor", "finish"), "filing", "file")
    office.act(case, "publisher", "announce", authority="县民政局（虚构）", position="砚溪两岸")
    assert [row["name"] for row in printed(office, "naming_batch_notice")["rows"]] == ["砚溪头", "砚溪尾", "望舒坪"]
    assert [kind.removeprefix("naming_") for kind, _ in issued(office)] == [
        "acceptance", "batch_reply", "batch_reply", "batch_notice",
    ]  # fmt: skip
    with reading(office.engine) as connection:
        told = connection.execute(text("SELECT DISTINCT doc_no FROM published.announcement")).scalars().all()
    assert told == [dict(issued(office))["naming_batch_notice"]]


def test_a_number_of_ones_own_is_refused_where_the_series_gives_one(numbered: NamingOffice) -> None:
    office = numbered
    case = office.act(office.settle(with_paper(office, office.apply(), "application")), "clerk", "accept")
    for hearing in ("evaluation", "experts", "public"):
        case = office.act(case, "reviewer", "hear", hearing=hearing, reason="影响小（虚构）")
    case = office.act(case, "reviewer", "propose")
    with pytest.raises(BadInput) as refused:
        office.act(case, "mayor", "approve", type_code="23514", doc_no="县政〔2026〕9号")
    assert refused.value.extra["fields"] == ["doc_no"]


def test_an_office_that_numbers_elsewhere_takes_the_steps_without_documents(office: NamingOffice) -> None:
    office.casework = replace(office.casework, documents=Documents(load_kinds(), Marking.DEMONSTRATION))
    case = office.act(office.settle(with_paper(office, office.apply(), "application")), "clerk", "accept")
    assert (case["state"], issued(office)) == ("review", [])


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.key)
def test_the_shipped_template_is_one_that_an_office_may_hand_in_and_prints(kind: DocumentKind, tmp_path: Any) -> None:
    content = blank(kind.shipped["zh"])
    path = tmp_path / "template.docx"
    path.write_bytes(content)
    used = check_template(path, "模板.docx", kind)
    signer = "applicant" if kind.key == "naming_application_form" else "office"
    assert {"number", signer, "date", "case_number"} <= set(used) <= {f.name for f in kind.fields}
    made = preview(content, kind, "zh", installed(), datetime(2026, 3, 2, 1, tzinfo=UTC))
    shown = "".join(text_of(made.pdf).split())
    assert "演示〔2026〕1号" in shown
