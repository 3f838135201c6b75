"""What a field party measures (实测、修测) and photographs, and what it says beside the register. Pure values.

A marker is measured in the fields of its registration form (登记表): what is left blank stays as it is registered, so
nothing is typed twice. A resurvey is the course or feature as it is now; it never moves the legal line.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args
from uuid import UUID

from shapely.errors import GEOSException
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from boundaries.markers.model import EventKind, Marker, State, Witness
from boundaries.markers.registration import NUMBERS, TEXTS, surveyed, witness
from boundaries.markers.witnesses import Displacement, accuracies, displacement
from data.errors import BadInput

WORDS_FILE = Path(__file__).parents[2] / "data" / "rules" / "inspection" / "marker_words.toml"
Kind = Literal["marker", "resurvey", "photo"]
KINDS: tuple[Kind, ...] = get_args(Kind)
#: What a party can find a marker as; that it stands elsewhere by right is a work of its own (移动).
FOUND: tuple[State, ...] = ("standing", "damaged", "lost")
STATE = "state"
#: How a witness object is said to be gone; one that is left blank stays as it is registered.
GONE = ("无", "none")
WITNESS = "witness_"
#: The fields of a marker that a field party writes: those of the form, and the state in which it found it.
FIELDS = (*TEXTS, *NUMBERS, *(f"{WITNESS}{n}" for n in (1, 2, 3)), *(f"location_{n}" for n in (1, 2, 3)), STATE)
#: A place with these is measured; the legal place of a marker in its place stays what it is.
PLACE = ("longitude", "latitude", "accuracy_m", "elevation_m", "height_datum", "method")


@dataclass(frozen=True, slots=True)
class MeasurementDraft:
    """A measurement about to be entered.

    `registration`: of a marker, by `FIELDS`. `geometry`: longitude and latitude, CGCS2000; of a photograph where it
    was taken. `accuracy_m`: RMSE. `photo`: an upload of the same person.
    """

    task: UUID
    kind: Kind
    observed_on: date
    registration: Mapping[str, str] | None = None
    geometry: BaseGeometry | None = None
    accuracy_m: float | None = None
    photo: UUID | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measurement as it stands; `geometry` is GeoJSON."""

    id: UUID
    task: UUID
    side: str
    kind: Kind
    observed_on: date
    registration: Mapping[str, str] | None
    geometry: Mapping[str, Any] | None
    accuracy_m: float | None
    photo_sha256: str | None
    photo_name: str | None
    photo_type: str | None
    remark: str
    at: datetime
    by: UUID


@dataclass(frozen=True, slots=True)
class Off:
    """How far a marker was measured from its registered place, in metres; `beyond` what both surveys can say."""

    distance_m: float
    azimuth_deg: float
    tolerance_m: float
    beyond: bool


def standing(measurements: Iterable[Measurement]) -> list[Measurement]:
    """Of each marker and resurvey the latest of a side, and every photograph, in the order in which they came."""
    rows = sorted(measurements, key=lambda m: (m.at, str(m.id)))
    latest = {(m.task, m.side, m.kind, m.id if m.kind == "photo" else None): m for m in rows}
    return sorted(latest.values(), key=lambda m: (m.at, str(m.id)))


def faults_of(draft: MeasurementDraft, task_kind: str) -> list[str]:
    """What is wrong with a draft, in words."""
    faults = []
    if draft.kind not in KINDS:
        return [f"a measurement is of {', '.join(KINDS)}"]
    if draft.kind == "marker" and task_kind != "marker":
        faults.append("the registration of a marker is measured at a marker")
    if (draft.kind == "marker") != (draft.registration is not None):
        faults.append("a registration is of a marker, and a marker is measured in its registration")
    if draft.kind == "resurvey" and draft.geometry is None:
        faults.append("a resurvey has a geometry")
    if (draft.kind == "photo") != (draft.photo is not None):
        faults.append("a photograph is an upload")
    if draft.kind == "photo" and draft.geometry is not None and draft.geometry.geom_type != "Point":
        faults.append("a photograph is taken at a point")
    if draft.accuracy_m is not None and (draft.geometry is None or not 0 < draft.accuracy_m < math.inf):
        faults.append("an accuracy is of a place and above 0 m")
    return faults + _field_faults(draft.registration or {})


def _field_faults(fields: Mapping[str, str]) -> list[str]:
    unknown = sorted(set(fields) - set(FIELDS))
    faults = [f"a registration form has no {name[:40]}" for name in unknown]
    if fields.get(STATE) and fields[STATE] not in FOUND:
        faults.append(f"a marker is found {', '.join(FOUND)}")
    if bool(fields.get("longitude")) != bool(fields.get("latitude")):
        faults.append("a place has a longitude and a latitude")
    return faults


def measured(registered: Marker, fields: Mapping[str, str]) -> Marker:
    """The marker as the party measured it: what it left blank is as registered. Raises `BadInput` `bad_fields`."""
    rest = {key: value for key, value in fields.items() if not key.startswith(WITNESS)}
    found = replace(surveyed(registered, rest), witnesses=_witnesses(registered, fields))
    return replace(found, state=fields[STATE]) if fields.get(STATE) else found  # type: ignore[arg-type]


