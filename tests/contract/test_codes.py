"""Every stable code that the source can answer with is documented, once, with its status; none is left over."""

from __future__ import annotations

import re

from api.problems import FRAMEWORK_CODES
from api.v1.documentation import STATUS_OF_CODE
from tests.contract.codes import REPOSITORY, raised_codes

ROW = re.compile(r"^\| `([a-z0-9_]+)` \| (\d{3}|any) \| (.+) \|$", re.MULTILINE)


def documented() -> list[tuple[str, str, str]]:
    return ROW.findall((REPOSITORY / "docs" / "api" / "errors.md").read_text("utf-8"))


def test_every_code_in_the_source_is_documented() -> None:
    known = {code for code, _, _ in documented()}
    raised = raised_codes() | {code: {"api/problems.py"} for code in FRAMEWORK_CODES.values()}
    assert {code: files for code, files in raised.items() if code not in known} == {}


def test_no_documented_code_is_left_over() -> None:
    raised = set(raised_codes()) | set(FRAMEWORK_CODES.values())
    assert {code for code, _, _ in documented()} - raised == set()


def test_no_code_is_documented_twice() -> None:
    codes = [code for code, _, _ in documented()]
    assert sorted(codes) == sorted(set(codes))


def test_the_openapi_document_and_the_page_name_the_same_status() -> None:
    pages = {code: status for code, status, _ in documented()}
    assert {code: str(status) for code, status in STATUS_OF_CODE.items()} == {c: pages.get(c) for c in STATUS_OF_CODE}
