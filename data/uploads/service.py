"""Beginning, continuing, finding and giving up uploads, and handing them on."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from sqlalchemy import Connection, Engine

from data import audit
from data.access import Actor
from data.clock import Clock
from data.db import reading, unit_of_work
from data.errors import BadInput, BadRequest, Conflict, NotFound
from data.ids import new_id
from data.uploads import store
from data.uploads.folder import Piece, UploadFolder
from data.uploads.model import MOST_OPEN, PATIENCE, Upload, check_name, check_offset, check_size


@dataclass(frozen=True, slots=True)
class Uploads:
    """Where uploads are kept: their rows, their bytes, and what time it is."""

    engine: Engine
    folder: UploadFolder
    clock: Clock


class ChecksumMismatch(BadInput):
    """A piece did not arrive as it was sent (tus 1.0 extension checksum); nothing of it was kept."""

    status, code, title = 460, "checksum_mismatch", "The piece was damaged on its way"


def begin(uploads: Uploads, actor: Actor, name: str, size: int) -> Upload:
    """Announce a file of `size` bytes.

    BadInput `file_too_large`, `file_empty`, `file_name_unsafe`; Conflict `too_many_uploads`; Unavailable `disk_full`.
    """
    size, name = check_size(size), check_name(name)
    uploads.folder.check_room(size)
    now = uploads.clock()
    upload = Upload(new_id(), actor.name, name, size, 0, now, now + PATIENCE)
    with unit_of_work(uploads.engine) as connection:
        if connection.execute(store.OPEN, {"owner": actor.name, "now": now}).scalar_one() >= MOST_OPEN:
            raise Conflict(
                f"You have begun {MOST_OPEN} uploads and not handed them in. Nothing was stored: finish one or give "
                "one up.",
                code="too_many_uploads",
            )
        insert(connection, upload)
        details = {"upload": str(upload.id), "bytes": size}
        audit.append(connection, actor=actor.name, action="upload.begun", decision_id=None, details=details)
    return upload


def insert(connection: Connection, upload: Upload) -> None:
    """Write the row of an upload."""
    connection.execute(store.INSERT, asdict(upload))


def find(uploads: Uploads, actor: Actor, upload_id: UUID) -> Upload:
    """An upload of `actor`'s own; NotFound `no_such_upload` for another's, for none, and for one that has expired."""
    with reading(uploads.engine) as connection:
        row = connection.execute(store.FIND, {"id": upload_id, "owner": actor.name}).one_or_none()
    if row is None or row.expires_at <= uploads.clock():
        raise NotFound(
            "There is no such upload of yours: it was handed in, given up, or has waited too long. Begin again.",
            code="no_such_upload",
        )
    return store.upload_of(row)


@contextmanager
def going_on(
    uploads: Uploads, actor: Actor, upload_id: UUID, offset: int, length: int | None
) -> Iterator[tuple[Upload, Piece]]:
    """Receive a piece that begins at `offset`; `keep` it at the end, else nothing of it counts.

    NotFound `no_such_upload`, Conflict `upload_elsewhere` (with `offset`: where it stands), `upload_busy`,
    BadRequest `bad_upload_piece`.
    """
    find(uploads, actor, upload_id)
    with uploads.folder.locked(upload_id) as file:
        # asked again under the lock: a piece before may have ended meanwhile
        upload = find(uploads, actor, upload_id)
        if offset != upload.received:
            raise Conflict(
                f"The upload stands at byte {upload.received:,} and the piece begins at {offset:,}. Go on from there.",
                code="upload_elsewhere",
                offset=upload.received,
            )
        check_offset(upload, offset, length)
        yield upload, Piece(file, offset)


def keep(uploads: Uploads, upload: Upload, piece: Piece, checksum: bytes | None = None) -> Upload:
    """Count what has arrived of a piece, once it is on the disk. ChecksumMismatch where it is not what was sent."""
    if checksum is not None and piece.digest.digest() != checksum:
        piece.drop()
        raise ChecksumMismatch("The piece was damaged on its way and was not kept. Send it again.")
    if piece.end > upload.size:
        piece.drop()
        raise BadRequest(
            f"More came than the {upload.size:,} bytes that were announced. Nothing of the piece was kept.",
            code="bad_upload_piece",
        )
    piece.secure()
    expires_at = uploads.clock() + PATIENCE
    with unit_of_work(uploads.engine) as connection:
        connection.execute(store.RECEIVED, {"id": upload.id, "received": piece.end, "expires_at": expires_at})
    return replace(upload, received=piece.end, expires_at=expires_at)


def parse_checksum(header: str | None) -> bytes | None:
    """The SHA-256 in a header `sha256 <base64>`; BadRequest `bad_upload_piece` for anything else."""
    if header is None:
        return None
    algorithm, _, encoded = header.partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if algorithm.lower() != "sha256" or len(digest) != 32:
        raise BadRequest("Upload-Checksum is: sha256, a space, and the hash in base64.", code="bad_upload_piece")
    return digest


def give_up(uploads: Uploads, actor: Actor, upload_id: UUID) -> None:
    """Forget an upload of one's own and its bytes."""
    upload = find(uploads, actor, upload_id)
    with unit_of_work(uploads.engine) as connection:
        connection.execute(store.DELETE, {"id": upload.id})
        details = {"upload": str(upload.id)}
        audit.append(connection, actor=actor.name, action="upload.given_up", decision_id=None, details=details)
    uploads.folder.discard(upload.id)


def forget(uploads: Uploads, upload_id: UUID) -> None:
    """An upload was handed in: its row and its bytes are of no more use. Done again it changes nothing."""
    with unit_of_work(uploads.engine) as connection:
        connection.execute(store.DELETE, {"id": upload_id})
    uploads.folder.discard(upload_id)


def require_complete(upload: Upload) -> Upload:
    """Conflict `upload_incomplete` where bytes are missing."""
    if not upload.complete:
        raise Conflict(
            f"Of the file {upload.received:,} of {upload.size:,} bytes are here. Nothing was handed in: send the rest.",
            code="upload_incomplete",
            offset=upload.received,
        )
    return upload
