"""A registration (登记) between people, cases and the register: as JSON, and from what a field party writes. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, get_args
from uuid import UUID

from boundaries.markers.model import MAX_WITNESSES, Kind, Marker, PartCode, Side, Witness
from data.errors import BadInput

#: What stands between the parts of a witness object as it is typed: 独立石, 45.0, 12.3
_BETWEEN = re.compile(r"\s*[,，;；、\t]\s*")
#: Texts of a registration that a field party may write, as the fields of a form are called.
TEXTS = ("method", "height_datum", "place", "material", "shape", "custodian")
#: Its numbers, in degrees and metres.
NUMBERS = ("longitude", "latitude", "accuracy_m", "elevation_m")


def as_facts(marker: Marker) -> dict[str, Any]:
    """A registration as JSON, without what is not known."""
    row = {key: value for key, value in asdict(marker).items() if value is not None}
    row["id"] = str(marker.id)
    if marker.line is not None:
        row["line"] = str(marker.line)
    for key in ("witnesses", "sides"):
        row[key] = [{k: v for k, v in one.items() if v is not None} for one in row[key]]
    return row


def from_facts(row: Mapping[str, Any]) -> Marker:
    """The registration in JSON of `as_facts`; `BadInput` `marker_malformed` for anything else."""
    try:
        values = dict(row)
        values["id"] = UUID(row["id"])
        values["line"] = UUID(row["line"]) if row.get("line") else None
        values["witnesses"] = tuple(Witness(**one) for one in row.get("witnesses", ()))
        values["sides"] = tuple(Side(**one) for one in row.get("sides", ()))
        marker = Marker(**values)
        _check_types(marker)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise BadInput(
            f"This is no registration of a marker: {error}. Nothing was recorded.", code="marker_malformed"
        ) from error
    return marker


def _check_types(marker: Marker) -> None:
    numbers = [marker.longitude, marker.latitude, marker.accuracy_m, marker.elevation_m]
    numbers += [value for w in marker.witnesses for value in (w.azimuth_deg, w.distance_m)]
    if not all(value is None or (isinstance(value, int | float) and math.isfinite(value)) for value in numbers):
        raise TypeError("coordinates, heights, azimuths and distances are numbers")
    if marker.kind not in get_args(Kind) or marker.part not in get_args(PartCode):
        raise TypeError("kind and part are words of the vocabulary")


def surveyed(base: Marker, fields: Mapping[str, str]) -> Marker:
    """`base` with what a field party wrote; what it left blank stays as it is registered.

    `fields`: those of `TEXTS` and `NUMBERS`, `witness_1` … (name, azimuth, distance, perhaps longitude and latitude),
    `location_1` … in the order of the sides, `surveyed_on`, `set_on`. Raises `BadInput` `bad_fields`.
    """
    changes: dict[str, Any] = {name: fields[name] for name in TEXTS if fields.get(name)}
    changes |= {name: number(fields[name], name) for name in NUMBERS if fields.get(name)}
    changes |= {name: fields[name] for name in ("surveyed_on", "set_on") if fields.get(name)}
    told = [fields.get(f"witness_{n}") for n in range(1, MAX_WITNESSES + 1)]
    if any(told):
        changes["witnesses"] = tuple(witness(text) for text in told if text)
    changes["sides"] = tuple(
        replace(side, location=fields.get(f"location_{n}") or side.location) for n, side in enumerate(base.sides, 1)
    )
    return replace(base, **changes)


def witness(text: str) -> Witness:
    """A witness object as it is typed: name, azimuth from true north, metres, perhaps longitude and latitude."""
    parts = [part for part in _BETWEEN.split(text.strip()) if part]
    if len(parts) not in (3, 5):
        raise bad_fields(
            f"{text[:60]!r}: a witness object is written as name, azimuth in degrees, distance in metres "
            "(and, where it was surveyed itself, longitude, latitude)"
        )
    numbers = [number(part, f"a number of {parts[0][:20]}") for part in parts[1:]]
    return Witness(parts[0], *numbers)


def witness_text(one: Witness) -> str:
    """As `witness` reads it."""
    values: Sequence[object] = (one.name, one.azimuth_deg, one.distance_m, *(one.position or ()))
    return ", ".join(str(value) for value in values)


def number(text: str, name: str) -> float:
    """A finite decimal number; `BadInput` `bad_fields` for anything else."""
    try:
        found = float(text.strip())
        if not math.isfinite(found):
            raise ValueError(text)
    except ValueError as error:
        raise bad_fields(f"{name}: {text[:40]!r} is no number") from error
    return found


def bad_fields(why: str) -> BadInput:
    """The refusal of what was typed."""
    return BadInput(f"{why}. Nothing was changed.", code="bad_fields")
