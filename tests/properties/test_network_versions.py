"""The algebra of versions, and land that is neither made nor lost when a boundary moves."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon

from boundaries.geometry.content import on_grid
from boundaries.geometry.ellipsoid import area_m2
from boundaries.network.cut import cut
from boundaries.network.displacement import profile, transfer
from boundaries.network.model import Network, Segment
from boundaries.network.versions import (
    Change,
    DoesNotApply,
    State,
    apply,
    blame,
    diff,
    inverse,
    match,
    merge,
    resolve,
    without_document,
)
from tests.properties.network_strategies import coverages, outlined

OLD, NEW = UUID(int=1001), UUID(int=1002)


def unit(number: int) -> UUID:
    return UUID(int=number)


def placed(cell: MultiPolygon) -> MultiPolygon:
    """A raster's polygon at about a kilometre for one step, near 119 E 30 N, on the register's millimetre."""
    moved: MultiPolygon = shapely.transform(cell, lambda c: on_grid(np.array([119.0, 30.0]) + c * 0.01))
    return moved


def network_of(cells: list[MultiPolygon], first_id: int = 0) -> State:
    """One segment for each arc, its holders named by the cells' numbers."""
    found = cut(cells)
    left, right = found.cells_of(1), found.cells_of(-1)
    segments = [
        Segment(
            UUID(int=first_id + arc),
            unit(left[arc][0]) if left[arc] else None,
            unit(right[arc][0]) if right[arc] else None,
            LineString(found.arc(arc)),
            document=OLD,
        )
        for arc in range(len(found))
    ]
    return {segment.id: segment for segment in segments}


@st.composite
def states(draw: st.DrawFn) -> State:
    return network_of([placed(cell) for cell in draw(coverages(largest=4))])


@st.composite
def edited(draw: st.DrawFn, state: State, only: set[UUID] | None = None) -> State:
    """Some segments removed, moved, said otherwise of, or added."""
    result = dict(state)
    for identity in sorted(state):
        if only is None or identity in only:
            how = draw(st.sampled_from(["none", "none", "remove", "move", "say"]))
            if how == "remove":
                del result[identity]
            elif how == "move":
                result[identity] = bulged(state[identity], draw(st.integers(1, 9)))
            elif how == "say":
                result[identity] = replace(state[identity], legal_status="agreed", document=NEW)
    if only is None and draw(st.booleans()):
        result[NEW] = Segment(NEW, unit(1), unit(2), LineString([(119, 30), (119.5, 30.5)]))
    return result


def bulged(segment: Segment, size: int) -> Segment:
    """The segment with its first edge bent outwards in the middle; its ends stay."""
    line = shapely.get_coordinates(segment.geometry)
    middle = (line[0] + line[1]) / 2 + np.array([line[0, 1] - line[1, 1], line[1, 0] - line[0, 0]]) * size / 40
    return replace(segment, geometry=LineString(on_grid(np.vstack([line[:1], middle, line[1:]]))), document=NEW)


@given(st.data())
def test_a_difference_applied_gives_the_other_and_its_inverse_takes_it_back(data: st.DataObject) -> None:
    one = data.draw(states())
    other = data.draw(edited(one))
    changes = diff(one, other)
    assert apply(one, changes) == other
    assert diff(other, one) == inverse(changes)
    assert apply(other, inverse(changes)) == one
    assert diff(one, one) == ()


@given(st.data())
def test_edits_of_different_segments_never_collide_and_their_order_does_not_matter(data: st.DataObject) -> None:
    base = data.draw(states())
    mine = data.draw(st.sets(st.sampled_from(sorted(base))))
    ours, theirs = data.draw(edited(base, mine)), data.draw(edited(base, set(base) - mine))
    merged, other_way = merge(base, ours, theirs), merge(base, theirs, ours)
    assert merged.conflicts == ()
    assert merged.state == other_way.state == apply(ours, diff(base, theirs))


