"""An inspection from its plan to its filing: one joint party, one record, two signatures, and what the public hears."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from boundaries.findings.service import Wanted, list_findings
from boundaries.network.service import find_line
from boundaries.records.model import EntryDraft
from boundaries.records.reading import inspection_sheet
from boundaries.records.service import begin_inspection, enter_answers
from boundaries.rounds.planning import Extra, order_extra
from boundaries.rounds.service import inspection_row, published_inspections
from data.audit import verify
from data.cases.reading import find_case
from data.db import reading, set_role_reader, unit_of_work
from data.decisions import find_decision
from data.errors import BadInput, Conflict, NotFound, NotPermitted
from data.signing.service import is_signature_of, public_keys
from tests.integration.inspections.answers import DAY, answer_all, answers
from tests.integration.inspections.conftest import Act, parties, rows
from tests.samples.office import Office

PLAN = "双方各派两人组成联检组，三月内业，四月外业。"


@pytest.fixture
def answered(office: Office, planned: UUID, begun: dict[str, Any], act: Act) -> dict[str, Any]:
    """The inspection with everything answered, one marker's witness gone."""
    act("city", begun["id"], "begin_office", plan=PLAN)
    answer_all(office, "jia_clerk", planned, "office")
    act("jia", begun["id"], "finish_office")
    answer_all(office, "yi", planned, "field", witnesses_stand=("changed", "独立大树已被砍伐"))
    return begun


@pytest.fixture
def drawn_up(answered: dict[str, Any], act: Act) -> dict[str, Any]:
    return act("jia", answered["id"], "draw_up", conclusion="界线走向清楚，双方均按协议书执行。")


def test_the_parties_take_part_and_hear_of_it(office: Office, planned: UUID, begun: dict[str, Any]) -> None:
    assert begun["state"] == "planned"
    assert {p["relation"] for p in begun["participants"]} == {"participant"}
    assert len(begun["participants"]) == 4
    assert find_case(office.casework, office["jia_clerk"], UUID(begun["id"]))["number"] == begun["number"]


def test_an_inspection_is_begun_once(office: Office, planned: UUID, begun: dict[str, Any]) -> None:
    with pytest.raises(Conflict) as caught:
        begin_inspection(office.casework, office["city"], planned, parties())
    assert caught.value.code == "inspection_started"
    assert len(rows(office, text("SELECT id FROM diming.case_file"))) == 1


def test_it_is_begun_by_the_keeper_above_both_and_is_none_for_a_stranger(office: Office, planned: UUID) -> None:
    for who in ("jia", "mayor"):
        with pytest.raises(NotPermitted):
            begin_inspection(office.casework, office[who], planned, parties())
    with pytest.raises(NotFound) as caught:
        begin_inspection(office.casework, office["nobody"], planned, parties())
    assert caught.value.code == "no_such_inspection"


def test_only_the_people_named_answer(office: Office, planned: UUID, begun: dict[str, Any], act: Act) -> None:
    act("city", begun["id"], "begin_office", plan=PLAN)
    draft = answers(office, planned, "office")
    with pytest.raises(NotPermitted):
        enter_answers(office.casework, office["city"], planned, draft)
    with pytest.raises(NotFound):
        enter_answers(office.casework, office["nobody"], planned, draft)


def test_before_the_plan_is_issued_nothing_is_answered(office: Office, planned: UUID, begun: dict[str, Any]) -> None:
    with pytest.raises(Conflict) as caught:
        enter_answers(office.casework, office["jia"], planned, answers(office, planned, "office"))
    assert caught.value.code == "inspection_state"


def test_answers_that_mean_nothing_are_refused_together(
    office: Office, planned: UUID, begun: dict[str, Any], act: Act
) -> None:
    act("city", begun["id"], "begin_office", plan=PLAN)
    good = answers(office, planned, "office")[0]
    bad = [
        EntryDraft(good.task, "marker_stands", "in_order", DAY),
        EntryDraft(good.task, good.item, "problem", DAY),
        EntryDraft(good.task, good.item, "in_order", DAY, accuracy_m=3.0),
        EntryDraft(planned, good.item, "in_order", DAY),
    ]
    with pytest.raises(BadInput) as caught:
        enter_answers(office.casework, office["jia"], planned, [good, *bad])
    assert len(caught.value.extra["findings"]) == 4
    assert rows(office, text("SELECT id FROM diming.inspection_entry")) == []


