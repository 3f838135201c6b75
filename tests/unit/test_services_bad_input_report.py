"""The report on bad input at the services: each test that it names exists, and each clause is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REPORT = (ROOT / "docs" / "reports" / "services-bad-input.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", REPORT)))
CLAUSES = (
    *("unknown function", "deep nesting", "200,000 vertices", "pg_sleep", "comments", "quotes", "tile out of range"),
    *("upside down", "antimeridian", "cursor of another", "cursor written", "10,000 to reconcile", "duplicate keys"),
    *("no encoding", "half a", "billion", "year 9999", "nobody reads", "has gone"),
)


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_that_is_named_exists(path: str, name: str) -> None:
    assert f"\ndef {name}(" in (ROOT / path).read_text("utf-8")


def test_every_clause_is_in_the_table() -> None:
    rows = [line for line in REPORT.splitlines() if line.startswith("| ")]
    assert [clause for clause in CLAUSES if not any(clause in row for row in rows)] == []
    assert all("::" in row for row in rows[2:])
