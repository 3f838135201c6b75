"""The relatives of a unit: what its land came from and went into, over a number of generations.

The register keeps one unit through renaming and recoding, so a relative is
another unit: one that was merged, split or gave or received land.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from api.web.drawing.lineage import Descent, Relative
from boundaries.units.lineage import EdgeFact, Graph, VersionFact

Label = Callable[[str], str]


@dataclass(frozen=True)
class Passage:
    """Land of `source` became land of `target` on a day; `kind` is a key of the catalogue (edge.*)."""

    source: UUID
    target: UUID
    on: date
    kind: str
    whole: bool
    decision: UUID


@dataclass(frozen=True)
class Family:
    """Generation by unit (negative: earlier), the passages between them, and whether there are more."""

    generations: Mapping[UUID, int]
    passages: tuple[Passage, ...]
    more: bool


def passage_of(edge: EdgeFact) -> Passage:
    """An edge in the direction of time."""
    kind = "merger" if edge.whole_from else "split" if edge.whole_to else "transfer"
    return Passage(edge.from_unit, edge.to_unit, edge.on, kind, edge.whole_from, edge.decision)


def family_of(graph: Graph, unit: UUID, depth: int) -> Family:
    """All relatives of `unit` within `depth` generations on either side."""
    generations: dict[UUID, int] = {unit: 0}
    earlier, more_before = _walk(graph, unit, depth, generations, forwards=False)
    later, more_after = _walk(graph, unit, depth, generations, forwards=True)
    passages = tuple(sorted({*earlier, *later}, key=lambda p: (p.on, str(p.source), str(p.target))))
    return Family(generations, passages, more_before or more_after)


def _walk(
    graph: Graph, unit: UUID, depth: int, generations: dict[UUID, int], *, forwards: bool
) -> tuple[set[Passage], bool]:
    """Step by step away from `unit`; a relative keeps the generation in which it is met first.

    Land moves with time: what a relative gave away before it received ours is no
    descent of ours, so each step goes on only from the day of the step before.
    """
    passages: set[Passage] = set()
    ring: dict[UUID, date] = {unit: date.min if forwards else date.max}
    for step in range(1, depth + 1):
        found = {p for one, since in ring.items() for p in _beside(graph, one, since, forwards=forwards)}
        passages |= found
        ring = _next_ring(found, generations, forwards=forwards)
        generations.update(dict.fromkeys(sorted(ring, key=str), step if forwards else -step))
    return passages, any(_beside(graph, one, since, forwards=forwards) for one, since in ring.items())


def _next_ring(found: Iterable[Passage], generations: Mapping[UUID, int], *, forwards: bool) -> dict[UUID, date]:
    """The units met for the first time, each with the day from which (until which, backwards) to go on."""
    ring: dict[UUID, date] = {}
    for passage in found:
        met = passage.target if forwards else passage.source
        if met not in generations:
            known = ring.get(met, passage.on)
            ring[met] = min(known, passage.on) if forwards else max(known, passage.on)
    return ring


def _beside(graph: Graph, unit: UUID, since: date, *, forwards: bool) -> list[Passage]:
    if forwards:
        return [passage_of(edge) for edge in graph.forward.get(unit, ()) if edge.on >= since]
    return [passage_of(edge.reversed()) for edge in graph.backward.get(unit, ()) if edge.on <= since]


def version_in(graph: Graph, unit: UUID, passage: Passage) -> VersionFact | None:
    """How `unit` stood in a passage: before it where land left it, after it where land came to it."""
    day = passage.on - timedelta(days=1) if unit == passage.source else passage.on
    return graph.version_of(unit, day) or graph.version_of(unit, passage.on)


def last_version(graph: Graph, unit: UUID) -> VersionFact:
    """The latest version of a unit."""
    return graph.by_unit[unit][-1]


def relatives(graph: Graph, family: Family, named: Mapping[UUID, VersionFact], first: date) -> list[Relative]:
    """The units of `family` for the drawing, each as it stood in `named`."""
    return [_relative(graph, unit, generation, named[unit], first) for unit, generation in family.generations.items()]


def _relative(graph: Graph, unit: UUID, generation: int, version: VersionFact, first: date) -> Relative:
    begin, end = graph.by_unit[unit][0].begin, last_version(graph, unit).end
    since = f"{begin.year}" if begin > first else ""
    years = f"{since}–{end.year if end else ''}" if since or end else ""
    return Relative(str(unit), version.code, version.name, generation, years, end is not None)


def names_in_passages(graph: Graph, family: Family, unit: UUID, shown: VersionFact) -> dict[UUID, VersionFact]:
    """For each relative the version that its first passage shows; `unit` itself as it is `shown`."""
    named = {unit: shown}
    for passage in family.passages:
        for one in (passage.source, passage.target):
            if one in family.generations and one not in named:
                version = version_in(graph, one, passage)
                named[one] = version or last_version(graph, one)
    return named


def descents(family: Family, label: Label) -> list[Descent]:
    """The passages for the drawing: one line from a unit to another, however often land passed."""
    between: dict[tuple[UUID, UUID], list[Passage]] = defaultdict(list)
    for passage in family.passages:
        between[passage.source, passage.target].append(passage)
    return [_descent(passages, label) for passages in between.values()]


def _descent(passages: Sequence[Passage], label: Label) -> Descent:
    """`passages` are between the same two units, in order of time; the last names the line."""
    last = passages[-1]
    times = last.on.isoformat()
    if len(passages) > 1:
        times = f"{passages[0].on.year}–{last.on.year} ×{len(passages)}"
    whole = any(passage.whole for passage in passages)
    return Descent(str(last.source), str(last.target), label(last.kind), times, whole)


def passage_rows(
    graph: Graph, family: Family, label: Label, decisions: Mapping[UUID, dict[str, Any]]
) -> list[dict[str, Any]]:
    """The passages as the list beside the drawing shows them."""
    rows = []
    for passage in family.passages:
        source, target = version_in(graph, passage.source, passage), version_in(graph, passage.target, passage)
        rows.append(
            {
                "date": passage.on,
                "source": source.name if source else "",
                "target": target.name if target else "",
                "label": label(passage.kind),
                "decision": decisions.get(passage.decision),
            }
        )
    return rows
