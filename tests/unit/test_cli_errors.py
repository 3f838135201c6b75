"""Failures become the exit statuses and problem documents that other programs are written against."""

from __future__ import annotations

import json

import pytest

from api.cli.app import main
from api.cli.errors import EXIT_STATUS, exit_status
from data import errors


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.BadRequest, 2),
        (errors.BadInput, 3),
        (errors.NotFound, 4),
        (errors.Conflict, 5),
        (errors.NotPermitted, 6),
        (errors.QuotaUsed, 6),
        (errors.Unavailable, 7),
        (errors.DimingError, 70),
    ],
)
def test_each_class_has_its_status(kind: type[errors.DimingError], status: int) -> None:
    assert exit_status(kind("what happened")) == status


def test_no_class_is_forgotten() -> None:
    ours = {kind for kind in errors.DimingError.__subclasses__() if kind.__module__ == "data.errors"}
    assert ours == set(EXIT_STATUS)


def test_a_derived_class_has_its_parents_status() -> None:
    derived = type("Derived", (errors.NotFound,), {})
    assert exit_status(derived("what happened")) == 4


#: Words of one command that do not go together.
UNFIT = [["backup", "a.tar", "--base"], ["backup", "a.tar", "--keep", "3"], ["journal", "a", "--off"]]


@pytest.mark.parametrize("words", [["no-such-command"], ["status", "--no-such-option"], ["backup"], *UNFIT])
def test_wrong_use_is_a_problem_document(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--json"]) == 2
    problem = json.loads(capsys.readouterr().out)
    assert problem["code"] == "wrong_use"
    assert {"type", "title", "status", "detail"} <= problem.keys()
