"""Uploads in pieces: going on where they stand, damaged pieces, two at once, expiry; and what nobody claimed."""

from __future__ import annotations

import base64
import hashlib
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from data.blobs import FolderBlobs
from data.db import reading, unit_of_work
from data.ids import new_id
from data.uploads.folder import UploadFolder
from data.uploads.service import Uploads
from data.uploads.tidy import tidy_uploads
from tests.integration.counter.conftest import Window
from tests.samples.counter import Desk, account_of, good_file

PIECE = {"Content-Type": "application/offset+octet-stream"}
Begin = Callable[..., str]


def named(name: str) -> str:
    return f"filename {base64.b64encode(name.encode()).decode()}"


@pytest.fixture
def begin(window: Window) -> Begin:
    def begun(size: int, who: str = "surveyor", name: str = "甲乙线.gpkg") -> str:
        headers = {**window.headers(who), "Upload-Length": str(size), "Upload-Metadata": named(name)}
        answer = window.client.post("/v1/uploads", headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"]

    return begun


def send(window: Window, path: str, offset: int, content: bytes, who: str = "surveyor", **more: str) -> httpx.Response:
    headers = {**window.headers(who), **PIECE, "Upload-Offset": str(offset), **more}
    return window.client.patch(path, content=content, headers=headers)


def stands(window: Window, path: str) -> int:
    answer = window.client.head(path, headers=window.headers("surveyor"))
    assert (answer.status_code, answer.headers["Tus-Resumable"]) == (200, "1.0.0")
    return int(answer.headers["Upload-Offset"])


def uploads_of(desk: Desk) -> Uploads:
    return Uploads(desk.engine, UploadFolder(desk.folder / "uploads"), desk.clock)


def test_what_the_protocol_can_do_is_said(window: Window) -> None:
    told = window.client.options("/v1/uploads")
    assert (told.status_code, told.headers["Tus-Version"], told.headers["Tus-Max-Size"]) == (204, "1.0.0", str(1 << 30))


def test_a_file_comes_in_pieces_and_is_handed_in_once(window: Window, begin: Begin, tmp_path: Path) -> None:
    content = good_file(window.desk, tmp_path / "a.gpkg").read_bytes()
    path, half = begin(len(content)), len(content) // 2
    assert send(window, path, 0, content[:half]).headers["Upload-Offset"] == str(half)
    upload = path.rsplit("/", 1)[1]
    early = window.submit("surveyor", None, upload=upload)
    assert (early.status_code, early.json()["code"], early.json()["offset"]) == (409, "upload_incomplete", half)
    elsewhere = send(window, path, 0, content[:half])
    where = elsewhere.json()
    assert (elsewhere.status_code, where["code"], where["offset"]) == (409, "upload_elsewhere", half)
    assert stands(window, path) == half
    digest = base64.b64encode(hashlib.sha256(content[half:]).digest()).decode()
    assert send(window, path, half, content[half:], **{"Upload-Checksum": f"sha256 {digest}"}).status_code == 204
    told = window.submit("surveyor", None, upload=upload)
    assert told.status_code == 201, told.text
    assert told.json()["sha256"] == hashlib.sha256(content).hexdigest()
    assert told.json()["file_name"] == "甲乙线.gpkg"
    again = window.submit("surveyor", None, upload=upload)
    assert again.json()["id"] == told.json()["id"]
    assert (window.desk.count("submission"), window.desk.count("upload"), window.desk.count("blob_intent")) == (1, 0, 0)
    assert list((window.desk.folder / "uploads").iterdir()) == []


def test_a_damaged_piece_is_not_kept(window: Window, begin: Begin) -> None:
    path = begin(10)
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    answer = send(window, path, 0, b"01234", **{"Upload-Checksum": f"sha256 {wrong}"})
    assert (answer.status_code, answer.json()["code"]) == (460, "checksum_mismatch")
    assert stands(window, path) == 0
    assert send(window, path, 0, b"01234").status_code == 204


def test_more_than_was_announced_is_refused(window: Window, begin: Begin) -> None:
    path = begin(4)
    assert send(window, path, 0, b"12345").json()["code"] == "bad_upload_piece"
    assert stands(window, path) == 0


def test_what_arrived_before_the_connection_broke_is_there(window: Window, begin: Begin) -> None:
    path = begin(1 << 20)
    host, port = window.address.removeprefix("http://").split(":")
    headers = {**window.headers("surveyor"), **PIECE, "Upload-Offset": "0", "Content-Length": str(1 << 20),
               "Host": f"{host}:{port}"}  # fmt: skip
    head = "\r\n".join([f"PATCH {path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items()), "", ""])
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(head.encode() + b"x" * 300_000)
    for _ in range(600):
        arrived = stands(window, path)
        if arrived:
            break
    assert arrived == 300_000
    rest = send(window, path, arrived, b"y" * ((1 << 20) - arrived))
    assert (rest.status_code, rest.headers["Upload-Offset"]) == (204, str(1 << 20))


def test_an_upload_is_its_owner_s_alone(window: Window, begin: Begin) -> None:
    path = begin(4)
    assert send(window, path, 0, b"1234", "neighbour").json()["code"] == "no_such_upload"
    assert window.get("neighbour", path).json()["code"] == "no_such_upload"
    assert window.client.post("/v1/uploads", headers={"Upload-Length": "4"}).json()["code"] == "sign_in_needed"
    refused = window.client.post("/v1/uploads", headers={**window.headers("applicant"), "Upload-Length": "4"})
    assert refused.json()["code"] == "not_permitted"
    assert window.client.delete(path, headers=window.headers("surveyor")).status_code == 204
    assert window.get("surveyor", path).json()["code"] == "no_such_upload"


def test_nobody_fills_the_disk(window: Window, begin: Begin) -> None:
    for _ in range(8):
        begin(4)
    headers = {**window.headers("surveyor"), "Upload-Length": "4", "Upload-Metadata": named("a.zip")}
    assert window.client.post("/v1/uploads", headers=headers).json()["code"] == "too_many_uploads"
    assert begin(4, "neighbour")


def test_what_nobody_goes_on_with_is_forgotten(window: Window, begin: Begin) -> None:
    desk = window.desk
    path = begin(10)
    send(window, path, 0, b"01234")
    uploads = uploads_of(desk)
    assert tidy_uploads(uploads, desk.counter.blobs).uploads == 0
    desk.clock.now += timedelta(days=4)
    assert tidy_uploads(uploads, desk.counter.blobs).uploads == 1
    assert (desk.count("upload"), list(uploads.folder.root.iterdir())) == (0, [])
    assert window.get("surveyor", path).json()["code"] in ("no_such_upload", "token_not_valid")
    stranger = uploads.folder.path(new_id())
    stranger.write_bytes(b"left behind")
    tidy_uploads(uploads, desk.counter.blobs)
    assert not stranger.exists()


ATTACHMENT = text("""
    INSERT INTO diming.attachment (id, sha256, bytes, file_name, media_type, added_at, added_by)
    VALUES (:id, :sha256, 1, 'a.pdf', 'application/pdf', :at, :by)
""")


def attached(desk: Desk, content: bytes, days_ago: int) -> bytes:
    path = desk.folder / "paper"
    path.write_bytes(content)
    sha256 = desk.counter.blobs.keep(path)
    at = desk.clock() - timedelta(days=days_ago)
    with unit_of_work(desk.engine) as connection:
        connection.execute(ATTACHMENT, {"id": new_id(), "sha256": sha256, "at": at, "by": account_of("surveyor")})
    return sha256


def test_documents_that_no_case_claimed_are_forgotten_with_their_bytes(desk: Desk) -> None:
    blobs = FolderBlobs(desk.folder / "attachments")
    old, young, shared = attached(desk, b"old", 40), attached(desk, b"young", 3), attached(desk, b"shared", 40)
    attached(desk, b"shared", 1)
    assert tidy_uploads(uploads_of(desk), blobs).attachments == 2
    assert {blobs.holds(one) for one in (old, young, shared)} == {True}  # kept just now: they wait a night
    desk.clock.now += timedelta(days=2)
    done = tidy_uploads(uploads_of(desk), blobs, grace_s=0)
    assert (done.attachments, done.blobs) == (0, 1)
    assert (blobs.holds(old), blobs.holds(young), blobs.holds(shared)) == (False, True, True)
    assert desk.count("blob_intent") == 0
    assert tidy_uploads(uploads_of(desk), blobs, grace_s=0).blobs == 0


def test_bytes_whose_hand_in_was_interrupted_are_found_and_removed(desk: Desk, tmp_path: Path) -> None:
    blobs = FolderBlobs(desk.folder / "attachments")
    path = tmp_path / "file"
    path.write_bytes(b"kept, and then the server was killed")
    with unit_of_work(desk.engine) as connection:
        sha256 = hashlib.sha256(path.read_bytes()).digest()
        connection.execute(
            text("INSERT INTO diming.blob_intent VALUES (:sha256, :at)"), {"sha256": sha256, "at": desk.clock()}
        )
    assert blobs.keep(path) == sha256
    assert tidy_uploads(uploads_of(desk), blobs).blobs == 0  # it may be about to be named
    desk.clock.now += timedelta(days=2)
    assert tidy_uploads(uploads_of(desk), blobs, grace_s=0).blobs == 1
    assert not blobs.holds(sha256)
    with reading(desk.engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM diming.blob_intent")) == 0
