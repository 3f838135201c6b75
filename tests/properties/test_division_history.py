"""What must hold for every history of divisions, whatever happened in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.units.chronicle.crosscheck import standing
from boundaries.units.chronicle.identity import Register, Version
from boundaries.units.lineage import EdgeFact, Graph, VersionFact, translate
from boundaries.units.records import principal
from tests.properties.chronicle_strategies import chronicles
from tests.scale import examples
from tests.unit.units.chronicles import chronicle

Chronicle = tuple[dict[str, str], list[str]]
FIRST_DAY = date(1981, 12, 31)


def built(drawn: Chronicle) -> Register:
    first, years = drawn
    return chronicle(*years, first=first)


def span(version: Version) -> tuple[date, date]:
    begin = version.begin.moment.on if version.begin else FIRST_DAY
    return begin, version.end.moment.on if version.end else date.max


def graph_of(register: Register) -> Graph:
    nobody = UUID(int=0)
    facts = [
        VersionFact(v.unit_id, v.code, v.name, v.level, v.parent_id, span(v)[0],
                    None if v.end is None else span(v)[1], principal(v.begin) if v.begin else nobody)
        for v in register.versions
    ]  # fmt: skip
    edges = [
        EdgeFact(e.from_unit, e.to_unit, e.change.moment.on, e.whole_from, e.whole_to, e.derived,
                 principal(e.change))
        for e in register.edges
    ]  # fmt: skip
    return Graph.of(facts, edges)


def assert_no_overlap(groups: Iterable[list[Version]]) -> None:
    for group in groups:
        ordered = sorted(group, key=span)
        for earlier, later in pairwise(ordered):
            assert span(earlier)[1] <= span(later)[0], (earlier, later)


@settings(max_examples=examples(60), deadline=None)
@given(chronicles())
def test_no_code_and_no_unit_has_two_versions_on_one_day(drawn: Chronicle) -> None:
    by_code: dict[str, list[Version]] = defaultdict(list)
    by_unit: dict[UUID, list[Version]] = defaultdict(list)
    for version in built(drawn).versions:
        by_code[version.code].append(version)
        by_unit[version.unit_id].append(version)
    assert_no_overlap(by_code.values())
    assert_no_overlap(by_unit.values())


@settings(max_examples=examples(60), deadline=None)
@given(chronicles())
def test_a_parent_stands_as_long_as_its_units_do(drawn: Chronicle) -> None:
    register = built(drawn)
    by_unit: dict[UUID, list[tuple[date, date]]] = defaultdict(list)
    for version in register.versions:
        by_unit[version.unit_id].append(span(version))
    for version in register.versions:
        if version.parent_id is not None:
            times = by_unit[version.parent_id]
            assert min(times)[0] <= span(version)[0]
            assert span(version)[1] <= max(end for _, end in times)


@settings(max_examples=examples(60), deadline=None)
@given(chronicles())
def test_the_last_day_of_each_year_has_the_units_that_the_changes_leave(drawn: Chronicle) -> None:
    first, years = drawn
    register = built(drawn)
    assert register.remarks == []
    expected = dict(first)
    for number, text in enumerate(years):
        lines = [line for line in text.splitlines() if line[0] in "+-"]
        for line in sorted(lines, key=lambda line: line[0] == "+"):
            code, name = line[1:7], line[8:].split(">")[0].split("<")[0]
            if line[0] == "-":
                del expected[code]
            else:
                expected[code] = name
        found = standing(register, date(1982 + number, 12, 31))
        assert {code: version.name for code, version in found.items()} == expected


@settings(max_examples=examples(60), deadline=None)
@given(chronicles(), st.data())
def test_land_followed_there_and_back_finds_where_it_came_from(drawn: Chronicle, data: st.DataObject) -> None:
    graph = graph_of(built(drawn))
    last = date(1982 + len(drawn[1]), 12, 31)
    at = data.draw(st.dates(FIRST_DAY, last), label="from")
    to = data.draw(st.dates(FIRST_DAY, last), label="to")
    origin = data.draw(st.sampled_from([v for vs in graph.by_unit.values() for v in vs if v.stands(at)]))
    results = translate(graph, origin, at, to)
    assert results, "land does not vanish"
    for result in results:
        assert result.version.stands(to)
        back = translate(graph, result.version, to, at)
        assert origin.unit_id in {r.version.unit_id for r in back}


@settings(max_examples=examples(60), deadline=None)
@given(chronicles(), st.data())
def test_only_a_single_answer_holds_the_whole(drawn: Chronicle, data: st.DataObject) -> None:
    graph = graph_of(built(drawn))
    last = date(1982 + len(drawn[1]), 12, 31)
    origin = data.draw(st.sampled_from([v for vs in graph.by_unit.values() for v in vs if v.stands(FIRST_DAY)]))
    results = translate(graph, origin, FIRST_DAY, last)
    assert all(r.whole == (len(results) == 1) for r in results)
    assert any(r.certain for r in results)
    assert all(FIRST_DAY < day <= last for r in results for day, _ in r.via)
    assert [r.version.code for r in results] == sorted(r.version.code for r in results)
