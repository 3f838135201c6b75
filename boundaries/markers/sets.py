"""Stones that bear one number (双立, 三立): which of a set are not in the register."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from boundaries.markers import store
from boundaries.markers.coding import sibling_codes
from boundaries.markers.model import PARTS, Marker


def stones_missing(connection: Connection, marker: Marker, beside: Iterable[Marker] = ()) -> list[str]:
    """The codes of the other stones of a double or triple marker that neither the register nor `beside` has.

    A scrapped stone is missing, unless `marker` is scrapped itself: then nothing is asked of its set. A scheme that
    has no letter for the stone says nothing of them.
    """
    if marker.state == "scrapped":
        return []
    wanted = set(sibling_codes(marker.code, marker.scheme, PARTS[marker.kind])) - {marker.code}
    wanted -= {other.code for other in beside if other.scheme == marker.scheme and other.state != "scrapped"}
    if not wanted:
        return []
    rows = connection.execute(store.BY_CODES, {"scheme": marker.scheme, "codes": sorted(wanted)})
    return sorted(wanted - {row.code for row in rows if row.state != "scrapped"})
