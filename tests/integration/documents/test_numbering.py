"""Numbers of documents have no gaps, whoever takes them at the same moment and whatever fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, text

from data.clock import civil_date
from data.db import make_engine, unit_of_work
from data.documents.model import Numbering
from data.documents.numbering import numbering_for, take_number
from data.errors import Conflict
from data.ids import new_id

DAY = date(2026, 3, 2)
RULE = Numbering(new_id(), "letter", None, "示例县民政局", None, "示民函", True, "refuse")
LAST = text("SELECT last FROM diming.document_series WHERE office = :office AND year = :year AND series = :series")


def take(engine: Engine, rule: Numbering, day: date = DAY, *, fail: bool = False) -> int:
    with unit_of_work(engine) as connection:
        number = take_number(connection, rule, day)
        if fail:
            raise Conflict("the transaction fails after the number was taken", code="test")
    return number.serial


def test_twenty_at_once_take_each_number_once(database_url: str) -> None:
    """Every fourth transaction fails after it has taken its number."""
    engine = make_engine(database_url, pool_size=16)
    rule = Numbering(new_id(), "letter", None, "二十人局", None, "廿函", True, "refuse")

    def attempt(n: int) -> int | None:
        try:
            return take(engine, rule, fail=n % 4 == 0)
        except Conflict:
            return None

    with ThreadPoolExecutor(20) as pool:
        taken = [n for n in pool.map(attempt, range(200)) if n is not None]
    engine.dispose()
    assert sorted(taken) == list(range(1, 151))


def test_a_year_begins_at_midnight_in_china(engine: Engine) -> None:
    before, after = (civil_date(datetime(2026, 12, 31, hour, 30, tzinfo=UTC)) for hour in (15, 16))
    assert [take(engine, RULE, day) for day in (before, before, after)] == [1, 2, 1]


def test_a_number_is_written_as_the_standard_says(engine: Engine) -> None:
    rule = Numbering(new_id(), "letter", None, "书写局", None, "示民函", True, "refuse")
    with unit_of_work(engine) as connection:
        assert take_number(connection, rule, DAY).text == "示民函〔2026〕1号"


def test_without_a_rule_nothing_is_numbered(engine: Engine) -> None:
    with pytest.raises(Conflict) as told, unit_of_work(engine) as connection:
        numbering_for(connection, "letter", [new_id()], DAY)
    assert told.value.code == "numbering_missing"
