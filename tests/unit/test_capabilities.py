"""The list of capabilities names pages, interfaces and tests that are there, and a reason where something is not."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIST = ROOT / "docs" / "capabilities.md"
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split(" | ")]
    for line in LIST.read_text("utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]
CODE = re.compile(r"`([^`]+)`")
PREFIX = re.compile(r"^(/v1)?/([a-z-]+)")


@cache
def sources(folder: str) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((ROOT / folder).rglob("*.py")))


def served(path: str, folder: str) -> bool:
    """Whether a module of `folder` has routes below the first part of a path."""
    found = PREFIX.match(path)
    return found is not None and re.search(rf'"/{found[2]}[/"{{]', sources(folder)) is not None


def test_all_thirty_four_are_listed_in_order() -> None:
    assert [row[0] for row in ROWS] == [str(n) for n in range(1, 35)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_a_row_names_is_there(row: list[str]) -> None:
    _, _, state, pages, interfaces, tests, _, missing = [*row, ""][:8]
    assert [path for path in CODE.findall(pages) if not served(path, "api/web/pages")] == []
    assert [path for path in CODE.findall(interfaces) if not served(path, "api/v1")] == []
    assert [name for name in CODE.findall(tests) if not (ROOT / "tests" / name).is_file()] == []
    assert state in ("whole", "part", "none")
    if state == "whole":
        assert CODE.findall(interfaces)
        assert CODE.findall(tests)
    else:
        assert missing, "say what is missing"
