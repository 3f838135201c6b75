"""When an observation says that a marker has moved, when that it may have, and when nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from boundaries.markers.model import Marker, Witness
from boundaries.patrol.judging import Judged, judge
from boundaries.patrol.model import Observation, Position, WitnessReading
from boundaries.patrol.rules import rules
from data.ids import new_id

#: A metre in degrees of latitude at 40° north, to a thousandth.
METRE = 1 / 111_035
MARKER = Marker(
    new_id(), "9901001Q", "provincial", "single", "Q", 2, "花岗岩", 99.5, 40.0, line=new_id(), accuracy_m=0.5,
    witnesses=(Witness("独立石", 45.0, 12.0), Witness("桥头", 180.0, 60.0), Witness("大树", 270.0, 8.0)),
)  # fmt: skip


def phone(metres: float, accuracy_m: float = 8.0) -> Position:
    return Position(99.5, 40.0 + metres * METRE, accuracy_m)


def survey(metres: float, accuracy_m: float = 0.5) -> Position:
    return Position(99.5, 40.0 + metres * METRE, accuracy_m, "survey", "GNSS RTK")


def read(**metres: float) -> tuple[WitnessReading, ...]:
    names = {"stone": "独立石", "bridge": "桥头", "tree": "大树", "pole": "电线杆"}
    return tuple(WitnessReading(names[name], value) for name, value in metres.items())


def judged(state: str = "intact", **more: Any) -> list[Judged]:
    seen = Observation(new_id(), MARKER.id, state, datetime(2026, 3, 1, tzinfo=UTC), **more)
    return judge(seen, MARKER, rules(), k=2.0, unknown_accuracy_m=1.0)


def kinds(found: list[Judged]) -> list[str]:
    return [one.kind for one in found]


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("intact", []),
        ("tilted", ["marker_tilted"]),
        ("damaged", ["marker_damaged"]),
        ("lost", ["marker_lost"]),
        ("buried", ["marker_buried"]),
        ("overgrown", ["marker_overgrown"]),
        ("moved", ["marker_possibly_moved"]),
    ],
)
def test_a_state_opens_its_own_finding(state: str, kind: list[str]) -> None:
    assert kinds(judged(state)) == kind


@pytest.mark.parametrize("metres", [9.0, 20.0, 99.0])
def test_a_phone_alone_never_says_that_a_marker_has_moved(metres: float) -> None:
    assert kinds(judged(position=phone(metres))) == ["marker_possibly_moved"]
    assert kinds(judged("moved", position=phone(metres))) == ["marker_possibly_moved"]


@pytest.mark.parametrize(
    "position", [phone(7.5), phone(30.0, accuracy_m=60.0), phone(15.0, accuracy_m=20.0), phone(101.0), phone(100_000.0)]
)
def test_a_phone_within_its_accuracy_without_any_or_far_away_says_nothing(position: Position) -> None:
    assert judged(position=position) == []


def test_a_survey_beyond_its_tolerance_is_a_displacement() -> None:
    (found,) = judged(position=survey(3.0))
    assert (found.kind, found.severity) == ("marker_displaced", "error")
    assert found.measures["distance_m"] == pytest.approx(3.0, abs=0.01)
    assert found.measures["tolerance_m"] == pytest.approx(1.41, abs=0.01)
    assert found.facts["method"] == "GNSS RTK"
    assert judged(position=survey(1.3)) == []


def test_two_witness_distances_are_a_displacement_and_one_is_a_suspicion() -> None:
    (found,) = judged(witnesses=read(stone=14.0, bridge=60.3, tree=10.0))
    assert found.kind == "marker_displaced"
    assert found.measures["witnesses_off"] == 2
    assert found.measures["witness_1_measured_m"] == 14.0
    assert found.facts["witness_1"] == "独立石"
    assert kinds(judged(witnesses=read(stone=14.0))) == ["marker_possibly_moved"]
    assert kinds(judged(witnesses=read(stone=14.0, bridge=60.3))) == ["marker_possibly_moved"]


def test_what_a_tape_allows_is_no_difference() -> None:
    assert judged(witnesses=read(stone=12.45, bridge=61.1)) == []
    assert kinds(judged(witnesses=read(stone=12.55, bridge=61.3))) == ["marker_displaced"]


def test_witness_distances_that_agree_outweigh_the_phone_and_not_the_keeper() -> None:
    agree = read(stone=12.1, bridge=59.8)
    assert judged(position=phone(40.0), witnesses=agree) == []
    assert kinds(judged("moved", position=phone(40.0), witnesses=agree)) == ["marker_possibly_moved"]


def test_one_distance_that_agrees_outweighs_nothing() -> None:
    assert kinds(judged(position=phone(40.0), witnesses=read(stone=12.0))) == ["marker_possibly_moved"]


def test_where_witnesses_and_survey_contradict_each_other_both_are_told_as_a_suspicion() -> None:
    (found,) = judged(position=survey(0.2), witnesses=read(stone=14.0, tree=10.0))
    assert found.kind == "marker_possibly_moved"
    assert {"distance_m", "witness_1_measured_m"} <= set(found.measures)


def test_what_is_not_there_has_no_place() -> None:
    assert kinds(judged("lost", position=phone(200.0))) == ["marker_lost"]


def test_a_tilted_marker_may_have_moved_as_well() -> None:
    assert kinds(judged("tilted", position=phone(40.0))) == ["marker_tilted", "marker_possibly_moved"]


def test_an_object_that_is_not_in_the_registration_is_compared_with_nothing() -> None:
    assert judged(witnesses=read(pole=3.0)) == []
