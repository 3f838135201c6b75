"""Documents over HTTP and on the command line: who gets them, signing, verifying by anybody."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from api.app import create_app
from api.settings import Settings
from data import audit
from data.access.model import operator
from data.accounts.tokens import issue_token
from data.blobs import FolderBlobs
from data.cases.issued import sign_issued
from data.db import reading, unit_of_work
from data.documents.making import Workshop, make_document
from data.signing.keys import KeyFolder
from data.signing.service import new_key, revoke_key
from tests.integration.documents.conftest import Do
from tests.samples.issuing import OFFICE
from tests.samples.office import Office
from tests.serving import serving

ROOT = Path(__file__).parents[3]


class Desk:
    """People of the office in front of a server: with tokens, the mayor also as one who signed in."""

    def __init__(self, office: Office, client: httpx.Client, home: Path) -> None:
        self.office, self.client, self.home = office, client, home
        self.keys = KeyFolder(home / "keys" / "signing")

    def headers(self, who: str) -> dict[str, str]:
        account = self.office[who].account_id
        assert account is not None
        with unit_of_work(self.office.casework.engine) as connection:
            issued = issue_token(connection, operator("cli:test"), account, "test", lambda _: (), self.office.clock())
        return {"Authorization": f"Bearer {issued.secret}"}

    def get(self, who: str, path: str) -> httpx.Response:
        return self.client.get(path, headers=self.headers(who))

    def post(self, who: str, path: str, body: Any = None) -> httpx.Response:
        return self.client.post(path, json=body, headers=self.headers(who))

    def verify(self, content: bytes) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.post("/v1/verify", files={"file": ("p.zip", content)}).json()
        return answer


@pytest.fixture
def desk(office: Office, workshop: Workshop, tmp_path: Path) -> Iterator[Desk]:
    url = office.casework.engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, pages=False))
    app.state.casework, app.state.clock, app.state.blobs = office.casework, office.clock, workshop.blobs
    home = tmp_path / "home"
    app.state.signing_keys = KeyFolder(home / "keys" / "signing")
    with serving(app) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield Desk(office, client, home)


@pytest.fixture
def path(office: Office, opened: dict[str, Any], do: Do, workshop: Workshop) -> str:
    """Where the first document of the case is, made."""
    do("clerk", "accept")
    with reading(office.casework.engine) as connection:
        document = connection.execute(text("SELECT id FROM diming.document")).scalar_one()
    make_document(workshop, document)
    return f"/v1/cases/{opened['id']}/documents/{document}"


def signed(desk: Desk, office: Office, workshop: Workshop, path: str) -> bytes:
    """The document as the mayor signs it in person; a token is refused (test below)."""
    case, document = UUID(path.split("/")[3]), UUID(path.split("/")[5])
    return sign_issued(office.casework, workshop.blobs, desk.keys, office["mayor"], case, document).content


def test_those_of_the_case_get_its_documents(desk: Desk, opened: dict[str, Any], path: str) -> None:
    listed = desk.get("applicant", f"/v1/cases/{opened['id']}/documents").json()["items"]
    assert [(item["doc_no"], item["state"]) for item in listed] == [("示城函〔2026〕1号", "made")]
    pdf = desk.get("applicant", f"{path}/pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E7%A4%BA")
    assert pdf.headers["x-content-type-options"] == "nosniff"
    assert desk.get("applicant", f"{path}/word").content.startswith(b"PK")
    assert desk.get("applicant", f"{path}/package").json()["code"] == "document_not_made"
    assert desk.get("elsewhere", f"{path}/pdf").json()["code"] == "no_such_case"
    assert desk.client.get(f"{path}/pdf").json()["code"] == "sign_in_needed"
    other = path.replace(path.split("/")[5], str(UUID(int=1)))
    assert desk.get("applicant", f"{other}/pdf").json()["code"] == "no_such_document"


def test_a_document_is_void_for_a_reason_and_keeps_its_number(desk: Desk, path: str, do: Do, office: Office) -> None:
    assert desk.post("clerk", f"{path}/actions/void", {"why": "x"}).json()["code"] == "not_permitted"
    assert desk.post("mayor", f"{path}/actions/void", {"why": " "}).json()["code"] == "bad_fields"
    void = desk.post("mayor", f"{path}/actions/void", {"why": "收件人有误"}).json()
    assert (void["state"], void["void"]["why"], void["doc_no"]) == ("void", "收件人有误", "示城函〔2026〕1号")
    assert desk.post("mayor", f"{path}/actions/void", {"why": "x"}).json()["code"] == "already_done"
    assert desk.get("applicant", f"{path}/pdf").status_code == 200
    assert desk.post("clerk", f"{path}/actions/again").json()["code"] == "document_not_failed"


def test_a_signed_document_is_believed_and_a_changed_one_is_not(
    desk: Desk, office: Office, workshop: Workshop, path: str
) -> None:
    assert desk.post("mayor", f"{path}/actions/sign", {}).json()["code"] == "not_permitted"  # a token may not sign
    engine, clock = office.casework.engine, office.clock
    key = new_key(engine, desk.keys, operator("test"), OFFICE, clock())
    content = signed(desk, office, workshop, path)
    verdict = desk.verify(content)
    assert (verdict["valid"], verdict["office"], [r["code"] for r in verdict["remarks"]]) == (
        True,
        OFFICE,
        ["known_here"],
    )
    assert verdict["manifest"]["document"]["doc_no"] == "示城函〔2026〕1号"
    assert verdict["manifest"]["audit"]["seq"] > 0
    assert desk.get("applicant", f"{path}/package").content == content
    assert [k["id"] for k in desk.client.get("/v1/signing-keys").json()["items"]] == [key.id]
    assert desk.verify(b"PK\x03\x04 nothing")["code"] == "not_a_package"
    assert desk.client.post("/v1/verify", content=b"x").json()["code"] == "bad_upload"
    clock.forward(days=2)
    revoke_key(engine, operator("test"), key.id, clock(), "丢失")
    assert desk.verify(content)["valid"]
    renewed = new_key(engine, desk.keys, operator("test"), OFFICE, clock())
    assert desk.verify(signed(desk, office, workshop, path))["key"] == renewed.id
    revoke_key(engine, operator("test"), key.id, clock() - timedelta(days=9), "早已丢失")
    assert [f["code"] for f in desk.verify(content)["findings"]] == ["key_revoked"]
    with reading(engine) as connection:
        assert audit.verify(connection)[1] is None


def test_the_commands_sign_and_verify(
    desk: Desk, office: Office, workshop: Workshop, path: str, tmp_path: Path
) -> None:
    """In processes of their own, as an operator runs them."""
    url = office.casework.engine.url.render_as_string(hide_password=False)
    assert isinstance(workshop.blobs, FolderBlobs)
    home = tmp_path / "operator"
    home.mkdir()
    (home / "attachments").symlink_to(workshop.blobs.folder)
    environment = {"DIMING_HOME": str(home), "DIMING_DATABASE_URL": url, "PATH": "/usr/bin:/bin"}

    def diming(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "api.cli", *words]
        return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    package = tmp_path / "p.zip"
    assert diming("sign", "document", path.split("/")[5], "--out", str(package)).returncode == 5
    made = diming("sign", "key", "new", OFFICE, "--json")
    assert json.loads(made.stdout)["office"] == OFFICE
    assert diming("sign", "document", path.split("/")[5], "--out", str(package)).returncode == 0
    good = diming("verify", str(package), "--json")
    assert (good.returncode, json.loads(good.stdout)["valid"]) == (0, True)
    package.write_bytes(package.read_bytes().replace(b"files/", b"filez/"))
    bad = diming("verify", str(package))
    assert bad.returncode == 1
    assert "was not signed" in bad.stderr
    assert diming("verify", str(tmp_path / "none.zip")).returncode == 3
