"""Places that carry a heritage tag are found by their list, for as long as they are on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from boundaries.units.load import load_divisions
from boundaries.units.service import unit_id_at
from data import audit
from data.db import make_engine, reading, unit_of_work
from data.ids import new_id
from geonames.places.service import find_place
from geonames.search.index import refresh_search_keys
from geonames.search.service import search_places

LIST = "示例名录"
TAG = text("""
    INSERT INTO diming.heritage_tag (id, subject_id, list, level, category, valid, opened_by)
    SELECT gen_random_uuid(), :subject, :list, 'county', '示例类别', daterange('1990-01-01', '2000-01-01'), :decision
""")
DECISION = text("""
    INSERT INTO diming.decision (id, kind, title, basis, source, recorded_by)
    VALUES (:id, 'source_record', '示例名录', 'first_list', 'test', 'test')
""")


UNITS = (
    "990000,示例省,,示例省,省级",
    "990100,示例省,云溪市,云溪市,地级",
    "990121,示例省,云溪市,东河县,县级",
)


@pytest.fixture
def tagged(fresh_database_url: str, tmp_path: Path) -> Iterator[tuple[Engine, UUID]]:
    """A register of 示例省, which does not exist, with one unit on a list from 1990 to 2000."""
    (tmp_path / "diff").mkdir()
    rows = "".join(f"{row},在用,1981,,\n" for row in UNITS)
    head = "代码,一级行政区,二级行政区,名称,级别,状态,启用时间,变更/弃用时间,新代码\n"
    (tmp_path / "result.csv").write_text(head + rows, "utf-8")
    for year in range(1981, 2001):
        (tmp_path / "diff" / f"{year}-{year + 1}.diff").write_text("", "utf-8")
    engine = make_engine(fresh_database_url)
    load_divisions(engine, "test", folder=tmp_path)
    refresh_search_keys(engine, "test")
    decision = new_id()
    with unit_of_work(engine) as connection:
        unit = unit_id_at(connection, "990121", date(1995, 1, 1))
        connection.execute(DECISION, {"id": decision})
        connection.execute(TAG, {"subject": unit, "list": LIST, "decision": decision})
        audit.append(connection, actor="test", action="tag", decision_id=decision, details={"unit": str(unit)})
    yield engine, unit
    engine.dispose()


def found(engine: Engine, day: date, name: str) -> list[UUID]:
    with reading(engine) as connection:
        return [item["id"] for item in search_places(connection, heritage=name, as_of=day)["items"]]


def test_a_tagged_place_is_found_while_it_is_listed(tagged: tuple[Engine, UUID]) -> None:
    engine, unit = tagged
    assert found(engine, date(1995, 1, 1), LIST) == [unit]
    assert found(engine, date(1989, 12, 31), LIST) == []
    assert found(engine, date(2000, 1, 1), LIST) == []
    assert found(engine, date(1995, 1, 1), "别的名录") == []


def test_a_place_shows_its_tags(tagged: tuple[Engine, UUID]) -> None:
    engine, unit = tagged
    with reading(engine) as connection:
        place = find_place(connection, unit)
    (tag,) = place["heritage"]
    assert (tag["list"], tag["level"], tag["category"]) == (LIST, "county", "示例类别")
    assert (str(tag["valid"]["from"]), str(tag["valid"]["to"])) == ("1990-01-01", "2000-01-01")
    assert tag["decision"]
