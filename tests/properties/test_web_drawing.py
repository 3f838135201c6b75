"""Drawings of the pages: nothing leaves the axis, nothing overlaps, left comes before right."""

from __future__ import annotations

import itertools
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from api.web.drawing.lineage import NODE_HEIGHT, NODE_WIDTH, Descent, Relative, draw
from api.web.drawing.timeline import Axis

DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@st.composite
def axes(choose: st.DrawFn) -> Axis:
    first, last = sorted([choose(DAYS), choose(DAYS)])
    return Axis(first, last)


@given(axes(), DAYS, DAYS)
def test_later_is_never_further_left(axis: Axis, one: date, other: date) -> None:
    earlier, later = sorted([one, other])
    assert 0 <= axis.at(earlier) <= axis.at(later) <= 100


@given(axes(), DAYS, st.one_of(st.none(), DAYS), DAYS)
def test_a_bar_can_be_seen_and_is_current_only_while_it_is_true(
    axis: Axis, start: date, end: date | None, as_of: date
) -> None:
    bar = axis.bar(start, end, as_of)
    assert bar.width > 0
    assert bar.current == (start <= as_of and (end is None or as_of < end))


@given(axes())
def test_marks_stand_within_the_axis_in_order(axis: Axis) -> None:
    ticks = axis.ticks()
    assert [tick.year for tick in ticks] == sorted({tick.year for tick in ticks})
    assert all(0 <= tick.x <= 100 for tick in ticks)


RELATIVES = st.lists(
    st.builds(
        Relative,
        key=st.uuids().map(str),
        code=st.from_regex(r"[1-8][0-9]{5}", fullmatch=True),
        name=st.text(max_size=8),
        generation=st.integers(-4, 4),
    ),
    max_size=25,
    unique_by=lambda r: r.key,
)


@given(RELATIVES)
def test_units_do_not_overlap_and_lines_run_from_left_to_right(relatives: list[Relative]) -> None:
    keys = [r.key for r in relatives]
    descents = [Descent(a, b, "") for a, b in itertools.pairwise(keys)]
    drawing = draw(relatives, descents)
    places = [(node.x, node.y) for node in drawing.nodes]
    for i, (x, y) in enumerate(places):
        assert x >= 0
        assert x + NODE_WIDTH <= drawing.width
        assert y >= 0
        assert y + NODE_HEIGHT <= drawing.height
        for other_x, other_y in places[i + 1 :]:
            assert abs(x - other_x) >= NODE_WIDTH or abs(y - other_y) >= NODE_HEIGHT
    column = {node.relative.key: node.x for node in drawing.nodes}
    assert all(column[e.descent.source] < column[e.descent.target] for e in drawing.edges)
    forward = sum(column[d.source] < column[d.target] for d in descents)
    assert len(drawing.edges) == forward