def test_the_office_check_ends_when_everything_has_an_answer(
    office: Office, planned: UUID, begun: dict[str, Any], act: Act
) -> None:
    act("city", begun["id"], "begin_office", plan=PLAN)
    enter_answers(office.casework, office["jia"], planned, answers(office, planned, "office")[1:])
    with pytest.raises(Conflict) as caught:
        act("jia", begun["id"], "finish_office")
    assert (caught.value.code, caught.value.extra["n"]) == ("answers_missing", 1)


def test_of_a_question_the_latest_answer_stands_and_the_earlier_is_kept(
    office: Office, planned: UUID, begun: dict[str, Any], act: Act
) -> None:
    act("city", begun["id"], "begin_office", plan=PLAN)
    first = answers(office, planned, "office")[0]
    enter_answers(office.casework, office["jia"], planned, [first])
    office.clock.forward(minutes=1)
    enter_answers(
        office.casework, office["yi"], planned, [EntryDraft(first.task, first.item, "changed", DAY, "附图已旧")]
    )
    sheet = inspection_sheet(office.casework, office["city"], planned)
    shown = [(a["result"], a["remark"]) for task in sheet["tasks"] for a in task["answers"]]
    assert shown == [("changed", "附图已旧")]
    assert len(rows(office, text("SELECT id FROM diming.inspection_entry"))) == 2


