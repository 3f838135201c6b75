"""Seats of governments: read out of the decisions of the register, given by acts, told by API, page and command."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from boundaries.changes.service import change_divisions
from boundaries.units.seats.service import list_seats, unit_seats
from boundaries.units.seats.write import SeatsReport, load_seats
from data import audit
from data.db import make_engine, reading
from data.feed import changes_since
from data.server.cluster import Cluster
from tests import database
from tests.integration.changes.test_change_divisions import register

__all__ = ["register"]

ACT = """
title = "示例省人民政府关于同意甲县人民政府驻地迁移的批复（演示）"
doc_no = "演示〔2026〕61号"
dated = 2026-03-09
effective_on = {day}
source = "演示〔2026〕61号"
part = [{{ kind = "seat", after = ["990121 甲县"], seat = "{place}" }}]
"""


@pytest.fixture(scope="module")
def loaded(cluster: Cluster, divisions_template: str) -> Iterator[tuple[Engine, SeatsReport]]:
    """A copy of the national register with its seats read, and what the reading reported."""
    with database.clone(cluster, divisions_template) as url:
        engine = make_engine(url)
        yield engine, load_seats(engine, "test")
        engine.dispose()


@pytest.fixture
def asking(loaded: tuple[Engine, SeatsReport]) -> Iterator[Connection]:
    with reading(loaded[0]) as connection:
        yield connection


def test_the_decisions_of_the_register_name_hundreds_of_seats(loaded: tuple[Engine, SeatsReport]) -> None:
    engine, report = loaded
    assert report.seats > 400, report
    assert report.changed == report.seats
    again = load_seats(engine, "test")
    assert (again.changed, again.seats) == (0, report.seats)
    with reading(engine) as connection:
        assert audit.verify(connection)[1] is None


def test_a_seat_is_told_with_the_clause_and_its_decision(asking: Connection) -> None:
    found = unit_seats(asking, "330603")
    assert found["seat"]["place"] == "柯桥街道群贤路1661号"
    assert found["seat"]["quote"] == "柯桥区人民政府驻柯桥街道群贤路1661号"
    assert found["seat"]["by"]["id"] == found["seat"]["decision"]


def test_a_seat_begins_with_its_decision(asking: Connection) -> None:
    moved = unit_seats(asking, "350700")
    begins: date = moved["seat"]["valid"]["from"]
    assert (moved["seat"]["place"], moved["seat"]["moved"]) == ("建阳区南林大街36号", True)
    before = unit_seats(asking, "350700", begins - date.resolution)
    assert before["seat"] is None or before["seat"]["place"] != moved["seat"]["place"]


def test_seats_of_a_day_are_listed_by_code_page_by_page(asking: Connection) -> None:
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = list_seats(asking, within="330000", limit=7, cursor=cursor)
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    codes = [one["unit"]["code"] for one in items]
    assert codes == sorted(set(codes))
    assert len(codes) > 10
    assert all(code.startswith("33") for code in codes)
    moved = list_seats(asking, moved=True, limit=1000)["items"]
    assert moved
    assert all(one["moved"] for one in moved)


def test_an_act_moves_a_government_and_changes_nothing_else(register: Engine) -> None:
    first = change_divisions(register, ACT.format(day="2026-03-10", place="新城镇人民路1号").encode(), "test")
    assert first.entered is not None
    assert first.entered.plan.units() == []
    second = ACT.format(day="2026-04-10", place="北城镇府前街2号").replace("61号", "62号")
    change_divisions(register, second.encode(), "test")
    with reading(register) as connection:
        found = unit_seats(connection, "990121")
        assert [(one["place"], str(one["valid"]["from"]), one["moved"]) for one in found["items"]] == [
            ("新城镇人民路1号", "2026-03-10", True),
            ("北城镇府前街2号", "2026-04-10", True),
        ]
        assert found["seat"]["place"] == "北城镇府前街2号"
        assert unit_seats(connection, "990121", date(2026, 4, 9))["seat"]["place"] == "新城镇人民路1号"
        told = changes_since(connection, 0, 100, ["seats"])[0]
        assert [one["kind"] for one in told] == ["insert", "update", "insert"]
        assert audit.verify(connection)[1] is None


def test_a_preview_moves_nobody(register: Engine) -> None:
    content = ACT.format(day="2026-03-10", place="新城镇人民路1号").encode()
    change_divisions(register, content, "test", preview=True)
    with reading(register) as connection:
        assert connection.scalar(text("SELECT count(*) FROM diming.unit_seat")) == 0
