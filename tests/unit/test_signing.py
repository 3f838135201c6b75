"""Signed packages: what was signed is believed, and nothing that differs from it in any way."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import BadInput, Conflict, Unavailable
from data.signing.keys import KeyFolder
from data.signing.package import ALGORITHM, FORMAT, Item, manifest_bytes, pack, read_package
from data.signing.verifying import PublicKey, Verdict, verify

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
ITEMS = [
    Item("示城〔2026〕1号.pdf", "application/pdf", b"%PDF-1.7 text"),
    Item("示城〔2026〕1号.docx", "x/y", b"PK word"),
]
GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "signing.md"
#: The script that the guide gives to those who have no Diming.
OFFLINE = GUIDE.read_text("utf-8").rpartition("```python\n")[2].partition("```")[0]
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> KeyFolder:
    return KeyFolder(tmp_path_factory.mktemp("home") / "keys" / "signing")


@pytest.fixture(scope="module")
def key(folder: KeyFolder) -> PublicKey:
    made = folder.make()
    return PublicKey(made.id, made.public, "示例县城市管理局（虚构）", AT - timedelta(days=1))


def manifest_of(key: PublicKey, **more: Any) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "signed_at": AT.isoformat(),
        "key": key.id,
        "office": key.office,
        "document": {"doc_no": "示城〔2026〕1号", "marking": "none"},
        "decision": None,
        "audit": {"seq": 7, "hash": "ab" * 32},
        "files": [item.listed() for item in ITEMS],
        **more,
    }


@pytest.fixture(scope="module")
def package(folder: KeyFolder, key: PublicKey) -> bytes:
    return signed(folder, key, manifest_of(key))


def signed(folder: KeyFolder, key: PublicKey, manifest: Mapping[str, Any]) -> bytes:
    content = manifest_bytes(manifest)
    written = {"algorithm": ALGORITHM, "key": key.id, "signature": folder.sign(key.id, content).hex()}
    return pack(content, written, ITEMS)


def verdict(content: bytes, *keys: PublicKey) -> Verdict:
    return verify(read_package(io.BytesIO(content), "p.zip"), {key.id: key for key in keys})


def codes(found: Verdict) -> set[str]:
    return {finding.code for finding in found.findings}


def changed(content: bytes, change: Callable[[Members], Members]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = change({name: archive.read(name) for name in archive.namelist()})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, part in members.items():
            target.writestr(name, part)
    return out.getvalue()


def offline(tmp_path: Path, content: bytes, *keys: PublicKey) -> int:
    """The exit status of the script of the guide."""
    (tmp_path / "p.zip").write_bytes(content)
    listed = {"items": [exported(key) for key in keys]}
    (tmp_path / "keys.json").write_text(json.dumps(listed), "utf-8")
    (tmp_path / "verify_package.py").write_text(OFFLINE, "utf-8")
    command = [
        sys.executable,
        "-I",
        str(tmp_path / "verify_package.py"),
        str(tmp_path / "p.zip"),
        str(tmp_path / "keys.json"),
    ]
    return subprocess.run(command, capture_output=True, check=False).returncode


def exported(key: PublicKey) -> dict[str, Any]:
    moments = {n: m and m.isoformat() for n, m in (
        ("added_at", key.added_at), ("retired_at", key.retired_at), ("revoked_from", key.revoked_from))}  # fmt: skip
    return {"id": key.id, "public_key": key.public.hex(), "office": key.office, **moments}


def test_what_was_signed_is_valid_and_the_same_bytes_each_time(
    folder: KeyFolder, key: PublicKey, package: bytes, tmp_path: Path
) -> None:
    assert verdict(package, key) == Verdict(True, (), (), key)
    assert package == signed(folder, key, manifest_of(key))
    assert offline(tmp_path, package, key) == 0


DIFFERENT: list[tuple[Callable[[Members], Members], str]] = [
    (lambda m: {**m, "files/示城〔2026〕1号.pdf": b"%PDF-1.7 text."}, "file_changed"),
    (lambda m: {k: v for k, v in m.items() if not k.endswith(".pdf")}, "file_missing"),
    (lambda m: {**m, "files/more.txt": b"x"}, "file_added"),
    (lambda m: {**m, "readme.txt": b"x"}, "file_added"),
    (lambda m: {**m, "manifest.json": m["manifest.json"].replace(b"2026-03-02", b"2026-03-03")}, "signature_wrong"),
    (lambda m: {**m, "manifest.json": m["manifest.json"] + b" "}, "manifest_not_canonical"),
    (lambda m: {**m, "signature.json": m["signature.json"].replace(b"Ed25519", b"none")}, "unknown_algorithm"),
    (lambda m: {**m, "signature.json": b'{"algorithm":"Ed25519","key":"x","signature":""}'}, "unknown_key"),
    (lambda m: {**m, "signature.json": m["signature.json"].replace(b'ture":"', b'ture":"zz')}, "signature_wrong"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code"), DIFFERENT, ids=[f"{n}-{code}" for n, (_, code) in enumerate(DIFFERENT)])
def test_whatever_differs_is_said(
    key: PublicKey, package: bytes, tmp_path: Path, change: Callable[[Members], Members], code: str
) -> None:
    content = changed(package, change)
    found = verdict(content, key)
    assert not found.valid
    assert code in codes(found)
    assert offline(tmp_path, content, key) == 1 or code == "unknown_algorithm"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_changed_byte_of_manifest_or_file_is_believed(key: PublicKey, package: bytes, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != "signature.json"}
    name = data.draw(st.sampled_from(sorted(members)))
    at = data.draw(st.integers(0, len(members[name]) - 1))
    flipped = members[name][:at] + bytes([members[name][at] ^ data.draw(st.integers(1, 255))]) + members[name][at + 1 :]
    content = changed(package, lambda m: {**m, name: flipped})
    with suppress(BadInput):
        assert not verdict(content, key).valid


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_package_or_refused(content: bytes) -> None:
    with pytest.raises(BadInput) as told:
        read_package(io.BytesIO(content), "p.zip")
    assert told.value.code in ("not_a_package", "archive_unsafe")


@pytest.mark.parametrize(
    "manifest",
    [
        {"format": FORMAT}, {"format": FORMAT, "files": 3}, {"format": FORMAT, "files": "x", "document": "y"},
        {"format": FORMAT, "signed_at": "yesterday"}, {"format": FORMAT, "signed_at": "2026-03-02"},
    ],
)  # fmt: skip
def test_a_manifest_that_says_nothing_is_not_valid(folder: KeyFolder, key: PublicKey, manifest: dict[str, Any]) -> None:
    found = verdict(signed(folder, key, manifest), key)
    assert not found.valid
    assert {"nothing_signed", "moment_missing", "another_key"} <= codes(found)


def test_a_key_is_good_from_its_making_to_its_end(folder: KeyFolder, key: PublicKey, package: bytes) -> None:
    day = timedelta(days=1)
    assert codes(verdict(package, replace(key, added_at=AT + day))) == {"before_key"}
    assert codes(verdict(package, replace(key, retired_at=AT - day))) == {"key_retired"}
    assert verdict(package, replace(key, retired_at=AT + day)).valid
    assert codes(verdict(package, replace(key, revoked_from=AT - day, revoked_why="lost"))) == {"key_revoked"}
    later = verdict(package, replace(key, revoked_from=AT + day, revoked_why="lost"))
    assert (later.valid, [r.code for r in later.remarks]) == (True, ["key_revoked_later"])
    assert codes(verdict(package)) == {"unknown_key"}


def test_a_key_of_another_office_does_not_sign_for_this_one(folder: KeyFolder, key: PublicKey) -> None:
    other = folder.make()
    stranger = PublicKey(other.id, other.public, "另一局（虚构）", key.added_at)
    assert "another_key" in codes(verdict(signed(folder, stranger, manifest_of(key)), stranger, key))


def test_a_demonstration_says_that_it_has_no_force(folder: KeyFolder, key: PublicKey) -> None:
    manifest = manifest_of(key, document={"marking": "demonstration", "doc_no": "x"})
    assert [r.code for r in verdict(signed(folder, key, manifest), key).remarks] == ["without_force"]


def test_two_members_of_one_name_are_no_package(package: bytes) -> None:
    out = io.BytesIO(package)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(out, "a") as archive:
        archive.writestr("manifest.json", b"{}")
    with pytest.raises(BadInput, match="same name"):
        read_package(out, "p.zip")


def test_private_keys_are_for_their_owner_only(folder: KeyFolder, key: PublicKey) -> None:
    path = folder.path(key.id)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.chmod(0o640)
    with pytest.raises(Unavailable) as told:
        folder.sign(key.id, b"x")
    path.chmod(0o600)
    assert told.value.code == "keys_not_usable"
    with pytest.raises(Conflict) as missing:
        folder.sign("0" * 16, b"x")
    assert missing.value.code == "signing_key_elsewhere"


def test_the_offline_script_is_short() -> None:
    assert len(OFFLINE.splitlines()) < 60
