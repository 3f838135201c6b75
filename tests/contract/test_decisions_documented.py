"""What the register's decisions say of their kind and their dates is explained."""

from __future__ import annotations

import re

import httpx
import pytest
from sqlalchemy import Engine, text

from data.db import reading
from tests.contract.codes import REPOSITORY

PAGE = (REPOSITORY / "docs" / "api" / "decisions.md").read_text("utf-8")
EXPLAINED = set(re.findall(r"^\| `([a-z_]+)` \|", PAGE, re.MULTILINE))


@pytest.fixture(scope="module")
def decisions(api: httpx.Client) -> list[dict[str, str]]:
    """Every decision of the demonstration, page by page."""
    found: list[dict[str, str]] = []
    cursor: str | None = None
    while True:
        page = api.get("/v1/decisions", params={"limit": 500} | ({"cursor": cursor} if cursor else {})).json()
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found


def test_every_decision_is_listed_once(decisions: list[dict[str, str]]) -> None:
    ids = [decision["id"] for decision in decisions]
    assert len(ids) == len(set(ids)) > 1300


@pytest.mark.parametrize("name", ["kind", "basis"])
def test_every_value_is_explained(decisions: list[dict[str, str]], name: str) -> None:
    assert {decision[name] for decision in decisions} - EXPLAINED == set()


def test_the_kinds_are_those_of_the_database(engine: Engine) -> None:
    with reading(engine) as connection:
        kinds = set(connection.execute(text("SELECT key FROM diming.decision_kind")).scalars())
    assert kinds <= EXPLAINED
