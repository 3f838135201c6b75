"""A question about a name as people and programs ask it, and its answer as contracts show it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import shapely
from sqlalchemy import Connection

from data.clock import civil_date, system_clock
from data.crs import check_position
from data.errors import BadRequest
from geonames.rules.answer import as_answer
from geonames.rules.existing import existing_names
from geonames.rules.model import Kind, Override, Proposal
from geonames.rules.service import check_name, class_of, register_day, units_of


@dataclass(frozen=True, slots=True)
class NameQuestion:
    """See `geonames.rules.model.Proposal`; `class_` is a class of Art. 3 or a type code, `within` a division code.

    `overrides`: rule, ground, reason.
    """

    name: str
    class_: str
    within: str | None = None
    point: tuple[float | None, float | None] = (None, None)
    geometry: Mapping[str, object] | None = None
    kind: str = Kind.NAMING
    place_id: str | None = None
    previous_name: str | None = None
    meaning: str | None = None
    reason: str | None = None
    applicant: str | None = None
    roman: str | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
    dates: Mapping[str, date] = field(default_factory=dict)
    documents: frozenset[str] | None = None
    authority: str | None = None
    overrides: tuple[tuple[str, str, str], ...] = ()


def answer_of(connection: Connection, asked: NameQuestion, as_of: date | None = None) -> dict[str, Any]:
    """The check of a name on a day (default: today), with the names that exist already beside it.

    Raises `BadRequest` and `NotFound` for a name, class, unit, position, override or day that
    cannot be asked about, `Unavailable` `register_empty`.
    """
    day = as_of or civil_date(system_clock())
    on = register_day(connection, day)
    result = check_name(connection, proposal_of(connection, asked, day), day)
    return {
        **as_answer(result),
        "register_day": on.isoformat(),
        "existing": existing_names(connection, result.subject, on),
    }


def proposal_of(connection: Connection, asked: NameQuestion, day: date) -> Proposal:
    """The proposal that a question is; the units that hold it are looked up as of the day."""
    art3, type_code = class_of(asked.class_)
    return Proposal(
        name=asked.name,
        art3_class=art3,
        type_code=type_code,
        within=units_of(connection, asked.within, day),
        kind=Kind(asked.kind),
        point=_point(*asked.point),
        geometry=_geometry(asked.geometry),
        meaning=asked.meaning,
        reason=asked.reason,
        applicant=asked.applicant,
        roman=asked.roman,
        figures=asked.figures,
        dates=asked.dates,
        documents=asked.documents,
        authority=asked.authority,
        place_id=asked.place_id,
        previous_name=asked.previous_name,
        overrides=tuple(Override(*override) for override in asked.overrides),
    )


def _point(longitude: float | None, latitude: float | None) -> tuple[float, float] | None:
    if longitude is None and latitude is None:
        return None
    if longitude is None or latitude is None:
        raise BadRequest("A position has two numbers, lon and lat; only one is given.", code="bad_coordinates")
    return check_position(longitude, latitude)


def _geometry(value: Mapping[str, object] | None) -> Mapping[str, object] | None:
    """The geometry as it is, where it is one. Raises `BadRequest` `bad_geometry`."""
    if value is None:
        return None
    try:
        shape = shapely.from_geojson(json.dumps(value))
    except (shapely.errors.GEOSException, TypeError, ValueError) as error:
        raise BadRequest("The geometry is not GeoJSON of one geometry.", code="bad_geometry") from error
    if shape is None or shape.is_empty:
        raise BadRequest("The geometry is empty.", code="bad_geometry")
    west, south, east, north = shape.bounds
    check_position(west, south)
    check_position(east, north)
    return value
