"""BagIt packages (RFC 8493) as one ZIP: the same payload gives the same bytes. Pure but for the file written.

A bag is a folder with its payload under `data/`, a manifest with the SHA-256 of every payload file, and a manifest of
its own files. In the ZIP the bag is the one top folder (RFC 8493 section 4), members stand in the order of their
names, and no member bears a time.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

VERSION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
ALGORITHM = "sha256"
#: The first moment that a ZIP can name: members bear no time of their own.
NO_TIME = (1980, 1, 1, 0, 0, 0)
BLOCK = 1 << 20


class Source(Protocol):
    """Where the bytes of one payload file come from."""

    def __call__(self) -> AbstractContextManager[BinaryIO]:
        """Open them for reading."""
        ...


@dataclass
class Payload:
    """What a bag is to hold: small files as bytes, large ones where they are, by their path below `data/`."""

    written: dict[str, bytes] = field(default_factory=dict)
    kept: dict[str, Source] = field(default_factory=dict)

    def add(self, path: str, content: bytes) -> None:
        """Put bytes at a path; a path is used once."""
        self._require_free(path)
        self.written[path] = content

    def link(self, path: str, source: Source) -> None:
        """Put at a path what `source` opens."""
        self._require_free(path)
        self.kept[path] = source

    def _require_free(self, path: str) -> None:
        if path in self.written or path in self.kept or _is_unsafe(path):
            raise ValueError(f"{path!r} cannot stand in a bag")

    def paths(self) -> list[str]:
        """Every path in order."""
        return sorted([*self.written, *self.kept])


def _is_unsafe(path: str) -> bool:
    return not path or path.startswith("/") or "\\" in path or any(part in ("", ".", "..") for part in path.split("/"))


def write_bag(target: BinaryIO, name: str, payload: Payload, info: Mapping[str, str]) -> None:
    """Write a bag called `name` as a ZIP; `info` are the lines of `bag-info.txt`."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        hashes, size = {}, 0
        for path in payload.paths():
            digest, length = _store(archive, f"{name}/data/{path}", payload, path)
            hashes[f"data/{path}"] = digest
            size += length
        oxum = {"Payload-Oxum": f"{size}.{len(hashes)}"}
        tags = {
            "bagit.txt": VERSION,
            "bag-info.txt": _info({**info, **oxum}),
            f"manifest-{ALGORITHM}.txt": _manifest(hashes.items()),
        }
        own = _manifest((tag, hashlib.sha256(content).hexdigest()) for tag, content in sorted(tags.items()))
        for tag, content in sorted({**tags, f"tagmanifest-{ALGORITHM}.txt": own}.items()):
            archive.writestr(_member(f"{name}/{tag}"), content)


def _store(archive: zipfile.ZipFile, member: str, payload: Payload, path: str) -> tuple[str, int]:
    digest, length = hashlib.sha256(), 0
    with archive.open(_member(member), "w", force_zip64=True) as out:
        for block in _blocks(payload, path):
            digest.update(block)
            length += len(block)
            out.write(block)
    return digest.hexdigest(), length


def _blocks(payload: Payload, path: str) -> Iterable[bytes]:
    if path in payload.written:
        yield payload.written[path]
        return
    with payload.kept[path]() as file:
        while block := file.read(BLOCK):
            yield block


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, NO_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _manifest(hashes: Iterable[tuple[str, str]]) -> bytes:
    """Lines of hash and path; line ends and percent signs in a path are percent-encoded (RFC 8493 section 2.1.3)."""
    return "".join(f"{digest}  {_encoded(path)}\n" for path, digest in sorted(hashes)).encode()


def _encoded(path: str) -> str:
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _info(lines: Mapping[str, str]) -> bytes:
    return "".join(f"{key}: {' '.join(value.split())}\n" for key, value in lines.items()).encode()
