"""What forms print of a marker: degrees, the grid of its zone, azimuths, words; and blanks where nothing is known."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.markers.forms import (
    UNKNOWN_OFFICE,
    azimuth_text,
    degrees_text,
    gridded,
    registration_values,
    result_values,
    signed_angle_text,
)
from boundaries.markers.model import Marker
from boundaries.markers.registration import as_facts, from_facts, surveyed, witness, witness_text
from data.errors import BadInput
from tests.unit.markers.test_witnesses import stone


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (99.5, "99°30′00.0000″"),
        (40.05, "40°03′00.0000″"),
        (119.999999999999, "120°00′00.0000″"),
        (-0.5, "-0°30′00.0000″"),
        (30.123456789, "30°07′24.4444″"),
    ],
)
def test_degrees_minutes_seconds(value: float, text: str) -> None:
    assert degrees_text(value) == text


@given(st.floats(0, 180))
def test_degrees_are_read_back_to_three_millimetres(value: float) -> None:
    degrees, rest = degrees_text(value).split("°")
    minutes, seconds = rest.rstrip("″").split("′")
    assert float(seconds) < 60
    assert int(minutes) < 60
    assert int(degrees) + int(minutes) / 60 + float(seconds) / 3600 == pytest.approx(value, abs=2e-8)


def test_azimuths_and_small_angles() -> None:
    assert [azimuth_text(v) for v in (0, 45.5, 359.9999, -1)] == ["0°00′", "45°30′", "0°00′", "359°00′"]
    assert [signed_angle_text(v) for v in (0.604, -0.604, -0.001)] == ["0°36′", "-0°36′", "0°00′"]


def test_the_zone_of_three_degrees_stands_before_the_easting() -> None:
    # EPSG:4528 at a position of the domain sources: (40512345, 3350000) is 120.12829, 30.26954
    grid = gridded(120.1282887, 30.2695437)
    assert (grid.zone, grid.name) == (40, "CGCS2000 3度带 第40带，中央子午线120°")
    assert grid.y_m == pytest.approx(40512345, abs=3)
    assert grid.x_m == pytest.approx(3350000, abs=3)
    # the convergence of the domain sources in the same zone: 0.604 degrees at 121.2E 30.2N
    assert gridded(121.2, 30.2).convergence_deg == pytest.approx(0.604, abs=0.001)


def test_the_form_has_what_the_register_has_and_blanks_for_the_rest() -> None:
    values = registration_values(stone(), "甲乙线", [], None, "2026年3月2日")
    assert values["office"] == UNKNOWN_OFFICE
    assert (values["kind"], values["faces"], values["part"], values["state"]) == ("单立", "双面", "Q（单立）", "完好")
    assert values["longitude"] == "99°30′00.0000″"
    assert values["shape"] is values["set_on"] is values["elevation_m"] is None
    assert values["witnesses"][0] == {
        "name": "水塔", "true_azimuth": "30°00′", "grid_azimuth": "29°41′", "distance_m": "40.00",
    }  # fmt: skip


def test_the_table_has_every_marker_in_the_order_given() -> None:
    markers = [stone(), stone(code="9901002Q", longitude=100.6)]
    values = result_values(markers, "甲乙线", date(2026, 3, 2), "云溪市民政局（虚构）", "2026年3月2日")
    assert [row["code"] for row in values["markers"]] == ["9901001Q", "9901002Q"]
    assert values["zone"].count("第33带") == values["zone"].count("第34带") == 1
    assert (values["count"], values["as_of"]) == ("2", "2026年3月2日")
    assert values["markers"][0]["what"] == "单立双面"


def test_a_registration_passes_through_json_unchanged() -> None:
    marker: Marker = stone(elevation_m=1.5, height_datum="1985国家高程基准", set_on="2024")
    assert from_facts(as_facts(marker)) == marker
    for wrong in ({"id": "1"}, {**as_facts(marker), "longitude": "east"}, {**as_facts(marker), "kind": "stone"}):
        with pytest.raises(BadInput):
            from_facts(wrong)


def test_a_field_party_writes_only_what_is_new() -> None:
    assert surveyed(stone(), {}) == stone()
    after = surveyed(stone(), {"longitude": "99.6", "witness_2": "新塔，10，5.5"})
    assert (after.longitude, after.latitude, [w.name for w in after.witnesses]) == (99.6, 40.05, ["新塔"])


@given(st.floats(0, 359.9), st.floats(0.1, 500))
def test_a_witness_object_is_read_as_it_is_written(azimuth: float, distance: float) -> None:
    one = witness(f"独立 石; {azimuth}; {distance}")
    assert witness(witness_text(one)) == one
    assert (one.name, one.azimuth_deg, one.distance_m) == ("独立 石", azimuth, distance)
