"""The algebra of structure: what splits, joins and moved nodes leave alone, and that nothing depends on order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from uuid import UUID

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon

from boundaries.geometry.content import on_grid
from boundaries.geometry.ellipsoid import area_m2, areas_m2
from boundaries.network.amendment import Amendment, World
from boundaries.network.cut import cut
from boundaries.network.displacement import transfer
from boundaries.network.editing import Editor
from boundaries.network.model import Network, Segment
from boundaries.network.proposals.merging import combine, rebase, result_of
from boundaries.network.structure.checks import faults, openings
from boundaries.network.structure.descent import descent
from boundaries.network.versions import State, apply, blame_in, diff, inverse
from data.errors import BadInput
from tests.properties.network_strategies import coverages

OLD = UUID(int=1001)
#: Examples of a property that builds polygons.
FEW = settings(max_examples=20, deadline=None)


def placed(cell: MultiPolygon) -> MultiPolygon:
    """A raster's polygon at about a kilometre for one step, near 119 E 30 N, on the register's millimetre."""
    moved: MultiPolygon = shapely.transform(cell, lambda c: on_grid(np.array([119.0, 30.0]) + c * 0.01))
    return moved


@st.composite
def states(draw: st.DrawFn) -> State:
    """The network of a small coverage, its holders named by the cells' numbers."""
    found = cut([placed(cell) for cell in draw(coverages(largest=4))])
    sides = found.cells_of(1), found.cells_of(-1)
    owners = [[UUID(int=cells[0]) if cells else None for cells in side] for side in sides]
    return {
        UUID(int=2000 + arc): Segment(
            UUID(int=2000 + arc), owners[0][arc], owners[1][arc], LineString(found.arc(arc)), document=OLD
        )
        for arc in range(len(found))
    }


def editor(state: State, first: int = 9000) -> Editor:
    numbers = count(first)
    return Editor(World(state, {}, {}), lambda: UUID(int=next(numbers)))


def holders(state: State) -> Sequence[UUID]:
    return Network(state.values()).holders


def polygons(state: State) -> dict[UUID, bytes]:
    network = Network(state.values())
    return {holder: shapely.to_wkb(shapely.normalize(network.polygon(holder))) for holder in network.holders}


def split_somewhere(draw: st.DataObject, editing: Editor, only: set[UUID] | None = None) -> tuple[UUID, UUID] | None:
    """A segment cut at one of its inner vertices, or in the middle of its first edge."""
    choices = sorted(i for i in editing.segments if only is None or i in only)
    if not choices:
        return None
    segment = editing.segments[draw.draw(st.sampled_from(choices))]
    vertices = shapely.get_coordinates(segment.geometry)
    inner = [tuple(v) for v in vertices[1:-1].tolist()]
    middle = on_grid(vertices[:2].mean(axis=0)[None, :])[0]
    x, y = draw.draw(st.sampled_from([*inner, (float(middle[0]), float(middle[1]))]))
    try:
        return editing.split(segment.id, (x, y))
    except BadInput:  # a ring may come back to its start inside
        return None


@given(st.data())
@FEW
def test_splits_and_joins_leave_every_polygon_as_it_was(data: st.DataObject) -> None:
    state = data.draw(states())
    editing = editor(state)
    parts = [split_somewhere(data, editing) for _ in range(data.draw(st.integers(1, 3)))]
    amendment = editing.amendment()
    after = apply(state, amendment.segments)
    network = Network(after.values())
    for holder in holders(state):
        before = Network(state.values()).polygon(holder)
        assert network.boundary(holder).open_ends == []
        assert shapely.symmetric_difference(before, network.polygon(holder)).area <= 1e-9 * before.area
    assert faults(state, after, holders(state)) == []
    assert openings(after, holders(state)) == openings(state, holders(state)) == set()
    made = parts[-1]
    if made is not None and all(part in editing.segments for part in made):
        editing.join(*made)
        assert len(editing.segments) == len(after) - 1


@given(st.data())
@FEW
def test_network_to_polygons_to_network_is_the_identity(data: st.DataObject) -> None:
    state = data.draw(states())
    network = Network(state.values())
    cells = [network.polygon(holder) for holder in network.holders]
    again = cut(cells)
    courses = Counter(Segment(OLD, None, None, LineString(again.arc(arc))).hash for arc in range(len(again)))
    assert courses == Counter(segment.hash for segment in state.values())


@given(st.data())
@FEW
def test_a_structural_change_is_applied_and_taken_back(data: st.DataObject) -> None:
    state = data.draw(states())
    editing = editor(state)
    split_somewhere(data, editing)
    node = editing.segments[data.draw(st.sampled_from(sorted(editing.segments)))].geometry.coords[0]
    editing.move_node((node[0], node[1]), (node[0] + 1e-3, node[1] + 5e-4))
    amendment = editing.amendment()
    after = apply(state, amendment.segments)
    assert after == editing.segments
    assert diff(after, state) == inverse(amendment.segments)
    assert apply(after, amendment.inverse().segments) == state
    assert polygons(apply(after, diff(after, state))) == polygons(state)


