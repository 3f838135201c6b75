"""A procedure's drawing: every way is in it, and nothing is written over anything else."""

from __future__ import annotations

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from api.web.drawing.procedure import BOX_HEIGHT, BOX_WIDTH, Arrow, Drawing, Way, draw_procedure, text_width
from data.workflow.reading import load_procedure
from tests.samples import SAMPLE_PROCEDURE

STATES = st.integers(2, 7)


@st.composite
def procedures(draw: st.DrawFn) -> tuple[list[tuple[str, str, bool]], list[Way]]:
    count = draw(STATES)
    keys = [f"s{number}" for number in range(count)]
    pairs = draw(st.lists(st.tuples(st.sampled_from(keys), st.sampled_from(keys)), max_size=10))
    apart = list(dict.fromkeys((source, target) for source, target in pairs if source != target))
    names = draw(
        st.lists(
            st.sampled_from(["批准", "不予批准", "ask for all corrections at once"]),
            min_size=len(apart),
            max_size=len(apart),
        )
    )
    return [(key, key, key == keys[-1]) for key in keys], [
        Way(*pair, name) for pair, name in zip(apart, names, strict=True)
    ]


def boxes_of_names(drawing: Drawing) -> list[tuple[float, float, float, float]]:
    found = []
    for arrow in drawing.arrows:
        for x, y, name in arrow.names:
            left = x if arrow.anchor == "start" else x - text_width(name)
            found.append((left, y - 11, left + text_width(name), y + 2))
    return found


def lines_of(arrow: Arrow) -> list[tuple[float, float, float, float]]:
    """The straight parts of a path of M, H and V."""
    numbers = re.findall(r"([MHV])([-\d.]+)(?: ([-\d.]+))?", arrow.path)
    x, y, parts = float(numbers[0][1]), float(numbers[0][2]), []
    for sign, value, _ in numbers[1:]:
        to_x, to_y = (float(value), y) if sign == "H" else (x, float(value))
        parts.append((min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)))
        x, y = to_x, to_y
    return parts


def overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@given(procedures())
def test_nothing_is_written_over_anything_else(table: tuple[list[tuple[str, str, bool]], list[Way]]) -> None:
    drawing = draw_procedure(*table)
    names = boxes_of_names(drawing)
    states = [(b.x, b.y, b.x + BOX_WIDTH, b.y + BOX_HEIGHT) for b in drawing.boxes]
    assert not any(overlap(a, b) for a, b in itertools.combinations([*names, *states], 2))
    lines = [line for arrow in drawing.arrows for line in lines_of(arrow)]
    assert not any(overlap(name, line) for name in names for line in lines)
    assert all(left >= 0 and right <= drawing.width and bottom <= drawing.height for left, _, right, bottom in names)


def test_the_sample_is_drawn_whole() -> None:
    sample = load_procedure(SAMPLE_PROCEDURE)
    ways = [Way(t.state, t.next, t.label.zh) for t in sample.transitions]
    drawing = draw_procedure([(s.key, s.label.zh, s.ends) for s in sample.states.values()], ways)
    assert sorted(name for arrow in drawing.arrows for *_, name in arrow.names) == sorted(w.label for w in ways)
    assert [box.key for box in drawing.boxes if box.ends] == ["approved", "closed"]
    # two ways between the same states are one arrow
    assert len(drawing.arrows) == len({(w.source, w.target) for w in ways})
