"""Archives made by a job: ordered, told how far they are, fetched by whoever ordered them, forgotten."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from api.jobs.archives import tell_and_make
from boundaries.archive.orders import forget_archives
from boundaries.disputes.model import DisputeOpening, Party
from boundaries.disputes.service import open_dispute, open_side_file
from boundaries.records.service import begin_inspection
from data.documents.fonts import installed
from data.documents.kinds import load_kinds
from data.documents.making import Workshop
from data.documents.model import Documents, Marking
from data.uploads.folder import UploadFolder
from data.uploads.service import Uploads
from data.uploads.tidy import tidy_uploads
from tests.integration.cases.pages import signed_in
from tests.integration.inspections.bags import faults_of
from tests.integration.inspections.conftest import Act, parties, rows
from tests.integration.inspections.test_archive import members, packed
from tests.integration.inspections.test_separate_surveys import FAR, surveyed
from tests.samples import boundary_office as sample
from tests.samples.office import Office
from tests.samples.serving import office_server

#: Long after any day on which this runs.
FAR_AWAY = datetime(2999, 12, 31, tzinfo=UTC)
ORDERS = text("SELECT id, job FROM diming.archive_order")


@pytest.fixture
def workshop(office: Office, tmp_path: Path) -> Workshop:
    fonts = tmp_path / "fonts"
    documents = Documents(load_kinds(), Marking.NONE)
    papers = sample.papers_below(tmp_path)
    return Workshop(office.casework.engine, papers, documents, lambda: installed(fonts), office.clock)


def disputed(office: Office, line: UUID) -> str:
    """A dispute about the line; its case."""
    left = Party(sample.OFFICES["left"], ["sample.yi"])
    right = Party(sample.OFFICES["right"], ["sample.jia"])
    opening = DisputeOpening("unclear", line, "河滩一段从未划清。", left, right, (), (), None)
    return str(open_dispute(office.casework, office["city"], opening)["id"])


def test_what_the_sides_brought_is_in_it_and_of_their_own_files_ones_own_alone(
    office: Office, line: UUID, act: Act, workshop: Workshop, tmp_path: Path
) -> None:
    ours = surveyed(office, line, "jia", "right", tmp_path)
    theirs = surveyed(office, line, "yi", "left", tmp_path)
    case = disputed(office, line)
    kept_back = {"class": "land_title_material", "title": "乙县尚未提交的材料", "dated": "1953"}
    own = str(open_side_file(office.casework, office["yi"], case)["id"])
    act("yi", own, "enter_evidence", **kept_back)
    packages = {who: packed(workshop, office, who, line) for who in ("jia", "yi")}
    inside = {who: members(package) for who, package in packages.items()}
    assert all(faults_of(package) == [] for package in packages.values())
    for who, content in inside.items():
        originals = {name.rsplit("/", 1)[1]: content[name] for name in content if "/original/" in name}
        assert originals == {f"{one}.gpkg": (tmp_path / f"{one}.gpkg").read_bytes() for one in ("jia", "yi")}, who
        assert {name.split("_", 1)[1][:36] for name in content if name.startswith("submissions/")} == {
            str(ours), str(theirs),
        }  # fmt: skip
        (dispute,) = [json.loads(content[name]) for name in content if name.endswith("/dispute.json")]
        assert (dispute["route"], dispute["case"]) == ("unclear", case)
        assert content["papers/界线附图.pdf"].startswith(b"%PDF-")
    said = "乙县尚未提交的材料".encode()
    assert [who for who in inside if any(said in one for one in inside[who].values())] == ["yi"]


def test_surveys_that_are_not_shown_yet_are_not_in_it(
    office: Office, planned: UUID, line: UUID, workshop: Workshop, tmp_path: Path
) -> None:
    begin_inspection(office.casework, office["city"], planned, parties("separate", FAR))
    theirs = surveyed(office, line, "yi", "left", tmp_path)
    assert not any(str(theirs) in name for name in members(packed(workshop, office, "jia", line)))


def test_it_is_ordered_made_by_a_job_fetched_by_who_ordered_it_and_forgotten(
    office: Office, line: UUID, workshop: Workshop, tmp_path: Path
) -> None:
    with office_server(office, tmp_path / "papers") as address:
        browsers = {who: signed_in(office, address, who) for who in (None, "nobody", "jia", "yi")}
        asked = {who: browser.client.post(f"/v1/lines/{line}/archives") for who, browser in browsers.items()}
        assert [answer.status_code for answer in asked.values()] == [401, 403, 202, 202]
        order = asked["jia"].headers["Location"]
        early = browsers["jia"].client.get(f"{order}/file")
        assert (early.status_code, early.json()["code"]) == (409, "archive_not_made")
        for row in rows(office, ORDERS):
            assert tell_and_make(workshop, office.casework, row.id, row.job) == "made"
        told = browsers["jia"].client.get(order).json()
        job = browsers["jia"].client.get(f"/v1/jobs/{told['job']}").json()
        package = browsers["jia"].client.get(f"{order}/file")
        strangers = [browsers[who].client.get(order).status_code for who in ("yi", "nobody", None)]
        page = browsers["jia"].client.get(order.removeprefix("/v1"))
        for browser in browsers.values():
            browser.close()
    assert (told["state"], told["bytes"]) == ("made", len(package.content))
    assert job["done"] == job["total"] == 4
    assert faults_of(io.BytesIO(package.content)) == []
    assert strangers == [404, 404, 401]
    assert told["sha256"] in page.text
    assert f'href="{order.removeprefix("/v1")}/file' in page.text
    _forgotten(office, workshop, tmp_path)


def _forgotten(office: Office, workshop: Workshop, folder: Path) -> None:
    """After two weeks rows and bytes are gone; the database's own clock says when it was ordered."""
    engine = office.casework.engine
    assert forget_archives(engine, lambda: FAR_AWAY) == 2
    assert rows(office, ORDERS) == []
    uploads = Uploads(engine, UploadFolder(folder / "uploads"), lambda: FAR_AWAY + timedelta(days=1))
    assert tidy_uploads(uploads, workshop.blobs, grace_s=0).blobs >= 1


def test_what_speaks_against_it_is_kept_with_the_order(
    office: Office, line: UUID, workshop: Workshop, tmp_path: Path
) -> None:
    """A survey whose bytes are gone from the store."""
    surveyed(office, line, "jia", "right", tmp_path)
    for path in (tmp_path / "papers").rglob("*"):
        if path.is_file():
            path.unlink()
    with office_server(office, tmp_path / "papers") as address:
        browser = signed_in(office, address, "jia")
        order = browser.client.post(f"/lines/{line}/archives", headers={"Origin": address}, follow_redirects=False)
        ((identity, job),) = rows(office, ORDERS)
        assert tell_and_make(workshop, office.casework, identity, job) == "failed"
        page = browser.client.get(order.headers["Location"])
        browser.close()
    assert order.status_code == 303
    assert "no_such_blob" in page.text
