"""Relatives of a unit over generations, in the direction of time."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from api.web.family import descents, family_of, names_in_passages, relatives
from boundaries.units.lineage import EdgeFact, Graph, VersionFact

FIRST = date(1981, 12, 31)


def unit(number: int) -> UUID:
    return UUID(int=number)


def version(number: int, name: str, begin: date = FIRST, end: date | None = None) -> VersionFact:
    return VersionFact(unit(number), f"{420000 + number}", name, "county", None, begin, end, unit(99))


def edge(source: int, target: int, year: int, whole: bool) -> EdgeFact:
    return EdgeFact(unit(source), unit(target), date(year, 7, 1), whole, False, False, unit(99))


def chain(length: int) -> Graph:
    """Unit 0 is merged into 1 in 1990, 1 into 2 in 1991 and so on."""
    ends = [date(1990 + n, 7, 1) if n < length else None for n in range(length + 1)]
    versions = [version(n, f"单位{n}", end=end) for n, end in enumerate(ends)]
    return Graph.of(versions, [edge(n, n + 1, 1990 + n, whole=True) for n in range(length)])


def test_both_directions_are_followed_as_far_as_asked() -> None:
    family = family_of(chain(5), unit(2), depth=2)
    assert dict(family.generations) == {unit(0): -2, unit(1): -1, unit(2): 0, unit(3): 1, unit(4): 2}
    assert family.more


def test_all_generations_are_there_when_enough_are_asked_for() -> None:
    family = family_of(chain(5), unit(2), depth=3)
    assert len(family.generations) == 6
    assert not family.more


def test_passages_run_with_time_and_say_what_kind_they_are() -> None:
    graph = Graph.of(
        [version(1, "甲", end=date(2000, 7, 1)), version(2, "乙"), version(3, "丙")],
        [edge(1, 2, 2000, whole=True), edge(2, 3, 2005, whole=False)],
    )
    found = [(p.source, p.target, p.kind) for p in family_of(graph, unit(2), 3).passages]
    assert found == [(unit(1), unit(2), "merger"), (unit(2), unit(3), "transfer")]


def test_a_relative_is_named_as_it_was_when_land_passed() -> None:
    graph = Graph.of(
        [
            version(1, "老名县", end=date(1995, 1, 1)),
            version(1, "新名县", begin=date(1995, 1, 1), end=date(2000, 7, 1)),
            version(2, "乙市"),
        ],
        [edge(1, 2, 2000, whole=True)],
    )
    family = family_of(graph, unit(2), 3)
    named = names_in_passages(graph, family, unit(2), graph.by_unit[unit(2)][0])
    drawn = {r.name: r for r in relatives(graph, family, named, FIRST)}
    assert set(drawn) == {"新名县", "乙市"}
    assert drawn["新名县"].former
    assert not drawn["乙市"].former


def test_land_given_away_before_ours_came_is_no_descent_of_ours() -> None:
    graph = Graph.of(
        [version(1, "甲", end=date(2011, 7, 1)), version(2, "乙"), version(3, "丙"), version(4, "丁")],
        [edge(1, 2, 2011, whole=True), edge(2, 3, 2004, whole=False), edge(2, 4, 2015, whole=False)],
    )
    assert set(family_of(graph, unit(1), 3).generations) == {unit(1), unit(2), unit(4)}
    assert set(family_of(graph, unit(3), 3).generations) == {unit(3), unit(2)}


def test_units_that_exchange_land_end_the_walk() -> None:
    graph = Graph.of(
        [version(1, "甲"), version(2, "乙")], [edge(1, 2, 1990, whole=False), edge(2, 1, 1995, whole=False)]
    )
    family = family_of(graph, unit(1), depth=30)
    assert set(family.generations) == {unit(1), unit(2)}


def test_repeated_passages_are_one_line_that_says_how_many() -> None:
    graph = Graph.of(
        [version(1, "甲", end=date(2011, 7, 1)), version(2, "乙")],
        [edge(1, 2, 1983, whole=False), edge(1, 2, 2011, whole=True)],
    )
    (line,) = descents(family_of(graph, unit(1), 3), str)
    assert (line.label, line.note, line.whole) == ("merger", "1983–2011 ×2", True)
