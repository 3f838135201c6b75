"""By another date of decisions too the database's own functions answer what the statement over the views answers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from data import audit
from data.db import make_engine, reading, unit_of_work
from data.governing import GOVERNING, govern
from data.ids import derived_id
from data.server.cluster import Cluster
from geonames.features import service
from geonames.features.collections import PLACES
from geonames.features.model import FeatureCollection, Wanted, When
from tests import database
from tests.registers import demonstration_template
from tests.vector_tiles import properties

VIEWS = replace(PLACES, ready=None)
#: Invented places that are begun, renamed and ended by decisions close to one another, approved and announced any time.
HOW_MANY, FIRST, DECISIONS = 120, date(2001, 1, 1), 24
WEST, SOUTH = 112.0, 30.0
ADD_DECISION = text("""
    INSERT INTO diming.decision (id, kind, title, approved_on, announced_on, basis, source, recorded_by)
    VALUES (:id, 'approval', '虚构批复', :approved, :announced, 'document_date', 'invented for tests', 'test')
""")
ADD_PLACE = text("""
    INSERT INTO diming.place (id, class, type_code, geom, unit_id, valid, opened_by, closed_by, rank)
    SELECT :id, 'FACILITY', '23610', ST_SetSRID(ST_Point(:lon, :lat), 4490),
           (SELECT v.unit_id FROM diming.unit_version v WHERE v.code = :code AND upper_inf(v.known) LIMIT 1),
           daterange(CAST(:begins AS date), CAST(:ends AS date)), :opened, :closed, :rank
""")
ADD_NAME = text("""
    INSERT INTO diming.place_name (id, subject_id, text, kind, valid, source, opened_by, closed_by)
    VALUES (:name_id, :id, :name, :kind, daterange(CAST(:begins AS date), CAST(:ends AS date)), 'invented for tests',
            :opened, :closed)
""")


def effective(number: int) -> date:
    return FIRST + timedelta(days=20 * number)


def decision_of(number: int) -> UUID:
    return derived_id("invented-decision", "governed", number)


def write(connection: Connection) -> None:
    chance = random.Random(20_251_123)
    for number in range(DECISIONS):
        shifts = [effective(number) + timedelta(days=chance.randint(-50, 50)) for _ in range(2)]
        dates = [chance.choice((*[str(day)] * 4, None, str(day.year))) for day in shifts]
        values = {"id": decision_of(number), "approved": dates[0], "announced": dates[1]}
        connection.execute(ADD_DECISION, values)
    for number in range(HOW_MANY):
        write_place(connection, chance, number)
    audit.append(connection, actor="test", action="invented", decision_id=None, details={})


def write_place(connection: Connection, chance: random.Random, number: int) -> None:
    """A place with a name, and another after it; some from of old, some that stand on."""
    identity = derived_id("invented-place", "governed", number)
    one, two, three = sorted(chance.sample(range(DECISIONS), 3))
    begins = None if number % 3 == 0 else effective(one)
    ends, closed = (effective(three), decision_of(three)) if number % 4 == 0 else (None, None)
    where = {"lon": WEST + number % 12 / 20, "lat": SOUTH + number // 12 / 20, "code": ("420600", "330522")[number % 2]}
    held = {"id": identity, "begins": begins, "ends": ends, "opened": decision_of(one), "closed": closed}
    connection.execute(ADD_PLACE, {**held, **where, "rank": 10_000 + number % 7})
    names = (
        (f"虚甲{number}", "standard", begins, effective(two), one, decision_of(two)),
        (f"虚乙{number}", "standard", effective(two), ends, two, closed),
        (f"虚丙{number}", "unverified", None, effective(two), one, None),
    )
    for name, kind, since, until, opened, closes in names:
        named = {"name_id": derived_id("invented-name", name), "id": identity, "name": name, "kind": kind}
        bounds = {"begins": since, "ends": until, "opened": decision_of(opened), "closed": closes}
        connection.execute(ADD_NAME, {**named, **bounds})


@pytest.fixture(scope="module")
def readers(cluster: Cluster) -> Iterator[Engine]:
    """The public's engine on a register that holds them."""
    with database.clone(cluster, demonstration_template(cluster)) as url:
        owner = make_engine(url, pooled=False)
        with unit_of_work(owner) as connection:
            write(connection)
        owner.dispose()
        engine = make_engine(url, pooled=False, reader=True)
        yield engine
        engine.dispose()


days = st.integers(-80, 20 * DECISIONS + 80).map(lambda n: FIRST + timedelta(days=n)).map(lambda d: When(d, d, d))
boxes = st.tuples(st.integers(0, 12), st.integers(0, 10), st.sampled_from((0.06, 0.3, 3.0))).map(
    lambda one: (WEST + one[0] / 20, SOUTH + one[1] / 20, WEST + one[0] / 20 + one[2], SOUTH + one[1] / 20 + one[2])
)
asked = st.builds(
    Wanted,
    when=days,
    limit=st.sampled_from((1, 7, 300)),
    after=st.none() | st.uuids(),
    box=boxes,
    columns=st.sampled_from((None, ["name"], ["unit_name", "valid_from", "valid_to"])),
)
zooms = st.integers(8, 12).map(lambda z: (z, int((WEST + 0.3 + 180) / 360 * 2**z), int(0.4128 * 2**z)))
#: The way over the views looks at each place of the register by itself.
drawn = settings(max_examples=15, deadline=None)


@drawn
@given(by=st.sampled_from(GOVERNING), wanted=asked)
def test_a_page_is_the_same_by_either_way(readers: Engine, by: str, wanted: Wanted) -> None:
    with reading(readers) as connection:
        govern(connection, by)
        ready, views = (service.find(connection, one, wanted) for one in (PLACES, VIEWS))
    assert ([dict(r) for r in ready.rows], ready.matched, ready.more) == (
        [dict(r) for r in views.rows], views.matched, views.more,
    )  # fmt: skip


@drawn
@given(by=st.sampled_from(GOVERNING), at=zooms, when=days, limit=st.sampled_from((5, 60, 10_000)))
def test_a_tile_is_the_same_by_either_way(
    readers: Engine, by: str, at: tuple[int, int, int], when: When, limit: int
) -> None:
    def shown(connection: Connection, collection: FeatureCollection) -> list[dict[str, str]]:
        tile = service.draw(connection, collection, Wanted(when, limit), *at)
        return sorted(properties(tile) if tile else [], key=lambda one: one["id"])

    with reading(readers) as connection:
        govern(connection, by)
        assert shown(connection, PLACES) == shown(connection, VIEWS)


def named_on(readers: Engine, by: str, day: date) -> set[str]:
    with reading(readers) as connection:
        govern(connection, by)
        wanted = Wanted(When(day, day, day), 1000, box=(WEST - 0.01, SOUTH - 0.01, WEST + 1, SOUTH + 1))
        rows = service.find(connection, PLACES, wanted).rows
    return {row["name"] for row in rows if (row["name"] or "").startswith("虚")}


def test_the_dates_tell_the_invented_places_apart(readers: Engine) -> None:
    for one, other in pairwise(GOVERNING):
        days = [effective(number) for number in range(3, DECISIONS, 6)]
        apart = [len(named_on(readers, one, day) ^ named_on(readers, other, day)) for day in days]
        assert any(apart), (one, other, apart)
