"""What the form of an application sends, and how it becomes the facts of one: texts, positions, papers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from api.auth.identity import actor_of
from api.web.problem_page import keep_typed
from data.cases.reading import require_signed_in
from data.errors import BadInput
from geonames.applications.draft import COURSES, MOST_VERTICES
from geonames.rules.metrics import metrics

#: Texts of the form, as they are sent again until the application is handed in.
FIELDS = (
    *("kind", "class", "type", "names", "within", "place_id", "points", "shape", "meaning", "origin", "reason"),
    *("applicant_name", "applicant_sort", "circumstance", "reserved_id", "wanted_from"),
    *("start", "end", "course", "length_m", "width_m"),
)
#: Of something long (from the form's `course`), and the scale figures by metric (`figure.storeys`).
COURSE, NUMBERS, FIGURE = ("start", "end", "course"), ("length_m", "width_m"), "figure."
FIGURES = tuple(f"{FIGURE}{metric}" for metric in metrics())
#: How positions are read; without a choice by their number and the class.
SHAPES = ("point", "line", "area")
#: Which paper a document is: the field of each document.
PAPER = "paper."
MOST_PAPERS = 20
#: A document and a file with the outline.
MAX_FILES, MAX_FIELDS = 2, 160
#: Bytes of a file with an outline: the most points of an application with some attributes.
MOST_SHAPE_BYTES = 200 * MOST_VERTICES
LONGITUDE_LATITUDE = ("CRS84", "4326", "4490")


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed, and the documents uploaded so far with the paper that each is."""

    texts: Mapping[str, str]
    papers: Mapping[UUID, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.texts[name]


@dataclass(frozen=True, slots=True)
class Sent:
    """One sending of the form."""

    form: FormData

    def one(self, name: str) -> str:
        """The text of a field; empty where it is missing."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def file(self, name: str) -> UploadFile | None:
        """The file chosen in a field; None where none was."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def said(self) -> Said:
        """Its texts and documents; a file with an outline stands in the place of typed positions."""
        texts = {name: self.one(name) for name in (*FIELDS, *FIGURES)}
        outline = self.file("outline")
        return Said(texts if outline is None else {**texts, "points": outline_of(outline)}, dict(self._papers()))

    def _papers(self) -> Iterator[tuple[UUID, str]]:
        removed = self.one("remove")
        for value in self.form.getlist("attachment")[:MOST_PAPERS]:
            if isinstance(value, str) and _is_id(value) and value != removed:
                yield UUID(value), self.one(f"{PAPER}{value}")


async def _sent(request: Request) -> AsyncIterator[Sent]:
    require_signed_in(await run_in_threadpool(actor_of, request))
    async with request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS) as form:
        keep_typed(request, form)
        yield Sent(form)


Sending = Annotated[Sent, Depends(_sent)]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def facts_of(said: Said) -> dict[str, Any]:
    """What was typed, as the facts of an application; BadInput `bad_application` for what is no number or position."""
    facts: dict[str, Any] = {
        **{name: said[name] for name in ("kind", "within", "meaning", "origin", "reason")},
        "class": said["type"] or said["class"],
        "names": [line.strip() for line in said["names"].splitlines() if line.strip()],
        "applicant": {"name": said["applicant_name"], "sort": said["applicant_sort"]},
    }
    facts |= {name: said[name] for name in ("place_id", "reserved_id", "wanted_from") if said[name]}
    course: dict[str, Any] = {name: said[name] for name in COURSE if said[name]}
    course |= {name: _number(name, said[name]) for name in NUMBERS if said[name]}
    figures = {name.removeprefix(FIGURE): _number(name, said[name]) for name in FIGURES if said[name]}
    papers = {paper: str(document) for document, paper in said.papers.items() if paper}
    facts |= {key: value for key, value in (("course", course), ("figures", figures), ("papers", papers)) if value}
    if said["circumstance"]:
        facts["circumstances"] = [said["circumstance"]]
    if said["points"]:
        facts["geometry"] = geometry_of(said["points"], said["class"], said["shape"])
    return facts


def glimpsed(said: Said) -> dict[str, Any]:
    """What was typed so far, where numbers and positions that are half typed are left out."""
    try:
        return facts_of(said)
    except BadInput as error:
        half = {"geometry": "points"}.get(field := error.extra["fields"][0]["field"], field)
        return glimpsed(Said({**said.texts, half: ""}, said.papers))


def wrong(name: str, why: str) -> BadInput:
    """The refusal of one field."""
    return BadInput(f"{name}: {why}. Nothing was stored.", code="bad_application", fields=[{"field": name, "why": why}])


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise wrong(name, f"{text[:20]} is no number") from error


def geometry_of(text: str, art3_class: str, shape: str = "") -> dict[str, Any]:
    """GeoJSON, or positions, one a line as `longitude, latitude`.

    `shape`: one of `SHAPES`; without it one position is a point, several are of a street its course, else an outline.
    """
    if text.lstrip().startswith("{"):
        return _geojson(text)
    points = [_position(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    meant = shape or ("point" if len(points) == 1 else "line" if art3_class == "STREET" or len(points) == 2 else "area")
    if meant == "point" and len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    least = {"point": 1, "line": 2, "area": 3}.get(meant, 1)
    if meant == "point" or len(points) < least:
        raise wrong(
            "geometry", f"{len(points)} positions are no {meant}: a point has 1, a line 2 or more, an area 3 or more"
        )
    if meant == "line":
        return {"type": COURSES[0], "coordinates": points}
    ring = points if points[0] == points[-1] else [*points, points[0]]
    return {"type": "Polygon", "coordinates": [ring]}


def _position(number: int, line: str) -> list[float]:
    parts = line.replace("，", ",").replace("\t", ",").split(",")
    try:
        longitude, latitude = (float(part) for part in parts)
    except ValueError as error:
        why = f"line {number} is no position: write longitude, latitude in degrees, such as 119.91, 31.02"
        raise wrong("geometry", why) from error
    return [longitude, latitude]


def _geojson(text: str) -> dict[str, Any]:
    """The one geometry of a GeoJSON document in longitude and latitude."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise wrong("geometry", "begins with { and is no GeoJSON") from error
    crs = found.get("crs")
    if crs is not None and not json.dumps(crs).rstrip('"}').endswith(LONGITUDE_LATITUDE):
        raise wrong("geometry", "is not in longitude and latitude (CGCS2000); convert it first")
    features = found.get("features") if found.get("type") == "FeatureCollection" else [found]
    if not isinstance(features, list) or len(features) != 1 or not isinstance(features[0], dict):
        raise wrong("geometry", "holds more or less than one feature; keep the one that is meant")
    geometry = features[0].get("geometry") if features[0].get("type") == "Feature" else features[0]
    if not isinstance(geometry, dict) or "coordinates" not in geometry:
        raise wrong("geometry", "is no GeoJSON of one geometry")
    return {"type": str(geometry.get("type")), "coordinates": geometry["coordinates"]}


def outline_of(file: UploadFile) -> str:
    """The text of a file with an outline. BadInput `bad_application` where it is too long or no text."""
    content = file.file.read(MOST_SHAPE_BYTES + 1)
    if len(content) > MOST_SHAPE_BYTES:
        raise wrong("geometry", f"the file has more than {MOST_SHAPE_BYTES // 1000} kB; simplify it, this is no survey")
    try:
        return content.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise wrong("geometry", "the file is no text in UTF-8: use GeoJSON or lines of longitude, latitude") from error
