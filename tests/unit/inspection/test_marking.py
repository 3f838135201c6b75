"""Markers of a survey beside the recorded ones: what proves that one stands elsewhere, pairs, types, the line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from shapely import LineString

from boundaries.inspection.compare import compare
from boundaries.inspection.model import Comparison, Finding, Marker, Record
from boundaries.inspection.report import finding_document
from boundaries.inspection.survey import Submission
from boundaries.markers.model import Witness
from tests.known_truth.cases import degrees

#: A straight line of two kilometres, west to east: its left is north.
LINE = np.column_stack([np.linspace(0, 2_000, 101), np.zeros(101)])


def marker(code: str, x: float, y: float, **more: Any) -> Marker:
    lon, lat = degrees(np.array([[x, y], [x + 1, y]])).coords[0]
    return Marker(code, (lon, lat), **more)


def witnesses(x: float, y: float) -> tuple[Witness, ...]:
    """Two objects north and east of the middle, as measured from a stone at (x, y)."""
    objects = {"独立石": (1_000.0, 30.0), "水井": (1_025.0, 0.0)}
    found = []
    for name, (east, north) in objects.items():
        dx, dy = east - x, north - y
        found.append(Witness(name, float(np.degrees(np.arctan2(dx, dy)) % 360), float(np.hypot(dx, dy))))
    return tuple(found)


def compared(recorded: list[Marker], found: list[Marker]) -> Comparison:
    line: LineString = degrees(LINE)
    legal = Record((line,), 1.0, tuple(recorded))
    return compare(legal, Submission(Record((line,), 1.0, tuple(found))), Submission(Record((line,), 1.0)))


def only(found: Comparison) -> Finding:
    (finding,) = found.findings
    return finding


STONE = marker("001", 1_000, 0, witnesses=witnesses(1_000, 0))


def test_a_phone_alone_proves_nothing_and_says_what_would() -> None:
    seen = only(compared([STONE], [marker("001", 1_000, 9, by_phone=True)]))
    assert (seen.kind, seen.severity, seen.facts["proof"]) == ("marker_displaced", "info", "phone")
    text = finding_document(seen)
    assert "witness objects" in text["message"]
    assert "方位物" in text["message_zh"]


def test_witness_objects_overrule_a_phone() -> None:
    stands = marker("001", 1_000, 9, by_phone=True, witnesses=witnesses(1_000, 0))
    assert compared([STONE], [stands]).findings == ()


def test_witness_objects_prove_a_displacement_whatever_the_position_says() -> None:
    for by_phone in (True, False):
        gone = marker("001", 1_000, 0, by_phone=by_phone, witnesses=witnesses(1_000, 8))
        seen = only(compared([STONE], [gone]))
        assert (seen.severity, seen.facts["proof"]) == ("warning", "witnesses")
        assert seen.measures["witness_distance_m"] == pytest.approx(8, abs=0.1)
        assert "8.0 m" in finding_document(seen)["message"]


def test_a_survey_proves_it_too() -> None:
    seen = only(compared([STONE], [marker("001", 1_000, 8)]))
    assert (seen.kind, seen.severity, "proof" in seen.facts) == ("marker_displaced", "warning", False)


def test_a_position_is_judged_by_its_own_accuracy() -> None:
    assert compared([STONE], [marker("001", 1_000, 8, accuracy_m=5.0)]).findings == ()


PAIR = [marker("001A", 1_000, 12, kind="double"), marker("001B", 1_000, -12, kind="double")]


def test_exchanged_stones_of_a_pair_stand_on_the_wrong_side() -> None:
    exchanged = [marker("001A", 1_000, -12, kind="double"), marker("001B", 1_000, 12, kind="double")]
    assert compared(PAIR, PAIR).findings == ()
    found = compared(PAIR, exchanged)
    assert [(f.kind, f.facts["code"]) for f in found.findings] == [
        ("marker_wrong_side", "001A"),
        ("marker_wrong_side", "001B"),
    ]
    assert found.findings[0].measures["distance_m"] == pytest.approx(24, abs=0.01)


def test_a_stone_moved_along_its_own_side_is_displaced_only() -> None:
    moved = [marker("001A", 1_000, 30, kind="double"), PAIR[1]]
    assert only(compared(PAIR, moved)).kind == "marker_displaced"


def test_another_type_than_recorded() -> None:
    single = replace(STONE, kind="single")
    seen = only(compared([single], [replace(STONE, kind="triple")]))
    assert (seen.kind, seen.facts["type"], seen.facts["found_type"]) == ("marker_wrong_type", "single", "triple")
    assert "recorded as single" in finding_document(seen)["message"]
    assert "三立" in finding_document(seen)["message_zh"]
    assert compared([single], [replace(STONE, kind=None)]).findings == ()


def test_a_single_marker_recorded_beside_the_line_contradicts_it() -> None:
    off = marker("001", 1_000, 7, kind="single")
    seen = only(compared([off], [off]))
    assert (seen.kind, seen.side) == ("marker_off_line", "both")
    assert seen.measures["line_distance_m"] == pytest.approx(7, abs=0.01)
    assert compared([replace(off, kind=None)], [off]).findings == ()
