"""What an application says: checked as far as it can be without the register, and kept as the facts of its case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data.crs import check_position
from data.errors import BadInput, BadRequest
from geonames.applications.routes.model import Circumstance, Kind
from geonames.applications.routes.rows import route_book
from geonames.places.classes import parse_class

#: A street of a hundred kilometres surveyed every fifty metres; what is larger is a survey and no sketch.
MOST_VERTICES = 2000
MOST_NAMES = 5
MOST_TEXT = 2000
#: Kinds that bring a new name, of which the meaning is said; a correction brings none.
MEANT = (Kind.NAMING, Kind.RENAMING)
POINT, COURSES, OUTLINES = ("Point",), ("LineString", "MultiLineString"), ("Polygon", "MultiPolygon")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Applicant(_Strict):
    """Who applies: a body and its sort (a word of data/rules/routes/words.toml). No personal data."""

    name: str = Field(min_length=1, max_length=200)
    sort: str


class Course(_Strict):
    """Of something long: where it begins and ends, how it goes, its length and width in metres."""

    start: str = Field(default="", max_length=200)
    end: str = Field(default="", max_length=200)
    course: str = Field(default="", max_length=MOST_TEXT)
    length_m: float | None = Field(default=None, gt=0, le=10_000_000)
    width_m: float | None = Field(default=None, gt=0, le=10_000)


class Draft(_Strict):
    """An application. `names`: candidates in order of preference; `within`: code of the smallest unit that holds it.

    `geometry`: GeoJSON in longitude and latitude (CGCS2000); `figures`: scale figures by metric;
    `reserved_id`: the reserved name of a plan that the application takes up; `papers`: which of the documents
    handed in with the application is which paper of its route, by the paper's key.
    """

    kind: Kind
    class_: str = Field(alias="class")
    names: tuple[str, ...] = Field(max_length=MOST_NAMES)
    within: str
    place_id: UUID | None = None
    reserved_id: UUID | None = None
    geometry: dict[str, Any] | None = None
    course: Course | None = None
    figures: dict[str, float] = {}
    meaning: str = Field(default="", max_length=MOST_TEXT)
    origin: str = Field(default="", max_length=MOST_TEXT)
    reason: str = Field(default="", max_length=MOST_TEXT)
    applicant: Applicant
    circumstances: tuple[Circumstance, ...] = ()
    wanted_from: date | None = None
    papers: dict[str, UUID] = {}


def check_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts of a new application in their stored form.

    BadInput `bad_application` with everything that is wrong, by field; `bad_class`, `bad_type` of the class.
    """
    try:
        draft = Draft.model_validate(facts)
    except ValidationError as error:
        raise _refusal([(".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]) from error
    problems = _problems(draft)
    if problems:
        raise _refusal(problems)
    stored: dict[str, Any] = draft.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {**stored, "class": stored["class"], "names": [name.strip() for name in draft.names]}


def draft_of(facts: Mapping[str, Any]) -> Draft:
    """The application in the facts of a case."""
    return Draft.model_validate(said_in(facts))


def unfinished(facts: Mapping[str, Any]) -> Draft:
    """An application that is still being written: what is empty stays so, what cannot be read is left out.

    Not to be stored: `check_facts` decides what an application is.
    """
    said = dict(facts)
    applicant = Applicant.model_construct(**{"name": "", "sort": "", **said.pop("applicant", {})})
    class_ = said.pop("class", "")
    kind = said.pop("kind", "")
    place = _uuid(said.pop("place_id", None))
    geometry = said.get("geometry")
    if geometry is not None and _wrong_geometry(geometry, parse_class(class_).art3):
        said["geometry"] = None
    names = tuple(name for name in said.pop("names", ()) if name.strip())[:MOST_NAMES]
    return Draft.model_construct(
        kind=Kind(kind) if kind in set(Kind) else Kind.NAMING, class_=class_, names=names, place_id=place,
        reserved_id=_uuid(said.pop("reserved_id", None)), applicant=applicant, **said,
    )  # fmt: skip


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None


def said_in(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What of a case's facts the application said itself."""
    return {key: value for key, value in facts.items() if key in _FIELDS}


_FIELDS = frozenset(field.alias or name for name, field in Draft.model_fields.items())


def _refusal(problems: list[tuple[str, str]]) -> BadInput:
    said = "; ".join(f"{field}: {why}" for field, why in problems)
    return BadInput(
        f"The application cannot be taken as it is. {said}. Nothing was stored.",
        code="bad_application",
        fields=[{"field": field, "why": why} for field, why in problems],
    )


def _problems(draft: Draft) -> list[tuple[str, str]]:
    try:
        art3 = parse_class(draft.class_).art3
    except BadRequest as error:
        return [("class", error.detail)]
    names = [name.strip() for name in draft.names]
    needs_place, names_something = draft.kind is not Kind.NAMING, draft.kind is not Kind.ABOLITION
    tests = (
        ("class", "divisions are changed by their own procedure", art3 == "ADMIN_DIVISION"),
        ("names", "at least one name is applied for", names_something and not any(names)),
        ("names", "an abolition brings no name", not names_something and bool(names)),
        ("names", "a name is given twice or is empty", len(set(names)) < len(names) or not all(names)),
        ("place_id", "say which place it is", needs_place and draft.place_id is None),
        ("place_id", "a new name is for a new place", not needs_place and draft.place_id is not None),
        ("geometry", "say where it lies", not needs_place and draft.geometry is None),
        ("reason", "say why", not draft.reason.strip()),
        ("meaning", "say what the name means", draft.kind in MEANT and not draft.meaning.strip()),
        ("applicant.sort", "is no sort of applicant", draft.applicant.sort not in route_book().words["applicant"]),
        (
            "papers",
            "names a kind of paper that no route knows",
            not set(draft.papers) <= set(route_book().words["paper"]),
        ),
    )
    found = [(field, why) for field, why, wrong in tests if wrong]
    return found if draft.geometry is None else [*found, *_wrong_geometry(draft.geometry, art3)]


def _wrong_geometry(geometry: Mapping[str, Any], art3: str) -> list[tuple[str, str]]:
    """What is wrong with the position, course or outline."""
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.GEOSException, TypeError, ValueError):
        return [("geometry", "is no GeoJSON of one geometry")]
    allowed = (*POINT, *COURSES, *OUTLINES)
    if shape.geom_type not in allowed or shape.is_empty:
        return [("geometry", f"is one of {', '.join(allowed)}, and not empty")]
    if shapely.get_num_coordinates(shape) > MOST_VERTICES:
        return [("geometry", f"has more than {MOST_VERTICES} points; simplify it, this is no survey")]
    if not shape.is_valid:
        return [("geometry", f"crosses itself: {shapely.is_valid_reason(shape)}")]
    if art3 == "STREET" and shape.geom_type not in COURSES:
        return [("geometry", "a street has a course: LineString or MultiLineString")]
    west, south, east, north = shape.bounds
    try:
        check_position(west, south)
        check_position(east, north)
    except BadRequest as error:
        return [("geometry", error.detail)]
    return []


def position_of(geometry: Mapping[str, Any]) -> tuple[float, float]:
    """Where the name stands: on the course half way along its longest part, within the outline, at the point."""
    shape = shapely.from_geojson(json.dumps(geometry))
    if shape.geom_type in COURSES:
        longest = max(getattr(shape, "geoms", [shape]), key=lambda part: part.length)
        shape = longest.interpolate(0.5, normalized=True)
    point = shape.representative_point()
    return point.x, point.y


def extent_of(geometry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The course or outline; None for a point."""
    return None if geometry["type"] in POINT else geometry
