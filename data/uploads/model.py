"""What an upload is, and how much one may be. Pure values."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from data.errors import BadInput, BadRequest

#: The greatest file that is received: 1 GB, as the boundary counter promises.
MAX_UPLOAD_BYTES = 1 << 30
#: How long an upload waits for its next piece, and a complete one for being handed in.
PATIENCE = timedelta(days=3)
#: Uploads that one person may have begun and not handed in, so that nobody fills the disk.
MOST_OPEN = 8
#: Bytes that stay free on the disk for everything else.
SPARE_BYTES = 1 << 30
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload: of `size` bytes `received` are on the disk. `owner` is the name of the actor who began it."""

    id: UUID
    owner: str
    file_name: str
    size: int
    received: int
    begun_at: datetime
    expires_at: datetime

    @property
    def complete(self) -> bool:
        """Whether all bytes are here."""
        return self.received == self.size


def check_size(size: int) -> int:
    """`size` where it may be received; BadInput `file_too_large`, `file_empty`."""
    if size > MAX_UPLOAD_BYTES:
        raise BadInput(
            f"The file has {size:,} bytes; at most {MAX_UPLOAD_BYTES:,} are received. Nothing was stored: divide it "
            "by line and hand in the parts.",
            code="file_too_large",
            limit=MAX_UPLOAD_BYTES,
        )
    if size <= 0:
        raise BadInput("The file is empty. Nothing was stored.", code="file_empty")
    return size


def check_name(name: str) -> str:
    """The last part of `name` as a person reads it; BadInput `file_name_unsafe` where nothing is left or it hides."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1].strip())
    hidden = any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for c in last)
    if not last or last in (".", "..") or hidden or len(last) > MAX_NAME:
        raise BadInput(
            f"The name of the file is empty, longer than {MAX_NAME} characters or has characters that do not show. "
            "Nothing was stored: give it a plain name.",
            code="file_name_unsafe",
        )
    return last


def check_offset(upload: Upload, offset: int, length: int | None) -> None:
    """That a piece of `length` bytes (None: not said) goes on where `upload` stands; BadRequest `bad_upload_piece`."""
    if length is not None and offset + length > upload.size:
        raise BadRequest(
            f"The piece ends after the {upload.size:,} bytes that were announced. Nothing of it was kept.",
            code="bad_upload_piece",
        )
