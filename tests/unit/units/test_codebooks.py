"""Publications of codes: what counts as a change between two of them. Units that never were."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from boundaries.codebooks.comparing import Listed, Scope, changes_between, codes_on, late_changes
from boundaries.codebooks.kinds import due_after, publication_kinds
from boundaries.codebooks.tables import codes_csv
from boundaries.units.coding import Level
from boundaries.units.lineage import EdgeFact, Graph, VersionFact

CITY, COUNTY, OTHER, TOWN, GONE, BORN = (UUID(int=n) for n in range(1, 7))
BY = UUID(int=99)
FIRST, TURN, LAST = date(2000, 1, 1), date(2010, 1, 1), date(2020, 1, 1)


def version(
    unit: UUID, code: str, name: str, parent: UUID | None, begin: date = FIRST, end: date | None = None
) -> VersionFact:
    level: Level = "prefecture" if parent is None else "township" if len(code) > 6 else "county"
    return VersionFact(unit, code, name, level, parent, begin, end, BY)


def graph() -> Graph:
    """A town is renamed and changes its county; another ends and its land goes to it; a third begins."""
    return Graph.of(
        [
            version(CITY, "990100", "示例市", None),
            version(COUNTY, "990121", "甲县", CITY),
            version(OTHER, "990122", "乙县", CITY),
            version(TOWN, "990121100", "东镇", COUNTY, FIRST, TURN),
            version(TOWN, "990122100", "西镇", OTHER, TURN),
            version(GONE, "990121101", "亡镇", COUNTY, FIRST, TURN),
            version(BORN, "990121102", "新镇", COUNTY, TURN),
        ],
        [EdgeFact(GONE, TOWN, TURN, True, False, False, BY)],
    )


TOWNS = Scope(CITY, {"township"})


def test_the_codes_of_a_day_are_those_in_force_below_the_unit() -> None:
    assert [one.code for one in codes_on(graph(), TOWNS, date(2009, 12, 31)).values()] == ["990121100", "990121101"]
    assert [one.code for one in codes_on(graph(), TOWNS, TURN).values()] == ["990121102", "990122100"]
    assert [one.code for one in codes_on(graph(), Scope(OTHER, {"township"}), TURN).values()] == ["990122100"]
    assert [one.code for one in codes_on(graph(), Scope(None, {"county"}), TURN).values()] == ["990121", "990122"]


def test_a_change_says_what_became_of_the_unit_and_where_land_went() -> None:
    told = {one.unit: one for one in changes_between(graph(), TOWNS, date(2009, 6, 30), LAST)}
    assert told[TOWN].what == ("renamed", "recoded", "moved")
    assert (told[GONE].what, told[GONE].into, told[GONE].decision) == (("abolished",), ("990122100 西镇",), None)
    assert (told[BORN].what, told[BORN].before, told[BORN].decision) == (("established",), None, BY)


@pytest.mark.parametrize(("since", "day", "count"), [
    (date(2009, 12, 31), TURN, 3), (FIRST, date(2009, 12, 31), 0), (TURN, LAST, 0),
])  # fmt: skip
def test_the_first_day_is_not_counted_and_the_last_is(since: date, day: date, count: int) -> None:
    assert len(changes_between(graph(), TOWNS, since, day)) == count


def test_what_leaves_a_county_for_another_is_neither_founded_nor_abolished_there() -> None:
    left = {one.unit: one.what[0] for one in changes_between(graph(), Scope(COUNTY, {"township"}), FIRST, LAST)}
    came = {one.unit: one.what[0] for one in changes_between(graph(), Scope(OTHER, {"township"}), FIRST, LAST)}
    assert (left[TOWN], came) == ("moved_out", {TOWN: "moved_in"})


def test_what_was_recorded_after_the_last_publication_though_in_effect_before_is_told_as_late() -> None:
    published = {TOWN: Listed(TOWN, "990121100", "东镇", "township", "镇", "990121", False)}
    found = {one.unit: one for one in late_changes(graph(), TOWNS, LAST, published)}
    assert found[TOWN].late
    assert found[TOWN].what == ("renamed", "recoded")
    assert found[TOWN].on == TURN
    assert found[BORN].what == ("established",)
    exact = codes_on(graph(), TOWNS, LAST)
    assert late_changes(graph(), TOWNS, LAST, exact) == []


def test_a_name_that_would_be_a_formula_is_made_harmless_and_nothing_else_changed() -> None:
    row = {
        "code": "990121100",
        "name": "=1",
        "level": "township",
        "type": "镇",
        "parent_code": None,
        "uncertain": False,
    }
    assert codes_csv([row]).decode("utf-8-sig").splitlines()[1] == "990121100,'=1,township,镇,,no"


def test_the_next_is_due_at_the_end_of_the_month_where_the_last_was() -> None:
    assert due_after(date(2026, 6, 30), 6) == date(2026, 12, 31)
    assert due_after(date(2026, 8, 29), 6) == date(2027, 2, 28)
    assert {one.months for one in publication_kinds().values()} == {6, 12}
