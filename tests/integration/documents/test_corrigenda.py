"""A published decision is corrected by a further one, numbered and issued; the first stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from api.settings import settings_from_environment
from data.access import Matter
from data.db import reading, unit_of_work
from data.decisions import find_decision
from data.documents import store
from data.documents.corrigenda import Corrigendum, correct_decision
from data.documents.kinds import load_kinds
from data.documents.making import Workshop, make_document
from data.documents.model import Documents, Form, State
from data.documents.official import text_of
from data.errors import BadInput, Conflict, NotPermitted
from data.ids import new_id
from tests.integration.documents.conftest import Do
from tests.integration.test_api_jobs import do_all_jobs
from tests.samples.office import COUNTY, PLACES, Office
from tests.unit import documents as made

DOCUMENTS = Documents(load_kinds())


def matter_of(_connection: Connection, unit: UUID | None) -> Matter:
    place = PLACES[unit] if unit else None
    return Matter(place.chain, place.level) if place else Matter()


def numbering(office: Office) -> None:
    values = {
        "id": new_id(), "kind": "corrigendum", "unit": COUNTY, "office": "示例县城市管理局（虚构）", "heading": None,
        "series": "示城更", "sealed": True, "rare": "refuse", "from": date(2020, 1, 1), "by": "test",
    }  # fmt: skip
    with unit_of_work(office.casework.engine) as connection:
        connection.execute(store.ADD_NUMBERING, values)


@pytest.fixture
def decision(office: Office, opened: dict[str, Any], do: Do) -> UUID:
    do("clerk", "accept")
    do("mayor", "approve", number="3")
    with reading(office.casework.engine) as connection:
        found: UUID = connection.execute(
            text("SELECT decision_id FROM diming.case_step WHERE action = 'approve'")
        ).scalar_one()
    return found


def wanted(decision: UUID) -> Corrigendum:
    return Corrigendum(decision, COUNTY, "3号灯杆", "03号灯杆", "编号应为两位。")


def test_a_corrigendum_is_a_decision_and_a_document(office: Office, decision: UUID, workshop: Workshop) -> None:
    numbering(office)
    engine = office.casework.engine
    with reading(engine) as connection:
        before = find_decision(connection, decision)
    correct = partial(correct_decision, engine, DOCUMENTS, matter_of)
    done = correct(office["mayor"], wanted(decision), office.clock())
    assert done["doc_no"] == "示城更〔2026〕1号"
    with reading(engine) as connection:
        assert find_decision(connection, decision) == before
        corrigendum = find_decision(connection, done["decision"])
        assert corrigendum["kind"] == "correction"
        assert corrigendum["supports"] == [{"collection": "decisions", "id": decision}]
        assert connection.scalar(text("SELECT collection FROM diming.change ORDER BY seq DESC LIMIT 1")) == "decisions"
    with pytest.raises(Conflict) as again:
        correct(office["mayor"], wanted(decision), office.clock())
    assert again.value.code == "already_done"
    assert make_document(replace(workshop, documents=DOCUMENTS), UUID(done["document"])) is State.MADE
    with reading(engine) as connection:
        file = connection.execute(store.FIND_FILE, {"document": done["document"], "form": Form.PDF}).one()
    with workshop.blobs.open(bytes(file.sha256)) as pdf:
        words = made.words([text_of(pdf.read())])
    assert "关于更正示城〔2026〕1号的公告" in words
    assert "原文“3号灯杆”，更正为“03号灯杆”。" in words


def test_the_installation_s_own_worker_makes_it(
    office: Office, decision: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A corrigendum is a kind of every installation: enqueued with the decision, made by the worker, progress told."""
    numbering(office)
    engine = office.casework.engine
    url = engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DIMING_DATABASE_URL", url)
    monkeypatch.setenv("DIMING_HOME", str(tmp_path))
    settings_from_environment.cache_clear()
    done = correct_decision(engine, DOCUMENTS, matter_of, office["mayor"], wanted(decision), office.clock())
    try:
        do_all_jobs(url)
    finally:
        settings_from_environment.cache_clear()
    with reading(engine) as connection:
        states = connection.execute(text("SELECT doc_no, state FROM diming.document")).all()
        told = connection.execute(text("SELECT done, total, note FROM diming.job_record WHERE note <> ''")).all()
    assert (done["doc_no"], "made") in [tuple(row) for row in states]
    assert (1, 1, done["doc_no"]) in [tuple(row) for row in told]
    assert len([path for path in (tmp_path / "attachments").rglob("*") if path.is_file()]) == 3


def test_who_may_not_and_what_is_empty_changes_nothing(office: Office, decision: UUID) -> None:
    engine, clock = office.casework.engine, office.clock
    with pytest.raises(NotPermitted):
        correct_decision(engine, DOCUMENTS, matter_of, office["clerk"], wanted(decision), clock())
    with pytest.raises(BadInput):
        correct_decision(engine, DOCUMENTS, matter_of, office["mayor"], replace(wanted(decision), right=" "), clock())
    with pytest.raises(Conflict) as told:
        correct_decision(engine, DOCUMENTS, matter_of, office["mayor"], wanted(decision), clock())
    assert told.value.code == "numbering_missing"
    with reading(engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM diming.decision WHERE kind = 'correction'")) == 0
