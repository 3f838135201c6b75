"""The counter over HTTP: handing in, asking, reports as files, originals; hostile files leave the server up."""

from __future__ import annotations

import io
import json
import socket
import sqlite3
import zipfile
from pathlib import Path

import httpx
import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from tests.integration.counter.conftest import Window
from tests.samples.counter import faulty_file, good_file


@pytest.mark.usefixtures("working")
def test_a_file_is_handed_in_and_answered(window: Window, tmp_path: Path) -> None:
    path = faulty_file(window.desk, tmp_path / "甲乙线.gpkg")
    side = window.desk.side("surveyor")
    came = window.submit("surveyor", path, prefer="wait=60", side=side, scale="10000", note="第一次提交")
    assert came.status_code == 201, came.text
    told = came.json()
    assert (told["state"], told["verdict"], told["by"]) == ("checked", "accepted_with_warnings", "测绘员甲")
    assert (told["file_name"], told["note"], told["line"]["units"][0]["name"]) == ("甲乙线.gpkg", "第一次提交", "甲县")
    report = window.get("neighbour", told["report"]).json()
    assert (report["file"], report["sha256"]) == ("甲乙线.gpkg", told["sha256"])
    assert sum(report["counts"].values()) == len(report["findings"]) > 0
    assert "drawn" not in report
    original = window.get("keeper", f"/v1/submissions/{told['id']}/original")
    assert original.content == path.read_bytes()
    assert original.headers["content-security-policy"].startswith("sandbox")
    assert window.get("neighbour", f"/v1/submissions/{told['id']}/original").json()["code"] == "not_permitted"
    listed = window.get("keeper", "/v1/submissions?verdict=accepted_with_warnings&state=checked").json()
    assert [item["id"] for item in listed["items"]] == [told["id"]]
    other = window.get("keeper", "/v1/submissions?round=0199aaaa-0000-7000-8000-000000000001")
    assert other.json()["items"] == []
    _files(window, told["id"], report)
    _pages_of_findings(window, told["id"], report)


def _files(window: Window, submission: str, report: dict[str, object]) -> None:
    """The report as workbook, layers, paper and GeoJSON."""
    made = {form: window.get("surveyor", f"/v1/submissions/{submission}/report/{form}") for form in
            ("xlsx", "gpkg", "pdf", "geojson")}  # fmt: skip
    assert {answer.status_code for answer in made.values()} == {200}
    findings = report["findings"]
    assert isinstance(findings, list)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(made["xlsx"].content)).get_sheet_by_name("问题").to_python()
    assert len(rows) == len(findings) + 1
    with sqlite3.connect(":memory:") as base:
        base.deserialize(made["gpkg"].content)
        layers = {row[0] for row in base.execute("SELECT table_name FROM gpkg_geometry_columns")}
        styled = {row[0] for row in base.execute("SELECT f_table_name FROM layer_styles")}
        assert layers == styled
        assert {finding["kind"] for finding in findings if finding["geometry"]} <= layers
    base.close()
    with pypdfium2.PdfDocument(made["pdf"].content) as paper:
        text = paper[0].get_textpage().get_text_bounded()
    assert "界线数据检查报告" in text
    assert "甲乙线.gpkg" in text
    assert len(json.loads(made["geojson"].content)["features"]) == sum(f["geometry"] is not None for f in findings)
    assert window.get("surveyor", f"/v1/submissions/{submission}/report/docx").json()["code"] == "path_not_found"
    assert window.get("stranger", f"/v1/submissions/{submission}/report/pdf").json()["code"] == "no_such_submission"


