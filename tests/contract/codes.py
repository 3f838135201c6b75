"""The stable codes in the source, read from its syntax trees."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("data", "boundaries", "geonames", "api")
CODE = re.compile(r"[a-z][a-z0-9_]+")


def raised_codes() -> dict[str, set[str]]:
    """Every stable code that the source can answer with, and the files that do."""
    found: dict[str, set[str]] = {}
    for package in PACKAGES:
        for path in sorted((REPOSITORY / package).rglob("*.py")):
            for code in _codes_in(ast.parse(path.read_text("utf-8"))):
                found.setdefault(code, set()).add(str(path.relative_to(REPOSITORY)))
    return found


def _codes_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.ClassDef):
            yield from _of_class(node)


#: Calls whose argument at this place is a code.
POSITIONAL = {"stable_error": 0, "_one_of": 2, "_matching": 2, "_whole_number": 2}


def _of_call(node: ast.Call) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    place = POSITIONAL.get(name)
    if place is not None and len(node.args) > place:
        yield from _constant(node.args[place])
    for keyword in node.keywords:
        # only failures carry words: `code="420600"` of a unit is no code of ours
        if keyword.arg == "code":
            yield from _constant(keyword.value)


def _of_class(node: ast.ClassDef) -> Iterator[str]:
    """`status, code, title = 404, "not_found", …` and `code = "…"` in a class of failures."""
    for statement in node.body:
        if not isinstance(statement, ast.Assign):
            continue
        target, value = statement.targets[0], statement.value
        if isinstance(target, ast.Name) and target.id == "code":
            yield from _constant(value)
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for name, item in zip(target.elts, value.elts, strict=True):
                if isinstance(name, ast.Name) and name.id == "code":
                    yield from _constant(item)


def _constant(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
        yield node.value
