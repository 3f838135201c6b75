"""Where a marker stands is for staff: every public operation, page, export, sheet and feed is asked, and none says it.

The operations come from the OpenAPI document and the routes of the pages, so that whatever is added is asked too. The
map-approval number is set: even where courses are public the places of markers are not.
"""

from __future__ import annotations

import io
import json
import re
import struct
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import geopandas as gpd
import httpx
import numpy as np
import pyogrio
import pytest
import shapely
from fastapi import FastAPI
from sqlalchemy import Engine

from api.app import create_app
from api.jobs import schema
from api.settings import Settings
from boundaries.geometry.plane import LocalPlane
from boundaries.markers.forms import degrees_text, gridded
from boundaries.markers.model import Marker, Witness
from boundaries.markers.photos import Told, add_photo
from boundaries.markers.service import Happening, record_marker
from boundaries.markers.working import Wanted, propose_work
from data.blobs import FolderBlobs
from data.db import unit_of_work
from data.documents.official import text_of
from data.ids import new_id
from data.setting import MAP_APPROVAL, change_setting
from tests.integration.network.test_lines import line_of
from tests.integration.network.test_marker_api import token
from tests.integration.network.test_marker_photos import picture
from tests.integration.network.test_marker_work import KINDS
from tests.samples.counties import draft
from tests.samples.keepers import OPERATOR, Keepers, open_offices, set_stone, stone
from tests.serving import serving

#: Where the stone stood, where it stands, where its witness object was surveyed: no vertex of a line is near.
PLACES = ((99.5061234, 40.0712345), (99.5072345, 40.0723456), (99.5083123, 40.0734567))
#: Metres within which a vertex would give it away.
NEAR_M = 5.0
#: So many characters of a degree say a place to the metre: 99.50612.
TOLD = 8
#: Values of parameters by name; whatever else an operation asks for is its example or a word.
VALUES: Mapping[str, Sequence[str]] = {
    "code": ("990121",), "number": ("1",), "seq": ("1",), "q": ("9901001",), "name": ("甲县",), "class": ("OTHER",),
    "lon": ("99.5",), "lat": ("40.0",), "from": ("2024-06-01",), "to": ("2026-03-01",), "since": ("0",),
    "level": ("county",), "stName": ("甲县",), "language": ("zh",), "direction": ("out",), "form": ("pdf",),
    "key": ("marker_work",), "secret": ("x",), "username": ("x",), "digest": ("x",), "action": ("begin",),
    "until": ("2026-03-02",), "bbox": ("99.4,39.9,99.6,40.3",),
}  # fmt: skip
#: Answers that do not end: read up to the last entry by `streamed`.
ENDLESS = {"/v1/changes/stream"}


#: Among what is answered are these at least.
EXPECTED = {
    *("/v1/markers", "/v1/markers/{entity_id}", "/markers", "/markers/{marker_id}", "/v1/changes", "/v1/snapshot"),
    *("/v1/lines/{entity_id}/export", "/v1/lines/export", "/v1/lines/{entity_id}/sheets", "/v1/decisions/{id}"),
    *("/lines/{line_id}", "/lines/{line_id}/map.json", "/lines/{line_id}/sheets/{number}.svg"),
}


@dataclass(frozen=True)
class Register:
    """The register with a stone that was moved, its work, its photograph."""

    keepers: Keepers
    marker: Marker
    ids: Mapping[str, Sequence[str]]


@pytest.fixture
def register(office: Engine, tmp_path: Path) -> Register:
    schema.prepare(office)
    keepers = open_offices(office, KINDS)
    line = line_of(office, "990121", "990122")
    witness = Witness("独立石", 45.0, 12.3, *PLACES[2])
    first = stone(line, longitude=PLACES[0][0], latitude=PLACES[0][1], witnesses=(witness,), place="示例山口北侧")
    marker = replace(set_stone(office, first), longitude=PLACES[1][0], latitude=PLACES[1][1])
    approval = draft(id=new_id(), kind="approval", doc_no="演示〔2025〕3号", title="移动界桩批复")
    record_marker(office, OPERATOR, marker, Happening("moved", date(2025, 6, 1)), approval)
    blobs = FolderBlobs(tmp_path / "blobs")
    photo = add_photo(office, blobs, keepers["甲县测绘员"], marker.id, io.BytesIO(picture()), "近景.jpg", Told("近景"))
    case = propose_work(keepers.casework, keepers["甲县界线员"], Wanted("repair", "断裂", marker.id))
    with unit_of_work(office) as connection:
        change_setting(connection, MAP_APPROVAL, {"number": "示S（2026）001号"}, "test")
    ids = {
        "marker": (str(marker.id),), "line": (str(line),), "decision": (str(approval.id),), "case": (str(case["id"]),),
        "photo": (str(photo["id"]),), "number": (str(case["number"]),),
    }  # fmt: skip
    return Register(keepers, marker, ids)


