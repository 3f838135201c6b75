"""The made-up divisions stand in the register, marked; the country is what it was; and all of it goes again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, text

from api.casework import locate
from api.demo_office import STEPS, load_office, office_state, remove_office, was_removed
from api.demo_office.model import Stage
from boundaries.network.store import HAS_NETWORK
from boundaries.shapes.store import standing_units
from boundaries.units.demonstration import unit_id
from boundaries.units.service import find_unit, list_units, register_span, translate_code, unit_history
from data import audit
from data.access import nobody
from data.db import reading, unit_of_work
from data.decisions import find_decision, list_decisions
from data.demonstration import remove_demonstration
from data.errors import Conflict, NotFound, NotSignedIn
from data.feed import changes_since
from geonames.search.index import write_search_keys
from geonames.search.service import search_places

T = TypeVar("T")
#: What happened stays written; numbers of the feed go on.
KEPT = ("audit", "audit_head", "change", "feed_head", "setting")
TABLES = text("""
    SELECT relname FROM pg_class WHERE relnamespace = 'diming'::regnamespace AND relkind = 'r' ORDER BY relname
""")

A_REAL_UNIT_IN_A_MADE_UP_DOCUMENT = text("""
    INSERT INTO diming.unit_version (id, unit_id, code, name, level, type, valid, opened_by, closed_by)
    SELECT gen_random_uuid(), unit_id, '990199', name, level, type, '[1950-01-01,1951-01-01)', :decision, :decision
    FROM diming.unit_version WHERE code = '330522' LIMIT 1
