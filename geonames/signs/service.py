"""The plate of a street, from the name that the register holds for it on a day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.errors import Conflict
from geonames.places.service import find_place
from geonames.signs.model import Plate, Size
from geonames.signs.plate import lay_out
from geonames.signs.rules import plates, preview_size


def plate_of(
    connection: Connection, place_id: UUID, direction: str, size: Size | None = None, as_of: date | None = None
) -> Plate:
    """The plate of a street that runs in a direction; without a size, in the shape of previews.

    Raises `NotFound` `place_not_found`; `Conflict` `sign_layout_unknown` (no street, or a name in a minority
    language), `sign_needs_standard_name`, `sign_needs_romanization`; for a day outside the register its errors.
    """
    place = find_place(connection, place_id, as_of)
    name = check_plate(place)
    return lay_out(name["name"], name["roman"], direction, size or preview_size(), plates())


def check_plate(place: dict[str, Any]) -> dict[str, Any]:
    """The place itself, where a plate can be drawn of it; raises as `plate_of` where none can."""
    _check_layout(place)
    if place["name_kind"] != "standard":
        raise Conflict(
            f"“{place['name']}” is not a standard name; signs say standard names only. "
            "Have the name approved first, then ask again.",
            code="sign_needs_standard_name",
        )
    if not place["roman"]:
        raise Conflict(
            f"The register has no romanization of “{place['name']}”, which a plate must say. Enter it first.",
            code="sign_needs_romanization",
        )
    return place


def _check_layout(place: dict[str, Any]) -> None:
    rules = plates()
    if place["class"] not in rules["classes"]["street"]:
        raise Conflict(
            "Only the plates of streets and lanes are drawn; the layout of other signs is not known here.",
            code="sign_layout_unknown",
        )
    others = [name["text"] for name in place["names"] if name["kind"] in rules["names"]["other_layout"]]
    if others:
        raise Conflict(
            f"This place has a name in a minority language too ({', '.join(others)}); the layout of plates of "
            "minority areas is not known here. Take it from GB 17733.",
            code="sign_layout_unknown",
        )