@given(st.data())
@FEW
def test_land_balances_when_nodes_move(data: st.DataObject) -> None:
    state = data.draw(states())
    editing = editor(state)
    x, y = editing.segments[data.draw(st.sampled_from(sorted(state)))].geometry.coords[0]
    east, north = (data.draw(st.floats(-2e-3, 2e-3)) for _ in range(2))
    editing.move_node((x, y), (x + east, y + north))
    after = apply(state, editing.amendment().segments)
    if faults(state, after, holders(state)):
        return  # it would be refused
    balance = transfer(diff(state, after), tolerance_m=1.0).balance_m2()
    assert sum(out - in_ for out, in_ in balance.values()) == pytest.approx(0, abs=1e-4)
    old, new = Network(state.values()), Network(after.values())
    for holder in holders(state):
        out, in_ = balance.get(holder, (0.0, 0.0))
        change = area_m2(new.polygon(holder)) - area_m2(old.polygon(holder))
        assert in_ - out == pytest.approx(change, abs=1e-4 + 1e-13 * area_m2(old.polygon(holder)))


def amended(data: st.DataObject, state: State, only: set[UUID], first: int) -> Amendment:
    """Splits and bends of some segments only."""
    editing = editor(state, first)
    if data.draw(st.booleans()):
        split_somewhere(data, editing, only)
    for identity in sorted(only & set(editing.segments)):
        if data.draw(st.booleans()):
            segment = editing.segments[identity]
            line = shapely.get_coordinates(segment.geometry)
            middle = (line[0] + line[1]) / 2 + np.array([line[0, 1] - line[1, 1], line[1, 0] - line[0, 0]]) / 10
            editing.reshape(identity, LineString(np.vstack([line[:1], middle, line[1:]])))
    return editing.amendment()


@given(st.data())
@FEW
def test_amendments_of_different_segments_combine_without_conflict_in_any_order(data: st.DataObject) -> None:
    state = data.draw(states())
    mine = data.draw(st.sets(st.sampled_from(sorted(state))))
    one, other = amended(data, state, mine, 9000), amended(data, state, set(state) - mine, 9500)
    there, back = combine([one, other]), combine([other, one])
    assert there.settled
    assert back.settled
    whole = apply(state, there.amendment.segments)
    assert whole == apply(state, back.amendment.segments)
    assert whole == apply(apply(state, one.segments), other.segments)
    law = apply(state, one.segments)
    moved_on = rebase(other, {i: s for i, s in law.items() if i in {c.segment for c in other.segments}}, {})
    assert moved_on.settled
    assert apply(law, moved_on.amendment.segments) == whole


@given(st.data())
@FEW
def test_a_segment_cut_in_two_ways_is_a_conflict_and_each_choice_is_whole(data: st.DataObject) -> None:
    state = data.draw(states())
    identity = data.draw(st.sampled_from(sorted(state)))
    sides = []
    for first in (9000, 9500):
        editing = editor(state, first)
        if split_somewhere(data, editing, {identity}) is None:
            return
        sides.append(editing.amendment())
    drawn = [{s.hash for s in result_of(amendment).values()} for amendment in sides]
    merged = combine(sides)
    assert merged.settled == (drawn[0] == drawn[1])
    for choice, expected in (("ours", sides[0]), ("theirs", sides[1]), ("base", None)):
        decided = combine(sides, {identity: choice})  # type: ignore[dict-item]
        assert decided.settled
        wanted = apply(state, expected.segments) if expected and not merged.settled else None
        if wanted is not None:
            assert apply(state, decided.amendment.segments) == wanted
        if choice == "base" and not merged.settled:
            assert decided.amendment.segments == ()


@given(st.data())
@FEW
def test_order_and_direction_of_segments_never_matter(data: st.DataObject) -> None:
    state = data.draw(states())
    editing = editor(state)
    split_somewhere(data, editing)
    if data.draw(st.booleans()):
        editing.remove(data.draw(st.sampled_from(sorted(editing.segments))))
    after = apply(state, editing.amendment().segments)
    order = data.draw(st.permutations(sorted(after)))
    turned = {i: after[i].reversed() if data.draw(st.booleans()) else after[i] for i in order}
    everybody = holders(state)
    assert openings(turned, everybody) == openings(after, everybody)
    assert polygons(turned) == polygons(after)
    assert [f.kind for f in faults(state, turned, everybody)] == [f.kind for f in faults(state, after, everybody)]
    amendment = editing.amendment()
    shuffled = data.draw(st.permutations(amendment.segments))
    assert descent(shuffled) == descent(amendment.segments)


@given(st.data())
@FEW
def test_every_vertex_keeps_its_document_through_splits(data: st.DataObject) -> None:
    state = data.draw(states())
    editing = editor(state)
    parts = split_somewhere(data, editing)
    if parts is None:
        return
    parent = next(i for i in state if i not in editing.segments)
    new = UUID(int=77)
    for part in parts:
        child = replace(editing.segments[part], document=new)
        old = set(state[parent].geometry.coords)
        for vertex in blame_in([[state[parent]], [child]], child):
            known = (vertex.longitude, vertex.latitude) in old
            assert vertex.document == (OLD if known else new)


@given(st.lists(coverages(largest=3), min_size=1, max_size=3))
@FEW
def test_many_areas_at_once_are_the_areas_of_each(drawn: list[list[MultiPolygon]]) -> None:
    parts = [part for cells in drawn for cell in cells for part in placed(cell).geoms]
    assert areas_m2(np.array(parts, dtype=object)) == pytest.approx([area_m2(part) for part in parts], rel=1e-12)
