"""A decision makes a name standard; the public sees it from its announcement on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, text

from data import audit, feed
from data.db import make_engine, reading, unit_of_work
from data.decisions import DecisionDraft, record_decisions
from data.errors import BadRequest, Conflict, NotFound
from data.ids import new_id
from geonames.places.naming import NewPlace, StandardName, abolish_name, name_place, release, rename_place
from geonames.places.service import find_place
from geonames.search.service import search_places
from tests.samples.invented import place_id, unit_id

DAY = date(2026, 3, 2)
COURSE = {"type": "LineString", "coordinates": [[110.04, 30.04], [110.06, 30.05]]}


def decided(connection: Connection, work: Callable[[UUID], Any], effective: date = DAY) -> tuple[UUID, Any]:
    """A decision with what it does, and its audit entry."""
    decision = new_id()
    draft = DecisionDraft(
        decision, "approval", "甘政复〔2026〕1号", "关于命名的批复（虚构）", "甘棠县人民政府（虚构）", "2026-03-02",
        None, str(effective), "document_date", None, "", "tests", None, None,
    )  # fmt: skip
    record_decisions(connection, [draft], "test")
    done = work(decision)
    audit.append(connection, actor="test", action="decided", decision_id=decision, details={})
    return decision, done


def street(effective: date = DAY) -> Callable[[Connection, UUID], UUID]:
    place = NewPlace("STREET", "23514", (110.05, 30.045), COURSE, unit_id("990121100"))
    return lambda connection, decision: name_place(
        connection, place, StandardName("新砚路", "Xinyan Lu", effective, decision)
    )


def name_a_street(engine: Engine, effective: date = DAY) -> tuple[UUID, UUID]:
    with unit_of_work(engine) as connection:
        return decided(connection, lambda d: street(effective)(connection, d), effective)


def announce(engine: Engine, decision: UUID) -> None:
    with unit_of_work(engine) as connection:
        changes = release(connection, decision, "test")
        published = feed.publish(connection, changes)
        audit.append(connection, actor="test", action="announced", decision_id=None, details={}, feed=published)


def found(engine: Engine, q: str, as_of: date | None = None) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        items: list[dict[str, Any]] = search_places(connection, q=q, as_of=as_of)["items"]
        return items


def shown(engine: Engine, place: UUID, as_of: date | None = None) -> dict[str, Any]:
    with reading(engine) as connection:
        return find_place(connection, place, as_of)


def fed(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return [c["collection"] for c in feed.changes_since(connection, 0, 100)[0]]


def test_a_new_name_is_public_from_its_announcement_on(register: Engine) -> None:
    decision, place = name_a_street(register)
    assert (found(register, "新砚路"), fed(register)) == ([], [])
    with pytest.raises(NotFound):
        shown(register, place)
    announce(register, decision)
    (hit,) = found(register, "新砚路")
    assert (hit["id"], hit["matched"]["kind"]) == (place, "standard")
    assert found(register, "xinyanlu")[0]["id"] == place
    body = shown(register, place)
    assert (body["name"], body["roman"], body["as_of"]) == ("新砚路", "Xinyan Lu", DAY)
    assert body["opened_by"]["doc_no"] == "甘政复〔2026〕1号"
    assert fed(register) == ["decisions", "places"]


def test_nobody_finds_by_position_what_is_not_announced(register: Engine) -> None:
    with reading(register) as connection:
        connection.execute(text("SELECT 1"))
    decision, place = name_a_street(register)

    def nearest() -> list[UUID]:
        with reading(register) as connection:
            rows = connection.execute(text("SELECT id FROM published.places_nearest(110.05, 30.045, '2026-04-01', 3)"))
            return [row.id for row in rows]

    assert place not in nearest()
    announce(register, decision)
    assert nearest()[0] == place


def test_the_extent_goes_with_the_name(register: Engine) -> None:
    decision, place = name_a_street(register)
    count = text("SELECT count(*) FROM published.place_extent WHERE place_id = :id")
    with reading(register) as connection:
        assert connection.scalar(count, {"id": place}) == 0
    announce(register, decision)
    with reading(register) as connection:
        assert connection.scalar(count, {"id": place}) == 1


def test_a_renamed_street_bears_its_old_name_until_the_announcement(register: Engine) -> None:
    old = place_id("s1")
    with unit_of_work(register) as connection:
        decision, former = decided(
            connection, lambda d: rename_place(connection, old, StandardName("清砚路", "Qingyan Lu", DAY, d))
        )
    assert former["text"] == "沿河路"
    assert shown(register, old)["name"] == "沿河路"
    assert [hit["id"] for hit in found(register, "沿河路")].count(old) == 1
    assert found(register, "清砚路") == []
    announce(register, decision)
    assert shown(register, old)["name"] == "清砚路"
    assert found(register, "清砚路")[0]["id"] == old
    (hit,) = (hit for hit in found(register, "沿河路") if hit["id"] == old)
    assert (hit["matched"]["kind"], hit["name"]) == ("former", "清砚路")


def test_a_day_before_the_renaming_answers_with_the_name_of_then(register: Engine) -> None:
    old = place_id("s1")
    with unit_of_work(register) as connection:
        decision, _ = decided(
            connection, lambda d: rename_place(connection, old, StandardName("清砚路", "Qingyan Lu", DAY, d))
        )
    announce(register, decision)
    assert shown(register, old, date(2020, 1, 1))["name"] == "沿河路"
    assert [hit["id"] for hit in found(register, "沿河路", date(2026, 3, 1))].count(old) == 1
    assert old not in [hit["id"] for hit in found(register, "清砚路", date(2026, 3, 1))]
    with pytest.raises(BadRequest):
        found(register, "清砚路", date(2026, 3, 3))


def test_a_name_that_begins_later_is_known_and_does_not_count_yet(register: Engine) -> None:
    later = date(2100, 1, 1)
    decision, place = name_a_street(register, later)
    announce(register, decision)
    assert all(hit["id"] != place for hit in found(register, "新砚路"))
    assert shown(register, place)["valid"]["from"] == later


def test_a_name_that_is_ended_stands_as_a_former_one(register: Engine) -> None:
    old = place_id("s4")
    with unit_of_work(register) as connection:
        decision, _ = decided(connection, lambda d: abolish_name(connection, old, DAY, d))
    announce(register, decision)
    with reading(register) as connection:
        standing = text("""
            SELECT count(*) FROM published.place_name
            WHERE subject_id = :id AND kind = 'standard' AND upper_inf(known) AND valid @> CAST(:day AS date)
        """)
        assert connection.scalar(standing, {"id": old, "day": DAY}) == 0
        assert connection.scalar(standing, {"id": old, "day": date(2026, 3, 1)}) == 1


def test_a_name_is_changed_once_its_decision_is_announced_and_not_before_it_began(register: Engine) -> None:
    decision, place = name_a_street(register)
    again = StandardName("再砚路", "Zaiyan Lu", date(2026, 4, 1), decision)
    with pytest.raises(Conflict) as refused, unit_of_work(register) as connection:
        rename_place(connection, place, again)
    assert refused.value.code == "name_not_announced"
    announce(register, decision)
    with pytest.raises(Conflict) as refused, unit_of_work(register) as connection:
        rename_place(connection, place, StandardName("再砚路", "Zaiyan Lu", DAY, decision))
    assert refused.value.code == "effective_too_early"
    with pytest.raises(NotFound), unit_of_work(register) as connection:
        rename_place(connection, new_id(), again)


def test_what_is_announced_is_announced_once(register: Engine) -> None:
    decision, _ = name_a_street(register)
    announce(register, decision)
    with pytest.raises(Conflict) as refused:
        announce(register, decision)
    assert refused.value.code == "already_done"
    assert fed(register) == ["decisions", "places"]


def test_the_reader_of_public_answers_sees_nothing_held_back(register: Engine) -> None:
    _, place = name_a_street(register)
    reader = make_engine(register.url.render_as_string(hide_password=False), pooled=False, reader=True)
    try:
        with reader.connect() as connection:
            for view, column in (("place", "id"), ("place_name", "subject_id"), ("search_name", "subject_id")):
                query = text(f"SELECT count(*) FROM published.{view} WHERE {column} = :id")
                assert connection.scalar(query, {"id": place}) == 0
            assert connection.scalar(text("SELECT count(*) FROM published.decision WHERE kind = 'approval'")) == 0
    finally:
        reader.dispose()