""")


def content(connection: Connection) -> dict[str, Any]:
    """Count and fingerprint of every table, whatever the order of its rows and their times of recording."""
    found = {}
    for table in connection.execute(TABLES).scalars().all():
        if table not in KEPT:
            row = "(to_jsonb(t) - 'id')::text" if table == "search_name" else "t::text"  # written again whole
            question = f"SELECT count(*), coalesce(sum(hashtextextended({row}, 0)::numeric), 0) FROM diming.{table} t"
            found[table] = tuple(connection.execute(text(question)).one())
    return found


def country(connection: Connection) -> dict[str, Any]:
    """What is said of the country as a whole."""
    return {
        "provinces": list_units(connection, level="province", limit=1000),
        "prefectures": list_units(connection, level="prefecture", limit=1000),
        "counties": [list_units(connection, level="county", limit=1000, cursor=None)["items"][-1]],
        "townships": list_units(connection, level="township"),
        "decisions": list_decisions(connection, year=2000, limit=1000),
        "standing": len(standing_units(connection, register_span(connection).register_through)),
        "network": connection.scalar(HAS_NETWORK),
    }


def asked(stage: Stage, question: Callable[[Connection], T]) -> T:
    with reading(stage.engine) as connection:
        return question(connection)


def test_the_made_up_county_answers_and_says_what_it_is(stage: Stage) -> None:
    assert "divisions" in load_office(stage)
    found = asked(stage, lambda c: find_unit(c, "990121"))
    assert found["demonstration"] is True
    assert [link["name"] for link in found["chain"]] == ["示例省", "云溪市", "甲县"]
    assert (found["type"], found["roman"]) == ("县", "Jia Xian")
    assert found["decisions"][0]["doc_no"] == "演示〔2026〕1号"
    history = asked(stage, lambda c: unit_history(c, "990121"))
    assert history["demonstration"] is True
    decision = asked(stage, lambda c: find_decision(c, found["decisions"][0]["id"]))
    assert decision["demonstration"] is True
    assert asked(stage, lambda c: translate_code(c, "990121"))["demonstration"] is True
    below = asked(stage, lambda c: list_units(c, parent="990121"))
    assert [unit["name"] for unit in below["items"]] == ["云溪街道", "石桥镇", "松林乡"]
    assert all(unit["demonstration"] for unit in below["items"])


def test_casework_finds_where_it_lies(loaded: Stage) -> None:
    where = asked(loaded, lambda c: locate(c, unit_id("990121100")))
    assert where is not None
    assert (where.level, where.code, where.names) == ("township", "990121100", ("示例省", "云溪市", "甲县", "石桥镇"))


def test_the_country_is_what_it_was(stage: Stage) -> None:
    before = asked(stage, country)
    load_office(stage)
    assert asked(stage, country) == before
    made_up = asked(stage, lambda c: list_units(c, demonstration=True))
    assert {unit["code"][:2] for unit in made_up["items"]} == {"99"}
    invented = asked(stage, lambda c: list_decisions(c, demonstration=True))
    assert invented["items"]
    assert all(d["doc_no"].startswith("演示〔2026〕") for d in invented["items"])


def test_a_real_unit_says_that_it_is_real(loaded: Stage) -> None:
    assert asked(loaded, lambda c: find_unit(c, "330522"))["demonstration"] is False


def test_search_finds_it_marked(loaded: Stage) -> None:
    items = asked(loaded, lambda c: search_places(c, q="云溪市"))["items"]
    assert [item["demonstration"] for item in items if item["code"] == "990100"] == [True]
    assert all(item["demonstration"] == item["code"].startswith("99") for item in items)


def test_a_second_load_changes_nothing(loaded: Stage) -> None:
    before = asked(loaded, content)
    assert load_office(loaded) == []
    assert asked(loaded, content) == before


def test_removed_it_leaves_nothing(stage: Stage) -> None:
    with unit_of_work(stage.engine) as connection:
        write_search_keys(connection, "test")
    before = asked(stage, content)
    load_office(stage)
    removed = remove_office(stage)
    assert removed.rows["unit"] == removed.rows["unit_version"] > 0
    assert asked(stage, content) == before
    assert not any(asked(stage, lambda c: office_state(stage.engine)).values())
    with pytest.raises(NotFound, match="990121"):
        asked(stage, lambda c: find_unit(c, "990121"))
    assert was_removed(stage.home)
    assert remove_office(stage).rows == {}


def test_it_can_be_loaded_again(loaded: Stage) -> None:
    before = asked(loaded, content)["unit_version"][0]
    remove_office(loaded)
    assert load_office(loaded) == [step.key for step in STEPS if step.wanted(loaded)]
    assert asked(loaded, content)["unit_version"][0] == before
    assert not was_removed(loaded.home)


def test_a_mirror_that_follows_the_feed_is_left_with_nothing(stage: Stage) -> None:
    last = asked(stage, lambda c: changes_since(c, 0, 1))[1]
    load_office(stage)
    remove_office(stage)
    mirror: dict[Any, Any] = {}
    changes, end = asked(stage, lambda c: changes_since(c, last, 1000))
    assert [change["seq"] for change in changes] == list(range(last + 1, end + 1))
    for change in changes:
        if change["collection"] in ("units", "decisions"):
            assert (change["after"] or change["before"])["demonstration"] is True
        if change["after"] is None:
            del mirror[change["id"]]
        else:
            mirror[change["id"]] = change["after"]
    assert mirror == {}


def test_the_audit_keeps_that_it_was_there_and_stays_whole(stage: Stage) -> None:
    load_office(stage)
    remove_office(stage)
    with reading(stage.engine) as connection:
        actions = connection.execute(text("SELECT action FROM diming.audit ORDER BY seq")).scalars().all()
        assert audit.verify(connection)[1] is None
    assert actions.index("demonstration.units") < actions.index("demonstration.removed")


def test_nothing_real_goes_with_it(loaded: Stage) -> None:
    """A real unit of which a document of the demonstration says something: refused, and nothing changed."""
    invented = asked(loaded, lambda c: list_decisions(c, demonstration=True))["items"][0]["id"]
    with unit_of_work(loaded.engine) as connection:
        connection.execute(A_REAL_UNIT_IN_A_MADE_UP_DOCUMENT, {"decision": invented})
    before = asked(loaded, content)
    with pytest.raises(Conflict, match="长兴县"):
        remove_office(loaded)
    assert asked(loaded, content) == before


def test_rows_of_the_register_still_cannot_be_deleted(loaded: Stage) -> None:
    with pytest.raises(Conflict, match="never changed or removed"), unit_of_work(loaded.engine) as connection:
        connection.execute(text("DELETE FROM diming.unit WHERE demonstration"))


def test_only_the_installation_itself_may(loaded: Stage) -> None:
    with pytest.raises(NotSignedIn), unit_of_work(loaded.engine) as connection:
        remove_demonstration(connection, nobody())
