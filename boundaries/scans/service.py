"""Adding, listing, showing and taking away scanned sheets. Who may hand in for a line may put a sheet under its map."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.findings.reach import beside, require_beside
from boundaries.scans import store
from boundaries.scans.georeference import Corner, place
from data import audit
from data.access import Actor
from data.blobs import Blobs
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import BadInput, NotFound
from data.ids import new_id
from data.papers import check_paper
from data.previews.pictures import picture_size

#: What a scan may be.
MEDIA_TYPES = ("image/png", "image/jpeg", "image/tiff")
#: Who may: whoever hands in surveys of the line, on either side.
ACTION = "boundary.submit"
MAX_TITLE = 200


@dataclass(frozen=True, slots=True)
class NewScan:
    """A file as it came, what it is called, and its four points; pixels None: the picture's own corners."""

    path: Path
    name: str
    title: str
    points: Sequence[tuple[float | None, float | None, float, float]]


def add_scan(engine: Engine, blobs: Blobs, actor: Actor, line: UUID, new: NewScan) -> dict[str, Any]:
    """Keep a scanned sheet under the map of a line; what was stored, with its residuals.

    Raises `BadInput` `scan_not_a_picture`, `scan_title`, `corners_malformed`, and what `check_paper` raises;
    `NotFound` `no_such_line`, `NotPermitted`.
    """
    with reading(engine) as connection:
        require_beside(actor, ACTION, beside(connection, line))
    paper = check_paper(new.path, new.name)
    if paper.media_type not in MEDIA_TYPES:
        raise BadInput(
            f"A scanned sheet is a PNG, JPEG or TIFF; {new.name[-40:]!r} is none of them. Nothing was stored.",
            code="scan_not_a_picture",
        )
    title = new.title.strip() or new.name
    if len(title) > MAX_TITLE or not title.isprintable():
        raise BadInput(
            f"A title has at most {MAX_TITLE} characters, none of which controls anything. Nothing was stored.",
            code="scan_title",
        )
    with new.path.open("rb") as file:
        width, height = picture_size(file)
    corners = _corners(new.points, width, height)
    placing = place(corners, width, height)
    row: dict[str, Any] = {
        "id": new_id(),
        "line_id": line,
        "title": title,
        "sha256": blobs.keep(new.path),
        "bytes": new.path.stat().st_size,
        "file_name": paper.name,
        "media_type": paper.media_type,
        "width_px": width,
        "height_px": height,
        "corners": json.dumps([list(asdict(corner).values()) for corner in corners]),
        "outline": json.dumps(placing.outline),
        "residuals_m": json.dumps(placing.residuals_m),
        "metres_per_pixel": placing.metres_per_pixel,
        "added_by": actor.name,
    }
    with unit_of_work(engine) as connection:
        connection.execute(store.INSERT, row)
        details = {"scan": str(row["id"]), "line": str(line), "sha256": row["sha256"].hex()}
        audit.append(connection, actor=actor.name, action="scan.added", decision_id=None, details=details)
        return described(_found(connection, row["id"]))


def _corners(
    points: Sequence[tuple[float | None, float | None, float, float]], width: int, height: int
) -> list[Corner]:
    own = ((0, 0), (width, 0), (width, height), (0, height))
    return [
        Corner(x if px is None else px, y if py is None else py, longitude, latitude)
        for (px, py, longitude, latitude), (x, y) in zip(points, own, strict=False)
    ]


def list_scans(connection: Connection, line: UUID) -> list[dict[str, Any]]:
    """The scanned sheets of a line, the first added first; for staff, whose connection sees them."""
    return [described(row) for row in fetch_all(connection, store.OF_LINE, {"line": line})]


def described(row: Row) -> dict[str, Any]:
    """A scan as pages and programs see it."""
    residuals = row["residuals_m"]
    return {
        **{key: row[key] for key in ("id", "title", "file_name", "media_type", "width_px", "height_px", "bytes")},
        "line": row["line_id"],
        "sha256": bytes(row["sha256"]).hex(),
        "corners": row["corners"],
        "outline": row["outline"],
        "residuals_m": residuals,
        "rmse_m": (sum(r * r for r in residuals) / len(residuals)) ** 0.5,
        "metres_per_pixel": row["metres_per_pixel"],
        "added_by": row["added_by"],
        "added_at": row["added_at"],
    }


@contextmanager
def open_scan(connection: Connection, blobs: Blobs, scan: UUID) -> Iterator[tuple[dict[str, Any], BinaryIO]]:
    """A scan with its bytes; `NotFound` `no_such_scan`."""
    row = _found(connection, scan)
    with blobs.open(bytes(row["sha256"])) as file:
        yield described(row), file


def remove_scan(engine: Engine, actor: Actor, scan: UUID) -> None:
    """Take a scan from under the map; it stays on record. `NotFound` `no_such_scan`, `NotPermitted`."""
    with unit_of_work(engine) as connection:
        row = _found(connection, scan)
        require_beside(actor, ACTION, beside(connection, row["line_id"]))
        connection.execute(store.REMOVE, {"id": scan, "actor": actor.name})
        details = {"scan": str(scan), "line": str(row["line_id"])}
        audit.append(connection, actor=actor.name, action="scan.removed", decision_id=None, details=details)


def _found(connection: Connection, scan: UUID) -> Row:
    row = fetch_one(connection, store.FIND, {"id": scan})
    if row is None:
        raise NotFound("There is no such scanned sheet.", code="no_such_scan")
    return row
