"""What a phone does, in Python: files first, then the observation."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from boundaries.patrol.files import Came, keep_file
from boundaries.patrol.model import FileKind, Observation, Walk
from boundaries.patrol.observations import keep_observation, keep_walk
from data.access import Actor
from data.ids import new_id
from tests.integration.patrol.conftest import NOW, Field

#: The smallest files that are what they say: the beginning of a JPEG, of an Ogg stream.
JPEG, OGG = b"\xff\xd8\xff\xe0" + bytes(60) + b"\xff\xd9", b"OggS" + bytes(60)


def upload(
    field: Field, content: bytes = JPEG, *, kind: FileKind = "photo", identity: UUID | None = None, **more: Any
) -> UUID:
    """Send one file; its id."""
    digest = more.pop("sha256", hashlib.sha256(content).digest())
    came = Came(identity or new_id(), kind, digest)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        keep_file(field.engine, field.blobs, more.get("keeper", field.keeper), came, path, more.get("now", NOW))
    return came.id


def observation(field: Field, code: str, **more: Any) -> Observation:
    """An observation of a marker, intact where nothing else is said."""
    fields: dict[str, Any] = {"id": new_id(), "marker": field.markers[code], "state": "intact", "seen_at": NOW}
    return Observation(**{**fields, **more})


def send(field: Field, code: str, *, keeper: Actor | None = None, now: datetime = NOW, **more: Any) -> dict[str, Any]:
    """Send an observation of a marker; the answer."""
    return keep_observation(field.engine, keeper or field.keeper, observation(field, code, **more), now)


def walk(field: Field, begun_at: datetime, hours: float) -> dict[str, Any]:
    """Send one going out; the answer."""
    sent = Walk(new_id(), begun_at, begun_at + timedelta(hours=hours))
    return keep_walk(field.engine, field.keeper, sent, NOW)
