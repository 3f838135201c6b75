"""Scanned sheets under the map of a line: handed in with their four corners, listed with their residuals; for staff."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.uploads import Upload, blobs_of, in_thread, receiving
from api.web.pages.line import identifier
from api.web.visit import Visit, Visiting
from boundaries.network.service import find_line
from boundaries.scans.service import NewScan, add_scan, list_scans, open_scan, remove_scan
from data.access import Actor
from data.crs import projected
from data.db import Audience, reading
from data.errors import BadInput, DimingError, NotPermitted
from data.previews.pictures import draw_picture

router = APIRouter(include_in_schema=False)

#: The corners in the order in which they are asked for, clockwise from the upper left.
CORNERS = ("ul", "ur", "lr", "ll")
DEGREES = 4490
#: A scan is for those who may see courses; its picture is kept by no shared cache.
PRIVATE = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff", "Vary": "Cookie"}


@router.get("/lines/{line_id}/scans")
def scans(visit: Visiting, line_id: str) -> Response:
    """The sheets under the map, and the form for another."""
    return _page(visit, identifier(line_id))


def _page(
    visit: Visit, line: UUID, error: DimingError | None = None, kept: Mapping[str, str] | None = None
) -> Response:
    _staff_only(visit)
    with reading(visit.request.app.state.databases.office) as connection:
        found = find_line(connection, line, visit.view.as_of, Audience.STAFF)
        listed = list_scans(connection, line)
    page = visit.page("line_scans.html", line=found, scans=listed, corners=CORNERS, error=error, kept=kept or {})
    page.status_code = error.status if error else 200
    return page


def _staff_only(visit: Visit) -> None:
    if visit.audience is not Audience.STAFF:
        raise NotPermitted("Scanned sheets are for signed-in staff: sign in to see them.", code="not_permitted")


@router.post("/lines/{line_id}/scans")
async def add(visit: Visiting, line_id: str) -> Response:
    """Keep a scan with its four corners."""
    line = identifier(line_id)
    async with receiving(visit.request) as (actor, upload):
        fields = dict(upload.fields)
        try:
            await in_thread(lambda: _add(visit, line, actor, upload))
        except DimingError as error:
            problem = error
            return await in_thread(lambda: _page(visit, line, problem, fields))
    return RedirectResponse(visit.view.url(f"/lines/{line}/scans"), status_code=303)


def _add(visit: Visit, line: UUID, actor: Actor, upload: Upload) -> None:
    points = points_of(upload.fields)
    with tempfile.TemporaryDirectory(prefix="diming-scan-") as folder:
        path = Path(folder) / "scan"
        with path.open("wb") as out:
            shutil.copyfileobj(upload.file, out)
        new = NewScan(path, upload.name, upload.fields.get("title", ""), points)
        add_scan(visit.request.app.state.databases.office, blobs_of(visit.request), actor, line, new)


def points_of(fields: Mapping[str, str]) -> list[tuple[float | None, float | None, float, float]]:
    """The four points of the form: positions in the system named, pixels where they are given.

    Raises `BadInput` `corners_malformed`, `BadRequest` `bad_crs`.
    """
    srid = _numbers(fields.get("system") or str(DEGREES), 1)[0]
    way = projected(int(srid))
    points: list[tuple[float | None, float | None, float, float]] = []
    for corner in CORNERS:
        place = np.array(_numbers(fields.get(corner, ""), 2))
        if int(srid) != DEGREES:
            place = np.array(way.transform(place[0], place[1], direction="INVERSE"))
        pixels = fields.get(f"{corner}_px", "").strip()
        x, y = _numbers(pixels, 2) if pixels else (None, None)
        points.append((x, y, float(place[0]), float(place[1])))
    return points


def _numbers(text: str, count: int) -> list[float]:
    parts = text.upper().removeprefix("EPSG:").replace("，", ",").replace(",", " ").split()
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) != count or not np.isfinite(numbers).all():
        form = "two numbers with a comma between them" if count == 2 else "the number of a system"
        raise BadInput(f"{text[:40]!r} is not {form}. Nothing was stored.", code="corners_malformed")
    return numbers


@router.get("/lines/{line_id}/scans/{scan_id}.png")
def picture(visit: Visiting, line_id: str, scan_id: UUID) -> Response:
    """The scan as a picture that a map can show."""
    _staff_only(visit)
    identifier(line_id)
    with (
        reading(visit.request.app.state.databases.office) as connection,
        open_scan(connection, blobs_of(visit.request), scan_id) as (_, file),
    ):
        drawn = draw_picture(file)
    return Response(drawn, media_type="image/png", headers=PRIVATE)


@router.post("/lines/{line_id}/scans/{scan_id}/remove")
def remove(visit: Visiting, line_id: str, scan_id: UUID) -> Response:
    """Take a scan from under the map."""
    remove_scan(visit.request.app.state.databases.office, actor_of(visit.request), scan_id)
    return RedirectResponse(visit.view.url(f"/lines/{identifier(line_id)}/scans"), status_code=303)


def for_map(connection: Any, line: UUID) -> list[dict[str, Any]]:
    """What the map needs of each scan."""
    return [
        {"title": scan["title"], "url": f"/lines/{line}/scans/{scan['id']}.png", "outline": scan["outline"]}
        for scan in list_scans(connection, line)
    ]
