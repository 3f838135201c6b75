"""Lineage from left to right: what a unit came from, itself, what it went into.

Columns are generations; within a column units stand in the order of their
codes, and each column is centred on the middle of the drawing. Sizes are CSS
pixels; the drawing scrolls where the page is narrow.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NODE_WIDTH = 148
NODE_HEIGHT = 46
GAP_X = 92
GAP_Y = 14
MARGIN = 8
#: Length of an arrow head, and distance of a label's middle from the end of its path.
ARROW = 6
LABEL_INSET = 46
#: Generations shown on either side until more are asked for, as far as they fit.
GENERATIONS = 3
#: Width of the column that a lineage has on a page of 1440 pixels.
COLUMN = 800
#: Room for a name in its node; a longer name (more than nine characters of 14 pixels) is drawn narrower.
NAME_WIDTH = NODE_WIDTH - 20
LONGEST_NAME = NAME_WIDTH // 14


@dataclass(frozen=True)
class Relative:
    """A unit in a lineage: `generation` is negative for what it came from, 0 for itself."""

    key: str
    code: str
    name: str
    generation: int
    years: str = ""
    former: bool = False


@dataclass(frozen=True)
class Descent:
    """Land that went from one unit to another; `label` says how, `note` when.

    `whole`: all land of the source went there.
    """

    source: str
    target: str
    label: str
    note: str = ""
    whole: bool = True


@dataclass(frozen=True)
class Node:
    """A relative with its place in the drawing (top left corner)."""

    relative: Relative
    x: int
    y: int


@dataclass(frozen=True)
class Edge:
    """A descent as a path, with the place of its label (centre)."""

    descent: Descent
    path: str
    label_x: float
    label_y: float


@dataclass(frozen=True)
class Drawing:
    """A whole lineage, ready for the template."""

    nodes: Sequence[Node]
    edges: Sequence[Edge]
    width: int
    height: int
    node_width: int = NODE_WIDTH
    node_height: int = NODE_HEIGHT
    name_width: int = NAME_WIDTH
    longest_name: int = LONGEST_NAME

    @property
    def fits(self) -> bool:
        """Whether all of it is seen at once on a page of 1440 pixels."""
        return self.width <= COLUMN


def draw(relatives: Iterable[Relative], descents: Iterable[Descent]) -> Drawing:
    """Lay out `relatives` in columns and join them by `descents`.

    A descent that does not run from left to right (between relatives of one
    generation) is left to the list beside the drawing.
    """
    columns = _columns(relatives)
    tallest = max((len(column) for column in columns.values()), default=0)
    height = 2 * MARGIN + tallest * (NODE_HEIGHT + GAP_Y) - (GAP_Y if tallest else 0)
    first = min(columns, default=0)
    nodes = [
        Node(relative, MARGIN + (generation - first) * (NODE_WIDTH + GAP_X), _top(index, len(column), height))
        for generation, column in columns.items()
        for index, relative in enumerate(column)
    ]
    spread = max(columns, default=0) - first
    width = 2 * MARGIN + (spread + 1) * NODE_WIDTH + spread * GAP_X
    return Drawing(nodes, _edges(nodes, descents), width, height)


def _columns(relatives: Iterable[Relative]) -> dict[int, list[Relative]]:
    columns: dict[int, list[Relative]] = defaultdict(list)
    for relative in sorted(relatives, key=lambda r: (r.generation, r.code, r.key)):
        columns[relative.generation].append(relative)
    return dict(columns)


def _top(index: int, count: int, height: int) -> int:
    column = count * (NODE_HEIGHT + GAP_Y) - GAP_Y
    return (height - column) // 2 + index * (NODE_HEIGHT + GAP_Y)


def _edges(nodes: Sequence[Node], descents: Iterable[Descent]) -> list[Edge]:
    places = {node.relative.key: node for node in nodes}
    drawn = [
        descent
        for descent in descents
        if descent.source in places and descent.target in places and places[descent.source].x < places[descent.target].x
    ]
    leaving = Counter(descent.source for descent in drawn)
    return [_edge(places[d.source], places[d.target], d, fans_out=leaving[d.source] > 1) for d in drawn]


def _edge(source: Node, target: Node, descent: Descent, *, fans_out: bool) -> Edge:
    """The path; its label stands at the end where the paths are apart."""
    x1, y1 = source.x + NODE_WIDTH, source.y + NODE_HEIGHT / 2
    x2, y2 = target.x - ARROW, target.y + NODE_HEIGHT / 2
    bend = max((x2 - x1) / 2, GAP_X / 2)
    path = f"M{x1:g} {y1:g} C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
    if fans_out:
        return Edge(descent, path, x2 - LABEL_INSET, y2)
    return Edge(descent, path, x1 + LABEL_INSET, y1)
