"""The bill of materials is what CycloneDX 1.6 says that one is."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest

from data.server.home import REPOSITORY

BILL = REPOSITORY / "docs" / "sbom.cdx.json"
#: As published (NOTICE).
FOLDER = REPOSITORY / "tests" / "schemas" / "cyclonedx"


def read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.SNAPSHOT.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def schema() -> jsonschema_rs.Draft7Validator:
    beside = [(f"http://cyclonedx.org/schema/{name}.SNAPSHOT.schema.json", read(name)) for name in ("jsf-0.82", "spdx")]
    for _, one in beside:
        one.pop("$id")  # they are named there by the files in which they lie
    return jsonschema_rs.Draft7Validator(read("bom-1.6"), registry=jsonschema_rs.Registry(beside))


def test_the_bill_keeps_to_the_schema(schema: jsonschema_rs.Draft7Validator) -> None:
    assert [error.message for error in schema.iter_errors(json.loads(BILL.read_text("utf-8")))] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": "perhaps"},
        {"licenses": [{"license": {"id": "No-Such-1.0"}}]},
        {"licenses": [{"expression": "MIT"}, {"license": {"name": "MIT"}}]},
        {"hashes": [{"alg": "SHA-512", "content": "abc"}]},
        {"unknown": 1},
    ],
)
def test_the_schema_finds_what_is_wrong(schema: jsonschema_rs.Draft7Validator, wrong: dict[str, Any]) -> None:
    bill = json.loads(BILL.read_text("utf-8"))
    bill["components"][0] |= wrong
    assert not schema.is_valid(bill)
