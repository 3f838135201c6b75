"""The reports on naming: each test that they name exists, and each phrase on bad input is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
REPORTS = ROOT / "docs" / "reports"
REPORT, PROMISES = ((REPORTS / name).read_text("utf-8") for name in ("naming-bad-input.md", "naming.md"))
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", REPORT + PROMISES)))
PHRASES = (
    *("emoji", "crosses itself", "another county", "100,000 vertices", "same application twice"),
    *("an hour ago", "effective date before", "altered", "replayed", "unknown office"),
)


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_that_is_named_exists(path: str, name: str) -> None:
    assert f"\ndef {name}(" in (ROOT / path).read_text("utf-8")


def test_every_phrase_is_in_the_table() -> None:
    rows = [line for line in REPORT.splitlines() if line.startswith("| ")]
    assert len(NAMED) > len(PHRASES) / 2
    assert [phrase for phrase in PHRASES if not any(phrase in row for row in rows)] == []