@given(st.data())
def test_a_conflict_is_every_segment_that_both_changed_unlike_and_a_person_decides(data: st.DataObject) -> None:
    base = data.draw(states())
    ours, theirs = data.draw(edited(base)), data.draw(edited(base))
    merged = merge(base, ours, theirs)
    unlike = {
        i for i in {*base, *ours, *theirs}
        if ours.get(i) != base.get(i) and theirs.get(i) != base.get(i) and ours.get(i) != theirs.get(i)
    }  # fmt: skip
    assert {conflict.segment for conflict in merged.conflicts} == unlike
    decided = resolve(merged, dict.fromkeys(unlike, "theirs"))
    assert decided.conflicts == ()
    assert all(decided.state.get(i) == theirs.get(i) for i in unlike)
    assert {c.segment for c in merge(base, theirs, ours).conflicts} == unlike


def test_a_change_from_another_state_is_refused() -> None:
    segment = Segment(OLD, None, unit(1), LineString([(119, 30), (120, 31)]))
    with pytest.raises(DoesNotApply):
        apply({}, [Change(segment, None)])


@given(st.data())
def test_file_order_direction_and_ids_do_not_matter_when_matching(data: st.DataObject) -> None:
    known = data.draw(states())
    changed = data.draw(st.sets(st.sampled_from(sorted(known)), max_size=2))
    found = [
        replace(bulged(s, 3) if s.id in changed else s, id=UUID(int=5000 + i))
        for i, s in enumerate(data.draw(st.permutations(sorted(known.values(), key=lambda s: s.id))))
    ]
    found = [s.reversed() if data.draw(st.booleans()) else s for s in found]
    kinds = {change.segment: change.kind for change in diff(known, match(known, found))}
    ambiguous = {i for i in changed if sum(_twin(known[i], s) for s in known.values()) > 1}
    assert {i: k for i, k in kinds.items() if i in known and i not in ambiguous} == dict.fromkeys(
        changed - ambiguous, "moved"
    )


def _twin(one: Segment, other: Segment) -> bool:
    def key(s: Segment) -> tuple[frozenset[object], frozenset[object]]:
        return frozenset([s.geometry.coords[0], s.geometry.coords[-1]]), frozenset([s.left, s.right])

    return key(one) == key(other)


@st.composite
def moved_coverages(draw: st.DrawFn) -> tuple[list[MultiPolygon], list[MultiPolygon]]:
    """A coverage, and the same with every vertex somewhere near where it was."""
    cells = draw(coverages(largest=4))
    seed = draw(st.integers(0, 2**32 - 1))
    stay = draw(st.sampled_from([0.0, 0.5, 0.9]))

    def shifted(c: np.ndarray) -> np.ndarray:
        offsets = []
        for x, y in c.tolist():
            rng = np.random.default_rng([seed, int(x), int(y)])
            offsets.append(rng.uniform(-0.24, 0.24, 2) * (rng.random() >= stay))
        return c + np.array(offsets).reshape(-1, 2)

    return [placed(cell) for cell in cells], [placed(shapely.transform(cell, shifted)) for cell in cells]


@given(moved_coverages())
@settings(max_examples=30, deadline=None)
def test_land_gained_less_land_ceded_is_the_change_of_each_area(
    pair: tuple[list[MultiPolygon], list[MultiPolygon]],
) -> None:
    before, after = (network_of(cells) for cells in pair)
    check_balance(before, after, pair[0], pair[1])


@given(st.integers(1, 5), st.integers(1, 5), st.data())
@settings(max_examples=30, deadline=None)
def test_land_balances_when_units_take_land_merge_and_vanish(width: int, height: int, data: st.DataObject) -> None:
    owners = [
        data.draw(st.lists(st.integers(0, 3), min_size=width * height, max_size=width * height)) for _ in range(2)
    ]
    if not all(any(raster) for raster in owners):
        return
    cells = [
        dict(zip(sorted(set(raster) - {0}), map(placed, outlined(width, raster)), strict=True)) for raster in owners
    ]
    states = []
    for version, first in zip(cells, (0, 500), strict=True):
        names = sorted(version)
        state = network_of([version[name] for name in names], first)
        rename = {unit(i): unit(name) for i, name in enumerate(names)}
        states.append({
            i: replace(s, left=rename[s.left] if s.left else None, right=rename[s.right] if s.right else None)
            for i, s in state.items()
        })  # fmt: skip
    empty = MultiPolygon()
    polygons = [[version.get(name, empty) for name in range(4)] for version in cells]
    check_balance(states[0], states[1], polygons[0], polygons[1])


