"""The format of a signed package, `diming-package/1`. Pure.

A zip archive with `manifest.json`, `signature.json` and the files that the
manifest lists with their SHA-256. The signature (Ed25519, RFC 8032) is over
the bytes of `manifest.json`, which are JSON in canonical form: keys in order,
no blanks, UTF-8, whole numbers and texts only. On such values this is the
JSON Canonicalization Scheme (RFC 8785). The same content gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from data.audit import canonical_json
from data.errors import BadInput
from data.limits import DAMAGED, Limits, check_archive
from data.papers import MAX_BYTES

FORMAT = "diming-package/1"
MANIFEST, SIGNATURE, FILES = "manifest.json", "signature.json", "files/"
ALGORITHM = "Ed25519"
#: As for a document handed in; PDF and pictures are packed already, so a high ratio is a bomb.
PACKAGE_LIMITS = Limits(received_bytes=MAX_BYTES, unpacked_bytes=4 * MAX_BYTES, members=200, ratio=200)
MAX_MANIFEST = 1 << 20
#: Members bear the earliest time that the format can say.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Item:
    """A file of a package: its name within `files/`, its content and media type."""

    name: str
    media_type: str
    content: bytes

    def listed(self) -> dict[str, Any]:
        """The file as the manifest lists it."""
        digest = hashlib.sha256(self.content).hexdigest()
        return {
            "name": FILES + self.name,
            "media_type": self.media_type,
            "bytes": len(self.content),
            "sha256": digest,
        }


@dataclass(frozen=True, slots=True)
class Package:
    """A package as it was read: the manifest's bytes and values, the signature, hash and size of each file."""

    manifest_bytes: bytes
    manifest: Mapping[str, Any]
    signature: Mapping[str, Any]
    files: Mapping[str, tuple[int, str]]


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """The manifest in canonical form: what is signed."""
    return canonical_json(manifest)


def pack(manifest: bytes, signature: Mapping[str, str], items: Sequence[Item]) -> bytes:
    """The archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            (MANIFEST, manifest),
            (SIGNATURE, canonical_json(signature)),
            *((FILES + item.name, item.content) for item in items),
        ):
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


def read_package(source: Path | BinaryIO, name: str) -> Package:
    """What the archive holds, nothing of it believed; BadInput `not_a_package`, `archive_unsafe`."""
    try:
        with zipfile.ZipFile(source) as archive:
            members = check_archive(archive, name, PACKAGE_LIMITS)
            names = [member.filename for member in members]
            if len(set(names)) < len(names):
                raise _no_package(name, "it holds two members of the same name")
            manifest = _member(archive, MANIFEST, name)
            values, signature = _json(manifest, name), _json(_member(archive, SIGNATURE, name), name)
            if values.get("format") != FORMAT:
                raise _no_package(name, f"its format is not {FORMAT}")
            files = {n: _hashed(archive, n) for n in names if n not in (MANIFEST, SIGNATURE)}
    except (*DAMAGED, OSError) as error:
        raise _no_package(name, "it cannot be opened as the archive that it should be") from error
    return Package(manifest, values, signature, files)


def _member(archive: zipfile.ZipFile, member: str, name: str) -> bytes:
    try:
        info = archive.getinfo(member)
    except KeyError as error:
        raise _no_package(name, f"it lacks {member}") from error
    if info.file_size > MAX_MANIFEST:
        raise _no_package(name, f"{member} is larger than {MAX_MANIFEST:,} bytes")
    return archive.read(info)


def _json(content: bytes, name: str) -> Mapping[str, Any]:
    try:
        value = json.loads(content)
        canonical_json(value)  # half a surrogate pair cannot be written again
    except (ValueError, RecursionError) as error:
        raise _no_package(name, "manifest or signature is no JSON") from error
    if not isinstance(value, dict):
        raise _no_package(name, "manifest or signature is no JSON object")
    return value


def _hashed(archive: zipfile.ZipFile, member: str) -> tuple[int, str]:
    """Size and SHA-256 of a member, read in pieces."""
    digest, size = hashlib.sha256(), 0
    with archive.open(member) as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def _no_package(name: str, why: str) -> BadInput:
    return BadInput(f"{name[:80]} is no signed package: {why}.", code="not_a_package")
