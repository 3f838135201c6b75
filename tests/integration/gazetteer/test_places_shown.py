"""What the database's own functions answer of the collection places is what its statement over the views answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from data.db import reading
from geonames.features import service
from geonames.features.collections import PLACES
from geonames.features.model import FeatureCollection, Found, Wanted, When
from tests.vector_tiles import properties

VIEWS = replace(PLACES, ready=None)
DAYS = (date(1985, 6, 30), date(2001, 1, 1), date(2015, 7, 1), date(2024, 12, 31))
IS_WALKED = text("SELECT diming.is_walked(ST_MakeEnvelope(:west, :south, :east, :north, 4490), :enough)")

longitudes, latitudes = st.floats(73, 135), st.floats(15, 53)
days = st.sampled_from(DAYS).map(lambda day: When(day, day, day))
boxes = st.tuples(longitudes, latitudes, st.sampled_from((0.1, 1.0, 5.0, 40.0))).map(
    lambda one: (one[0], one[1], one[0] + one[2], one[1] + one[2])
)
wanted = st.builds(
    Wanted,
    when=days,
    limit=st.sampled_from((0, 1, 7, 100)),
    after=st.none() | st.uuids(),
    box=st.none() | boxes,
    columns=st.sampled_from((None, [], ["name"], ["unit_code", "valid_from"])),
)
tiles = st.integers(0, 11).flatmap(
    lambda z: st.tuples(st.just(z), st.integers(0, (1 << z) - 1), st.integers(0, (1 << z) - 1))
)
#: Tiles in the middle of the country, of each zoom.
peopled = st.integers(2, 12).map(lambda z: (z, int((114.3 + 180) / 360 * 2**z), int(0.4105 * 2**z)))
drawn = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def seen(found: Found) -> tuple[list[dict[str, object]], int | None, bool]:
    return [dict(row) for row in found.rows], found.matched, found.more


@drawn
@given(asked=wanted)
def test_a_page_of_places_is_the_same_by_either_way(public: Connection, asked: Wanted) -> None:
    assert seen(service.find(public, PLACES, asked)) == seen(service.find(public, VIEWS, asked))


@drawn
@given(at=tiles | peopled, when=days, limit=st.sampled_from((1, 5, 300, 10_000)))
def test_a_tile_of_places_is_the_same_by_either_way(
    public: Connection, at: tuple[int, int, int], when: When, limit: int
) -> None:
    asked = Wanted(when, limit)

    def shown(collection: FeatureCollection) -> list[dict[str, str]]:
        tile = service.draw(public, collection, asked, *at)
        return sorted(properties(tile) if tile else [], key=lambda one: one["id"])

    assert shown(PLACES) == shown(VIEWS)


def test_the_register_of_the_tests_is_asked_in_both_ways(office: Engine) -> None:
    with reading(office) as connection:
        wide = {"west": 73, "south": 15, "east": 135, "north": 53, "enough": 100}
        small = {"west": 114, "south": 30, "east": 114.1, "north": 30.1, "enough": 100}
        assert [connection.scalar(IS_WALKED, one) for one in (wide, small)] == [True, False]


def test_pages_lead_through_a_box_without_a_gap(public: Connection) -> None:
    when, box = When(DAYS[-1], DAYS[-1], DAYS[-1]), (112.0, 29.0, 114.5, 31.0)
    ids: list[UUID] = []
    while True:
        found = service.find(public, PLACES, Wanted(when, 50, after=ids[-1] if ids else None, box=box))
        ids += [row["id"] for row in found.rows]
        if not found.more:
            break
    whole = service.find(public, VIEWS, Wanted(when, 1000, box=box))
    assert ids == [row["id"] for row in whole.rows]
    assert len(ids) > 50
