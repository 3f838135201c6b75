"""Each threat of docs/threats.md has its defence and its test, and the test is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "threats.md"
LINK = re.compile(r"\[(test_\w+)\]\(([^)#]+)\)")


def threats() -> list[tuple[str, str, str]]:
    """The rows of the tables: threat, defence, tests."""
    rows = [line.strip("| ").split(" | ") for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    return [(row[0], row[1], row[-1]) for row in rows if row[0] not in ("threat", "---")]


@cache
def functions_of(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize(("threat", "defence", "tests"), threats(), ids=lambda value: value[:40])
def test_every_threat_links_to_its_tests(threat: str, defence: str, tests: str) -> None:
    links = LINK.findall(tests)
    assert defence.strip()
    assert links, threat
    assert len(links) == tests.count("[")  # nothing else stands in the column
    missing = [name for name, file in links if name not in functions_of((PAGE.parent / file).resolve())]
    assert missing == []


def test_a_link_to_a_test_that_is_not_there_would_be_found() -> None:
    assert "test_every_threat_links_to_its_tests" in functions_of(Path(__file__))
    assert "test_that_nobody_wrote" not in functions_of(Path(__file__))
    assert len(threats()) > 30
