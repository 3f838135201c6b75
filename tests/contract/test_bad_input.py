"""Questions that nobody asks in good faith: each gets a clear problem, in bounded time, and nothing is changed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, get_args, get_type_hints
from urllib.parse import quote

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy import text

from data.db import make_engine, unit_of_work
from data.errors import BadInput
from tests.contract.test_openapi import APP, DOCUMENT, OGC

#: Seconds within which every answer is here; the database gives a question up after 20.
PATIENCE_S = 30
PLACES = "/ogc/collections/places/items"
#: What a client can put into an address at all: a polygon of 200,000 vertices is refused before anything reads it.
HUGE = "POLYGON((" + ",".join(["1 1"] * 6_000) + "))"


@dataclass(frozen=True)
class Bad:
    """One question and the codes of which one is answered; `body` is sent as JSON, `form` as a form."""

    name: str
    path: str
    codes: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...] = ()
    body: Any = None
    form: tuple[tuple[str, str], ...] = ()


def filtered(name: str, text: str, *codes: str) -> Bad:
    return Bad(f"cql2 {name}", PLACES, codes or ("bad_filter",), (("filter", text),))


def points(count: int) -> dict[str, Any]:
    return {"points": [[100.0, 30.0]] * count}


def polygon(vertices: int) -> dict[str, Any]:
    """A polygon around a point near 襄阳."""
    turn = 2 * math.pi / (vertices - 1)
    ring = [[112.1 + 0.01 * math.cos(n * turn), 32.0 + 0.01 * math.sin(n * turn)] for n in range(vertices - 1)]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


QUERIES = json.dumps({f"q{n}": {"query": "龙"} for n in range(10_000)})
BAD = [
    filtered("function", "pg_sleep(10) = 1"),
    filtered("function of a function", "lower(pg_sleep(10)) = 'x'"),
    filtered("sleep in a comparison", "name = pg_sleep(10)"),
    filtered("version", "version() LIKE 'Postgres%'"),
    filtered("subquery", "name IN (SELECT text FROM diming.account)"),
    filtered("comment", "name = 'x' -- and more"),
    filtered("comment block", "name = 'x' /* and more */"),
    filtered("two statements", "name = 'x'; DROP TABLE diming.place"),
    filtered("open quote", "name = 'x"),
    filtered("column of another table", "password_hash = 'x'"),
    filtered("quoted column", '"password_hash" = \'x\''),
    filtered("deep nesting", "(" * 500 + "name = 'x'" + ")" * 500),
    filtered("deep negation", "NOT " * 800 + "name = 'x'"),
    filtered("long disjunction", " OR ".join(f"name = '{n}'" for n in range(600))),
    filtered("huge polygon", f"S_INTERSECTS(geometry, {HUGE})", "query_string_too_long"),
    filtered("cast", "name::int = 1"),
    filtered("division by zero", "1 / 0 = 1"),
    filtered("nothing", " "),
    Bad("huge polygon", "/v1/places", ("query_string_too_long",), (("polygon", HUGE),)),
    Bad("a polygon of 200,000 vertices to check a name", "/v1/names/check", ("body_too_large",),
        body={"name": "沿河路", "class": "STREET", "geometry": polygon(200_000)}),
    Bad("a filter with a polygon of 3,000 vertices", PLACES, ("bad_filter", "query_string_too_long"),
        (("filter", f"S_INTERSECTS(geometry, POLYGON(({','.join(['1 1'] * 3_000)})))"),)),
    Bad("polygon that crosses itself", "/v1/places", ("bad_polygon",),
        (("polygon", "POLYGON((0 0, 2 2, 2 0, 0 2, 0 0))"),)),
    Bad("box upside down", "/v1/places", ("bbox_empty",), (("bbox", "119,31,120,30"),)),
    Bad("box over the antimeridian", "/v1/places", ("bbox_antimeridian",), (("bbox", "170,10,-170,20"),)),
    Bad("box of no numbers", "/v1/places", ("bad_coordinates",), (("bbox", "NaN,0,1,1"),)),
    Bad("box beyond the earth", "/v1/places", ("coordinates_out_of_range",), (("bbox", "119,30,1e9,31"),)),
    Bad("features upside down", PLACES, ("bbox_empty", "bad_coordinates"), (("bbox", "119,31,120,30"),)),
    Bad("features over the antimeridian", PLACES, ("bbox_antimeridian", "bad_coordinates"),
        (("bbox", "170,10,-170,20"),)),
    Bad("a limit of a billion", "/v1/places", ("limit_out_of_range",), (("limit", "1000000000"),)),
    Bad("changes by the billion", "/v1/changes", ("limit_out_of_range",), (("limit", "1000000000"),)),
    Bad("features by the billion", PLACES, ("bad_parameter",), (("limit", "1000000000"),)),
    Bad("the year 9999", "/v1/units/420600", ("as_of_after_register",), (("as_of", "9999-12-31"),)),
    Bad("features of the year 9999", PLACES, ("as_of_after_register",), (("as_of", "9999-12-31"),)),
    Bad("the year 10000", "/v1/units/420600", ("bad_date",), (("as_of", "10000-01-01"),)),
    Bad("the national edition of 9999", "/9095/xzqh/getList", ("bad_year", "as_of_after_register"),
        (("code", "420600"), ("year", "9999"))),
    Bad("a page of a billion", "/9095/stname/listPub", ("bad_page",), (("stName", "龙"), ("page", "1000000000"))),
    Bad("a size of a billion", "/9095/stname/listPub", ("limit_out_of_range",),
        (("stName", "龙"), ("size", "1000000000"))),
    Bad("a batch of 10,000 to reconcile", "/v1/reconcile", ("too_many_queries",), form=(("queries", QUERIES),)),
    Bad("a batch that is no JSON", "/v1/reconcile", ("bad_queries",), form=(("queries", "{'q':"),)),
    Bad("10,001 points", "/v1/reverse", ("too_many_points",), body=points(10_001)),
    Bad("sleep as a name", "/v1/places", ("query_empty",), (("q", " "),)),
]  # fmt: skip
#: What looks like an attack and is only text: answered, and found nothing by it.
ONLY_TEXT = [
    ("/v1/places", {"q": "'; DROP TABLE diming.place; --"}),
    ("/v1/places", {"q": "%_\\%"}),
    ("/v1/suggest", {"q": "pg_sleep(10)"}),
    (PLACES, {"filter": "name = 'o''x'", "limit": "1"}),
    (PLACES, {"filter": "name = '''; SELECT pg_sleep(10); --'", "limit": "1"}),
    ("/9095/stname/listPub", {"stName": "' OR 1=1 --"}),
]
TILES = ("99/0/0", "5/40/3", "5/3/40", "-1/0/0", "5/x/1")


@pytest.fixture(autouse=True)
def unchanged(api: httpx.Client) -> Iterator[None]:
    before = api.get("/v1/changes", params={"limit": 1}).json()["last"]
    yield
    assert api.get("/v1/changes", params={"limit": 1}).json()["last"] == before


def problem(answer: httpx.Response) -> str:
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:300])
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["detail"]
    return str(found["code"])


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_clear_problem(api: httpx.Client, bad: Bad) -> None:
    if bad.body is not None or bad.form:
        answer = api.post(bad.path, json=bad.body, data=dict(bad.form) or None, timeout=PATIENCE_S)
    else:
        answer = api.get(bad.path, params=dict(bad.parameters), timeout=PATIENCE_S)
    assert problem(answer) in bad.codes


@pytest.mark.parametrize(("path", "asked"), ONLY_TEXT, ids=lambda value: quote(str(value))[:40])
def test_text_is_only_text(api: httpx.Client, path: str, asked: dict[str, str]) -> None:
    answer = api.get(path, params=asked, timeout=PATIENCE_S)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [key for key in ("items", "features", "records") if found.get(key)] == []


def lists_with(parameter: str) -> list[str]:
    """Lists of version 1 that take the parameter and need nothing else."""
    found = []
    for path, methods in DOCUMENT["paths"].items():
        asked = methods.get("get", {}).get("parameters", [])
        needed = [one["name"] for one in asked if one.get("required")]
        if path.startswith("/v1") and not needed and parameter in {one["name"] for one in asked}:
            found.append(path)
    return found


#: What staff read is refused before anything in the question is looked at.
STAFF = {"sign_in_needed", "not_permitted", "queue_missing"}
OF_DAYS = {"as_of_after_register", "as_of_before_register", "bad_date", "region_needed"}


@pytest.mark.parametrize("path", lists_with("cursor"))
def test_forged_cursors(api: httpx.Client, path: str) -> None:
    for forged in ("abc", "e30", "\x00", "A" * 5000, "eyJxIjoiIiwiayI6W119"):
        assert problem(api.get(path, params={"cursor": forged})) in {"bad_cursor", "bad_parameter", *STAFF}, forged


def test_a_cursor_of_another_question(api: httpx.Client) -> None:
    cursor = api.get("/v1/units", params={"limit": 1}).json()["next"]
    for path in lists_with("cursor"):
        asked = {"cursor": cursor, **({"level": "county"} if path == "/v1/units" else {})}
        assert problem(api.get(path, params=asked)) in {"bad_cursor", *STAFF}, path


@pytest.mark.parametrize("path", lists_with("limit"))
def test_limits(api: httpx.Client, path: str) -> None:
    for limit in ("0", "-1", "1000000000", "1e3", "９", " 5"):
        assert problem(api.get(path, params={"limit": limit})) in {"limit_out_of_range", *STAFF}, limit


@pytest.mark.parametrize("path", lists_with("as_of"))
def test_days_outside_the_register(api: httpx.Client, path: str) -> None:
    for day in ("9999-12-31", "0001-01-01"):
        answer = api.get(path, params={"as_of": day})
        if answer.status_code != 200:  # what has no span, such as the rules of a day, answers for any day
            assert problem(answer) in {*OF_DAYS, *STAFF}


@pytest.mark.parametrize("quality", ["\xb2", "-1", "1e9", "NaN", ".", ""])
def test_a_wish_that_is_no_number(api: httpx.Client, quality: str) -> None:
    place = api.get("/v1/units/420600").json()["id"]
    headers = {b"Accept": f"text/html;q={quality}, application/json".encode("latin-1")}
    answer = api.get(f"/id/place/{place}", headers=headers, follow_redirects=False)
    assert answer.status_code == 303, answer.text


ONCE = {"Idempotency-Key": "bad-input"}
#: A meeting that would be called, but for what a test changes in it.
MEETING = {
    "within": "420600", "meets_on": "2026-12-01", "topic": "道路命名（虚构）", "where": "",
    "offices": "市民政局（虚构）", "agenda": "", "cases": [],
}  # fmt: skip


@pytest.mark.parametrize("day", [0, 1700000000, 20261201, True, "2026-12", "2026-12-01T00:00:00", "0"])
def test_a_day_is_a_text_and_a_number_is_none(office: httpx.Client, day: Any) -> None:
    """Nobody who sends a number means seconds since 1970."""
    found = office.post("/v1/meetings", json=MEETING | {"meets_on": day}, headers=ONCE)
    assert (problem(found), found.status_code) == ("bad_body", 422)


def test_a_number_is_no_day_of_a_question(office: httpx.Client) -> None:
    for name in ("from", "to"):
        assert problem(office.get("/v1/audit", params={name: "0"})) == "bad_parameter"


def test_no_body_takes_a_number_for_a_day() -> None:
    seen: set[type[BaseModel]] = set()
    for route in iter_route_contexts(APP.routes):
        endpoint = getattr(route, "endpoint", None)
        for hint in get_type_hints(endpoint, include_extras=True).values() if endpoint else ():
            shapes_in(hint, seen)
    taken = [f"{shape.__name__}.{name}" for shape in seen for name in shape.model_fields if takes_a_number(shape, name)]
    assert "Called" in {shape.__name__ for shape in seen}
    assert taken == []


def shapes_in(hint: Any, seen: set[type[BaseModel]]) -> None:
    """The shapes of a type, and those of their members."""
    for part in get_args(hint):
        shapes_in(part, seen)
    if isinstance(hint, type) and issubclass(hint, BaseModel) and hint not in seen:
        seen.add(hint)
        for field in hint.model_fields.values():
            shapes_in(field.annotation, seen)


def takes_a_number(shape: type[BaseModel], name: str) -> bool:
    field = shape.model_fields[name]
    form: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    try:
        return isinstance(TypeAdapter(form).validate_python(0), date)
    except ValidationError:
        return False


def test_a_text_with_nul_is_refused_and_no_failure_of_ours(office: httpx.Client) -> None:
    assert problem(office.post("/v1/meetings", json=MEETING | {"topic": "a\x00b"}, headers=ONCE)) == "bad_body"


@pytest.mark.parametrize(
    ("statement", "value"),
    [("SELECT CAST(:value AS text)", "a\x00b"), ("SELECT CAST(:value AS jsonb) ->> 'a'", '{"a": "\\u0000"}')],
)
def test_nul_in_whatever_is_written_is_the_asker_s(api_url: str, statement: str, value: str) -> None:
    engine = make_engine(api_url, pooled=False)
    with pytest.raises(BadInput) as refused, unit_of_work(engine) as connection:
        connection.execute(text(statement), {"value": value})
    engine.dispose()
    assert refused.value.code == "bad_body"


def test_a_line_s_end_in_an_address_is_as_it_is_described(api: httpx.Client) -> None:
    answer = api.get("/ogc/tileMatrixSets/%C3%96%0A8x")
    described = OGC["paths"]["/tileMatrixSets/{tileMatrixSetId}"]["get"]["responses"]
    assert (problem(answer), answer.status_code) == ("path_not_found", 404)
    assert "`path_not_found`" in described["404"]["description"]


@pytest.mark.parametrize("tile", TILES)
def test_tiles_out_of_range(api: httpx.Client, tile: str) -> None:
    problem(api.get(f"/ogc/collections/places/tiles/WebMercatorQuad/{tile}"))
