"""The examples of the OpenAPI document are what the server answers today, and each is used."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.contract.heard import heard_by_office
from tests.contract.questions import EXAMPLES, examples
from tests.contract.test_openapi import DOCUMENT, operations


@pytest.fixture(scope="module")
def asked(api: httpx.Client, api_app: FastAPI) -> tuple[dict[str, Any], list[str]]:
    """The answers, and what was asked of the office's connection meanwhile."""
    with heard_by_office(api_app) as said:
        found = examples(api)
    return found, said


@pytest.fixture(scope="module")
def answered(asked: tuple[dict[str, Any], list[str]]) -> dict[str, Any]:
    return asked[0]


def test_the_public_is_answered_by_its_own_connection(asked: tuple[dict[str, Any], list[str]]) -> None:
    answers, said = asked
    assert len(answers) > 50
    assert said == []


KEPT = sorted(path.stem for path in EXAMPLES.glob("*.json"))


@pytest.mark.parametrize("name", KEPT)
def test_an_example_is_what_is_answered_today(answered: dict[str, Any], name: str) -> None:
    kept = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
    assert kept == json.loads(json.dumps(answered[name], ensure_ascii=False))


def test_every_question_has_its_example(answered: dict[str, Any]) -> None:
    assert sorted(answered) == KEPT


def test_every_operation_shows_an_answer() -> None:
    without = [
        f"{method} {path}"
        for method, path, operation in operations()
        for content in [next(r["content"] for status, r in operation["responses"].items() if status.startswith("2"))]
        if "example" not in content.get("application/json", {"example": "files have none"})
    ]
    # boundary geometry is not exported into a document that everybody may copy; a report is full of it
    assert [path for path in without if not path.endswith(("/geometry", "/parts", "/diff", "/report/{form}"))] == []


def test_every_kept_example_stands_in_the_document() -> None:
    text = json.dumps(DOCUMENT, ensure_ascii=False)
    for name in KEPT:
        kept = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
        assert json.dumps(kept, ensure_ascii=False) in text, name
