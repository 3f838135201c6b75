"""Bytes by the hash of their content: the same document is kept once, and nothing kept is ever changed.

Behind one small interface, so that a store elsewhere can take the folder's
place. What a file is, who brought it and to which case it belongs stands in
the database; here are bytes only. A column that names bytes of this store ends
its name with `sha256`: what no such column names may be removed
(`data.uploads.tidy`), and nothing else ever is.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from data.errors import BadInput, IntegrityError, NotFound, Unavailable

BLOCK = 1 << 20
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
#: How long bytes stay after they were last kept: longer than any transaction that is about to name them.
GRACE_S = 86_400


class Blobs(Protocol):
    """Where bytes are kept."""

    def keep(self, path: Path) -> bytes:
        """Keep the content of the file at `path`; its SHA-256. Keeping it again changes nothing.

        Unavailable `disk_full` where there is no room; nothing is kept then.
        """
        ...

    @contextmanager
    def open(self, sha256: bytes) -> Iterator[BinaryIO]:
        """The bytes with this hash; NotFound `no_such_blob`, IntegrityError where they have changed."""
        ...

    def holds(self, sha256: bytes) -> bool:
        """Whether there are bytes with this hash."""
        ...

    def remove(self, sha256: bytes, grace_s: float = GRACE_S) -> bool:
        """Remove bytes that nothing names; False where there are none, or they were kept within `grace_s` seconds."""
        ...

    def all(self) -> Iterator[bytes]:
        """The hashes of all that is kept."""
        ...


@contextmanager
def on_disk() -> Iterator[None]:
    """A disk without room, or that takes nothing, as an error that a person can act on."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise Unavailable(
                "There is no room on the server's disk for this document; nothing was stored. Make room, then hand it "
                "in again.",
                code="disk_full",
            ) from error
        if error.errno == errno.EROFS:
            raise Unavailable(
                "The disk for documents cannot be written; nothing was stored. Look into the system's log (dmesg).",
                code="disk_read_only",
            ) from error
        raise


class FolderBlobs:
    """Bytes in files of a folder, named by their hash; the first byte of it is a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, path: Path) -> bytes:
        """Copy the content into place in one step, readable only by this account, and onto the disk."""
        digest = sha256_of(path)
        with on_disk():
            self._keep(path, self._path(digest))
        return digest

    def _keep(self, path: Path, target: Path) -> None:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock(fcntl.LOCK_SH):
            if target.exists():
                os.utime(target)  # whoever tidies must not take it for old
                return
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

    @contextmanager
    def open(self, sha256: bytes) -> Iterator[BinaryIO]:
        """The bytes, after their hash was compared."""
        target = self._path(sha256)
        if not target.is_file():
            raise no_such_blob(sha256)
        if sha256_of(target) != sha256:
            raise IntegrityError(f"The content of {sha256.hex()} has changed on the disk.", code="integrity_broken")
        with target.open("rb") as file:
            yield file

    def holds(self, sha256: bytes) -> bool:
        """Whether the file is there; its content is not looked at."""
        return self._path(sha256).is_file()

    def remove(self, sha256: bytes, grace_s: float = GRACE_S) -> bool:
        """Unlink the file, unless somebody has just kept the same content again."""
        target = self._path(sha256)
        with self._lock(fcntl.LOCK_EX):
            if not target.is_file() or time.time() - target.stat().st_mtime < grace_s:
                return False
            target.unlink()
        return True

    def all(self) -> Iterator[bytes]:
        """By the names of the files, in their order; what is being written is not among them."""
        files = sorted(path.name for path in self.folder.glob("??/*") if not path.name.startswith("."))
        yield from (bytes.fromhex(name) for name in files)

    @contextmanager
    def _lock(self, how: int) -> Iterator[None]:
        """Keeping and removing the same content at one moment: one of them first."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            os.close(handle)

    def _path(self, sha256: bytes) -> Path:
        name = sha256.hex()
        return self.folder / name[:2] / name


def no_such_blob(sha256: bytes) -> NotFound:
    """The refusal where nothing with this hash is kept."""
    return NotFound(
        f"The content {sha256.hex()} is not in the store of documents: look for it in the backup.", code="no_such_blob"
    )


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
