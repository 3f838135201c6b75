"""Codes of places: in order, without holes, never twice, whoever asks at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from data import audit
from data.access import Role
from data.db import reading, unit_of_work
from data.errors import BadRequest, Conflict, NotFound, NotPermitted
from data.feed import changes_since
from data.ids import derived_id
from geonames.places.coding import codes_of, issue_place_code, place_of_code, retire_place_code
from geonames.places.service import find_place
from tests.samples import named_places as counties
from tests.samples.named_places import AFAR, BRIDGE, COUNTY, DECISION, LANE, OTHER, somebody, whoever_runs_it

CLERK = somebody(Role.CLERK, COUNTY)
THREADS, EACH = 20, 5


def issue(engine: Engine, place: UUID) -> str:
    with unit_of_work(engine) as connection:
        return issue_place_code(connection, CLERK, place)


def more_lanes(engine: Engine, number: int) -> list[UUID]:
    lanes = [derived_id("invented-lane", n) for n in range(number)]
    with unit_of_work(engine) as connection:
        for n, lane in enumerate(lanes):
            values = {"id": lane, "class": "STREET", "type": "23514", "unit": COUNTY, "decision": DECISION}
            connection.execute(counties.ADD_PLACE, values)
            name = {"name": f"柳浪{n + 3}巷", "name_id": derived_id("invented-name", n)}
            connection.execute(counties.ADD_NAME, {**values, **name})
    return lanes


def test_a_place_gets_its_code_once(invented: Engine) -> None:
    assert issue(invented, LANE) == "99012100023514000001"
    assert issue(invented, LANE) == "99012100023514000001"
    assert issue(invented, BRIDGE) == "99012100023610000001"
    with reading(invented) as connection:
        place = find_place(connection, LANE)
        assert place["code"] == place["place_code"] == "99012100023514000001"
        assert place_of_code(connection, place["code"])["place"] == LANE


def test_a_unit_has_a_place_code_beside_its_own(invented: Engine) -> None:
    assert issue(invented, COUNTY) == "99012100021400000001"
    with reading(invented) as connection:
        unit = find_place(connection, COUNTY)
    assert (unit["code"], unit["place_code"]) == ("990121", "99012100021400000001")


def test_twenty_at_once_leave_no_hole_and_none_twice(invented: Engine) -> None:
    lanes = more_lanes(invented, THREADS * EACH)
    with ThreadPoolExecutor(THREADS) as pool:
        codes = list(pool.map(lambda lane: issue(invented, lane), lanes))
    assert sorted(codes) == [f"99012100023514{n:06d}" for n in range(1, THREADS * EACH + 1)]
    with reading(invented) as connection:
        assert audit.verify(connection)[1] is None


def test_the_same_place_asked_for_at_once_gets_one_code(invented: Engine) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        codes = set(pool.map(lambda _n: issue(invented, LANE), range(THREADS)))
    assert codes == {"99012100023514000001"}


def test_what_fails_gives_its_number_back(invented: Engine) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work(invented) as connection:
        issue_place_code(connection, CLERK, LANE)
        raise ZeroDivisionError
    (other,) = more_lanes(invented, 1)
    assert issue(invented, other).endswith("000001")
    assert issue(invented, LANE).endswith("000002")


def test_failures_among_successes_at_once_leave_no_hole(invented: Engine) -> None:
    lanes = more_lanes(invented, THREADS * EACH)

    def sometimes(numbered: tuple[int, UUID]) -> str | None:
        number, lane = numbered
        try:
            with unit_of_work(invented) as connection:
                code = issue_place_code(connection, CLERK, lane)
                if number % 3 == 0:
                    raise ZeroDivisionError
                return code
        except ZeroDivisionError:
            return None

    with ThreadPoolExecutor(THREADS) as pool:
        codes = sorted(code for code in pool.map(sometimes, enumerate(lanes)) if code)
    assert codes == [f"99012100023514{n:06d}" for n in range(1, len(codes) + 1)]


def test_a_retired_code_is_never_given_again(invented: Engine) -> None:
    first = issue(invented, LANE)
    with unit_of_work(invented) as connection:
        assert retire_place_code(connection, CLERK, LANE) == first
        assert retire_place_code(connection, CLERK, LANE) is None
    assert issue(invented, LANE) == "99012100023514000002"
    with reading(invented) as connection:
        assert [row["retired_at"] is None for row in codes_of(connection, LANE)] == [False, True]
        assert place_of_code(connection, first)["retired_at"] is not None


def test_the_feed_and_the_audit_tell_of_it(invented: Engine) -> None:
    code = issue(invented, LANE)
    with reading(invented) as connection:
        (change,), _ = changes_since(connection, 0, 10)
        assert (change["collection"], change["before"]["code"], change["after"]["code"]) == ("places", None, code)
        action = connection.execute(text("SELECT action FROM diming.audit ORDER BY seq DESC LIMIT 1")).scalar_one()
    assert action == "place_code.issued"


def test_only_whose_jurisdiction_it_is(invented: Engine) -> None:
    for actor in (somebody(Role.CLERK, OTHER), somebody(Role.SURVEYOR, COUNTY)):
        with pytest.raises(NotPermitted), unit_of_work(invented) as connection:
            issue_place_code(connection, actor, LANE)
    with unit_of_work(invented) as connection:
        assert issue_place_code(connection, whoever_runs_it(), LANE)


def test_a_place_in_no_unit_gets_none(standing: Engine) -> None:
    with pytest.raises(Conflict) as refused:
        issue(standing, AFAR)
    assert refused.value.code == "place_outside_units"


def test_a_series_that_is_used_up(invented: Engine) -> None:
    with unit_of_work(invented) as connection:
        connection.execute(text("INSERT INTO diming.place_code_series VALUES ('99012100023514', 999999)"))
    with pytest.raises(Conflict) as refused:
        issue(invented, LANE)
    assert refused.value.code == "place_code_series_full"


def test_codes_that_are_none_or_not_issued(standing: Engine) -> None:
    with reading(standing) as connection:
        with pytest.raises(BadRequest):
            place_of_code(connection, "123")
        with pytest.raises(NotFound) as refused:
            place_of_code(connection, "99012100023514000009")
    assert refused.value.code == "place_code_not_issued"
    with pytest.raises(NotFound):
        issue(standing, UUID(int=1))