def _pages_of_findings(window: Window, submission: str, report: dict[str, object]) -> None:
    found: list[int] = []
    path = f"/v1/submissions/{submission}/findings?limit=1"
    cursor = ""
    while True:
        page = window.get("surveyor", path + cursor).json()
        found += [feature["id"] for feature in page["features"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == list(range(1, len(report["findings"]) + 1))  # type: ignore[arg-type]
    kind = window.get("surveyor", f"/v1/submissions/{submission}/findings?kind=spike").json()
    assert {feature["properties"]["kind"] for feature in kind["features"]} == {"spike"}
    none = window.get("surveyor", f"/v1/submissions/{submission}/findings?kind=nothing_known")
    assert none.json()["code"] == "bad_parameter"


def test_what_is_asked_wrongly_is_refused_and_nothing_is_kept(window: Window, tmp_path: Path) -> None:
    path = good_file(window.desk, tmp_path / "a.gpkg")
    refusals = {
        "sign_in_needed": window.submit(None, path),
        "not_permitted": window.submit("applicant", path),
        "no_such_line": window.submit("surveyor", path, line="没有的线"),
        "missing_parameter": window.submit("surveyor", path, line=" "),
        "bad_scale": window.submit("surveyor", path, scale="7"),
        "profile_unknown": window.submit("surveyor", path, profile="/etc/passwd.toml"),
        "bad_parameter": window.submit("surveyor", path, side="middle"),
        "unknown_parameter": window.submit("surveyor", path, lines="x"),
        "bad_upload": window.submit("surveyor", None),
        "no_such_upload": window.submit("surveyor", None, upload="0199aaaa-0000-7000-8000-000000000001"),
    }
    assert {name: answer.json()["code"] for name, answer in refusals.items()} == {name: name for name in refusals}
    assert window.desk.count("submission") == 0
    assert not (window.desk.folder / "attachments").exists()


def test_a_file_of_3_gb_is_refused_before_it_is_read(window: Window) -> None:
    host, port = window.address.removeprefix("http://").split(":")
    lines = ["POST /v1/submissions HTTP/1.1", f"Host: {host}:{port}", f"Content-Length: {3 << 30}",
             "Content-Type: multipart/form-data; boundary=x",
             *(f"{name}: {value}" for name, value in window.headers("surveyor").items())]  # fmt: skip
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = connection.recv(1 << 16)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"body_too_large" in answer
    announced = {"Upload-Length": str(3 << 30), "Upload-Metadata": "filename YS5ncGtn"}
    told = window.client.post("/v1/uploads", headers={**window.headers("surveyor"), **announced})
    assert (told.status_code, told.json()["code"]) == (422, "file_too_large")
    assert window.desk.count("upload") == 0


HOSTILE = {
    "bomb.zip": ("archive_unsafe", "members"),
    "nothing.gpkg": ("unreadable", "library"),
}


def hostile(name: str) -> bytes:
    if name == "bomb.zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as packed:
            for number in range(6000):
                packed.writestr(f"{number}.shp", b"")
        return out.getvalue()
    return b"SQLite format 3\0" + b"\0" * 52 + b"GPKG" + b"\0" * 200


@pytest.mark.usefixtures("working")
def test_hostile_files_are_answered_and_the_server_stays_up(window: Window, tmp_path: Path) -> None:
    for name, (kind, reason) in HOSTILE.items():
        path = tmp_path / name
        path.write_bytes(hostile(name))
        told = window.submit("surveyor", path, prefer="wait=60").json()
        assert (told["state"], told["verdict"]) == ("checked", "returned"), (name, told)
        found = window.get("surveyor", told["report"]).json()["findings"][0]
        assert (found["kind"], found["reason"]) == (kind, reason), (name, found)
    assert window.client.get("/v1").status_code == 200
    assert window.desk.count("submission") == len(HOSTILE)


def test_a_report_that_is_not_there_yet_is_said_so(window: Window, tmp_path: Path) -> None:
    told = window.submit("surveyor", good_file(window.desk, tmp_path / "a.gpkg")).json()
    assert (told["state"], told["verdict"]) == ("received", None)
    answers: list[httpx.Response] = [
        window.get("surveyor", f"/v1/submissions/{told['id']}/{what}") for what in ("report", "findings", "report/pdf")
    ]
    assert {answer.json()["code"] for answer in answers} == {"not_checked_yet"}
