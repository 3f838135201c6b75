"""The archive of a line: one valid package with everything in it, the same bytes again, nothing of the other side's."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from api.cli.app import main
from api.cli.environment import environment
from boundaries.archive.service import archive_line
from boundaries.records.measurements import MeasurementDraft
from boundaries.records.measuring import enter_measurements
from boundaries.records.reading import tasks_of
from boundaries.records.service import begin_inspection
from data.db import reading
from data.documents.fonts import installed
from data.documents.kinds import load_kinds
from data.documents.making import Workshop, make_document
from data.documents.model import Documents, Marking
from data.errors import NotPermitted
from data.signing.service import is_signature_of, public_keys
from tests.integration.cases.pages import signed_in
from tests.integration.inspections.answers import DAY, answer_all
from tests.integration.inspections.bags import faults_of
from tests.integration.inspections.conftest import Act, parties
from tests.integration.inspections.test_measurements import picture, sign_and_file
from tests.samples import boundary_office as sample
from tests.samples.office import Office
from tests.samples.serving import office_server


@pytest.fixture
def workshop(office: Office, tmp_path: Path) -> Workshop:
    fonts = tmp_path / "fonts"
    documents = Documents(load_kinds(), Marking.NONE)
    papers = sample.papers_below(tmp_path)
    return Workshop(office.casework.engine, papers, documents, lambda: installed(fonts), office.clock)


def packed(workshop: Workshop, office: Office, who: str, line: UUID) -> io.BytesIO:
    target = io.BytesIO()
    archive_line(workshop, office.casework, office[who], line, target)
    return target


def members(package: io.BytesIO) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as archive:
        return {name.split("/data/", 1)[1]: archive.read(name) for name in archive.namelist() if "/data/" in name}


def photographed(office: Office, inspection: UUID, who: str, folder: Path) -> None:
    with reading(office.casework.engine) as connection:
        task = next(t for t in tasks_of(connection, inspection) if t.kind == "marker")
    photo = picture(office, folder, who)
    enter_measurements(office.casework, office[who], inspection, [MeasurementDraft(task.id, "photo", DAY, photo=photo)])


def test_a_filed_inspection_is_in_it_whole_and_checkable(
    office: Office, planned: UUID, begun: dict[str, Any], line: UUID, act: Act, workshop: Workshop, tmp_path: Path
) -> None:
    act("city", begun["id"], "begin_office", plan="双方各派两人")
    answer_all(office, "jia", planned, "office")
    act("jia", begun["id"], "finish_office")
    answer_all(office, "yi", planned, "field", witnesses_stand=("changed", "独立大树已被砍伐"))
    photographed(office, planned, "jia", tmp_path)
    sign_and_file(begun["id"], act)
    with reading(office.casework.engine) as connection:
        keys = public_keys(connection)
        documents = [row.id for row in connection.exec_driver_sql("SELECT id FROM diming.document")]
    for document in documents:
        make_document(workshop, document)
    package = packed(workshop, office, "jia", line)
    assert faults_of(package) == []
    inside = members(package)
    kinds = {name.split("/")[0].split(".")[0] for name in inside}
    assert kinds >= {"line", "course", "versions", "markers", "inspections", "findings", "decisions", "papers", "keys"}
    folder = f"inspections/2026-06-30_{planned}"
    record = inside[f"{folder}/record_1.json"]
    for signed in json.loads(inside[f"{folder}/record_1_signatures.json"]):
        assert is_signature_of(keys, signed["key_id"], record, bytes.fromhex(signed["signature"]))
    issued = [name for name in inside if name.startswith(f"{folder}/documents/")]
    assert len(issued) == 6  # plan, report and filing, in Word and PDF
    assert len([name for name in inside if name.startswith(f"{folder}/photos/")]) == 1
    assert {"papers/界桩登记表_001Q.pdf", "papers/界桩登记表_001Q.docx"} <= set(inside)
    assert any(name.startswith("markers/001Q/") and name.endswith(".jpg") for name in inside)
    assert len(json.loads(inside["findings.json"])) == 2
    office.clock.forward(days=3)
    assert packed(workshop, office, "jia", line).getvalue() == package.getvalue()
    with pytest.raises(NotPermitted):
        packed(workshop, office, "nobody", line)


def test_what_the_other_side_has_not_shown_is_not_in_it(
    office: Office, planned: UUID, line: UUID, act: Act, workshop: Workshop, tmp_path: Path
) -> None:
    case = begin_inspection(office.casework, office["city"], planned, parties("separate", date(2026, 3, 20)))["id"]
    act("city", case, "begin_office", plan="双方分别填报")
    for who in ("jia", "yi"):
        answer_all(office, who, planned, "office")
    act("jia", case, "finish_office")
    answer_all(office, "jia", planned, "field", witnesses_stand=("changed", "甲方保留意见"))
    photographed(office, planned, "jia", tmp_path)
    said = "甲方保留意见".encode()
    assert any(said in content for content in members(packed(workshop, office, "jia", line)).values())
    theirs = members(packed(workshop, office, "yi", line))
    assert not any(said in content for content in theirs.values())
    assert not any("/photos/" in name for name in theirs)
    assert faults_of(packed(workshop, office, "yi", line)) == []


def test_over_http_it_is_for_those_beside_the_line(office: Office, line: UUID, tmp_path: Path) -> None:
    with office_server(office, tmp_path / "papers") as address:
        browsers = {who: signed_in(office, address, who) for who in (None, "nobody", "jia")}
        answers = {who: browser.client.get(f"/v1/lines/{line}/archive") for who, browser in browsers.items()}
        for browser in browsers.values():
            browser.close()
    assert [answer.status_code for answer in answers.values()] == [401, 403, 200]
    assert answers["jia"].headers["content-type"] == "application/zip"
    assert faults_of(io.BytesIO(answers["jia"].content)) == []


def test_who_looks_at_a_demonstration_without_an_account_takes_it_at_once(
    office: Office, planned: UUID, line: UUID, tmp_path: Path
) -> None:
    """An order is kept for an account; the page says so and leads to what works without one."""
    with office_server(office, tmp_path / "papers", demonstration=True) as address:
        browser = signed_in(office, address, None)
        page = browser.get(f"/inspections/{planned}")
        taken = browser.client.get(f"/v1/lines/{line}/archive")
        browser.close()
    assert page.forms("/archives") == []
    assert [link.get("href") for link in page.all("a[download]")] == [f"/v1/lines/{line}/archive"]
    assert "没有登录账户" in page.text("main")
    assert faults_of(io.BytesIO(taken.content)) == []


def test_by_command_it_is_written_to_a_file(
    office: Office, line: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = office.casework.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DIMING_DATABASE_URL", url)
    monkeypatch.setenv("DIMING_HOME", str(tmp_path / "home"))
    environment.cache_clear()
    out = tmp_path / "archive.zip"
    try:
        assert main(["boundary", "archive", str(line), "--out", str(out), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert main(["boundary", "archive", str(UUID(int=9)), "--out", str(tmp_path / "none.zip"), "--json"]) == 4
    finally:
        environment.cache_clear()
    content = out.read_bytes()
    assert told == {
        "file": str(out), "files": len(members(io.BytesIO(content))), "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    assert faults_of(io.BytesIO(content)) == []
    assert not (tmp_path / "none.zip").exists()