def _witnesses(registered: Marker, fields: Mapping[str, str]) -> tuple[Witness, ...]:
    """The witness objects measured again or anew, those left blank as registered; without those that are gone."""
    known = dict(enumerate(registered.witnesses, 1))
    told = {int(key.removeprefix(WITNESS)): value.strip() for key, value in fields.items() if key.startswith(WITNESS)}
    now = {n: witness(text) for n, text in told.items() if text and text not in GONE}
    gone = {n for n, text in told.items() if text in GONE}
    return tuple(one for n, one in sorted({**known, **now}.items()) if n not in gone)


def off_of(registered: Marker, fields: Mapping[str, str]) -> Off | None:
    """How far it was measured from its place; None where no place was measured."""
    if not fields.get("longitude"):
        return None
    found = measured(registered, fields)
    rules = accuracies()
    known = [rules.position_accuracy_m if m.accuracy_m is None else m.accuracy_m for m in (registered, found)]
    # an accuracy that was not measured with the place is not that of the place
    if not fields.get("accuracy_m"):
        known[1] = rules.position_accuracy_m
    limit = rules.k * math.hypot(*known)
    off = registered.displacement_m(found.longitude, found.latitude)
    return Off(off, registered.bearing_deg(found.longitude, found.latitude), limit, off > limit)


@cache
def phone_words() -> frozenset[str]:
    """How methods say that a position is a phone's (data/rules/inspection/marker_words.toml)."""
    return frozenset(tomllib.loads(WORDS_FILE.read_text("utf-8"))["phone"]["words"])


def is_by_phone(fields: Mapping[str, str]) -> bool:
    """Whether the place is a phone's: it proves nothing by itself."""
    return fields.get("method", "").strip().lower() in phone_words()


def by_witnesses(registered: Marker, fields: Mapping[str, str]) -> Displacement | None:
    """How far it is from its place by the witness objects measured again; None without a common one."""
    texts = [value for key, value in fields.items() if key.startswith(WITNESS) and value and value not in GONE]
    return displacement(registered, map(witness, texts)) if texts else None


def entered(registered: Marker, fields: Mapping[str, str], observed_on: date) -> Marker:
    """The registration that the register takes over: what was measured, at the place where it is registered.

    An illegally moved marker moves nothing (行政区域界线管理条例 Art. 6), and a marker that stands in its place has
    one: so a place measured in an inspection is evidence, and never replaces the registered one.
    """
    kept = {key: value for key, value in fields.items() if key not in PLACE}
    return replace(measured(registered, kept), surveyed_on=observed_on.isoformat())


def event_of(registered: Marker, found: Marker) -> EventKind:
    """What is said to have happened to a marker that was found so."""
    if found.state != registered.state and found.state in ("damaged", "lost"):
        return "damaged" if found.state == "damaged" else "lost"
    return "inspected"


def is_measured(fields: Mapping[str, str]) -> bool:
    """Whether anything was written that the register does not have by itself."""
    return any(value for value in fields.values())


def told(measurement: Measurement) -> dict[str, Any]:
    """A measurement as the record says it: values as text, in a fixed order."""
    photo = {"sha256": measurement.photo_sha256, "name": measurement.photo_name} if measurement.photo_sha256 else None
    return {
        "kind": measurement.kind,
        "side": measurement.side,
        "observed_on": measurement.observed_on.isoformat(),
        "registration": dict(sorted((measurement.registration or {}).items())) or None,
        "geometry": _written(measurement.geometry),
        "accuracy_m": None if measurement.accuracy_m is None else f"{measurement.accuracy_m:g}",
        "photo": photo,
        "remark": measurement.remark,
    }


def _written(geometry: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if geometry is None:
        return None
    return {"type": geometry["type"], "coordinates": _texts(geometry["coordinates"])}


def _texts(value: Any) -> Any:
    """Coordinates as text, so that the bytes that are signed hold no floating numbers."""
    return f"{value:.8f}" if isinstance(value, int | float) else [_texts(part) for part in value]


def of_task(measurements: Sequence[Measurement], task: UUID, kind: Kind) -> list[Measurement]:
    """Those of one task and kind."""
    return [m for m in measurements if m.task == task and m.kind == kind]


#: What a resurvey can be.
GEOMETRIES = ("Point", "LineString", "MultiLineString", "Polygon")


def geometry_of(value: Mapping[str, Any] | None) -> BaseGeometry | None:
    """The geometry that GeoJSON says, in longitude and latitude; `BadInput` `measurement_malformed`."""
    if value is None:
        return None
    try:
        found = shape(dict(value))
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, GEOSException) as error:
        raise _no_geometry() from error
    if found.geom_type not in GEOMETRIES or found.is_empty:
        raise _no_geometry()
    return found


def typed_course(text: str) -> BaseGeometry | None:
    """The course that is typed as a longitude and a latitude on each line; one line is a point; None for nothing.

    Raises `BadInput` `measurement_malformed`.
    """
    rows = [row.replace(",", " ").replace("，", " ").split() for row in text.splitlines() if row.strip()]
    if not rows:
        return None
    try:
        places = [[float(part) for part in row] for row in rows]
    except ValueError as error:
        raise _no_geometry() from error
    if any(len(place) != 2 or not all(map(math.isfinite, place)) for place in places):
        raise _no_geometry()
    return geometry_of(
        {"type": "Point", "coordinates": places[0]}
        if len(places) == 1
        else {"type": "LineString", "coordinates": places}
    )


def _no_geometry() -> BadInput:
    return BadInput(
        f"A place is GeoJSON ({', '.join(GEOMETRIES)}), or a longitude and a latitude in degrees on each line. "
        "Nothing was stored.",
        code="measurement_malformed",
    )
