"""`./diming bench security` says good only of a run in which nothing failed, and tries what it says it tries."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bench.security.__main__ import Results, errors_in, section
from tests.bench.security.cases import hash_of
from tests.bench.security.injections import KINDS, ROOT, by_kind
from tests.bench.security.known import Known, things

FAILURE = {"times": 2, "said": "500", "question": "curl"}


def test_a_run_without_a_failure_is_good() -> None:
    assert Results(injections={"SQL": {"passed": 3, "failed": []}}).good


@pytest.mark.parametrize(
    "change",
    [
        {"failures": {"GET /v1/units: Server error (500)": FAILURE}},
        {"parser_failures": ["table: KeyError"]},
        {"injections": {"SQL": {"passed": 2, "failed": ["test_x"]}}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_one_thing_wrong_and_it_is_not(change: dict[str, Any]) -> None:
    assert not Results(**change).good


def test_the_section_counts_cases_by_group_and_names_each_failure() -> None:
    results = Results(
        cases=Counter({"GET /v1/units": 5, "GET /v1/units/{code}": 7, "GET /ogc/": 1}),
        failures={"GET /v1/units: Server error (500)": FAILURE},
        parsers={"CQL2": 100},
    )
    said = section(results)
    assert "| /v1/units | 2 | 12 |" in said
    assert "13 cases of schemathesis" in said
    assert "* GET /v1/units: Server error (500), 2 times" in said


@pytest.mark.parametrize("kind", KINDS)
def test_every_test_of_an_injection_is_there(kind: str) -> None:
    for test in KINDS[kind]:
        path, _, name = test.partition("::")
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert not name or name in names, test


def test_what_failed_and_what_did_not_run_is_told_by_kind() -> None:
    text_only = "tests/contract/test_bad_input.py::test_text_is_only_text"
    said = (
        f"{text_only}[a] PASSED [ 1%]\n{text_only}[b] FAILED [ 2%]\ntests/unit/test_feature_filters.py::test_x PASSED\n"
    )
    found = by_kind(said)["SQL"]
    assert found.passed == 2
    assert text_only in found.failed
    assert "tests/contract/test_bad_input.py::test_a_clear_problem: did not run" in found.failed
    assert by_kind("")["log"].passed == 0
    assert by_kind("")["log"].failed


def test_errors_of_the_server_are_found_in_its_log(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text(
        '{"event": "request", "level": "info"}\n{"event": "unexpected failure", "level": "error"}\n', "utf-8"
    )
    assert len(errors_in(log)) == 1


@pytest.mark.parametrize(
    ("document", "count"),
    [({"items": [{"id": "a"}], "next": None}, 1), ([{"id": "a"}, {"id": "b"}], 2), ({"deep": [1]}, 0), ("text", 0)],
)
def test_things_of_a_list_are_found_wherever_it_stands(document: Any, count: int) -> None:
    assert len(things(document)) == count


def test_addresses_below_a_thing_are_filled_from_its_own_list() -> None:
    lists = {"/v1/cases": [{"id": "c1"}], "/v1/cases/c1/documents": [{"id": "d1"}, {"id": "d2"}]}

    def answer(request: httpx.Request) -> httpx.Response:
        found = lists.get(request.url.path)
        return httpx.Response(404) if found is None else httpx.Response(200, json={"items": found})

    client = httpx.Client(base_url="http://there", transport=httpx.MockTransport(answer))
    known = Known({"nobody": client})
    assert known.of("/v1/cases/{id}/documents/{document}") == [
        {"id": "c1", "document": "d1"},
        {"id": "c1", "document": "d2"},
    ]
    assert known.of("/v1/units") == []


def test_every_operation_has_a_seed_of_its_own_that_stays() -> None:
    assert hash_of("GET /v1/units", 10) == hash_of("GET /v1/units", 10)
    assert hash_of("GET /v1/units", 10) != hash_of("GET /v1/units", 11)
