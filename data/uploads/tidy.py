"""What nobody claimed is forgotten: uploads that waited too long, documents of cases that were never handed in.

Rows go first, in one transaction with their audit entry; then the bytes that
no row names any more. Killed in between, the next night finishes: files of
uploads are found by their names, and bytes in the store by `blob_intent`,
which says of which bytes it is not sure that a row names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from data import audit
from data.blobs import GRACE_S, Blobs
from data.db import reading, unit_of_work
from data.uploads import store
from data.uploads.service import Uploads

ACTOR = "system:worker"
#: Documents wait for their case as long as a correction may take (一次性告知 and its answer), and then some.
UNCLAIMED_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Tidied:
    """How many uploads, unclaimed documents and files in the store were removed."""

    uploads: int
    attachments: int
    blobs: int


def tidy_uploads(uploads: Uploads, blobs: Blobs, grace_s: float = GRACE_S) -> Tidied:
    """Forget what nobody claimed; done twice it does nothing more."""
    attachments, expired = _forget_attachments(uploads), _forget_uploads(uploads)
    _forget_strangers(uploads)
    return Tidied(expired, attachments, _forget_bytes(uploads, blobs, grace_s))


def _forget_attachments(uploads: Uploads) -> int:
    with unit_of_work(uploads.engine) as connection:
        rows = connection.execute(store.UNCLAIMED, {"before": uploads.clock() - UNCLAIMED_AFTER}).all()
        gone = [str(row.id) for row in rows if _forget_attachment(connection, row, uploads.clock())]
        if gone:
            details = {"attachments": gone}
            audit.append(connection, actor=ACTOR, action="attachment.forgotten", decision_id=None, details=details)
    return len(gone)


def _forget_attachment(connection: Connection, row: Any, now: datetime) -> bool:
    """Whether it could be forgotten: one that something else than a case refers to stays."""
    try:
        with connection.begin_nested():
            connection.execute(store.FORGET_ATTACHMENT, {"id": row.id})
    except IntegrityError:
        return False
    connection.execute(store.INTEND, {"sha256": row.sha256, "at": now})
    return True


def _forget_uploads(uploads: Uploads) -> int:
    with unit_of_work(uploads.engine) as connection:
        ids = list(connection.execute(store.FORGET_EXPIRED, {"now": uploads.clock()}).scalars())
        if ids:
            details = {"uploads": [str(one) for one in ids]}
            audit.append(connection, actor=ACTOR, action="upload.expired", decision_id=None, details=details)
    for one in ids:
        uploads.folder.discard(one)
    return len(ids)


def _forget_strangers(uploads: Uploads) -> None:
    """Files whose row is gone: somebody was killed between the two."""
    with reading(uploads.engine) as connection:
        known = set(connection.execute(store.IDS).scalars())
    for path in uploads.folder.strangers(known):
        path.unlink(missing_ok=True)


def _forget_bytes(uploads: Uploads, blobs: Blobs, grace_s: float) -> int:
    """Look at the bytes of which nobody was sure: what no row names goes; what was kept just now waits a night."""
    before = uploads.clock() - timedelta(seconds=grace_s)
    gone = 0
    with reading(uploads.engine) as connection:
        intended = [bytes(one) for one in connection.execute(store.INTENDED, {"before": before}).scalars()]
    for sha256 in intended:
        with unit_of_work(uploads.engine) as connection:
            wanted = store.named(connection, sha256)
            removed = not wanted and blobs.remove(sha256, grace_s)
            gone += removed
            if wanted or removed or not blobs.holds(sha256):
                connection.execute(store.SETTLE, {"sha256": sha256})
    return gone
