"""Where three units meet: distance, degree and order around it; with known truth, as records and as layers."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import Polygon, box
from shapely.geometry.base import BaseGeometry

from boundaries.inspection.meetings import Node, around, mismatches
from boundaries.inspection.views.compare import compare_views
from boundaries.inspection.views.model import View, ViewComparison
from boundaries.inspection.views.report import as_document

#: A metre northwards, in degrees.
METRE = 1 / 111_195
HERE = (99.1, 40.1)


def north(metres: float) -> tuple[float, float]:
    """A place so far north of HERE."""
    return HERE[0], HERE[1] + metres * METRE


@pytest.mark.parametrize(
    ("ones", "others", "told"),
    [
        ([Node(HERE, (1, 2, 3))], [Node(north(4), (1, 2, 3))], []),
        ([Node(HERE, (1, 2, 3))], [Node(north(40), (1, 2, 3))], [("distance", 40)]),
        ([Node(HERE, (1, 2, 3))], [Node(north(2), (1, 3, 2))], [("order", 2)]),
        ([Node(HERE, (1, 2, 3))], [Node(north(2), (1, 2, 3, 4))], [("degree", 2)]),
        ([Node(HERE, (1, 2, 3))], [Node(north(2), (1, 2, 4))], [("members", 2)]),
        ([Node(HERE, (1, 2, 3))], [Node(north(2), (1, 4, 5))], []),
        ([Node(HERE, (1, 2, 3))], [Node(north(400), (1, 2, 4))], []),
        ([Node(HERE, (1, 2, 3))], [], []),
        # the same three units meet twice, the other way round: neither point is the other's
        (
            [Node(HERE, (1, 2, 3)), Node(north(50), (1, 3, 2))],
            [Node(north(30), (1, 2, 3)), Node(north(51), (1, 3, 2))],
            [("distance", 30)],
        ),
    ],
)
def test_what_differs_at_a_meeting(ones: list[Node], others: list[Node], told: list[tuple[str, float]]) -> None:
    found, _ = mismatches(ones, others, 5.0)
    assert [(one.difference, round(one.distance_m)) for one in found] == told
    back, _ = mismatches(others[::-1], ones[::-1], 5.0)
    assert {(one.difference, one.other, one.one) for one in back} == {(m.difference, m.one, m.other) for m in found}


@pytest.mark.parametrize("written", [(1, 2, 3), (2, 3, 1), (3, 1, 2), (1, 2, 2, 3, 1)])
def test_a_cyclic_order_is_written_in_one_way(written: tuple[int, ...]) -> None:
    assert around(written) == (1, 2, 3)
    assert around(written[::-1]) == (1, 3, 2)


def view(units: dict[str, BaseGeometry]) -> View:
    """A layer of these units, surveyed to a metre."""
    codes = tuple(sorted(units))
    return View(codes, (None,) * len(codes), np.array([units[code] for code in codes], dtype=object), 1.0)


def three(metres: float = 0.0, swapped: bool = False) -> dict[str, BaseGeometry]:
    """甲县 in the west, 乙县 and 丙县 in the north and south of the east; they meet so far north of the middle."""
    middle = (99.1, 40.1 + metres * METRE)
    west = Polygon([(99.0, 40.0), (99.1, 40.0), middle, (99.1, 40.2), (99.0, 40.2)])
    above = Polygon([middle, (99.2, middle[1]), (99.2, 40.2), (99.1, 40.2)])
    below = Polygon([(99.1, 40.0), (99.2, 40.0), (99.2, middle[1]), middle])
    return {"990121": west, "990122": below if swapped else above, "990123": above if swapped else below}


def told(found: ViewComparison, *kinds: str) -> list[tuple[str, tuple[str, ...], str]]:
    """The findings of these kinds with their units and which text they have."""
    return [(f.kind, f.units, f.facts.get("variant", "")) for f in found.findings if f.kind in kinds]


def test_a_tri_point_that_two_layers_show_apart_is_told_with_its_distance() -> None:
    found = compare_views(view(three()), view(three(60)))
    assert told(found, "tripoint_mismatch") == [("tripoint_mismatch", ("990121", "990122", "990123"), "distance_")]
    (off,) = (f for f in found.findings if f.kind == "tripoint_mismatch")
    assert off.measures["distance_m"] == pytest.approx(60, rel=0.01)
    assert off.severity == "error"
    assert found.counts["same_meetings"] == 1
    assert told(compare_views(view(three()), view(three(3))), "tripoint_mismatch") == []


def four(metres: float) -> dict[str, BaseGeometry]:
    """Four units around a place; the line between the eastern ones begins so far north of the one in the west."""
    east = 40.1 + metres * METRE
    corner, middle = (99.1, 40.1), (99.1, east)
    return {
        "990121": Polygon([(99.0, 40.0), (99.1, 40.0), corner, (99.0, 40.1)]),
        "990122": Polygon([(99.0, 40.1), corner, middle, (99.1, 40.2), (99.0, 40.2)]),
        "990123": Polygon([middle, (99.2, east), (99.2, 40.2), (99.1, 40.2)]),
        "990124": Polygon([(99.1, 40.0), (99.2, 40.0), (99.2, east), middle, corner]),
    }


def test_four_units_in_one_point_of_one_layer_and_two_tri_points_of_the_other() -> None:
    found = compare_views(view(four(0)), view(four(3)))
    assert told(found, "tripoint_mismatch") == [
        ("tripoint_mismatch", ("990121", "990122", "990123", "990124"), "degree_")
    ]
    (off,) = (f for f in found.findings if f.kind == "tripoint_mismatch")
    assert (off.measures["degree_a"], off.measures["degree_b"], off.severity) == (4, 3, "warning")
    assert told(compare_views(view(four(0)), view(four(0))), "tripoint_mismatch") == []


def test_at_the_corners_of_a_unit_that_one_layer_lacks_nothing_more_is_told() -> None:
    lacking = {code: polygon for code, polygon in four(0).items() if code != "990124"}
    found = compare_views(view(four(0)), view(lacking))
    assert [f.kind for f in found.findings] == ["unit_missing"]


def with_enclave(units: dict[str, BaseGeometry], metres: float = 1_000.0) -> dict[str, BaseGeometry]:
    """The same with a piece of 乙县 in the middle of 甲县."""
    piece = box(99.04, 40.05, 99.04 + metres * METRE, 40.05 + metres * METRE)
    return {
        **units,
        "990121": units["990121"].difference(piece),
        "990122": shapely.union(units["990122"], piece),
    }


def test_an_enclave_is_new_or_vanished_by_which_layer_has_it() -> None:
    kinds = ("enclave_new", "enclave_vanished")
    plain, other = view(three()), view(with_enclave(three()))
    assert told(compare_views(plain, other), *kinds) == [("enclave_new", ("990122", "990121"), "")]
    assert told(compare_views(other, plain), *kinds) == [("enclave_vanished", ("990122", "990121"), "")]
    assert told(compare_views(other, other), *kinds) == []
    assert told(compare_views(other, view(with_enclave(three(), 1_300))), *kinds) == [], "larger is land, no enclave"


def test_every_text_of_a_meeting_and_an_enclave_is_whole() -> None:
    for other in (three(60), three(2, swapped=True), with_enclave(three())):
        for finding in as_document(compare_views(view(three()), view(other)), {})["findings"]:
            assert finding["rule_zh"]
            assert "{" not in finding["message"] + finding["message_zh"]
