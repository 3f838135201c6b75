"""A client as OpenRefine is one cleans a table of place names here, by the Reconciliation API 0.2."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from jsonschema_rs import Draft7Validator

from tests.contract import reconciliation_schemas as schemas

XIANGYANG = "44422e86-00c9-5a69-8e54-457a50855f4e"


def fits(value: Any, schema: schemas.Schema) -> Any:
    Draft7Validator(schema).validate(value)
    return value


def batch(api: httpx.Client, queries: Any) -> httpx.Response:
    return api.post("/v1/reconcile", data={"queries": json.dumps(queries)})


def answers(api: httpx.Client, **queries: Any) -> dict[str, list[dict[str, Any]]]:
    found = batch(api, queries)
    assert found.status_code == 200, found.text
    return {key: one["result"] for key, one in fits(found.json(), schemas.RESULTS).items()}


def extended(api: httpx.Client, ids: list[str], *properties: dict[str, Any]) -> Any:
    asked = json.dumps({"ids": ids, "properties": properties})
    found = api.post("/v1/reconcile", data={"extend": asked})
    assert found.status_code == 200, found.text
    return fits(found.json(), schemas.EXTENSION)


def test_the_schemas_refuse_what_is_wrong() -> None:
    for schema, wrong in (
        (schemas.MANIFEST, {"versions": ["0.1"], "name": "", "identifierSpace": "", "schemaSpace": ""}),
        (schemas.RESULTS, {"q0": {"result": [{"id": 1, "name": "", "score": 1}]}}),
        (schemas.EXTENSION, {"meta": [], "rows": {"a": {"p": [{"str": "x", "int": 1}]}}}),
    ):
        assert not Draft7Validator(schema).is_valid(wrong)


def test_the_manifest_says_where_everything_is(api: httpx.Client) -> None:
    manifest = fits(api.get("/v1/reconcile").json(), schemas.MANIFEST)
    assert {"suggest", "preview", "extend", "view"} <= set(manifest)
    for service in manifest["suggest"].values():
        answer = api.get(service["service_url"] + service["service_path"], params={"prefix": "a"})
        assert answer.status_code == 200


def test_a_column_is_cleaned(api: httpx.Client) -> None:
    """襄阳市 is meant beyond doubt, 朝阳区 is not, and a former name is offered without being taken for certain."""
    found = answers(api, q0={"query": "襄阳市"}, q1={"query": "朝阳区"}, q2={"query": "襄樊市"})
    first, *rest = found["q0"]
    assert (first["id"], first["match"]) == (XIANGYANG, True)
    assert not any(candidate["match"] for candidate in (*rest, *found["q1"], *found["q2"]))
    assert {candidate["description"][:3] for candidate in found["q1"][:2]} == {"北京市", "吉林省"}
    assert found["q2"][0]["id"] == XIANGYANG
    assert "曾用名 襄樊市" in found["q2"][0]["description"]


def test_another_column_says_where(api: httpx.Client) -> None:
    for where in ("220100", "长春市", {"id": "220100", "name": "长春市"}):
        (candidate,) = [
            c
            for c in answers(api, q={"query": "朝阳区", "properties": [{"pid": "within", "v": where}]})["q"]
            if c["match"]
        ]
        assert "长春市" in candidate["description"]


def test_another_column_says_when(api: httpx.Client) -> None:
    found = answers(api, q={"query": "襄樊市", "properties": [{"pid": "as_of", "v": "2000-01-01"}]})["q"]
    assert (found[0]["name"], found[0]["match"]) == ("襄樊市", True)


def test_types_are_demanded_or_preferred(api: httpx.Client) -> None:
    only = answers(api, q={"query": "朝阳", "type": ["21200", "21300"], "limit": 50})["q"]
    assert {t["id"] for candidate in only for t in candidate["type"]} <= {"ADMIN_DIVISION", "21200", "21300"}
    rather = answers(api, q={"query": "朝阳", "type": "21300", "type_strict": "should", "limit": 50})["q"]
    assert rather[0]["name"] == "朝阳市"
    assert len(rather) > len(only)


def test_pinyin_is_understood_and_limits_hold(api: httpx.Client) -> None:
    found = answers(api, q={"query": "Xiangyang Shi", "limit": 1})["q"]
    assert [candidate["id"] for candidate in found] == [XIANGYANG]


def test_a_cell_that_cannot_be_looked_for_has_no_candidates_and_says_why(api: httpx.Client) -> None:
    found = batch(api, {"a": {"query": " "}, "b": {"query": "地" * 201}, "c": {"query": "襄阳市"}}).json()
    assert [found[key]["problem"]["code"] for key in "ab"] == ["query_empty", "query_too_long"]
    assert found["a"]["result"] == []
    assert found["c"]["result"]


def test_columns_are_added(api: httpx.Client) -> None:
    properties = [{"id": name} for name in ("name", "former_names", "chain", "longitude", "valid_from", "geonames")]
    found = extended(api, [XIANGYANG, "no-such-place"], *properties, {"id": "no-such-property"})
    row = found["rows"][XIANGYANG]
    assert (row["name"], row["former_names"]) == ([{"str": "襄阳市"}], [{"str": "襄樊市"}])
    assert row["chain"] == [{"str": "湖北省"}, {"str": "襄阳市"}]
    assert 111 < row["longitude"][0]["float"] < 113
    assert set(map(str, found["rows"]["no-such-place"].values())) == {"[]"}
    assert row["no-such-property"] == []


def test_a_column_is_added_as_of_a_day(api: httpx.Client) -> None:
    found = extended(api, [XIANGYANG], {"id": "name", "settings": {"as_of": "2000-01-01"}})
    assert found["rows"][XIANGYANG]["name"] == [{"str": "襄樊市"}]


@pytest.mark.parametrize(
    ("part", "prefix", "schema", "expected"),
    [
        ("entity", "襄阳", schemas.SUGGESTED_ENTITIES, "襄阳市"),
        ("type", "21400", schemas.SUGGESTED_TYPES, "县级行政区域"),
        ("property", "曾用", schemas.SUGGESTED_PROPERTIES, "曾用名"),
    ],
)
def test_somebody_types(api: httpx.Client, part: str, prefix: str, schema: schemas.Schema, expected: str) -> None:
    found = fits(api.get(f"/v1/reconcile/suggest/{part}", params={"prefix": prefix}).json(), schema)
    assert expected in [one["name"] for one in found["result"]]


def test_every_proposed_property_is_one(api: httpx.Client) -> None:
    proposed = api.get("/v1/reconcile/properties", params={"type": "ADMIN_DIVISION", "limit": 30}).json()["properties"]
    found = extended(api, [XIANGYANG], *({"id": one["id"]} for one in proposed))
    assert set(found["rows"][XIANGYANG]) == {one["id"] for one in proposed}


def test_a_preview_may_stand_in_a_frame_and_runs_nothing(api: httpx.Client) -> None:
    answer = api.get("/v1/reconcile/preview", params={"id": XIANGYANG})
    assert "襄阳市" in answer.text
    assert "<script" not in answer.text
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


WRONG: list[tuple[dict[str, str], int, str]] = [
    ({"queries": json.dumps({str(n): {"query": "襄阳市"} for n in range(10_000)})}, 400, "too_many_queries"),
    ({"queries": "[]"}, 400, "bad_queries"),
    ({"queries": "{"}, 400, "bad_queries"),
    ({"queries": json.dumps({"q": {}})}, 400, "bad_queries"),
    ({"queries": json.dumps({"q": {"query": "a", "limit": 1e9}})}, 400, "bad_queries"),
    ({"queries": json.dumps({"q": {"query": "a", "type": "no-such-type"}})}, 400, "bad_queries"),
    ({"queries": json.dumps({"q": {"query": "a", "type_strict": "most"}})}, 400, "bad_queries"),
    ({"queries": json.dumps({"q": {"query": "a", "other": 1}})}, 400, "bad_queries"),
    ({"queries": json.dumps({"q": {"query": "a", "properties": [{"pid": "x", "v": 1}]}})}, 400, "bad_queries"),
    ({"queries": json.dumps({"q": {"query": "a", "properties": [{"pid": "as_of", "v": "soon"}]}})}, 400, "bad_queries"),
    ({"extend": json.dumps({"ids": [str(n) for n in range(101)], "properties": []})}, 400, "too_many_queries"),
    ({"extend": json.dumps({"ids": [1], "properties": []})}, 400, "bad_queries"),
    ({"nothing": ""}, 400, "bad_queries"),
]


@pytest.mark.parametrize(("form", "status", "code"), WRONG)
def test_a_batch_that_is_none_is_refused_whole(api: httpx.Client, form: dict[str, str], status: int, code: str) -> None:
    answer = api.post("/v1/reconcile", data=form)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
