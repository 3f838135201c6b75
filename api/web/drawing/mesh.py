"""Every border once, from polygons that share their vertices: what js/map/mesh.js does in the browser."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

Point = tuple[float, float]
Ring = Sequence[Point]
Edge = tuple[Point, Point]


@dataclass(frozen=True)
class Mesh:
    """`inner`: between two polygons; `outer`: a coast, a frontier or the edge of what is shown."""

    inner: list[list[Point]] = field(default_factory=list)
    outer: list[list[Point]] = field(default_factory=list)


def _edge(a: Point, b: Point) -> Edge:
    return (a, b) if a < b else (b, a)


def _edges(ring: Ring) -> Iterator[Edge]:
    return (_edge(a, b) for a, b in itertools.pairwise(ring))


def mesh(rings: Iterable[Ring]) -> Mesh:
    """The borders of polygons given by their rings; each edge is in exactly one line."""
    kept = list(rings)
    counts = Counter(edge for ring in kept for edge in _edges(ring))
    made = Mesh()
    done: set[Edge] = set()
    for ring in kept:
        _follow(ring, counts, done, made)
    return made


def _follow(ring: Ring, counts: Counter[Edge], done: set[Edge], made: Mesh) -> None:
    """Cut `ring` where the kind of border changes; a border met before is left out."""
    run: list[Point] | None = None
    kind: list[list[Point]] | None = None
    for a, b in itertools.pairwise(ring):
        edge = _edge(a, b)
        following = None if edge in done else made.inner if counts[edge] > 1 else made.outer
        done.add(edge)
        if following is None:
            run, kind = None, None
            continue
        if run is None or following is not kind:
            run, kind = [a], following
            following.append(run)
        run.append(b)
