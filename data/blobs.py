"""Bytes by the hash of their content: the same document is kept once, and nothing kept is ever changed.

Behind one small interface, so that a store elsewhere can take the folder's
place. What a file is, who brought it and to which case it belongs stands in
the database; here are bytes only.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from data.errors import BadInput, IntegrityError, NotFound

BLOCK = 1 << 20


class Blobs(Protocol):
    """Where bytes are kept."""

    def keep(self, path: Path) -> bytes:
        """Keep the content of the file at `path`; its SHA-256. Keeping it again changes nothing."""
        ...

    @contextmanager
    def open(self, sha256: bytes) -> Iterator[BinaryIO]:
        """The bytes with this hash; NotFound `no_such_blob`, IntegrityError where they have changed."""
        ...


class FolderBlobs:
    """Bytes in files of a folder, named by their hash; the first byte of it is a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, path: Path) -> bytes:
        """Copy the content into place in one step, readable only by this account, and onto the disk."""
        digest = sha256_of(path)
        target = self._path(digest)
        if target.exists():
            return digest
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as out, path.open("rb") as source:
                while block := source.read(BLOCK):
                    out.write(block)
                out.flush()
                os.fsync(out.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return digest

    @contextmanager
    def open(self, sha256: bytes) -> Iterator[BinaryIO]:
        """The bytes, after their hash was compared."""
        target = self._path(sha256)
        if not target.is_file():
            raise NotFound(
                f"The content {sha256.hex()} is not in the store of documents: look for it in the backup.",
                code="no_such_blob",
            )
        if sha256_of(target) != sha256:
            raise IntegrityError(f"The content of {sha256.hex()} has changed on the disk.", code="integrity_broken")
        with target.open("rb") as file:
            yield file

    def _path(self, sha256: bytes) -> Path:
        name = sha256.hex()
        return self.folder / name[:2] / name


def sha256_of(path: Path) -> bytes:
    """SHA-256 of the file at `path`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def receive(source: BinaryIO, target: Path, limit: int) -> int:
    """Copy what comes from `source` to `target`; the number of bytes.

    BadInput `file_too_large` as soon as there are more than `limit`, `file_empty` for none; the target is removed then.
    """
    received = 0
    try:
        with target.open("wb") as out:
            while block := source.read(BLOCK):
                received += len(block)
                if received > limit:
                    raise BadInput(
                        f"The document is larger than {limit:,} bytes. Nothing was stored.", code="file_too_large"
                    )
                out.write(block)
        if received == 0:
            raise BadInput("The document is empty. Nothing was stored.", code="file_empty")
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return received
