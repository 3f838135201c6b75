"""What holds for every survey: the order of features, parts and vertices says nothing, and truths are found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.ellipsoid import length_m
from boundaries.intake.check import check_layers
from boundaries.intake.legal_file import LegalInput
from boundaries.intake.model import EncodingBelief, Finding, Layer
from data.crs_grids import Grid, grids
from data.crs_plane import grid_plane
from tests.unit.intake import figures
from tests.unit.intake.surveys import CRS, LINE_NAME, beside, cut, inserted, line

UTF8 = EncodingBelief("UTF-8", "UTF-8", "")
PLANE = grid_plane(117.0, 500_000.0)
few = settings(max_examples=20, deadline=None)
orders = st.randoms(use_true_random=False)


def layer(geometries: Sequence[BaseGeometry], crs: str | None = CRS, **fields: Any) -> Layer:
    shapes = np.array(list(geometries), dtype=object)
    return Layer("survey", shapes, fields or {"line": [LINE_NAME] * len(geometries)}, crs, UTF8)


def stored(geometry: BaseGeometry) -> BaseGeometry:
    assert PLANE.to_stored is not None
    moved: BaseGeometry = shapely.transform(geometry, PLANE.to_stored)
    return moved


def legal(*lines: BaseGeometry) -> LegalInput:
    shapes = np.array([stored(one) for one in lines], dtype=object)
    return LegalInput("legal", "", shapes, (LINE_NAME,) * len(lines), np.empty(0, dtype=object))


def told(findings: Sequence[Finding]) -> list[Any]:
    """What findings say besides the numbers of features and the direction of lines."""
    return sorted(
        (one.kind, one.reason, sorted((name, round(value, 2)) for name, value in one.measures.items()), _where(one))
        for one in findings
        if one.kind != "direction"
    )


def _where(finding: Finding) -> tuple[float, ...]:
    return () if finding.geometry is None else tuple(np.round(finding.geometry.bounds, 7).tolist())


PIECES = [
    cut(line(), 0, 150),
    cut(line(), 150, 300),
    inserted(cut(line(), 300, 420), 40, beside(339, 4, 90), beside(339, 0.3, 0.1)),
    cut(line(), 440, 500),
    shapely.LineString([beside(500, 0.3, 0.5), *line().coords[501:600], beside(600, 2, 9)]),
    figures.branch(300),
    figures.ring(3000, 4000),
]


def turned(shuffle: Any, pieces: Sequence[Any]) -> list[BaseGeometry]:
    """The same lines in another order, some of them reversed, some together as one feature."""
    mixed = [piece.reverse() if shuffle.random() < 0.5 else piece for piece in pieces]
    shuffle.shuffle(mixed)
    if shuffle.random() < 0.5:
        return [shapely.MultiLineString(mixed[:3]), *mixed[3:]]
    return mixed


@few
@given(orders)
def test_order_direction_and_parts_of_lines_say_nothing(shuffle: Any) -> None:
    whole = legal(line())
    assert told(check_layers([layer(turned(shuffle, PIECES))], whole)) == told(check_layers([layer(PIECES)], whole))


@few
@given(orders)
def test_nor_do_they_without_a_legal_line(shuffle: Any) -> None:
    assert told(check_layers([layer(turned(shuffle, PIECES))])) == told(check_layers([layer(PIECES)]))


@few
@given(orders)
def test_a_good_line_is_good_in_any_order(shuffle: Any) -> None:
    pieces = turned(shuffle, [cut(line(), low, low + 100) for low in range(0, 600, 100)])
    assert told(check_layers([layer(pieces)], legal(line()))) == []


@few
@given(st.integers(1, 560), st.integers(3, 400))
def test_a_missing_stretch_is_as_long_as_what_was_taken_away(start: int, count: int) -> None:
    end = min(start + count, 590)
    pieces = [cut(line(), 0, start), cut(line(), end, 600)]
    assert PLANE.to_stored is not None
    truth = length_m(shapely.LineString(PLANE.to_stored(np.array(line().coords[start : end + 1]))))
    findings = check_layers([layer(pieces)], legal(line()))
    assert [one.kind for one in findings] == ["missing_stretch"]
    assert findings[0].measures["length_m"] == pytest.approx(truth, abs=0.5)


SQUARES = [
    figures.square(0, 0),
    figures.square(3960, 0),
    figures.square(0, 4001.2),
    figures.square(4000, 4000, 3000, 3000),
    figures.square(-4000, 500),
]


@few
@given(orders)
def test_where_a_ring_begins_and_how_it_turns_says_nothing(shuffle: Any) -> None:
    def other(polygon: shapely.Polygon) -> shapely.Polygon:
        ring = list(polygon.exterior.coords)[:-1]
        at = shuffle.randrange(len(ring))
        ring = ring[at:] + ring[:at]
        return shapely.Polygon(ring[::-1] if shuffle.random() < 0.5 else ring)

    numbered = list(enumerate(SQUARES))
    shuffle.shuffle(numbered)
    mixed = layer([other(polygon) for _, polygon in numbered], code=[f"9901{at:02}" for at, _ in numbered])
    plain = layer(SQUARES, code=[f"9901{at:02}" for at in range(len(SQUARES))])
    assert told(check_layers([mixed])) == told(check_layers([plain])) != []


@few
@given(orders)
def test_the_order_of_markers_in_the_file_says_nothing(shuffle: Any) -> None:
    codes = ["001", "002", "005", "003", "006"]
    points = [
        shapely.Point(beside(at, 0, off)) for at, off in zip((60, 180, 300, 420, 540), (0, 7, 0, 0, -9), strict=True)
    ]
    numbered = list(zip(codes, points, strict=True))
    plain = layer(points, code=codes)
    shuffle.shuffle(numbered)
    mixed = layer([point for _, point in numbered], code=[code for code, _ in numbered])
    whole = legal(line())
    assert told(check_layers([mixed], whole)) == told(check_layers([plain], whole)) != []


NATIONAL = [grid for grid in grids() if grid.datum == "China 2000"]


@few
@given(st.sampled_from(NATIONAL), st.floats(-1.4, 1.4), st.floats(4.0, 53.0))
def test_a_file_in_any_zone_is_believed_to_be_in_it(grid: Grid, off: float, latitude: float) -> None:
    middle = np.array([grid.central_meridian + off, latitude])
    degrees = middle + np.column_stack([np.linspace(-0.05, 0.05, 40), 0.01 * np.sin(np.arange(40))])
    plane = grid_plane(grid.central_meridian, grid.false_easting_m)
    assert plane.from_stored is not None
    numbers = shapely.LineString(plane.from_stored(degrees))
    whole = LegalInput("legal", "", np.array([shapely.LineString(degrees)]), (None,), np.empty(0, dtype=object))
    assert check_layers([layer([numbers], grid.name)], whole) == []
    undeclared = check_layers([layer([numbers], None)], whole)
    assert [one.kind for one in undeclared] == ["crs_missing"]
    alone = check_layers([layer([numbers], None)])
    assert [one.reason for one in alone] == ["believed" if grid.zone else "unknown"]
