"""A former name finds what bears another name now, and the answer says which name it was."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from data.db import reading
from geonames.search.index import refresh_search_keys
from geonames.search.service import search_places


@pytest.fixture
def register(fresh_divisions: Engine) -> Engine:
    refresh_search_keys(fresh_divisions, "test")
    return fresh_divisions


@pytest.mark.parametrize("asked", ["襄樊", "襄樊市"])
def test_a_former_name_is_shown_in_full_with_its_end(register: Engine, asked: str) -> None:
    with reading(register) as connection:
        first = search_places(connection, q=asked)["items"][0]
    assert (first["name"], first["code"]) == ("襄阳市", "420600")
    assert (first["matched"]["name"], first["matched"]["kind"]) == ("襄樊市", "former")
    assert str(first["matched"]["valid"]["to"]) == "2010-11-26"


def test_a_present_short_name_is_shown_as_typed(register: Engine) -> None:
    with reading(register) as connection:
        items = search_places(connection, q="襄阳")["items"]
    matched = next(item["matched"] for item in items if item["code"] == "420600")
    assert (matched["name"], matched["kind"]) == ("襄阳", "short")
