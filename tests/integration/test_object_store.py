"""Documents in an object store: whole or not at all, never another's, shared by servers, in the backup."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import obstore
import pytest
from sqlalchemy import Engine

from api.doctor.machine import documents
from api.doctor.model import State
from data import kept
from data.blobs import Blobs, FolderBlobs
from data.errors import BadInput, IntegrityError, NotFound, Unavailable
from data.kept import blobs_at, fetch, gathered
from data.objects import ObjectBlobs
from data.server import archive
from data.server.home import home_at
from data.server.journal import Journal, add_attachments
from tests.object_store import object_store

NEVER = b"\0" * 32


@pytest.fixture(scope="module")
def store() -> Iterator[Mapping[str, str]]:
    with object_store() as variables:
        yield variables


@pytest.fixture
def objects(store: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> ObjectBlobs:
    for name, value in store.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DIMING_OBJECTS_URL", f"{store['DIMING_OBJECTS_URL']}/{abs(hash(request.node.nodeid))}")
    found = blobs_at(home_at(Path("/nowhere")))
    assert isinstance(found, ObjectBlobs)
    return found


@pytest.fixture(params=["folder", "objects"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """Both ways of keeping documents: what holds of one holds of the other."""
    found: Blobs = FolderBlobs(tmp_path / "kept") if request.param == "folder" else request.getfixturevalue("objects")
    return found


def file_of(folder: Path, content: bytes) -> Path:
    path = folder / "brought"
    path.write_bytes(content)
    return path


def read(blobs: Blobs, sha256: bytes) -> bytes:
    with blobs.open(sha256) as file:
        return file.read()


@pytest.mark.parametrize("size", [1, 5_000, 12 << 20])
def test_what_is_kept_comes_back_byte_for_byte(blobs: Blobs, tmp_path: Path, size: int) -> None:
    content = (bytes(range(251)) * (size // 251 + 1))[:size]
    digest = blobs.keep(file_of(tmp_path, content))
    assert (blobs.holds(digest), read(blobs, digest), list(blobs.all())) == (True, content, [digest])


def test_the_same_content_is_kept_once_whoever_brings_it(blobs: Blobs, tmp_path: Path) -> None:
    path = file_of(tmp_path, "同一份文件".encode())
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(blobs.keep, [path] * 8))) == 1
    assert len(list(blobs.all())) == 1


def test_what_was_never_kept_is_not_there(blobs: Blobs) -> None:
    with pytest.raises(NotFound) as refused:
        read(blobs, NEVER)
    assert (refused.value.code, blobs.holds(NEVER), blobs.remove(NEVER, 0)) == ("no_such_blob", False, False)


def test_only_what_is_old_enough_is_removed(blobs: Blobs, tmp_path: Path) -> None:
    digest = blobs.keep(file_of(tmp_path, b"young"))
    assert blobs.remove(digest) is False
    assert blobs.holds(digest)
    assert blobs.remove(digest, grace_s=0) is True
    assert not blobs.holds(digest)


def test_a_content_that_changed_in_the_store_is_given_to_nobody(objects: ObjectBlobs, tmp_path: Path) -> None:
    digest = objects.keep(file_of(tmp_path, b"as it was"))
    name = next(one["path"] for page in obstore.list(objects._store) for one in page)
    obstore.put(objects._store, name, b"as it is!")
    with pytest.raises(IntegrityError) as refused:
        read(objects, digest)
    assert refused.value.code == "integrity_broken"


def test_what_is_brought_again_when_it_is_old_outlives_the_removal_of_the_old(
    objects: ObjectBlobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who tidies has looked at the old object; meanwhile the same content is brought again."""
    path = file_of(tmp_path, b"brought again")
    digest = objects.keep(path)
    old = objects._objects(digest)
    later = datetime(2100, 1, 1, tzinfo=UTC)
    monkeypatch.setattr("data.objects._age_s", lambda at: (later - at).total_seconds())
    assert objects.keep(path) == digest
    for name, _ in old:
        obstore.delete(objects._store, name)  # what the removal had decided to do
    assert read(objects, digest) == b"brought again"


def test_a_store_that_does_not_answer_is_told_as_that(
    store: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {**store, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}.items():
        monkeypatch.setenv(name, value)
    silent = blobs_at(home_at(tmp_path))
    for deed in (
        lambda: silent.holds(NEVER),
        lambda: silent.keep(file_of(tmp_path, b"x")),
        lambda: read(silent, NEVER),
    ):
        with pytest.raises(Unavailable) as refused:
            deed()
        assert refused.value.code == "object_store_unavailable"
    assert [one.state for one in documents(home_at(tmp_path))] == [State.WRONG]


@pytest.mark.parametrize("url", ["http://x/y", "s3://", "s3://key:secret@bucket/x", "s3://bucket?x=1", "bucket"])
def test_an_address_that_is_none_is_refused_by_name(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(kept.VARIABLE, url)
    with pytest.raises(BadInput) as refused:
        blobs_at(home_at(tmp_path))
    assert refused.value.code == "bad_objects_url"
    assert [one.state for one in documents(home_at(tmp_path))] == [State.WRONG]


def test_a_server_elsewhere_is_never_asked_without_tls(
    store: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {**store, "AWS_ENDPOINT_URL": "http://192.0.2.1:9000"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Unavailable):
        blobs_at(home_at(tmp_path)).holds(NEVER)


def test_the_doctor_puts_reads_and_removes(objects: ObjectBlobs, tmp_path: Path) -> None:
    assert [one.state for one in documents(home_at(tmp_path))] == [State.OK]
    assert list(objects.all()) == []


def test_the_backup_and_the_journal_hold_what_lies_in_the_store(
    objects: ObjectBlobs, fresh_engine: Engine, tmp_path: Path
) -> None:
    digest = objects.keep(file_of(tmp_path, b"a decision"))
    url = fresh_engine.url.render_as_string(hide_password=False)
    with gathered(home_at(tmp_path), tmp_path) as folder:
        manifest = archive.write(url, folder, tmp_path / "backup.tar", None)
    name = f"{digest.hex()[:2]}/{digest.hex()}"
    assert manifest.attachments == {name: digest.hex()}
    with tarfile.open(tmp_path / "backup.tar") as backup:
        member = backup.extractfile(f"attachments/{name}")
        assert isinstance(member, io.BufferedReader)
        assert member.read() == b"a decision"
    assert add_attachments(home_at(tmp_path), Journal(tmp_path / "journal")) == 1
    assert fetch(objects, Journal(tmp_path / "journal").attachments) == 0
