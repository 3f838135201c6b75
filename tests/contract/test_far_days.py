"""The year 9999, at every door by which a day comes in: the register says how far it goes, and makes nothing up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.test_bad_input import problem
from tests.contract.test_openapi import DOCUMENT

FAR = "9999-12-31"
#: 襄阳市, as the demonstration holds it, and a tile and a point in it.
TILE = "/ogc/collections/{of}/tiles/WebMercatorQuad/5/25/12"
POINT = {"lon": "112.1", "lat": "32.0"}
#: What each parameter that must be given is given as.
GIVEN: dict[str, str] = {
    "q": "襄阳市",
    "name": "沿河路",
    "class": "STREET",
    "code": "420600",
    "form": "geojson",
    "direction": "east",
    "width": "600",
    "height": "400",
    **POINT,
}
#: What must be asked besides.
BESIDES = {"/v1/places": {"q": "襄阳市"}, "/v1/lines/export": {"unit": "420600"}}
#: What a day ahead means something for: the law that will be in force, who is to walk a line, how far a feed is told.
WITHOUT_END: dict[str, dict[str, str]] = {
    "/v1/rules": {},
    "/v1/classes": {},
    "/v1/names/check": {"name": "沿河路", "class": "STREET"},
    "/v1/patrol/assignments": {},
    "/v1/decision-feed": {},
    "/v1/decision-feed.atom": {},
}
#: Asked by an office only; it is told what the public is told elsewhere.
OF_OFFICES = ("/v1/division-changes/works",)
#: Nothing of them goes out without a map-approval number, whatever day is asked for.
WITHHELD = {"/v1/units/420600/parts", "/v1/lines/export"}
DOORS = [
    "/ogc/collections/places/items?as_of={day}",
    "/ogc/collections/places/items?datetime={day}",
    "/ogc/collections/places/items?datetime=2020-01-01/{day}",
    "/ogc/collections/units/items?datetime={day}/..",
    "/ogc/collections/units/items?as_of={day}&governed_by=approved",
    TILE.format(of="places") + "?as_of={day}",
    TILE.format(of="places") + "?datetime={day}",
    TILE.format(of="units") + "?as_of={day}",
    TILE.format(of="places") + "?as_of={day}&governed_by=announced",
    "/v1/codes/420600/translate?to={day}",
    "/v1/codes/420600/translate?from={day}",
]


def asked_by_day() -> Iterator[tuple[str, dict[str, str]]]:
    """Every operation with `as_of` that the public may ask and whose other parameters have a value here."""
    for path, methods in DOCUMENT["paths"].items():
        taken = methods.get("get", {}).get("parameters", [])
        needed = {one["name"] for one in taken if one.get("required")}
        if path in WITHOUT_END or path in OF_OFFICES:
            continue
        if "as_of" in {one["name"] for one in taken} and needed <= GIVEN.keys():
            yield path.format(**GIVEN), {name: GIVEN[name] for name in sorted(needed) if f"{{{name}}}" not in path}


@pytest.mark.parametrize(("path", "given"), list(asked_by_day()), ids=str)
def test_every_question_of_a_day(api: httpx.Client, path: str, given: dict[str, str]) -> None:
    refused = {"as_of_after_register", *(["map_not_approved"] if path in WITHHELD else [])}
    assert problem(api.get(path, params={**given, **BESIDES.get(path, {}), "as_of": FAR})) in refused


@pytest.mark.parametrize(("path", "given"), WITHOUT_END.items(), ids=WITHOUT_END)
def test_what_a_day_ahead_means_something_for(office: httpx.Client, path: str, given: dict[str, str]) -> None:
    assert office.get(path, params={**given, "as_of": FAR}).status_code == 200


@pytest.mark.parametrize("path", OF_OFFICES)
def test_an_office_is_told_the_same(office: httpx.Client, path: str) -> None:
    assert problem(office.get(path, params={"as_of": FAR})) == "as_of_after_register"


@pytest.mark.parametrize("door", DOORS)
def test_features_tiles_translations_and_feeds(api: httpx.Client, door: str) -> None:
    assert problem(api.get(door.format(day=FAR))) == "as_of_after_register"
    assert problem(api.get(door.format(day="10000-01-01"))) == "bad_date"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/reverse", {"points": [[112.1, 32.0]], "as_of": FAR}),
        ("/v1/codes/translate", {"codes": ["420600"], "to": FAR}),
        ("/v1/codes/translate", {"codes": ["420600"], "from": FAR, "to": FAR}),
    ],
)
def test_many_at_once(api: httpx.Client, path: str, body: dict[str, Any]) -> None:
    assert problem(api.post(path, json=body)) == "as_of_after_register"


def test_a_table_to_reconcile_is_told_row_by_row(api: httpx.Client) -> None:
    far, near = ({"query": "襄阳市", "properties": [{"pid": "as_of", "v": day}]} for day in (FAR, "2020-01-01"))
    answer = api.post("/v1/reconcile", data={"queries": json.dumps({"far": far, "near": near})})
    assert answer.status_code == 200, answer.text
    rows = answer.json()
    assert (rows["far"]["result"], rows["far"]["problem"]["code"]) == ([], "as_of_after_register")
    assert rows["near"]["result"][0]["name"] == "襄阳市"


def test_a_column_of_that_day_is_refused(api: httpx.Client) -> None:
    unit = api.get("/v1/units/420600").json()["id"]
    asked = {"ids": [unit], "properties": [{"id": "name", "settings": {"as_of": FAR}}]}
    assert problem(api.post("/v1/reconcile", data={"extend": json.dumps(asked)})) == "as_of_after_register"


def test_an_export_of_that_day_is_not_made(office: httpx.Client) -> None:
    def ordered() -> list[Any]:
        found: list[Any] = office.get("/v1/exports").json()["items"]
        return found

    before = ordered()
    assert problem(office.post("/v1/exports", json={"format": "csv", "as_of": FAR})) == "as_of_after_register"
    assert ordered() == before
