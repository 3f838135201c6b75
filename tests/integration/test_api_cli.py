"""The query commands answer as the API does, and leave by the exit status of their kind of failure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api.cli.app import main
from api.cli.environment import environment
from api.settings import settings_from_environment

Run = Callable[..., tuple[int, Any]]


def _forget() -> None:
    environment.cache_clear()
    settings_from_environment.cache_clear()


def _runner(engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("DIMING_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    _forget()

    def run(*words: str) -> tuple[int, Any]:
        status = main([*words, "--json"])
        return status, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def run(divisions: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command with `--json` on the division register: exit status and document."""
    yield _runner(divisions, monkeypatch, capsys)
    _forget()


@pytest.fixture
def run_alone(
    fresh_engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """The same on an empty register of the test's own."""
    yield _runner(fresh_engine, monkeypatch, capsys)
    _forget()


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (("unit", "330522", "--as-of", "1985-06-30"), "/v1/units/330522?as_of=1985-06-30"),
        (("unit", "110103", "--history"), "/v1/units/110103/history"),
        (("unit", "420607", "--annals"), "/v1/units/420607/annals"),
        (("translate-code", "341400"), "/v1/codes/341400/translate"),
        (
            ("translate-code", "532700", "--from", "1990-01-01", "--to", "2008-01-01"),
            "/v1/codes/532700/translate?from=1990-01-01&to=2008-01-01",
        ),
        (("decisions", "--year", "2010", "--limit", "3"), "/v1/decisions?year=2010&limit=3"),
        (("decisions", "7c2831c0-33c8-5746-b0ac-ba0577d84a44"), "/v1/decisions/7c2831c0-33c8-5746-b0ac-ba0577d84a44"),
    ],
)
def test_a_command_answers_as_the_api_does(run: Run, api: httpx.Client, words: tuple[str, ...], path: str) -> None:
    status, document = run(*words)
    assert status == 0
    assert document == api.get(path).json()


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("unit", "999999"), 4, "code_never_existed"),
        (("unit", "110103", "--as-of", "2020-01-01"), 4, "code_not_standing"),
        (("unit", "12"), 2, "bad_code"),
        (("unit", "420600", "--as-of", "1986"), 2, "bad_date"),
        (("unit", "420600", "--as-of", "1970-01-01"), 2, "as_of_before_register"),
        (("translate-code", "420600", "--to", "2999-01-01"), 2, "as_of_after_register"),
        (("decisions", "1"), 2, "bad_id"),
        (("decisions", "--limit", "0"), 2, "limit_out_of_range"),
        (("decisions", "--cursor", "abc"), 2, "bad_cursor"),
        (("unit",), 2, "wrong_use"),
    ],
)
def test_a_refusal_is_a_problem_document_with_its_exit_status(
    run: Run, words: tuple[str, ...], status: int, code: str
) -> None:
    left, document = run(*words)
    assert (left, document["code"]) == (status, code)


@pytest.mark.parametrize(
    "words",
    [
        ("unit", "330522", "--as-of", "1985-06-30"),
        ("unit", "110103", "--history"),
        ("unit", "420607", "--annals"),
        ("translate-code", "341400"),
        ("decisions", "--q", "襄樊"),
        ("decisions", "7c2831c0-33c8-5746-b0ac-ba0577d84a44"),
    ],
)
def test_without_json_a_person_reads_it(run: Run, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    assert main(list(words)) == 0
    printed = capsys.readouterr()
    assert "{" not in printed.out
    assert any("一" <= character <= "鿿" for character in printed.out)


def test_a_register_that_is_empty_says_what_to_do(run_alone: Run) -> None:
    status, problem = run_alone("unit", "420600")
    assert (status, problem["code"]) == (7, "register_empty")
    assert "diming load divisions" in problem["detail"]


def test_the_map_approval_number_is_set_and_cleared_with_a_trail(run_alone: Run) -> None:
    assert run_alone("settings", "set", "map-approval", " GS(2024)0650号 ") == (
        0,
        {"map_approval": "GS(2024)0650号", "changed": True},
    )
    assert run_alone("settings", "set", "map-approval", "GS(2024)0650号")[1]["changed"] is False
    assert run_alone("settings", "show")[1]["items"][0]["value"] == {"number": "GS(2024)0650号"}
    assert run_alone("settings", "clear", "map-approval")[1] == {"map_approval": None, "changed": True}
    status, verified = run_alone("audit", "verify")
    assert (status, verified["entries"], verified["whole"], verified["broken_at"]) == (0, 2, True, None)


@pytest.mark.parametrize("number", [" ", "x" * 101, "GS\x07"])
def test_what_is_no_number_changes_nothing(run_alone: Run, number: str) -> None:
    status, problem = run_alone("settings", "set", "map-approval", number)
    assert (status, problem["code"]) == (2, "bad_map_approval")
    assert run_alone("audit", "verify")[1]["entries"] == 0
