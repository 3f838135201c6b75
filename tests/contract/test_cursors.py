"""Every list of version 1, asked by people who may read it: a cursor that is not its own is refused, whatever is in it.

A cursor is no secret, so anybody can write one that fits a question. What it then holds is taken for what it is, or
refused; it never becomes a failure of ours.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from boundaries.units.coding import check_code
from data import paging
from geonames.search.service import CURSOR
from tests.contract.test_bad_input import problem
from tests.contract.test_openapi import DOCUMENT

_SEARCHED: tuple[Callable[[Any], Any], ...] = CURSOR
_OF_SEARCHES = dict(zip(_SEARCHED, (0, 0.0, 1, "x", "00000000-0000-4000-8000-000000000001"), strict=True))
#: What fits each kind of part of a key. A kind that is not here is one to think about: what could be written into it?
FITTING: dict[Callable[[Any], Any], Any] = {
    str: "x",
    int: 1,
    bool: True,
    float: 0.5,
    UUID: "00000000-0000-4000-8000-000000000001",
    check_code: "420600",
    date.fromisoformat: "2026-01-01",
    datetime.fromisoformat: "2026-01-01T00:00:00+00:00",
    **_OF_SEARCHES,
}
#: Signs that a database cannot hold, numbers that it cannot, kinds of values that nobody expects.
HOSTILE: tuple[Any, ...] = (
    *("a\x00b", "\ud800", "x' OR 1=1 --", "9999-12-31", "0001-01-01T00:00:00+14:00"),
    *(5, -1, 10**30, 2**63, float("inf"), float("nan"), None, [], {}),
)
#: What stands in an address for its parts. A list below a thing that this register has none of is not here.
IN_ADDRESS = {"code": "420600", "form": "lpf"}
#: What must be asked besides: a pool of experts is that of a division.
ASKED: dict[str, dict[str, str]] = {"/v1/experts": {"within": "420600"}}
ANOTHER = paging.encode_cursor({"list": "another"}, ["x", FITTING[UUID]])


def lists() -> list[str]:
    """The paths of all lists that have a cursor and that can be asked without a thing of their own."""
    found = []
    for path, methods in DOCUMENT["paths"].items():
        asked = methods.get("get", {}).get("parameters", [])
        named = {one["name"] for one in asked}
        if "cursor" in named and "id" not in named and "entity_id" not in named:
            found.append(path)
    return found


LISTS = lists()


@dataclass
class Seen:
    """What a list's service has handed to `data.paging.decode_cursor`: its query and the parts of its key."""

    asked: list[tuple[Any, tuple[Callable[[Any], Any], ...]]] = field(default_factory=list)


@pytest.fixture(scope="module")
def seen(api: httpx.Client) -> Iterator[Seen]:  # after the application: its modules are all there then
    found, real = Seen(), paging.decode_cursor

    def decode_cursor(query: Any, cursor: str | None, parts: Any) -> Any:
        found.asked.append((query, tuple(parts)))
        return real(query, cursor, parts)

    with pytest.MonkeyPatch.context() as patched:
        for module in list(sys.modules.values()):
            if getattr(module, "decode_cursor", None) is real:
                patched.setattr(module, "decode_cursor", decode_cursor)
        yield found


def written(query: Any, key: list[Any]) -> str:
    """A cursor as anybody can write one; what no text may hold is escaped, as JSON does."""
    body = json.dumps([paging.fingerprint(query), key]).encode("ascii")
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def asked(client: httpx.Client, path: str, cursor: str) -> httpx.Response:
    return client.get(path.format(**IN_ADDRESS), params={**ASKED.get(path, {}), "cursor": cursor})


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_of_another_list(office: httpx.Client, path: str) -> None:
    assert problem(asked(office, path, ANOTHER)) == "bad_cursor"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", ["0", "1000000000"])
def test_a_limit_of_a_billion(office: httpx.Client, path: str, limit: str) -> None:
    answer = office.get(path.format(**IN_ADDRESS), params={**ASKED.get(path, {}), "limit": limit})
    assert problem(answer) == "limit_out_of_range"


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_that_somebody_has_written(office: httpx.Client, seen: Seen, path: str) -> None:
    seen.asked.clear()
    assert problem(asked(office, path, "abc")) == "bad_cursor"
    (query, parts), *_ = seen.asked
    fitting = [FITTING[part] for part in parts]
    for at in range(len(parts)):
        for hostile in HOSTILE:
            key = [*fitting[:at], hostile, *fitting[at + 1 :]]
            answer = asked(office, path, written(query, key))
            if answer.status_code != 200:
                assert problem(answer) == "bad_cursor", (at, hostile)
