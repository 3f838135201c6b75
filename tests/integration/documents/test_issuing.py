"""Steps of cases issue documents: numbered with the step, made once, kept with the template they were made from."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from data import audit
from data.access import Matter
from data.access.model import operator
from data.cases import service
from data.cases.binding import checked
from data.cases.model import Action
from data.db import reading, unit_of_work
from data.documents import making, store
from data.documents.making import Workshop, make_document
from data.documents.model import Documents, Marking, State
from data.documents.official import text_of
from data.documents.service import documents_of
from data.documents.templates import Offer, add_template
from data.errors import Conflict, DimingError
from data.workflow.reading import ProcedureError
from tests.integration.documents.conftest import Do
from tests.samples.issuing import sample_documents
from tests.samples.office import Office
from tests.unit import documents as made

JOBS = text("""
    SELECT args ->> 'document' FROM jobs.procrastinate_jobs WHERE task_name = 'diming:make_document' ORDER BY id
""")


def issued(office: Office, case: dict[str, Any]) -> list[dict[str, Any]]:
    with reading(office.casework.engine) as connection:
        return documents_of(connection, UUID(case["id"]))


def content(workshop: Workshop, shown: dict[str, Any], form: str) -> bytes:
    digest = next(file["sha256"] for file in shown["files"] if file["form"] == form)
    with workshop.blobs.open(bytes.fromhex(digest)) as file:
        return file.read()


def test_a_step_issues_its_document_and_the_job_makes_it(
    office: Office, opened: dict[str, Any], do: Do, workshop: Workshop
) -> None:
    do("clerk", "accept")
    [pending] = issued(office, opened)
    assert (pending["state"], pending["doc_no"], pending["step"], pending["files"]) == (
        "pending", "示城函〔2026〕1号", 2, [],
    )  # fmt: skip
    with reading(office.casework.engine) as connection:
        assert connection.execute(JOBS).scalars().all() == [str(pending["id"])]
    assert make_document(workshop, pending["id"]) is State.MADE
    [shown] = issued(office, opened)
    assert [file["file_name"] for file in shown["files"]] == ["示城函〔2026〕1号.docx", "示城函〔2026〕1号.pdf"]
    words = made.words([text_of(content(workshop, shown, "pdf"))])
    for expected in ("受理通知书", "示例路3号灯杆", opened["number"], "示例灯杆编号办法第三条（虚构）", "2026年3月2日"):
        assert expected in words
    with reading(office.casework.engine) as connection:
        assert audit.verify(connection)[1] is None


def test_the_request_for_corrections_lists_all_of_them(
    office: Office, opened: dict[str, Any], do: Do, workshop: Workshop
) -> None:
    for message in ("缺少位置图", "申请书未盖章"):
        do("clerk", "find", rule="R1", severity="block", message=message, article="第三条", cure="补交")
    do("clerk", "ask_corrections")
    [document] = issued(office, opened)
    make_document(workshop, document["id"])
    words = made.words([text_of(content(workshop, issued(office, opened)[0], "pdf"))])
    assert "1.缺少位置图（第三条）。补正办法：补交。" in words
    assert "2.申请书未盖章（第三条）。补正办法：补交。" in words


def test_a_decision_and_its_document_are_one_transaction(office: Office, opened: dict[str, Any], do: Do) -> None:
    do("clerk", "accept")
    do("mayor", "approve", number="3")
    approval = issued(office, opened)[1]
    assert (approval["doc_no"], approval["kind"]) == ("示城〔2026〕1号", "approval")
    with reading(office.casework.engine) as connection:
        decision = connection.scalar(text("SELECT decision_id FROM diming.case_step WHERE action = 'approve'"))
        details = connection.scalar(text("SELECT details FROM diming.audit WHERE action = 'case.approve'"))
    assert approval["decision"] == decision
    with reading(office.casework.engine) as connection:
        assert (
            connection.scalar(text("SELECT doc_no FROM diming.decision WHERE id = :id"), {"id": decision})
            == approval["doc_no"]
        )
    assert details["doc_no"] == "示城〔2026〕1号"


def test_a_step_that_fails_gives_the_number_back(office: Office, opened: dict[str, Any], do: Do) -> None:
    """The audit refuses the step after the number was taken."""
    with unit_of_work(office.casework.engine) as connection:
        connection.execute(
            text("ALTER TABLE diming.audit ADD CONSTRAINT none CHECK (action <> 'case.accept') NOT VALID")
        )
    with pytest.raises(DimingError):
        do("clerk", "accept")
    assert issued(office, opened) == []
    with unit_of_work(office.casework.engine) as connection:
        connection.execute(text("ALTER TABLE diming.audit DROP CONSTRAINT none"))
    do("clerk", "accept")
    assert issued(office, opened)[0]["doc_no"] == "示城函〔2026〕1号"


def test_without_numbering_the_step_is_not_taken(office: Office, opened: dict[str, Any], do: Do) -> None:
    with unit_of_work(office.casework.engine) as connection:
        for row in connection.execute(text("SELECT id FROM diming.document_numbering")).all():
            connection.execute(store.END_NUMBERING, {"id": row.id, "day": date(2026, 1, 1)})
    with pytest.raises(Conflict) as told:
        do("clerk", "accept")
    assert told.value.code == "numbering_missing"
    assert do("clerk", "find", rule="R", severity="info", message="x")["state"] == "submitted"


def test_an_office_must_know_the_documents_that_its_procedures_name(office: Office) -> None:
    few = replace(sample_documents(), kinds=sample_documents().kinds[:1])
    with pytest.raises(ProcedureError, match="no kind of document refusal"):
        checked(replace(office.casework, documents=few))


def test_two_workers_at_once_make_it_once(office: Office, opened: dict[str, Any], do: Do, workshop: Workshop) -> None:
    do("clerk", "accept")
    [document] = issued(office, opened)
    with ThreadPoolExecutor(4) as pool:
        states = list(pool.map(lambda _: make_document(workshop, document["id"]), range(4)))
    assert set(states) == {State.MADE}
    with reading(office.casework.engine) as connection:
        count = connection.scalar(text("SELECT count(*) FROM diming.audit WHERE action = 'document.made'"))
    assert count == 1
    assert len(issued(office, opened)[0]["files"]) == 2


def test_what_cannot_be_made_says_why_and_is_made_later(
    office: Office, opened: dict[str, Any], do: Do, workshop: Workshop
) -> None:
    do("clerk", "accept")
    do("mayor", "refuse", reason="示例\U0002ebf0路不存在")
    document = issued(office, opened)[1]
    assert make_document(workshop, document["id"]) is State.FAILED
    failed = issued(office, opened)[1]
    assert failed["problem"]["code"] == "characters_without_glyph"
    assert failed["problem"]["characters"] == ["U+2EBF0"]
    assert failed["doc_no"] == document["doc_no"]


def test_a_demonstration_is_marked_for_good(office: Office, opened: dict[str, Any], workshop: Workshop) -> None:
    office.casework = replace(office.casework, documents=sample_documents(Marking.DEMONSTRATION))
    service.act(office.casework, office["clerk"], UUID(opened["id"]), Action("accept"))
    [document] = issued(office, opened)
    make_document(workshop, document["id"])
    [shown] = issued(office, opened)
    assert shown["marking"] == "demonstration"
    assert "演示文件，不具有效力" in text_of(content(workshop, shown, "pdf"))


def test_an_office_takes_its_own_template_and_old_documents_keep_theirs(
    office: Office, opened: dict[str, Any], do: Do, workshop: Workshop
) -> None:
    engine, documents, kind = office.casework.engine, sample_documents(), made.KINDS["refusal"]
    do("clerk", "accept")
    first = issued(office, opened)[0]
    make_document(workshop, first["id"])
    own = made.with_line("（本局模板）", kind=kind)
    offer = Offer("refusal", "zh", None, date(2026, 3, 1), "示例灯杆编号办法（虚构）", "", "不予批准.docx")
    added = add_template(
        engine, documents, workshop.blobs, workshop.fonts(), lambda _c, _u: Matter(), operator("test"), offer,
        io.BytesIO(own), office.clock(),
    )  # fmt: skip
    assert (added["version"], added["origin"]) == (1, "office")
    do("mayor", "refuse", reason="该处已有编号")
    second = issued(office, opened)[1]
    make_document(workshop, second["id"])
    assert "（本局模板）" in text_of(content(workshop, issued(office, opened)[1], "pdf"))
    with reading(engine) as connection:
        origins = connection.execute(
            text("SELECT t.origin FROM diming.document d JOIN diming.document_template t ON t.id = d.template_id "
                 "ORDER BY d.asked_at")
        ).scalars().all()  # fmt: skip
    assert origins == ["shipped", "office"]


def test_the_register_refuses_to_change_what_was_issued(
    office: Office, opened: dict[str, Any], do: Do, workshop: Workshop
) -> None:
    do("clerk", "accept")
    [document] = issued(office, opened)
    make_document(workshop, document["id"])
    for statement in (
        "UPDATE diming.document SET doc_no = 'x'",
        "UPDATE diming.document SET state = 'pending'",
        "DELETE FROM diming.document",
        "DELETE FROM diming.document_file",
        "UPDATE diming.document_file SET bytes = 1",
        "UPDATE diming.document_template SET article = 'x'",
        "DELETE FROM diming.document_series",
        "TRUNCATE diming.document_series",
    ):
        with pytest.raises(DimingError), unit_of_work(office.casework.engine) as connection:
            connection.execute(text(statement))


def test_documents_without_files_are_found(office: Office, opened: dict[str, Any], do: Do, workshop: Workshop) -> None:
    do("clerk", "accept")
    [document] = issued(office, opened)
    office.clock.forward(hours=1)
    assert making.pending_since(office.casework.engine, office.clock()) == [document["id"]]
    make_document(workshop, document["id"])
    assert making.pending_since(office.casework.engine, office.clock()) == []


def test_a_kind_that_nobody_knows_is_told(office: Office, opened: dict[str, Any]) -> None:
    office.casework = replace(office.casework, documents=Documents(()))
    with pytest.raises(DimingError) as told:
        service.act(office.casework, office["clerk"], UUID(opened["id"]), Action("accept"))
    assert told.value.code == "no_such_document_kind"