@pytest.fixture
def app(register: Register, counties_url: str, tmp_path: Path) -> FastAPI:
    app = create_app(Settings(database_url=counties_url))
    app.state.casework, app.state.blobs = register.keepers.casework, FolderBlobs(tmp_path / "blobs")
    return app


@pytest.fixture
def served(app: FastAPI) -> Iterator[httpx.Client]:
    with serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_no_public_answer_says_where_a_marker_stands(register: Register, app: FastAPI, served: httpx.Client) -> None:
    answered: dict[str, int] = {}
    leaks = []
    for route, address, parameters in questions(register, app):
        answer = served.get(address, params=parameters, headers={"Accept": "*/*"})
        if answer.status_code != 200:
            continue
        answered[route] = answered.get(route, 0) + 1
        leaks += [f"{answer.request.url}: {said}" for said in told(answer)]
    entries = streamed(served)
    assert str(register.marker.id) in entries
    leaks += [f"the stream of changes: {word}" for word in WORDS if word in entries]
    assert leaks == []
    assert EXPECTED - set(answered) == set(), "these were answered, so that they were looked through"
    assert answered["/v1/lines/{entity_id}/export"] >= 4, "in every format"


def test_the_search_for_places_finds_them_where_they_are_for_staff(register: Register, served: httpx.Client) -> None:
    headers = token(register.keepers, "甲县界线员")
    for address in (
        f"/v1/markers/{register.marker.id}", f"/markers/{register.marker.id}", f"/v1/markers/{register.marker.id}/form",
        f"/v1/lines/{register.marker.line}/sheets?as_of=2026-03-01", "/markers/map.json",
    ):  # fmt: skip
        answer = served.get(address, headers=headers)
        assert answer.status_code == 200
        assert told(answer), address


def streamed(served: httpx.Client) -> str:
    """All that the stream of changes says up to the last entry that the feed has now."""
    last = served.get("/v1/changes").json()["last"]
    said: list[str] = []
    with served.stream("GET", "/v1/changes/stream", params={"since": 0}) as answer:
        for line in answer.iter_lines():
            said.append(line)
            if line.startswith("data: ") and json.loads(line.removeprefix("data: "))["seq"] == last:
                break
    return "\n".join(said)


# -- what is asked -------------------------------------------------------------------------------------------------


