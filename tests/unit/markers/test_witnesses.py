"""Witness objects against coordinates: what fits passes, what cannot be is named, and a stone is found by them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.markers.model import Marker, Side, Witness, check_marker
from boundaries.markers.vocabulary import OF_FIELD, label_zh, unlisted, words
from boundaries.markers.witnesses import accuracies, contradictions, displacement, misfits, place_of
from data.crs import ELLIPSOID

TOWER, ROCK, BRIDGE = Witness("水塔", 30.0, 40.0), Witness("独立石", 150.0, 25.0), Witness("桥头", 270.0, 60.0)


def stone(**more: Any) -> Marker:
    fields: dict[str, Any] = {
        "id": UUID(int=1), "code": "9901001Q", "scheme": "provincial", "kind": "single", "part": "Q", "faces": 2,
        "material": "花岗岩", "longitude": 99.5, "latitude": 40.05, "accuracy_m": 0.1,
        "witnesses": (TOWER, ROCK, BRIDGE),
    }  # fmt: skip
    return Marker(**{**fields, **more})


def surveyed(witness: Witness, marker: Marker, off_m: float = 0.0) -> Witness:
    """The object with coordinates of its own, so far eastwards of where azimuth and distance lead."""
    longitude, latitude, _ = ELLIPSOID.fwd(*place_of(marker, witness), 90.0, off_m)
    return replace(witness, longitude=float(longitude), latitude=float(latitude))


def gone(marker: Marker, azimuth: float, metres: float) -> tuple[Marker, list[Witness]]:
    """The stone after it went so far, and its objects as they are measured from there."""
    longitude, latitude, _ = ELLIPSOID.fwd(marker.longitude, marker.latitude, azimuth, metres)
    there = replace(marker, longitude=float(longitude), latitude=float(latitude))
    seen = []
    for witness in marker.witnesses:
        angle, _, distance = ELLIPSOID.inv(there.longitude, there.latitude, *place_of(marker, witness))
        seen.append(Witness(witness.name, angle % 360, distance))
    return there, seen


def test_an_object_where_azimuth_and_distance_lead_is_no_misfit() -> None:
    marker = stone()
    placed = replace(marker, witnesses=tuple(surveyed(w, marker) for w in marker.witnesses))
    assert misfits(placed) == misfits(marker) == []


@pytest.mark.parametrize(("off_m", "found"), [(1.0, 0), (20.0, 1)])
def test_an_object_elsewhere_is_named_beyond_the_tolerance(off_m: float, found: int) -> None:
    marker = stone()
    placed = replace(marker, witnesses=(surveyed(TOWER, marker, off_m), ROCK))
    assert len(misfits(placed)) == found
    for misfit in misfits(placed):
        assert (misfit.name, misfit.said) == ("水塔", (30.0, 40.0))
        assert misfit.offset_m == pytest.approx(off_m, abs=0.01)
        assert misfit.is_[1] == pytest.approx(
            math.dist((40 * math.sin(math.pi / 6) + off_m, 40 * math.cos(math.pi / 6)), (0, 0)), abs=0.1
        )


def test_a_stone_that_moved_and_kept_its_distances_is_registered_wrongly() -> None:
    marker = stone()
    there, seen = gone(marker, 80.0, 30.0)
    assert [m.name for m in contradictions(marker, there)] == ["水塔", "独立石", "桥头"]
    assert contradictions(marker, replace(there, witnesses=tuple(seen))) == []
    assert contradictions(marker, marker) == []
    assert contradictions(marker, replace(there, witnesses=(Witness("新塔", 1.0, 5.0),))) == []


@given(st.floats(0, 359.9), st.floats(10, 100))
def test_a_stone_is_found_again_by_its_objects(azimuth: float, metres: float) -> None:
    _, seen = gone(stone(), azimuth, metres)
    found = displacement(stone(), seen)
    assert found is not None
    assert found.distance_m == pytest.approx(metres, rel=1e-3)
    assert abs((found.azimuth_deg - azimuth + 180) % 360 - 180) < 0.1
    assert found.spread_m == pytest.approx(0, abs=0.05)
    assert found.proven


def test_objects_that_contradict_each_other_prove_nothing() -> None:
    found = displacement(stone(), [replace(TOWER, distance_m=10.0), ROCK, replace(BRIDGE, distance_m=10.0)])
    assert found is not None
    assert found.spread_m is not None
    assert found.spread_m > found.tolerance_m
    assert not found.proven
    one = displacement(stone(), [replace(TOWER, distance_m=90.0)])
    assert one is not None
    assert one.spread_m is None
    assert not one.proven
    assert displacement(stone(), [Witness("别的塔", 0.0, 1.0)]) is None


def test_what_is_far_is_measured_worse() -> None:
    limits = [accuracies().tolerance_m(distance, 0.1) for distance in (1.0, 10.0, 100.0)]
    assert limits == sorted(limits)
    assert accuracies().tolerance_m(10.0, None) > accuracies().tolerance_m(10.0, 0.1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"witnesses": (TOWER, replace(ROCK, name="水塔"))}, "witnesses"),
        ({"witnesses": (replace(TOWER, longitude=99.5),)}, "witnesses"),
        ({"sides": (Side("甲县"),)}, "sides"),
        ({"sides": (Side("甲县"), Side("甲县"))}, "sides"),
        ({"sides": (Side("甲县"), Side("乙县"), Side("丙县"))}, "sides"),
    ],
)
def test_forms_that_contradict_themselves(change: dict[str, Any], field: str) -> None:
    assert [fault.field for fault in check_marker(stone(**change))] == [field]
    assert check_marker(stone(sides=(Side("甲县"), Side("乙县")))) == []


def test_words_have_both_languages_and_a_word_of_ones_own_is_told() -> None:
    lists = (*OF_FIELD.values(), "marker_kind", "marker_part", "marker_state", "marker_event", "marker_faces")
    assert all(label.zh and label.en for name in lists for label in words(name).values())
    assert all(words(name) for name in lists)
    assert label_zh("marker_event", "set") == "埋设"
    assert label_zh("marker_event", "花") == "花"
    assert unlisted({"material": "花岗岩", "method": "GNSS RTK", "shape": None}) == []
    assert unlisted({"material": "木"}) == [("material", "木")]
