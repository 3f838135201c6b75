"""The pictures of a registration form: the sketch of the position, and the marker's photographs."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.markers.ground import ground_of
from boundaries.markers.model import Marker
from boundaries.markers.service import registered
from boundaries.markers.sketch import HEIGHT_MM, WIDTH_MM, Ground, draw_sketch
from boundaries.sheets.printing import face_of
from boundaries.units.service import register_span
from data.documents.making import Workshop
from data.documents.model import Box, DocumentKind, Picture
from data.documents.pictures import Drawing, drawn, photograph
from data.errors import BadInput

FORM_RULES = Path(__file__).parents[2] / "data" / "rules" / "markers" / "form.toml"


@cache
def most_photographs() -> int:
    """So many photographs are printed on a form."""
    return int(tomllib.loads(FORM_RULES.read_text("utf-8"))["photographs"])


def position_sketch(connection: Connection, marker: UUID, as_of: date | None, families: Sequence[str]) -> str | None:
    """The sketch of a marker on a day as SVG, for staff; None where the register knows nothing around it.

    Raises `NotFound` `no_such_marker`.
    """
    day = register_span(connection).day(as_of)
    found = registered(connection, marker, day)
    return draw_sketch(found, ground_of(connection, found, day), families)


def form_pictures(
    workshop: Workshop, kind: DocumentKind, marker: Marker, ground: Ground, photos: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Picture], dict[str, Any]]:
    """The pictures by name, and the values that name them: `sketch`, `photos`, `photos_more`."""
    named: dict[str, Picture] = {}
    sketch = _sketch(workshop, kind, marker, ground, named)
    printed = list(enumerate(photos, 1))[-most_photographs() :]
    rows, left = _photographs(workshop, kind, printed, named)
    more = len(photos) - len(printed)
    said = [f"登记册另存较早的照片{more}张，本表未印。"] if more else []
    return named, {"sketch": sketch, "photos": rows, "photos_more": "".join([*said, *left])}


def _sketch(
    workshop: Workshop, kind: DocumentKind, marker: Marker, ground: Ground, named: dict[str, Picture]
) -> str | None:
    field, fonts = kind.field("sketch"), workshop.fonts()
    svg = draw_sketch(marker, ground, face_of(fonts).families)
    if svg is None or field is None or field.picture is None:
        return None
    name = hashlib.sha256(svg.encode()).hexdigest()
    named[name] = drawn(Drawing(svg, WIDTH_MM, HEIGHT_MM), field.picture, fonts)
    return name


def _photographs(
    workshop: Workshop, kind: DocumentKind, photos: Sequence[tuple[int, Mapping[str, Any]]], named: dict[str, Picture]
) -> tuple[list[dict[str, str]], list[str]]:
    """Rows of the form, and what is said of photographs that cannot be printed."""
    field = kind.field("photos")
    box = (field.pictures or {}).get("picture") if field else None
    rows: list[dict[str, str]] = []
    left: list[str] = []
    for number, photo in photos if box else ():
        try:
            named[photo["sha256"]] = _printed(workshop, photo, box)  # type: ignore[arg-type]
        except BadInput:
            left.append(f"照片{number}（{photo['file_name']}）已损坏或过大，无法印出。")
        else:
            rows.append({"picture": photo["sha256"], "caption": caption(number, photo)})
    return rows, left


def _printed(workshop: Workshop, photo: Mapping[str, Any], box: Box) -> Picture:
    with workshop.blobs.open(bytes.fromhex(photo["sha256"])) as file:
        return photograph(file, box, photo["file_name"])


def caption(number: int, photo: Mapping[str, Any]) -> str:
    """What stands under a photograph; what its file claims of time is called a claim."""
    parts = [f"照片{number}", photo["caption"] or photo["file_name"]]
    if photo["looks_deg"] is not None:
        parts.append(f"朝向{photo['looks_deg']:g}°")
    if photo["claimed"]["at"]:
        parts.append(f"文件自述摄于{photo['claimed']['at'].replace('T', ' ')}")
    return "　".join(parts)
