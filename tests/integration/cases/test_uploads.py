"""Documents over HTTP: up, listed, down, looked at; what must not come in leaves nothing behind."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import pytest
import typst
from sqlalchemy import text

from data.db import reading
from data.papers import MAX_BYTES
from tests.integration.cases.conftest import Desk
from tests.unit.papers import office as office_file
from tests.unit.papers import pdf, png

#: What a document holds that unpacks to 600 MB.
BOMB = b"0" * (60 << 20)
BLOCK = b"x" * (1 << 20)


@cache  # a PDF names the second in which it was made
def two_pages() -> bytes:
    made = typst.compile(b"#set page(width: 60mm, height: 40mm)\nLamp\n#pagebreak()\nPost")
    assert isinstance(made, bytes)
    return made


def kept(desk: Desk) -> tuple[int, int]:
    """How many rows and how many files there are."""
    with reading(desk.office.casework.engine) as connection:
        rows = connection.scalar(text("SELECT count(*) FROM diming.attachment WHERE bytes > 1"))
    return rows or 0, sum(path.is_file() for path in desk.papers.rglob("*"))


def test_a_document_goes_up_and_comes_down_as_it_was(desk: Desk, opened: dict[str, Any]) -> None:
    came = desk.upload("applicant", "位置 图'(1).pdf", two_pages(), "k1")
    assert came.status_code == 201, came.text
    row = came.json()
    assert (row["file_name"], row["handed_in"]) == ("位置 图'(1).pdf", False)
    assert desk.upload("applicant", "位置 图'(1).pdf", two_pages(), "k1").json() == row
    assert kept(desk) == (1, 1)
    path = f"/v1/attachments/{row['id']}"
    assert [item["id"] for item in desk.get("applicant", "/v1/attachments").json()["items"]] == [row["id"]]
    assert desk.get("clerk", path).json()["code"] == "no_such_case"
    body = {"attachment": row["id"]}
    assert desk.act("applicant", f"/v1/cases/{opened['id']}/actions/attach", body).status_code == 200
    assert desk.get("applicant", "/v1/attachments").json()["items"] == []
    listed = desk.get("clerk", f"/v1/cases/{opened['id']}/attachments").json()["items"]
    assert "位置 图'(1).pdf" in [item["file_name"] for item in listed]
    down = desk.get("clerk", f"{path}/content")
    assert down.content == two_pages()
    assert down.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''%E4%BD%8D%E7%BD%AE%20%E5%9B%BE%27%281%29.pdf"
    )
    assert down.headers["x-content-type-options"] == "nosniff"
    assert down.headers["content-security-policy"].startswith("sandbox")
    assert desk.get("neighbour", f"{path}/content").json()["code"] == "no_such_case"


def test_a_key_is_for_one_document(desk: Desk) -> None:
    assert desk.upload("applicant", "a.pdf", pdf(), "k1").status_code == 201
    again = desk.upload("applicant", "b.pdf", pdf(), "k1")
    assert (again.status_code, again.json()["code"]) == (409, "idempotency_key_reused")
    assert desk.upload("clerk", "b.pdf", pdf(), "k1").status_code == 201


@pytest.mark.parametrize(
    ("name", "content", "media_type", "begins"),
    [
        ("图.png", png(), "image/png", b"\x89PNG"),
        ("说明.txt", "襄阳".encode("gb18030"), "text/plain; charset=utf-8", "襄阳".encode()),
    ],
    ids=["picture", "text"],
)
def test_pictures_and_text_are_shown(desk: Desk, name: str, content: bytes, media_type: str, begins: bytes) -> None:
    path = f"/v1/attachments/{desk.upload('applicant', name, content).json()['id']}/preview"
    shown = desk.get("applicant", path)
    assert (shown.status_code, shown.headers["content-type"]) == (200, media_type)
    assert shown.content.startswith(begins)
    assert "sandbox" in shown.headers["content-security-policy"]


def test_pages_of_a_pdf_are_drawn(desk: Desk) -> None:
    path = f"/v1/attachments/{desk.upload('applicant', 'a.pdf', two_pages()).json()['id']}/preview"
    first, second = (desk.get("applicant", f"{path}?page={page}") for page in (1, 2))
    assert (first.headers["content-type"], first.content[:4]) == ("image/png", b"\x89PNG")
    assert int.from_bytes(first.content[16:20], "big") == 1000
    assert first.content != second.content
    assert desk.get("applicant", f"{path}?page=3").json()["code"] == "no_preview"
    assert desk.get("applicant", f"{path}?page=0").json()["code"] == "bad_parameter"


def test_what_cannot_be_shown_is_still_kept(desk: Desk) -> None:
    for name, content in (("表.xlsx", office_file("xl/workbook.xml")), ("坏.pdf", pdf())):
        path = f"/v1/attachments/{desk.upload('applicant', name, content).json()['id']}"
        assert desk.get("applicant", f"{path}/preview").json()["code"] == "no_preview"
        assert desk.get("applicant", f"{path}/content").content == content


REFUSED = {
    "macro": ("宏.docx", office_file(extra={"word/vbaProject.bin": b"x"}), "file_active"),
    "no pdf": ("假.pdf", b"MZ\x90 this program cannot be run", "file_not_what_it_says"),
    "bomb": (
        "弹.xlsx",
        office_file("xl/workbook.xml", extra={f"xl/{n}.xml": BOMB for n in range(10)}),
        "archive_unsafe",
    ),
    "300 characters": ("名" * 297 + ".pdf", pdf(), "file_name_unsafe"),
    "path": ("../../a.pdf", pdf(), "file_name_unsafe"),
    "windows path": ("..\\a.pdf", pdf(), "file_name_unsafe"),
    "html": ("a.html", b"<script>alert(1)</script>", "file_not_accepted"),
    "empty": ("a.pdf", b"", "file_empty"),
    "too large": ("a.pdf", b"x" * (MAX_BYTES + 1), "file_too_large"),
}


def test_what_must_not_come_in_leaves_nothing(desk: Desk) -> None:
    for what, (name, content, code) in REFUSED.items():
        answer = desk.upload("applicant", name, content)
        assert (answer.status_code, answer.json()["code"]) == (422, code), what
        assert kept(desk) == (0, 0), what


def two_hundred_megabytes() -> Iterator[bytes]:
    yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    for _ in range(200):
        yield BLOCK
    yield b"\r\n--b--\r\n"


def test_two_hundred_megabytes_are_not_read_to_the_end(desk: Desk) -> None:
    headers = {**desk.headers("applicant"), "Content-Type": "multipart/form-data; boundary=b"}
    declared = {**headers, "Content-Length": str(sum(map(len, two_hundred_megabytes())))}
    for sent in (headers, declared):
        try:
            answer = desk.client.post("/v1/attachments", content=two_hundred_megabytes(), headers=sent)
            assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        except (httpx.WriteError, httpx.RemoteProtocolError, httpx.ReadError):
            pass  # the server answered and hung up while more was being sent
    assert kept(desk) == (0, 0)


FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nx\r\n'
FIELD = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n'
NO_UPLOADS = (
    ("application/json", b'{"file": 1}'),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=b", b"--b\r\nnonsense"),
    ("multipart/form-data; boundary=b", FIELD + b"--b--\r\n"),
    ("multipart/form-data; boundary=b", FILE + FILE + b"--b--\r\n"),
)


def test_a_body_that_is_no_upload_is_refused(desk: Desk) -> None:
    for content_type, body in NO_UPLOADS:
        headers = {**desk.headers("applicant"), "Content-Type": content_type}
        answer = desk.client.post("/v1/attachments", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_upload"), body
        assert kept(desk) == (0, 0)


def test_nobody_uploads_without_signing_in_and_from_another_site(desk: Desk) -> None:
    files = {"file": ("a.pdf", pdf())}
    assert desk.client.post("/v1/attachments", files=files).json()["code"] == "sign_in_needed"
    headers = {**desk.headers("applicant"), "Origin": "https://elsewhere.example"}
    assert desk.client.post("/v1/attachments", files=files, headers=headers).json()["code"] == "cross_site_write"
    assert kept(desk) == (0, 0)


def test_a_picture_that_would_fill_the_memory_is_not_shown(desk: Desk) -> None:
    head = (60_000).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    sized = png()[:16] + head + zlib.crc32(b"IHDR" + head).to_bytes(4, "big") + png()[33:]
    path = f"/v1/attachments/{desk.upload('applicant', 'a.png', sized).json()['id']}"
    assert desk.get("applicant", f"{path}/preview").json()["code"] == "no_preview"


def test_the_list_of_waiting_documents_has_pages(desk: Desk) -> None:
    for n in range(3):
        desk.upload("applicant", f"{n}.pdf", pdf())
    first = desk.get("applicant", "/v1/attachments?limit=2").json()
    second = desk.get("applicant", f"/v1/attachments?limit=2&cursor={first['next']}").json()
    names = [item["file_name"] for item in (*first["items"], *second["items"])]
    assert sorted(names) == ["0.pdf", "1.pdf", "2.pdf"]
    assert second["next"] is None