def questions(register: Register, app: FastAPI) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every address that may be asked with GET, with each of its formats and on an earlier day too."""
    described = app.openapi()["paths"]
    for route in dict.fromkeys([*described, *pages_of(app)]):
        asked = described.get(route, {}).get("get") if route in described else {}
        if asked is None or route in ENDLESS:
            continue
        for address in filled(route, register):
            for parameters in choices(asked.get("parameters", ())):
                yield route, address, parameters


def pages_of(app: FastAPI) -> list[str]:
    """Addresses of pages, which the OpenAPI document does not describe."""

    def walk(routes: Sequence[Any]) -> Iterator[str]:
        for route in routes:
            inner = getattr(route, "original_router", None)
            if inner is not None:
                yield from walk(inner.routes)
            elif "GET" in (getattr(route, "methods", None) or ()):
                yield route.path

    found = [path for path in walk(app.routes) if not path.startswith("/v1")]
    assert "/markers/{marker_id}" in found
    return found


def filled(route: str, register: Register) -> Iterator[str]:
    """The address with what the register has in place of its parts."""
    names = re.findall(r"\{([^}:]+)(?::[^}]*)?\}", route)
    options = [candidates(route, name, register) for name in names]
    for values in product(*options):
        address = route
        for value in values:
            address = re.sub(r"\{[^}]+\}", value, address, count=1)
        yield address


def candidates(route: str, name: str, register: Register) -> Sequence[str]:
    ids = register.ids
    for word in ("photo", "marker", "line", "decision", "case"):
        if name.startswith(word):
            return ids[word]
    if name in ("id", "entity_id", "identity", "reference"):
        kind = next((word for word in ("marker", "line", "decision", "case") if f"/{word}s" in route), "case")
        return (*ids[kind], *ids["number"]) if kind == "case" else ids[kind]
    return VALUES.get(name, (str(UUID(int=1)),))


def choices(parameters: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    """The least that may be asked, each format, and an earlier day."""
    needed = {
        p["name"]: VALUES.get(p["name"], ("1",))[0] for p in parameters if p["in"] == "query" and p.get("required")
    }
    known = {p["name"]: p.get("schema", {}) for p in parameters if p["in"] == "query"}
    needed |= {"bbox": VALUES["bbox"][0]} if "bbox" in known and "format" in known else {}
    yield {**needed, **{name: VALUES[name][0] for name in ("name", "q") if name in known}}
    yield from ({**needed, "format": form} for form in known.get("format", {}).get("enum", ()))
    if "as_of" in known:
        yield {**needed, "as_of": "2024-06-01"}
    if "limit" in known:
        yield {**needed, "limit": "1000"}


# -- what is told --------------------------------------------------------------------------------------------------


def fingerprints() -> list[str]:
    """How a place may be written: degrees, degrees and minutes, metres of its zone."""
    found = []
    for longitude, latitude in PLACES:
        grid = gridded(longitude, latitude)
        found += [str(longitude)[:TOLD], str(latitude)[:TOLD]]
        found += [degrees_text(longitude, 1)[:-3], degrees_text(latitude, 1)[:-3]]
        found += [str(int(grid.x_m)), str(int(grid.y_m)), str(int(grid.y_m) % 1_000_000)]
    return found


WORDS = [*fingerprints(), "示例山口北侧", "独立石"]
#: A number in metres has six digits or more and stands by itself: some identifier or fraction of a second has them too.
STANDS = {word: re.compile(rf"(?<![0-9A-Za-z.]){word}(?![0-9A-Za-z])") for word in WORDS if word.isdigit()}
PACKED = [struct.pack(f"{order}d", value) for place in PLACES for value in place for order in "<>"]


def told(answer: httpx.Response) -> list[str]:
    """What an answer says of the places."""
    content, media = answer.content, answer.headers.get("content-type", "")
    text = readable(content, media)
    said = [word for word in WORDS if (STANDS[word].search(text) if word in STANDS else word in text)]
    said += ["packed coordinates" for packed in PACKED if packed in unpacked(content)]
    if any(kind in media for kind in ("svg", "pdf")) and "9901001Q" in text:
        said.append("its number on a drawing")
    return said + [f"a vertex at {vertex}" for vertex in near(content, media)]


def readable(content: bytes, media: str) -> str:
    if "pdf" in media:
        return text_of(content)
    text = unpacked(content).decode("utf-8", "ignore")
    return text.encode().decode("unicode_escape", "ignore") if "\\u" in text and "json" not in media else text


def unpacked(content: bytes) -> bytes:
    """The members of an archive one after another."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def near(content: bytes, media: str) -> list[tuple[float, float]]:
    """Vertices of a file or of GeoJSON that lie within a few metres of a place."""
    plane = LocalPlane(PLACES[0][0])
    secret = plane.to_plane(shapely.multipoints(np.array(PLACES)))
    found = []
    for longitude, latitude in vertices(content, media):
        if abs(longitude) <= 180 and abs(latitude) <= 90:
            point = plane.to_plane(shapely.Point(longitude, latitude))
            if point.distance(secret) < NEAR_M:
                found.append((longitude, latitude))
    return found


def vertices(content: bytes, media: str) -> list[list[float]]:
    if "json" in media:
        return list(pairs(json.loads(content)))
    return [place for frame in frames_of(content, media) for place in places_of(frame)]


def places_of(frame: gpd.GeoDataFrame) -> list[list[float]]:
    flat: list[list[float]] = shapely.get_coordinates(frame.to_crs(4490).geometry).tolist()
    return flat


def pairs(value: Any) -> Iterator[list[float]]:
    """Every list of two numbers in JSON."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from pairs(inner)
    elif isinstance(value, list):
        if len(value) == 2 and all(isinstance(number, float) for number in value):
            yield value
        for inner in value:
            yield from pairs(inner)


def frames_of(content: bytes, media: str) -> list[gpd.GeoDataFrame]:
    """The layers of a file, of each that has shapes."""
    if "parquet" in media:
        return [gpd.read_parquet(io.BytesIO(content))]
    ending = ".gpkg" if "geopackage" in media else ".zip" if "zip" in media else None
    if ending is None:
        return []
    with tempfile.NamedTemporaryFile(suffix=ending) as file:
        file.write(content)
        file.flush()
        layers = [name for name, shapes in pyogrio.list_layers(file.name) if shapes]
        return [pyogrio.read_dataframe(file.name, layer=name) for name in layers]
