"""The bytes of uploads on the disk: one file each, written at the end, onto the disk before anybody counts on it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from data.errors import Conflict, NotFound, Unavailable
from data.uploads.model import SPARE_BYTES


@dataclass(frozen=True, slots=True)
class UploadFolder:
    """Where the files lie, readable only by this account."""

    root: Path

    def path(self, upload: UUID) -> Path:
        """The file of an upload."""
        return self.root / str(upload)

    def check_room(self, size: int) -> None:
        """Unavailable `disk_full` where a file of `size` bytes would leave too little room for everything else."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self.root).free < size + SPARE_BYTES:
            raise Unavailable(
                "There is not enough room on the disk for this file. Nothing was stored; tell the administrator.",
                code="disk_full",
            )

    @contextmanager
    def locked(self, upload: UUID) -> Iterator[BinaryIO]:
        """The file of an upload, for one writer at a time; a lock ends with its process.

        Conflict `upload_busy` while another piece of the same upload is being written.
        """
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path(upload), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            _lock(file)
            yield file

    def discard(self, upload: UUID) -> None:
        """Remove the file, if there is one."""
        self.path(upload).unlink(missing_ok=True)

    def strangers(self, known: set[UUID]) -> list[Path]:
        """Files of uploads that nobody knows of any more."""
        names = {str(one) for one in known}
        return [path for path in sorted(self.root.glob("*-*-*-*-*")) if path.name not in names]


def _lock(file: BinaryIO) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Conflict(
            "Another piece of this upload is just being received. Ask where it stands, then go on from there.",
            code="upload_busy",
        ) from error


@dataclass(slots=True)
class Piece:
    """A piece that is being written from `begin` on; `end` is where the file ends now."""

    file: BinaryIO
    begin: int
    end: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def __post_init__(self) -> None:
        """Cut off what an interrupted piece left behind."""
        there = os.fstat(self.file.fileno()).st_size
        if there < self.begin:
            raise NotFound(
                "What had come of this upload is not on the disk any more. Begin it again.", code="no_such_upload"
            )
        self.file.truncate(self.begin)
        self.file.seek(self.begin)
        self.end = self.begin

    def write(self, block: bytes) -> None:
        """Go on."""
        self.file.write(block)
        self.digest.update(block)
        self.end += len(block)

    def secure(self) -> None:
        """Onto the disk."""
        self.file.flush()
        os.fsync(self.file.fileno())

    def drop(self) -> None:
        """Take the piece back."""
        self.file.flush()
        self.file.truncate(self.begin)
        self.end = self.begin
