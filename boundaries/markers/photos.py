"""Photographs of markers: kept byte for byte under their hash, for staff. What a file says of its place is a claim."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from shapely.geometry import Point
from sqlalchemy import Connection, Engine

from boundaries.markers import store
from boundaries.markers.exif import Claim, claim_of
from boundaries.markers.service import matter_of, matter_of_unit, registered
from boundaries.shapes.store import ewkb
from boundaries.units.service import register_span
from data import audit
from data.access import Actor, require
from data.blobs import Blobs, receive
from data.db import Row, fetch_all, fetch_one, unit_of_work
from data.errors import BadInput, NotFound, NotPermitted
from data.ids import new_id
from data.papers import MAX_BYTES, check_paper

#: What a camera or a phone makes, by its media type.
PICTURES = frozenset({"image/jpeg", "image/png", "image/tiff"})
MAX_CAPTION = 500


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a photograph by whoever adds it: what it shows, where the camera looks (degrees, true north)."""

    caption: str = ""
    looks_deg: float | None = None


def add_photo(
    engine: Engine, blobs: Blobs, actor: Actor, marker: UUID, source: BinaryIO, name: str, told: Told
) -> dict[str, Any]:
    """Keep a photograph of a marker; the same picture twice is one.

    Raises `NotFound` `no_such_marker`; `NotPermitted` outside the jurisdiction of the line's sides; `BadInput`
    `file_not_accepted`, `bad_fields`, and as `data.papers.check_paper`.
    """
    _check(told)
    with unit_of_work(engine) as connection:
        _require(connection, actor, marker)
    with tempfile.TemporaryDirectory(prefix="diming-photo-") as folder:
        path = Path(folder) / "photo"
        size = receive(source, path, MAX_BYTES)
        paper = check_paper(path, name)
        if paper.media_type not in PICTURES:
            raise BadInput("A photograph is a JPEG, PNG or TIFF. Nothing was stored.", code="file_not_accepted")
        with path.open("rb") as file:
            claim = claim_of(file)
        digest = blobs.keep(path)
    row = {
        "id": new_id(), "marker": marker, "sha256": digest, "bytes": size, "name": paper.name,
        "media_type": paper.media_type, "caption": told.caption.strip(), "looks": told.looks_deg, "by": actor.name,
        **_claimed(claim),
    }  # fmt: skip
    with unit_of_work(engine) as connection:
        return _kept(connection, actor, row)


def _check(told: Told) -> None:
    if len(told.caption) > MAX_CAPTION or not (told.looks_deg is None or 0 <= told.looks_deg < 360):
        raise BadInput(
            f"A caption has at most {MAX_CAPTION} characters; a camera looks from 0 to below 360 degrees. "
            "Nothing was stored.",
            code="bad_fields",
        )


def _require(connection: Connection, actor: Actor, marker: UUID) -> None:
    """Photographs are added by whoever reports on the marker: of either side of its line, or above both."""
    day = register_span(connection).register_through
    line = registered(connection, marker, day).line
    sides = connection.execute(store.LINE_SIDES, {"line": line}).one_or_none() if line else None
    matters = [matter_of_unit(connection, unit, day) for unit in sides] if sides else [matter_of(connection, None, day)]
    last = len(matters) - 1
    for at, matter in enumerate(matters):
        try:
            require(actor, "marker.report", matter)
        except NotPermitted:
            if at == last:
                raise
        else:
            return


def _claimed(claim: Claim) -> dict[str, Any]:
    return {"claimed_at": claim.taken_at, "place": ewkb(Point(claim.position)) if claim.position else None}


def _kept(connection: Connection, actor: Actor, row: Row) -> dict[str, Any]:
    if connection.execute(store.ADD_PHOTO, row).one_or_none() is not None:
        details = {"marker": str(row["marker"]), "photo": str(row["id"]), "sha256": row["sha256"].hex()}
        audit.append(connection, actor=actor.name, action="marker.photo", decision_id=None, details=details)
    found = fetch_one(connection, store.PHOTO_BY_HASH, {"marker": row["marker"], "sha256": row["sha256"]})
    assert found is not None  # noqa: S101 -- written or there before
    return photo_object(found)


def photo_object(row: Row) -> dict[str, Any]:
    """A photograph as the API shows it; `claimed`: what its file says of time and place."""
    place = None if row["lon"] is None else [row["lon"], row["lat"]]
    return {
        **{key: row[key] for key in ("id", "file_name", "media_type", "bytes", "caption", "looks_deg", "added_at")},
        "sha256": bytes(row["sha256"]).hex(),
        "claimed": {"at": row["claimed_at"], "position": place},
    }


def photos_of(connection: Connection, marker: UUID) -> list[dict[str, Any]]:
    """The photographs of a marker in the order in which they were added; for staff."""
    return [photo_object(row) for row in fetch_all(connection, store.PHOTOS, {"marker": marker})]


@contextmanager
def open_photo(connection: Connection, blobs: Blobs, marker: UUID, photo: UUID) -> Iterator[tuple[Row, BinaryIO]]:
    """What a photograph is, and its bytes; for staff. `NotFound` `no_such_photo`."""
    row = fetch_one(connection, store.PHOTO, {"marker": marker, "id": photo})
    if row is None:
        raise NotFound("This marker has no such photograph.", code="no_such_photo")
    with blobs.open(bytes(row["sha256"])) as file:
        yield row, file
