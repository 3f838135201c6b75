"""Which coordinate systems come in, and how."""

import numpy as np
import pytest
import shapely
from shapely import Point

from data.crs import check_bbox, check_position, declared_crs, haversine_m, to_stored
from data.errors import BadInput, BadRequest


def test_cgcs2000_is_exact_and_wgs84_is_taken_as_equivalent_and_says_so() -> None:
    assert declared_crs("EPSG:4490").exact
    wgs84 = declared_crs("EPSG:4326")
    assert not wgs84.exact
    assert "equivalent" in wgs84.note


@pytest.mark.parametrize("text", [None, "", "EPSG:999999", "no such system"])
def test_a_system_that_is_missing_or_unknown_is_refused(text: str | None) -> None:
    with pytest.raises(BadInput) as caught:
        declared_crs(text)
    assert caught.value.code == "unknown_crs"


@pytest.mark.parametrize("text", ["EPSG:4214", "EPSG:4610", "EPSG:2363", "EPSG:4269"])
def test_a_datum_whose_parameters_are_not_open_is_refused(text: str) -> None:
    """Beijing 1954, Xi'an 1980 (geographic and projected), and any other datum."""
    with pytest.raises(BadInput) as caught:
        declared_crs(text)
    assert caught.value.code == "crs_datum_needs_parameters"


def test_projected_coordinates_arrive_longitude_first() -> None:
    """EPSG:4528 is CGCS2000 / 3-degree zone 40: central meridian 120°E at false easting 40,500,000 m."""
    there = to_stored(np.array([Point(40_500_000, 3_320_113.398)]), declared_crs("EPSG:4528"))
    assert shapely.get_x(there)[0] == pytest.approx(120.0, abs=1e-9)
    assert shapely.get_y(there)[0] == pytest.approx(30.0, abs=1e-6)


@pytest.mark.parametrize("position", [(181, 0), (-181, 0), (0, 91), (float("nan"), 0), (float("inf"), 0)])
def test_what_is_no_position_is_refused(position: tuple[float, float]) -> None:
    with pytest.raises(BadRequest) as caught:
        check_position(*position)
    assert caught.value.code == "coordinates_out_of_range"


def test_a_box_across_the_antimeridian_is_refused() -> None:
    with pytest.raises(BadRequest) as caught:
        check_bbox((170, 10, -170, 20))
    assert caught.value.code == "bbox_antimeridian"


def test_distance_along_a_meridian() -> None:
    """One degree of a great circle of the mean Earth is 111.195 km."""
    assert haversine_m((120, 30), (120, 31)) == pytest.approx(111_195, abs=1)