def check_balance(before: State, after: State, old: list[MultiPolygon], new: list[MultiPolygon]) -> None:
    found = transfer(diff(before, after), tolerance_m=1.0)
    balance = found.balance_m2()
    assert sum(out - in_ for out, in_ in balance.values()) == pytest.approx(0, abs=1e-4)
    for number, (was, is_) in enumerate(zip(old, new, strict=True)):
        out, in_ = balance.get(unit(number), (0.0, 0.0))
        assert in_ - out == pytest.approx(area_m2(is_) - area_m2(was), abs=1e-4 + 1e-13 * (area_m2(is_) + area_m2(was)))
    back = transfer(diff(after, before), tolerance_m=1.0).balance_m2()
    for holder, (out, in_) in balance.items():
        assert back[holder] == pytest.approx((in_, out), abs=1e-4)
    given_by: dict[tuple[UUID | None, UUID | None], float] = defaultdict(float)
    for piece in (*found.pieces, *found.slivers):
        given_by[piece.giver, piece.taker] += piece.area_m2
    for (giver, taker), area in given_by.items():
        if giver is not None and taker is not None:
            both = shapely.intersection(old[giver.int], new[taker.int])
            assert area == pytest.approx(area_m2(both), rel=1e-6, abs=1.0)


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_a_profile_is_the_same_both_ways_and_zero_for_the_same_line(data: st.DataObject) -> None:
    state = data.draw(states())
    segment = data.draw(st.sampled_from([state[i] for i in sorted(state)]))
    other = bulged(segment, data.draw(st.integers(1, 9)))
    there = profile(segment.geometry, other.geometry)
    assert there == profile(other.geometry, segment.geometry)
    assert profile(segment.geometry, shapely.reverse(segment.geometry)).max_m == pytest.approx(0, abs=1e-6)
    assert 0 <= there.p50_m <= there.p95_m <= there.max_m


def test_blame_names_the_document_of_every_vertex() -> None:
    first = Segment(OLD, unit(1), unit(2), LineString([(119, 30), (119.1, 30.1), (119.2, 30)]), document=OLD)
    second = replace(first, geometry=LineString([(119, 30), (119.1, 30.15), (119.2, 30)]), document=NEW)
    assert [vertex.document for vertex in blame([first, second])] == [OLD, NEW, OLD]
    back = replace(first, document=UUID(int=7))
    assert [vertex.document for vertex in blame([first, second, back])] == [OLD, UUID(int=7), OLD]
    assert blame([]) == []


def test_a_segment_that_moved_without_a_document_of_its_own_is_named() -> None:
    legal = {OLD: Segment(OLD, unit(1), unit(2), LineString([(119, 30), (119.2, 30)]), document=OLD)}
    moved = replace(legal[OLD], geometry=LineString([(119, 30), (119.1, 30.1), (119.2, 30)]))
    assert [c.segment for c in without_document(legal, {OLD: moved})] == [OLD]
    assert [c.segment for c in without_document(legal, {})] == [OLD]
    assert without_document(legal, {OLD: replace(moved, document=NEW)}) == ()
    assert without_document(legal, {OLD: replace(legal[OLD], accuracy_m=1.0)}) == ()


def test_exclaves_and_enclaves_are_seen() -> None:
    # 2's larger piece lies between 1 and 3, its smaller one inside 1
    raster = [1, 1, 1, 1, 1, 1, 1, 2, 1, 2, 2, 3, 1, 1, 1, 1, 1, 1]
    network = Network(network_of([placed(cell) for cell in outlined(6, raster)]).values())
    parts = network.parts(unit(1))
    assert [(part.is_main, part.within) for part in parts] == [(True, None), (False, unit(0))]
    assert [len(part.polygon.interiors) for part in network.parts(unit(0))] == [1]
    assert network.boundary(unit(2)).open_ends == []


def test_a_ring_that_is_open_says_where() -> None:
    state = dict(network_of([placed(cell) for cell in outlined(2, [1, 2])]))
    removed = next(s for s in state.values() if None not in (s.left, s.right))
    del state[removed.id]
    found = Network(state.values()).boundary(unit(0))
    assert {end.position for end in found.open_ends} == {removed.geometry.coords[0], removed.geometry.coords[-1]}
    assert found.polygon.is_empty
