"""What the page of an inspection shows beside its questions: the markers as registered, works, comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from boundaries.comparisons.service import list_comparisons
from boundaries.markers.registration import witness_text
from boundaries.records.drawing import registered_markers
from boundaries.records.measurements import FIELDS, FOUND
from boundaries.records.works import works_of
from data.access import Actor
from data.errors import NotPermitted


def field_view(connection: Connection, actor: Actor, sheet: Mapping[str, Any]) -> dict[str, Any]:
    """What the macros of `fieldwork.html` need, for somebody who may see the inspection."""
    ids = [task["target"] for task in sheet["tasks"] if task["kind"] == "marker"]
    registered = registered_markers(connection, ids)
    return {
        "fields": FIELDS,
        "states": FOUND,
        "registered": {str(marker): _as_typed(one) for marker, one in registered.items()},
        "works": works_of(connection, sheet["id"]),
        "comparisons": _comparisons(connection, actor, sheet),
    }


def _as_typed(marker: Any) -> dict[str, str]:
    """A registration as the form's fields would be typed, to be seen behind blank fields."""
    told = {name: getattr(marker, name, None) for name in FIELDS if not name.startswith(("witness_", "location_"))}
    told |= {f"witness_{n}": witness_text(one) for n, one in enumerate(marker.witnesses, 1)}
    told |= {f"location_{n}": side.location for n, side in enumerate(marker.sides, 1)}
    told |= {"longitude": f"{marker.longitude:.8f}", "latitude": f"{marker.latitude:.8f}", "faces": marker.faces}
    return {name: str(value) for name, value in told.items() if value is not None}


def _comparisons(connection: Connection, actor: Actor, sheet: Mapping[str, Any]) -> list[dict[str, Any]]:
    try:
        found = list_comparisons(connection, actor, line=sheet["line"]["id"])["items"]
    except NotPermitted:
        return []
    return [one for one in found if one["inspection"] == sheet["id"]]
