"""A map of any level draws each piece of land once and leaves none out."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from boundaries.shapes.display import DEPTH, DrawnUnit, units_of_map
from tests.scale import examples

LEVELS = tuple(DEPTH)


@st.composite
def hierarchies(draw: st.DrawFn) -> list[DrawnUnit]:
    units: list[DrawnUnit] = []
    for number in range(draw(st.integers(1, 25))):
        above = [unit for unit in units if unit.level != "county"]
        parent = draw(st.sampled_from([None, *above])) if above else None
        depth = 1 if parent is None else draw(st.integers(DEPTH[parent.level] + 1, 3))
        name = UUID(int=number + 1)
        units.append(DrawnUnit(name, parent.unit_id if parent else None, LEVELS[depth - 1], name, box(0, 0, 1, 1)))
    return units


@settings(max_examples=examples(200))
@given(hierarchies(), st.sampled_from(LEVELS))
def test_no_land_is_drawn_twice_and_every_branch_is_drawn(units: list[DrawnUnit], level: str) -> None:
    drawn = {unit.unit_id for unit in units_of_map(level, units)}
    parents = {unit.unit_id: unit.parent_id for unit in units}

    def line(unit: UUID | None) -> list[UUID]:
        return [] if unit is None else [unit, *line(parents[unit])]

    for unit in units:
        above = drawn & set(line(unit.unit_id))
        below = {other for other in drawn if unit.unit_id in line(other)}
        assert len(above) <= 1
        assert above or below
