"""Which feature is which unit: reported in full, never guessed."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from boundaries.shapes.checks import find_disagreements, split_self_touching
from boundaries.shapes.coverage import find_misfits
from boundaries.shapes.matching import match
from boundaries.shapes.model import (
    CodeMapping,
    ImportOptions,
    LayerDescription,
    Matching,
    SourceFeature,
    SourceLayer,
    StandingUnit,
)
from data.crs import declared_crs
from tests.unit.shapes.shapefiles import EAST, WEST

CHANGXING = StandingUnit(UUID(int=1), "330522", "长兴县", "county")
ANJI = StandingUnit(UUID(int=2), "330523", "安吉县", "county")
HUZHOU = StandingUnit(UUID(int=3), "330500", "湖州市", "prefecture")
OPTIONS = ImportOptions(
    "CODE", "NAME", date(2024, 12, 31), LayerDescription("k", "层", "layer", "s", "l", None, "documented")
)
#: Two squares that touch in one point, drawn as one ring: a hole that reaches the shell.
TOUCHING = Polygon(
    [(119, 30), (119.4, 30), (119.4, 30.4), (119.2, 30.4), (119.3, 30.2), (119.1, 30.2), (119.2, 30.4), (119, 30.4)]
)
BOW_TIE = Polygon([(119, 30), (119.1, 30.1), (119.1, 30), (119, 30.1)])


def matched(*features: tuple[str | None, str | None, BaseGeometry | None], **changes: object) -> Matching:
    source = [SourceFeature(n, *feature) for n, feature in enumerate(features, 1)]
    layer = SourceLayer("units", declared_crs("EPSG:4490"), "UTF-8", source)
    return match(layer, replace(OPTIONS, **changes), [CHANGXING, ANJI, HUZHOU])  # type: ignore[arg-type]


def kinds(found: Matching) -> list[str]:
    return [finding.kind for finding in found.findings]


def test_a_feature_with_the_unit_s_code_and_name_is_taken_and_missing_neighbours_are_told() -> None:
    found = matched(("330522", "长兴县", WEST))
    assert [shape.unit for shape in found.shapes] == [CHANGXING]
    assert isinstance(found.shapes[0].geometry, MultiPolygon)
    assert [(f.kind, f.code) for f in found.findings] == [("unit_without_shape", "330523")]
    assert found.accepted


def test_national_codes_lose_their_prefix_and_their_zeros() -> None:
    found = matched(("156330522", "长兴县", WEST), ("156330523000", "安吉县", EAST), code_prefix="156")
    assert [shape.unit.code for shape in found.shapes] == ["330522", "330523"]


def test_a_code_without_the_expected_prefix_blocks_the_load() -> None:
    found = matched(("330522", "长兴县", WEST), code_prefix="156")
    assert kinds(found) == ["code_malformed"]
    assert not found.accepted


def test_a_code_that_no_unit_has_is_reported_and_not_taken() -> None:
    found = matched(("330522", "长兴县", WEST), ("999999", "无此县", EAST))
    assert len(found.shapes) == 1
    assert "code_unknown" in kinds(found)
    assert found.accepted


def test_another_name_is_taken_only_when_asked() -> None:
    assert matched(("330522", "长城县", WEST)).shapes == []
    taken = matched(("330522", "长城县", WEST), accept_other_names=True)
    assert len(taken.shapes) == 1
    assert "name_differs" in kinds(taken)


def test_two_features_with_one_code_block_the_load() -> None:
    found = matched(("330522", "长兴县", WEST), ("330522", "长兴县", EAST))
    assert "duplicate_code" in kinds(found)
    assert not found.accepted


def test_a_mapped_code_is_told_with_its_reason() -> None:
    found = matched(("330599", "长兴县", WEST), code_map={"330599": CodeMapping("330522", "an old number")})
    assert [shape.unit for shape in found.shapes] == [CHANGXING]
    assert "an old number" in found.findings[0].message


def test_units_of_another_level_are_left_to_their_own_file() -> None:
    found = matched(("330500", "湖州市", WEST), ("330522", "长兴县", EAST), level="county")
    assert [shape.unit for shape in found.shapes] == [CHANGXING]
    assert "other_level" in kinds(found)


def test_lines_without_a_code_are_for_the_map_only_and_only_when_asked() -> None:
    line = LineString([(119, 30), (120, 31)])
    assert not matched((None, "境界线", line)).accepted
    found = matched((None, "境界线", line), display_lines=True)
    assert [(x.name, x.geometry) for x in found.lines] == [("境界线", line)]
    assert found.shapes == []
    assert not matched((None, "无码", WEST), display_lines=True).accepted


def test_what_is_no_drawable_area_blocks_the_load() -> None:
    for geometry, kind in [
        (None, "geometry_missing"),
        (Polygon(), "geometry_missing"),
        (Point(119, 30), "geometry_type"),
        (BOW_TIE, "geometry_invalid"),
        (shapely.transform(WEST, lambda xy: xy[:, ::-1]), "out_of_area"),
        (Polygon([(119, 30), (119, np.inf), (120, 31)]), "coordinate_nonfinite"),
    ]:
        found = matched(("330522", "长兴县", geometry))
        assert kind in kinds(found)
        assert not found.accepted


def test_invalid_features_can_be_left_out_and_are_told() -> None:
    found = matched(("330522", "长兴县", BOW_TIE), ("330523", "安吉县", EAST), leave_out_invalid=True)
    assert [shape.unit for shape in found.shapes] == [ANJI]
    assert found.accepted
    assert "geometry_invalid" in kinds(found)


def test_a_ring_that_touches_itself_is_split_only_when_asked_and_keeps_every_point() -> None:
    assert not TOUCHING.is_valid
    assert not matched(("330522", "长兴县", TOUCHING)).accepted
    found = matched(("330522", "长兴县", TOUCHING), split_self_touching=True)
    shape = found.shapes[0].geometry
    assert shape.is_valid
    assert shape.area == TOUCHING.area
    assert "self_touching_ring" in kinds(found)


def test_a_bow_tie_is_not_split_because_that_would_move_land() -> None:
    assert split_self_touching(BOW_TIE) is None
    assert not matched(("330522", "长兴县", BOW_TIE), split_self_touching=True).accepted


def test_neighbours_that_overlap_are_told_and_kept_as_they_are() -> None:
    over = Polygon([(119.89, 30.9), (119.89, 31.0), (120.0, 31.0), (120.0, 30.9)])
    found = matched(("330522", "长兴县", WEST), ("330523", "安吉县", over))
    findings = find_disagreements(found.shapes)
    assert {f.code for f in findings} == {"330522", "330523"}
    assert find_disagreements(matched(("330522", "长兴县", WEST), ("330523", "安吉县", EAST)).shapes) == []


def test_gaps_overlaps_and_slivers_are_told_with_place_area_and_width() -> None:
    over = Polygon([(119.89, 30.9), (119.89, 31.0), (120.0, 31.0), (120.0, 30.9)])
    (wide,) = find_misfits(matched(("330522", "长兴县", WEST), ("330523", "安吉县", over)).shapes)
    assert (wide.kind, wide.severity, wide.code) == ("overlap", "warning", "330522")
    assert "安吉县 (330523)" in wide.message
    assert wide.at is not None
    assert wide.measures is not None
    assert 119.89 < wide.at[0] < 119.9
    # a hundredth of a degree of longitude at 30.95° N
    assert wide.measures["width_m"] == pytest.approx(955, abs=1)
    strip = Polygon([(119.89999, 30.9), (119.89999, 31.0), (120.0, 31.0), (120.0, 30.9)])
    (narrow,) = find_misfits(matched(("330522", "长兴县", WEST), ("330523", "安吉县", strip)).shapes)
    assert narrow.kind == "overlap_sliver"
    assert narrow.measures is not None
    assert narrow.measures["width_m"] == pytest.approx(0.96, abs=0.01)
    assert find_misfits(matched(("330522", "长兴县", WEST), ("330523", "安吉县", EAST)).shapes) == []


def test_land_that_nobody_has_is_a_gap_of_those_around_it() -> None:
    around = Polygon(WEST.exterior, [Polygon([(119.82, 30.92), (119.85, 30.92), (119.85, 30.95)]).exterior])
    (gap,) = find_misfits(matched(("330522", "长兴县", around), ("330523", "安吉县", EAST)).shapes)
    assert (gap.kind, gap.code) == ("gap", "330522")
    assert gap.as_json()["measures"]["count"] == 1
