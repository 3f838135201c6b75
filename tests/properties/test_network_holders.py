"""Network to polygons to network with condominiums, exclaves and enclaves in it, and units seen from their level."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon

from boundaries.geometry.ellipsoid import area_m2
from boundaries.network.cut import cut
from boundaries.network.model import Condominium, Network, Segment
from boundaries.network.outlines import as_held
from tests.properties.network_strategies import coverages
from tests.properties.test_network_versions import OLD, network_of, placed, unit

FEW = settings(max_examples=40, deadline=None)
#: What a city holds in the test of levels: its counties, and what they hold together.
CITY = UUID(int=77_000)


@st.composite
def held(draw: st.DrawFn) -> tuple[list[MultiPolygon], Network, set[UUID]]:
    """A coverage, its network, and which of its cells are no units but land that the other cells hold together."""
    cells = [placed(cell) for cell in draw(coverages(largest=5))]
    numbers = draw(st.sets(st.integers(0, len(cells) - 1), max_size=len(cells) - 1)) if len(cells) > 1 else set()
    units = frozenset(unit(i) for i in range(len(cells)) if i not in numbers)
    condominiums = [Condominium(unit(i), f"共管地{i}", units) for i in sorted(numbers)]
    return cells, Network(network_of(cells).values(), condominiums), {unit(i) for i in numbers}


@given(held())
@FEW
def test_units_and_condominiums_come_back_whole_and_are_cut_into_the_same_network(
    drawn: tuple[list[MultiPolygon], Network, set[UUID]],
) -> None:
    cells, network, shared = drawn
    assert list(network.holders) == [unit(i) for i in range(len(cells))]
    for number, cell in enumerate(cells):
        assert network.boundary(unit(number)).open_ends == []
        assert shapely.normalize(network.polygon(unit(number))) == shapely.normalize(cell)
        wanted = set() if unit(number) in shared else shared
        assert {one.id for one in network.shared(unit(number))} == wanted
    again = cut([network.polygon(holder) for holder in network.holders])
    courses = Counter(Segment(OLD, None, None, LineString(again.arc(arc))).hash for arc in range(len(again)))
    assert courses == Counter(segment.hash for segment in network.segments.values())


@given(held())
@FEW
def test_what_lies_within_a_unit_is_told_on_both_sides(
    drawn: tuple[list[MultiPolygon], Network, set[UUID]],
) -> None:
    cells, network, _ = drawn
    for number, cell in enumerate(cells):
        holder, parts = unit(number), network.parts(unit(number))
        assert [part.is_main for part in parts] == [True] + [False] * (len(cell.geoms) - 1)
        holes = network.holes(holder)
        assert len(holes) == len(_enclosed(cell))
        assert all(holder not in hole.holders for hole in holes)
        for part in parts:
            if part.within is not None:
                around = [hole for hole in network.holes(part.within) if hole.polygon.covers(part.polygon)]
                assert any(holder in hole.holders for hole in around)
            assert part.alone == (part.within is None and not _neighbours(cells, number, part.polygon))


def _enclosed(cell: MultiPolygon) -> list[shapely.Polygon]:
    """What the rings of a cell cut out that is not its own."""
    faces = shapely.get_parts(shapely.polygonize([shapely.node(cell.boundary)]))
    return [face for face in faces if not cell.covers(face.representative_point())]


def test_land_between_parts_that_touch_in_their_corners_is_an_enclave_on_both_sides() -> None:
    """Four parts of one unit stand round a fifth cell: no ring of theirs goes round it."""
    around = [shapely.box(x, y, x + 1, y + 1) for x, y in ((1, 0), (0, 1), (2, 1), (1, 2))]
    cells = [placed(MultiPolygon(around)), placed(MultiPolygon([shapely.box(1, 1, 2, 2)]))]
    network = Network(network_of(cells).values())
    (hole,) = network.holes(unit(0))
    assert hole.holders == {unit(1)}
    assert shapely.equals(hole.polygon, cells[1])
    assert network.parts(unit(1))[0].within == unit(0)


def _neighbours(cells: list[MultiPolygon], number: int, part: shapely.Polygon) -> bool:
    """Whether another cell has an edge in common with the outer ring of a part."""
    return any(part.exterior.intersection(cell).length > 0 for other, cell in enumerate(cells) if other != number)


@given(held(), st.data())
@FEW
def test_a_unit_above_is_the_land_of_all_below_it_with_what_they_hold_together(
    drawn: tuple[list[MultiPolygon], Network, set[UUID]], data: st.DataObject
) -> None:
    cells, network, _ = drawn
    below = data.draw(st.sets(st.sampled_from(list(network.holders)), min_size=1))
    above = Network(as_held(network.segments.values(), dict.fromkeys(below, CITY)))
    whole = shapely.coverage_union_all([cells[holder.int - unit(0).int] for holder in sorted(below)])
    boundary = above.boundary(CITY)
    assert boundary.open_ends == []
    assert boundary.polygon.is_valid
    assert shapely.symmetric_difference(boundary.polygon, whole).area <= 1e-9 * whole.area
    assert area_m2(boundary.polygon) == pytest.approx(
        sum(area_m2(cells[holder.int - unit(0).int]) for holder in below), abs=1e-4, rel=1e-13
    )
