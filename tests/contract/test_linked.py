"""Places in the forms of other gazetteers, and identifiers that lead to them."""

from __future__ import annotations

import csv
from typing import Any

import httpx
import pytest
from jsonschema_rs import Draft7Validator

from tests.contract.linked_schemas import LINKED_PLACES

XIANGYANG = "44422e86-00c9-5a69-8e54-457a50855f4e"


def form_of(api: httpx.Client, form: str, path: str = f"/{XIANGYANG}", **parameters: Any) -> httpx.Response:
    answer = api.get(f"/v1/linked/{form}{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer


def test_the_schema_refuses_what_is_wrong() -> None:
    good: dict[str, Any] = {
        "@id": "x:1", "type": "Feature", "properties": {"title": "x"}, "geometry": None, "names": [{"toponym": "x"}],
        "types": [], "when": {"timespans": []},
    }  # fmt: skip
    validator = Draft7Validator(LINKED_PLACES)
    assert validator.is_valid({"type": "FeatureCollection", "features": [good]})
    wrongs: tuple[dict[str, Any], ...] = (
        {"@id": "x"},
        {"names": [{}]},
        {"when": {}},
        {"when": {"timespans": [{"start": {}}]}},
    )
    for wrong in wrongs:
        assert not validator.is_valid({"type": "FeatureCollection", "features": [{**good, **wrong}]})


def test_a_place_in_linked_places_format_has_all_its_names_and_their_times(api: httpx.Client) -> None:
    found = form_of(api, "lpf").json()
    Draft7Validator(LINKED_PLACES).validate(found)
    (feature,) = found["features"]
    names = {name["toponym"]: name.get("when") for name in feature["names"]}
    assert names["襄阳市"] == {"timespans": [{"start": {"in": "2010-11-26"}}]}
    assert names["襄樊市"] == {"timespans": [{"start": {"latest": "1981-12-31"}, "end": {"in": "2010-11-26"}}]}
    # the city is older than its present name
    assert feature["when"] == {"timespans": [{"start": {"latest": "1981-12-31"}}]}
    assert feature["relations"][0]["label"] == "湖北省"
    assert {"type": "closeMatch", "identifier": "gn:1790587"} in feature["links"]


@pytest.mark.parametrize("query", [{"q": "龙"}, {"q": "襄樊"}, {"within": "330500"}, {"type": "22000"}, {"q": "喀什"}])
def test_pages_of_the_search_fit_the_format(api: httpx.Client, query: dict[str, str]) -> None:
    found = form_of(api, "lpf", "", limit=20, **query).json()
    Draft7Validator(LINKED_PLACES).validate(found)


def test_pages_follow_one_another(api: httpx.Client) -> None:
    first = form_of(api, "geojson", "", q="龙", limit=2)
    assert 'rel="next"' in first.headers["Link"]
    second = api.get(first.headers["Link"].split(">")[0].removeprefix("<"))
    ids = [feature["id"] for answer in (first, second) for feature in answer.json()["features"]]
    assert len(set(ids)) == 4


def test_a_place_as_of_a_day(api: httpx.Client) -> None:
    assert form_of(api, "jsonld", as_of="2000-01-01").json()["name"] == "襄樊市"


def test_schema_org_words(api: httpx.Client) -> None:
    answer = form_of(api, "jsonld")
    assert answer.headers["Content-Type"].startswith("application/ld+json")
    node = answer.json()
    assert (node["@context"], node["@type"], node["name"]) == ("https://schema.org", "AdministrativeArea", "襄阳市")
    assert "襄樊市" in node["alternateName"]
    assert node["containedInPlace"]["name"] == "湖北省"
    assert round(node["geo"]["longitude"]) == 112


def test_a_table_of_linked_places(api: httpx.Client) -> None:
    answer = form_of(api, "lp-tsv", "", q="襄樊", limit=1)
    assert answer.headers["Content-Type"].startswith("text/tab-separated-values")
    (row,) = csv.DictReader(answer.text.splitlines(), delimiter="\t")
    assert (row["title"], row["ccodes"], row["parent_name"]) == ("襄阳市", "CN", "湖北省")
    assert "襄樊市" in row["variants"].split(";")
    assert row["attestation_year"]
    assert row["start"] == ""  # older than the register, which does not know when it began


@pytest.mark.parametrize(
    ("accept", "leads_to"),
    [
        ("application/ld+json", f"/v1/linked/jsonld/{XIANGYANG}"),
        ("application/geo+json", f"/v1/linked/lpf/{XIANGYANG}"),
        ("text/tab-separated-values", f"/v1/linked/lp-tsv/{XIANGYANG}"),
        ("application/json", f"/v1/places/{XIANGYANG}"),
        ("text/html;q=0.9, application/ld+json;q=0.1", f"/places/{XIANGYANG}"),
        ("application/ld+json;q=0, */*", f"/v1/places/{XIANGYANG}"),
        ("image/png", f"/v1/places/{XIANGYANG}"),
    ],
)
def test_an_identifier_leads_to_the_form_asked_for(api: httpx.Client, accept: str, leads_to: str) -> None:
    answer = api.get(f"/id/place/{XIANGYANG}", headers={"Accept": accept}, follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, leads_to)
    assert answer.headers["Vary"] == "Accept"


def test_every_form_leads_to_the_others_and_to_the_identifier(api: httpx.Client) -> None:
    links = form_of(api, "lpf").headers["Link"]
    for target in (f"/id/place/{XIANGYANG}", *(f"/v1/linked/{form}/{XIANGYANG}" for form in ("jsonld", "lp-tsv"))):
        assert target in links
    assert form_of(api, "lpf").json()["features"][0]["@id"].endswith(f"/id/place/{XIANGYANG}")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/linked/kml", 400, "bad_format"),
        ("/v1/linked/lpf?limit=1000000000", 400, "limit_out_of_range"),
        (f"/v1/linked/lpf/{XIANGYANG}?as_of=9999-01-01", 400, "as_of_after_register"),
        ("/v1/linked/lpf/00000000-0000-0000-0000-000000000000", 404, "place_not_found"),
        ("/id/place/00000000-0000-0000-0000-000000000000", 404, "place_not_found"),
        ("/id/place/襄阳", 400, "bad_id"),
    ],
)
def test_what_is_not_there_is_said(api: httpx.Client, path: str, status: int, code: str) -> None:
    answer = api.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
