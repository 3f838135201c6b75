"""What a code of one date is at another."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid5

from boundaries.units.coding import level_of, parent_code
from boundaries.units.lineage import EdgeFact, Graph, Result, VersionFact, translate
from data.ids import NAMESPACE

START, LATE = date(1981, 12, 31), date(2024, 12, 31)


def unit(name: str) -> UUID:
    return uuid5(NAMESPACE, name)


def version(
    key: str, code: str, name: str, begin: date = START, end: date | None = None, parent: str | None = None
) -> VersionFact:
    above = unit(parent) if parent else None
    return VersionFact(unit(key), code, name, level_of(code), above, begin, end, unit(f"{key}{begin}"))


def edge(
    source: str, target: str, on: date, *, whole_from: bool = False, whole_to: bool = False, derived: bool = False
) -> EdgeFact:
    return EdgeFact(unit(source), unit(target), on, whole_from, whole_to, derived, unit(f"{source}>{target}"))


def ask(graph: Graph, code: str, at: date, to: date) -> dict[str, Result]:
    found = graph.coded(code, at)
    assert found is not None
    return {result.version.name: result for result in translate(graph, found, at, to)}


MERGED = Graph.of(
    [
        version("a", "990121", "甲县", end=date(1990, 1, 1)),
        version("b", "990122", "乙县"),
        version("c", "990123", "丙县", begin=date(2000, 1, 1)),
    ],
    [edge("a", "b", date(1990, 1, 1), whole_from=True), edge("b", "c", date(2000, 1, 1), whole_to=True)],
)


def test_a_unit_translates_to_itself_at_its_own_date() -> None:
    (result,) = ask(MERGED, "990121", START, START).values()
    assert (result.kind, result.whole, result.certain, result.via) == ("same", True, True, ())


def test_all_of_a_merged_unit_is_in_the_unit_that_took_it() -> None:
    (result,) = ask(MERGED, "990121", date(1989, 1, 1), date(1995, 1, 1)).values()
    assert (result.version.name, result.kind, result.whole, result.certain) == ("乙县", "merged", True, True)
    assert [day for day, _ in result.via] == [date(1990, 1, 1)]


def test_land_given_on_by_a_receiver_may_be_ours_and_the_answer_says_so() -> None:
    results = ask(MERGED, "990121", date(1989, 1, 1), LATE)
    assert {name: (r.certain, r.whole) for name, r in results.items()} == {
        "乙县": (True, False),
        "丙县": (False, False),
    }


def test_backwards_a_unit_that_took_another_is_both() -> None:
    results = ask(MERGED, "990122", LATE, START)
    assert {name: r.kind for name, r in results.items()} == {"乙县": "same", "甲县": "part"}
    assert not any(r.whole for r in results.values())


def test_backwards_a_unit_split_off_is_wholly_in_the_unit_it_came_from() -> None:
    results = ask(MERGED, "990123", LATE, date(1999, 1, 1))
    assert {name: (r.whole, r.certain) for name, r in results.items()} == {"乙县": (True, True)}


def test_a_unit_divided_between_two_is_split() -> None:
    day = date(1990, 1, 1)
    graph = Graph.of(
        [
            version("a", "990121", "甲县", end=day),
            version("b", "990122", "乙县"),
            version("c", "990123", "丙县", begin=day),
        ],
        [edge("a", "b", day), edge("a", "c", day, whole_to=True)],
    )
    results = ask(graph, "990121", START, LATE)
    assert {name: (r.kind, r.whole) for name, r in results.items()} == {
        "乙县": ("split", False),
        "丙县": ("split", False),
    }


def test_renaming_recoding_and_promotion_of_one_unit_are_told_apart() -> None:
    days = [date(1985, 1, 1), date(1990, 1, 1), date(1995, 1, 1)]
    graph = Graph.of(
        [
            version("a", "990121", "甲县", end=days[0]),
            version("a", "990121", "乙县", begin=days[0], end=days[1]),
            version("a", "990101", "乙市", begin=days[1], end=days[2]),
            version("a", "990200", "乙市", begin=days[2]),
        ],
        [],
    )
    kinds = [
        ask(graph, "990121", START, day)[name].kind for day, name in zip(days, ["乙县", "乙市", "乙市"], strict=True)
    ]
    assert kinds == ["renamed", "recoded", "promoted"]
    assert ask(graph, "990200", LATE, START)["甲县"].kind == "demoted"
    assert [d for d, _ in ask(graph, "990121", START, LATE)["乙市"].via] == days


def prefectures() -> Graph:
    day = date(1990, 1, 1)
    facts: dict[str, list[tuple[str, str, date, date | None, str | None]]] = {
        "p": [("990100", "甲市", START, day, "prov")],
        "q": [("990200", "乙市", START, None, "prov")],
        "r": [("990300", "丙市", START, None, "prov")],
        "c1": [("990121", "一县", START, day, "p"), ("990221", "一县", day, None, "q")],
        "c2": [("990122", "二县", START, day, "p"), ("990321", "二县", day, None, "r")],
        "c3": [("990222", "三县", START, date(2000, 1, 1), "q"), ("990322", "三县", date(2000, 1, 1), None, "r")],
        "prov": [("990000", "示例省", START, None, None)],
    }
    versions = [
        version(key, code, name, begin, end, parent)
        for key, rows in facts.items()
        for code, name, begin, end, parent in rows
    ]
    edges = [
        edge("p", "q", day, derived=True),
        edge("p", "r", day, derived=True),
        edge("q", "r", date(2000, 1, 1), derived=True),
    ]
    return Graph.of(versions, edges)


def test_a_prefecture_is_answered_by_where_its_counties_lie() -> None:
    results = ask(prefectures(), "990100", START, LATE)
    assert {name: (r.kind, r.certain) for name, r in results.items()} == {
        "乙市": ("split", True),
        "丙市": ("split", True),
    }


def test_land_that_never_was_ours_does_not_come_along() -> None:
    graph = prefectures()
    results = ask(graph, "990200", date(1985, 1, 1), date(1995, 1, 1))
    assert {name: (r.kind, r.whole) for name, r in results.items()} == {"乙市": ("same", True)}


def test_an_abolished_prefecture_of_a_municipality_is_the_municipality() -> None:
    day = date(1997, 1, 1)
    graph = Graph.of(
        [
            version("s", "510000", "旧省"),
            version("p", "510200", "旧市", end=day, parent="s"),
            version("m", "500000", "直辖市", begin=day),
            version("c", "510202", "中区", end=day, parent="p"),
            version("c", "500102", "中区", begin=day, parent="m"),
        ],
        [edge("p", "m", day, whole_from=True, whole_to=True, derived=True)],
    )
    (result,) = ask(graph, "510200", START, LATE).values()
    assert (result.version.code, result.kind, result.whole) == ("500000", "promoted", True)


def test_the_parent_of_the_tests_codes_is_as_the_register_would_have_it() -> None:
    assert parent_code("990121", {"990000", "990100"}) == "990100"
