"""Photos and voice notes from the field: kept before the observation that names them, once, by the phone's id.

What a file is, is taken from its content. A file that broke off on its way has
another hash than the phone said, and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.patrol import observation_store as store
from boundaries.patrol.model import FileKind, Observation
from boundaries.patrol.reach import matter_of, own_matter
from boundaries.patrol.rules import Limits, rules
from boundaries.patrol.store import KEEPS_ANYTHING
from data import audit
from data.access import Actor, Matter, require
from data.blobs import Blobs, sha256_of
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import BadInput, Conflict, NotFound

#: Kinds and media types by their first bytes: (kind, type, offset, bytes).
#: JPEG: ITU-T T.81 B.1.1.3; PNG: ISO/IEC 15948 5.2; Matroska and WebM: RFC 8794 11.2.1 (EBML header);
#: Ogg: RFC 3533 6; MP4 family: ISO/IEC 14496-12 4.3 (`ftyp` box).
SIGNATURES: Sequence[tuple[FileKind, str, int, bytes]] = (
    ("photo", "image/jpeg", 0, b"\xff\xd8\xff"),
    ("photo", "image/png", 0, b"\x89PNG\r\n\x1a\n"),
    ("voice", "audio/webm", 0, b"\x1a\x45\xdf\xa3"),
    ("voice", "audio/ogg", 0, b"OggS"),
    ("voice", "audio/mp4", 4, b"ftyp"),
)
_HEAD = 16


@dataclass(frozen=True, slots=True)
class Came:
    """A file as it came: the phone's id and kind, and the hash that the phone says it has."""

    id: UUID
    kind: FileKind
    sha256: bytes


def keep_file(engine: Engine, blobs: Blobs, actor: Actor, came: Came, path: Path, now: datetime) -> dict[str, Any]:
    """Keep the file at `path`, once; the same answer when it comes again. Permission `patrol.observe`.

    Raises `BadInput` `file_broken_off`, `file_not_accepted`, `file_too_large`, `patrol_quota`; `Conflict`
    `file_id_reused`; `NotPermitted`.
    """
    digest, size = sha256_of(path), path.stat().st_size
    if digest != came.sha256:
        raise BadInput(
            "What arrived is not what was sent: it broke off on its way. Nothing was stored: send it again.",
            code="file_broken_off",
        )
    media_type = _media_type(path, came.kind, size, rules().limits)
    blobs.keep(path)
    row = {"id": came.id, "account": actor.account_id, "kind": came.kind, "media_type": media_type, "bytes": size,
           "sha256": digest, "at": now}  # fmt: skip
    with unit_of_work(engine) as connection:
        _require_keeper(connection, actor)
        known = fetch_one(connection, store.FILE, {"id": came.id})
        if known is None:
            _check_quota(connection, actor, size, now)
            if connection.scalar(store.INSERT_FILE, row) is not None:
                details = {"file": str(came.id), "sha256": digest.hex(), "bytes": size}
                audit.append(connection, actor=actor.name, action="patrol.file", decision_id=None, details=details)
            known = fetch_one(connection, store.FILE, {"id": came.id})
    return _answered(known, row)


def _answered(known: Row | None, row: Row) -> dict[str, Any]:
    """What is kept under this id, where it is what came now."""
    if known is None or known["account_id"] != row["account"] or bytes(known["sha256"]) != row["sha256"]:
        raise Conflict("Another file has this id. Nothing was stored: a new file has a new id.", code="file_id_reused")
    return {
        "id": known["id"],
        "kind": known["kind"],
        "media_type": known["media_type"],
        "bytes": known["bytes"],
        "sha256": bytes(known["sha256"]).hex(),
        "received_at": known["received_at"],
    }


def most_bytes(kind: FileKind, limits: Limits) -> int:
    """How large a file of this kind may be."""
    return limits.photo_bytes if kind == "photo" else limits.voice_bytes


def _media_type(path: Path, kind: FileKind, size: int, limits: Limits) -> str:
    if size > most_bytes(kind, limits):
        raise BadInput(
            f"A {kind} has {most_bytes(kind, limits):,} bytes at most; this has {size:,}. Nothing was stored.",
            code="file_too_large",
        )
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for known, media_type, at, mark in SIGNATURES:
        if known == kind and head[at : at + len(mark)] == mark:
            return media_type
    accepted = ", ".join(media for known, media, _, _ in SIGNATURES if known == kind)
    raise BadInput(
        f"A {kind} is one of {accepted} by its content, and this is none. Nothing was stored.", code="file_not_accepted"
    )


def _require_keeper(connection: Connection, actor: Actor) -> None:
    """Only who has been assigned something brings files."""
    keeps = connection.scalar(KEEPS_ANYTHING, {"account": actor.account_id}) if actor.account_id else False
    require(actor, "patrol.observe", own_matter(actor) if keeps else Matter())


def _check_quota(connection: Connection, actor: Actor, size: int, now: datetime) -> None:
    most = rules().limits.daily_bytes
    sent: int = connection.execute(
        store.BYTES_SINCE, {"account": actor.account_id, "since": now - timedelta(days=1)}
    ).scalar_one()
    if sent + size > most:
        raise BadInput(
            f"Within a day {most:,} bytes of photos and voice notes are taken from one keeper. Nothing was stored; "
            "it stays on the phone: send it tomorrow.",
            code="patrol_quota",
        )


def check_files(connection: Connection, actor: Actor, seen: Observation) -> None:
    """That the files of an observation are here, are the sender's, and belong to nothing else.

    Raises `BadInput` `file_not_arrived`; `Conflict` `file_id_reused`.
    """
    wanted: Mapping[UUID, str] = {**dict.fromkeys(seen.photos, "photo"), **dict.fromkeys(seen.voice, "voice")}
    found = {row["id"]: row for row in fetch_all(connection, store.FILES, {"ids": list(wanted)})}
    missing = [str(file) for file in wanted if file not in found]
    if missing:
        raise BadInput(
            f"{len(missing)} of the files of this observation have not arrived. Nothing of it was stored: send the "
            "files first, and then the observation again.",
            code="file_not_arrived",
            files=missing,
        )
    for file, kind in wanted.items():
        row = found[file]
        if row["account_id"] != actor.account_id or row["kind"] != kind or row["observation_id"] is not None:
            raise Conflict(
                "A file of this observation belongs to another one, or is of another kind. Nothing was stored.",
                code="file_id_reused",
            )


@contextmanager
def open_file(engine: Engine, blobs: Blobs, actor: Actor, file: UUID) -> Iterator[tuple[Row, BinaryIO]]:
    """A photo or voice note, for who brought it and for those who may read its patrol.

    Raises `NotFound` `no_such_file`, `no_such_blob`; `NotPermitted`.
    """
    with reading(engine) as connection:
        row = fetch_one(connection, store.FILE, {"id": file})
        if row is None:
            raise _no_such_file()
        if row["account_id"] != actor.account_id:
            if row["unit_id"] is None:
                raise _no_such_file()
            require(actor, "patrol.read", matter_of(connection, row["unit_id"]))
    with blobs.open(bytes(row["sha256"])) as source:
        yield row, source


def _no_such_file() -> NotFound:
    return NotFound("There is no such photo or voice note.", code="no_such_file")
