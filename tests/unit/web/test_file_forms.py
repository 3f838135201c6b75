"""Wherever a file may be sent, the server takes a body as large as the file may be, and none without a limit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import api.web
from api.app import create_app
from api.middleware import LARGER_BODIES
from api.settings import Settings
from data.uploads.model import MAX_UPLOAD_BYTES

TEMPLATES = Path(api.web.__file__).parent / "templates"
FORM = re.compile(r'<form(?=[^>]*enctype="multipart/form-data")[^>]*action="([^"]+)"')
WORKED_OUT = re.compile(r"\{\{(.*?)\}\}")
#: Addresses that a template is given by its page.
GIVEN = {"address": "/cases/x", "here": "/disputes/x"}
GIVEN_IN = {
    "proposal_new.html": {"address": "/lines/x/propose"},
    "comparison_files.html": {"address": "/comparisons/files"},
}
#: More than six files that are allowed each by itself, and no form is larger than that,
MOST = 6 * (50 << 20) + (1 << 20)
#: but those by which whole layers are handed in, by how many.
LAYERS = {"/counter": 1, "/imports": 1, "/comparisons/files": 2}


def address_of(action: str, given: dict[str, str]) -> str:
    """The address that a template writes, with x for what is looked up."""
    return WORKED_OUT.sub(lambda found: _worked_out(found[1], given), action)


def _worked_out(expression: str, given: dict[str, str]) -> str:
    inner = re.sub(r"^\s*url\((.*?)(,\s*\*\*.*)?\)\s*$", r"\1", expression)
    parts = (part.strip() for part in inner.split("~"))
    return "".join(part.strip("'") if part.startswith("'") else given.get(part, "x") for part in parts)


def file_forms() -> list[str]:
    found = []
    for template in sorted(TEMPLATES.rglob("*.html")):
        given = GIVEN | GIVEN_IN.get(template.name, {})
        found += [address_of(action, given) for action in FORM.findall(template.read_text(encoding="utf-8"))]
    return sorted({address.partition("#")[0] for address in found})


def file_operations() -> list[str]:
    document = create_app(Settings(database_url="postgresql://nobody@localhost:1/none", pages=False)).openapi()
    return sorted(
        re.sub(r"\{\w+\}", "x", path)
        for path, methods in document["paths"].items()
        for operation in methods.values()
        if "multipart/form-data" in operation.get("requestBody", {}).get("content", {})
        and "binary" in str(operation["requestBody"])
    )


def most_of(path: str) -> int | None:
    return next((most for pattern, most in LARGER_BODIES if pattern.fullmatch(path)), None)


@pytest.mark.parametrize("address", file_forms())
def test_every_form_with_a_file_has_room_for_it(address: str) -> None:
    most = most_of(address)
    assert most is not None, f"a file sent to {address} may have no more than a form without one"
    assert most <= (LAYERS[address] * (MAX_UPLOAD_BYTES + (1 << 20)) if address in LAYERS else MOST)


def test_every_operation_with_a_file_has_room_for_it() -> None:
    operations = file_operations()
    assert "/v1/submissions" in operations
    assert [path for path in operations if most_of(path) is None] == []