def test_the_record_says_every_answer_and_what_is_wrong_becomes_a_finding(
    office: Office, planned: UUID, drawn_up: dict[str, Any]
) -> None:
    sheet = inspection_sheet(office.casework, office["jia"], planned)
    (record,) = sheet["records"]
    assert record["version"] == 1
    content = json.dumps(record["content"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(content.encode()).hexdigest() == record["sha256"] == drawn_up["facts"]["record"]
    said = [a for task in record["content"]["tasks"] for a in task["answers"] if a["result"] == "changed"]
    assert [a["remark"] for a in said] == ["独立大树已被砍伐"] * 2
    with reading(office.casework.engine) as connection:
        found = list_findings(connection, office["jia"], Wanted(inspection=planned))["items"]
    assert [(f["kind"], f["state"], f["note"]) for f in found] == [("witness_changed", "open", "独立大树已被砍伐")] * 2


def test_each_side_signs_once_and_for_itself(office: Office, planned: UUID, drawn_up: dict[str, Any], act: Act) -> None:
    with pytest.raises(Conflict) as early:
        act("city", drawn_up["id"], "report")
    assert [need["code"] for need in early.value.extra["needs"]] == ["signatures_missing"]
    act("jia", drawn_up["id"], "sign")
    with pytest.raises(Conflict) as twice:
        act("jia_clerk", drawn_up["id"], "sign")
    assert twice.value.code == "already_done"
    with pytest.raises(NotPermitted):
        act("city", drawn_up["id"], "sign")
    act("yi", drawn_up["id"], "sign")
    (record,) = inspection_sheet(office.casework, office["yi"], planned)["records"]
    assert [s["side"] for s in record["signatures"]] == ["left", "right"]


def test_a_change_of_the_record_after_signing_is_seen(
    office: Office, planned: UUID, drawn_up: dict[str, Any], act: Act
) -> None:
    act("jia", drawn_up["id"], "sign")
    (row,) = rows(office, text("SELECT content FROM diming.inspection_record"))
    (signed,) = rows(office, text("SELECT key_id, signature FROM diming.inspection_signature"))
    with reading(office.casework.engine) as connection:
        keys = public_keys(connection)
    assert is_signature_of(keys, signed.key_id, row.content.encode(), bytes(signed.signature))
    forged = row.content.replace("独立大树已被砍伐", "独立大树尚在")
    assert not is_signature_of(keys, signed.key_id, forged.encode(), bytes(signed.signature))
    assert _validity(office, planned) == [True]
    with unit_of_work(office.casework.engine) as connection:  # nothing of the program can do this
        connection.exec_driver_sql("ALTER TABLE diming.inspection_record DISABLE TRIGGER append_only")
        connection.execute(text("UPDATE diming.inspection_record SET content = :content"), {"content": forged})
    assert _validity(office, planned) == [False]


def _validity(office: Office, inspection: UUID) -> list[bool]:
    """Whether each signature of the record is good, as everybody beside the line sees it."""
    (record,) = inspection_sheet(office.casework, office["yi"], inspection)["records"]
    return [signature["valid"] for signature in record["signatures"]]


def test_a_record_opened_again_is_signed_anew(
    office: Office, planned: UUID, drawn_up: dict[str, Any], act: Act
) -> None:
    act("jia", drawn_up["id"], "sign")
    act("yi", drawn_up["id"], "amend", reason="界桩照片缺一张")
    again = act("yi", drawn_up["id"], "draw_up", conclusion="界线走向清楚。")
    assert again["facts"]["signed"] == {}
    act("yi", drawn_up["id"], "sign")
    with pytest.raises(Conflict) as caught:
        act("city", drawn_up["id"], "report")
    assert caught.value.code == "not_ready"
    sheet = inspection_sheet(office.casework, office["jia"], planned)
    assert [(r["version"], [s["side"] for s in r["signatures"]]) for r in sheet["records"]] == [
        (2, ["left"]), (1, ["right"]),
    ]  # fmt: skip


def test_filed_it_is_public_and_the_line_is_where_it_was(
    office: Office, planned: UUID, line: UUID, drawn_up: dict[str, Any], act: Act
) -> None:
    for who in ("jia", "yi"):
        act(who, drawn_up["id"], "sign")
    act("city", drawn_up["id"], "report")
    with reading(office.casework.engine) as connection:
        set_role_reader(connection)
        assert published_inspections(connection, line=line) == []
    with pytest.raises(NotPermitted):
        act("city", drawn_up["id"], "file")
    ended = act("filer", drawn_up["id"], "file")
    assert ended["closed"]
    with reading(office.casework.engine) as connection:
        set_role_reader(connection)
        (public,) = published_inspections(connection, line=line)
        decision = find_decision(connection, public["decision"])
        assert len(find_line(connection, line)["segments"]) == 1
    assert (str(public["filed_on"]), public["cause"]) == ("2026-03-02", "disaster")
    assert decision["doc_no"] == ended["facts"]["report_no"]
    assert [(x["collection"], x["id"]) for x in decision["supports"]] == [("lines", line)]
    assert rows(office, text("SELECT id FROM diming.boundary_changeset")) == []
    issued = rows(office, text("SELECT template FROM diming.document ORDER BY doc_no"))
    assert {row.template for row in issued} == {"inspection_plan", "inspection_report", "inspection_filing"}
    last = rows(office, text("SELECT collection, kind FROM diming.change ORDER BY seq DESC LIMIT 1"))[0]
    assert (last.collection, last.kind) == ("inspections", "insert")
    with reading(office.casework.engine) as connection:
        assert verify(connection)[1] is None


def test_after_five_years_the_other_side_leads(
    office: Office, planned: UUID, line: UUID, drawn_up: dict[str, Any], act: Act
) -> None:
    for who in ("jia", "yi"):
        act(who, drawn_up["id"], "sign")
    act("city", drawn_up["id"], "report")
    act("filer", drawn_up["id"], "file")
    again = order_extra(office.casework.engine, office["city"], Extra(line, "road_works", DAY.replace(year=2027)))
    with reading(office.casework.engine) as connection:
        leads = [inspection_row(connection, office["city"], one)["lead_side"] for one in (planned, again)]
    assert leads == ["right", "left"]


def test_cancelled_the_line_can_be_inspected_again(
    office: Office, planned: UUID, begun: dict[str, Any], act: Act, line: UUID
) -> None:
    act("city", begun["id"], "cancel", reason="与第五轮联检合并进行")
    order_extra(office.casework.engine, office["city"], Extra(line, "disaster", DAY))
