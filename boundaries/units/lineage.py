"""What a code of one date is at another: follows land through the lineage, forwards and backwards.

Land is followed by the units that have no units below them, because only for
these the documents say whose land went where; a prefecture is translated by
its counties and answered at its own level. Where a unit that received our land
later gave some of its land away, nobody knows whether ours went with it: such
an answer is `certain=False`, never left out and never a guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from boundaries.units.coding import LEVELS, MUNICIPALITIES, Level

TranslationKind = Literal["same", "renamed", "recoded", "merged", "split", "part", "promoted", "demoted"]


@dataclass(frozen=True, slots=True)
class VersionFact:
    """One version of a unit, `begin` inclusive, `end` exclusive or None."""

    unit_id: UUID
    code: str
    name: str
    level: Level
    parent_id: UUID | None
    begin: date
    end: date | None
    opened_by: UUID
    uncertain: tuple[tuple[date, date], ...] = ()
    demonstration: bool = False

    def stands(self, on: date) -> bool:
        """Whether it holds on that day."""
        return self.begin <= on and (self.end is None or on < self.end)

    def uncertain_on(self, on: date) -> bool:
        """Whether the documents leave open that it holds on that day (ranges half open)."""
        return any(first <= on < last for first, last in self.uncertain)


@dataclass(frozen=True, slots=True)
class EdgeFact:
    """Land of one unit became land of another on a day."""

    from_unit: UUID
    to_unit: UUID
    on: date
    whole_from: bool
    whole_to: bool
    derived: bool
    decision: UUID

    def reversed(self) -> EdgeFact:
        """The same passage looked at backwards in time."""
        return EdgeFact(
            self.to_unit, self.from_unit, self.on, self.whole_to, self.whole_from,
            self.derived, self.decision,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """A unit that at the date asked for holds land of the unit translated.

    `whole`: it holds all of it. `certain`: no document leaves this open.
    `via`: the decisions on the way, as (day, id), in order.
    """

    version: VersionFact
    kind: TranslationKind
    whole: bool
    certain: bool
    via: tuple[tuple[date, UUID], ...]


@dataclass(slots=True)
class Graph:
    """All versions and edges, indexed for following land."""

    by_unit: dict[UUID, list[VersionFact]] = field(default_factory=lambda: defaultdict(list))
    by_code: dict[str, list[VersionFact]] = field(default_factory=lambda: defaultdict(list))
    by_parent: dict[UUID, list[VersionFact]] = field(default_factory=lambda: defaultdict(list))
    forward: dict[UUID, list[EdgeFact]] = field(default_factory=lambda: defaultdict(list))
    backward: dict[UUID, list[EdgeFact]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, versions: Iterable[VersionFact], edges: Iterable[EdgeFact]) -> Graph:
        """The graph of these facts."""
        graph = cls()
        for version in sorted(versions, key=lambda v: v.begin):
            graph.by_unit[version.unit_id].append(version)
            graph.by_code[version.code].append(version)
            if version.parent_id is not None:
                graph.by_parent[version.parent_id].append(version)
        for edge in sorted(edges, key=lambda e: e.on):
            graph.forward[edge.from_unit].append(edge)
            graph.backward[edge.to_unit].insert(0, edge.reversed())
        return graph

    def version_of(self, unit: UUID, on: date) -> VersionFact | None:
        """The version of a unit on a day."""
        return next((v for v in self.by_unit.get(unit, ()) if v.stands(on)), None)

    def coded(self, code: str, on: date) -> VersionFact | None:
        """The version that has a code on a day."""
        return next((v for v in self.by_code.get(code, ()) if v.stands(on)), None)

    def last_coded(self, code: str) -> VersionFact | None:
        """The last version that had a code."""
        versions = self.by_code.get(code)
        return versions[-1] if versions else None

    def chain(self, version: VersionFact, on: date) -> list[VersionFact]:
        """The versions from the province down to `version` on a day."""
        result = [version]
        while result[0].parent_id is not None:
            above = self.version_of(result[0].parent_id, on)
            if above is None:
                break
            result.insert(0, above)
        return result

    def leaves_below(self, unit: UUID, on: date) -> list[UUID]:
        """The units without units below them under `unit` on a day, and the units between."""
        below = [v.unit_id for v in self.by_parent.get(unit, ()) if v.stands(on)]
        found = [unit]
        for child in below:
            found += self.leaves_below(child, on)
        return found


@dataclass(slots=True)
class _Holding:
    """A unit that holds land we follow: for certain, and whether it holds nothing else."""

    certain: bool
    full: bool
    via: frozenset[tuple[date, UUID]]


def translate(graph: Graph, version: VersionFact, at: date, to: date) -> list[Result]:
    """The units standing on `to` that hold land of the unit of `version` as it stood on `at`.

    In order of code. Works forwards and backwards; `to == at` gives the unit itself.
    """
    holdings = _follow(graph, version, at, to)
    held = _at_level(graph, holdings, version.level, to)
    alone = len(held) == 1
    results = [
        Result(
            target,
            _kind(graph, version, target, alone and holding.certain, to),
            whole=alone,
            certain=holding.certain,
            via=_via(graph, version, target, holding, at, to),
        )
        for target, holding in held.items()
    ]
    return sorted(results, key=lambda r: r.version.code)


def _follow(graph: Graph, version: VersionFact, at: date, to: date) -> dict[UUID, _Holding]:
    """Who holds the land on `to`, by the units without units below them."""
    edges = graph.forward if to >= at else graph.backward
    first, last = min(at, to), max(at, to)
    start = graph.leaves_below(version.unit_id, at)
    merged: dict[UUID, _Holding] = {}
    for atom in start:
        for unit, holding in _follow_atom(edges, atom, first, last, forwards=to >= at).items():
            known = merged.get(unit)
            merged[unit] = _either(known, holding) if known else holding
    return merged


def _either(one: _Holding, other: _Holding) -> _Holding:
    return _Holding(one.certain or other.certain, one.full and other.full, one.via | other.via)


def _follow_atom(
    edges: Mapping[UUID, list[EdgeFact]], atom: UUID, first: date, last: date, *, forwards: bool
) -> dict[UUID, _Holding]:
    holdings = {atom: _Holding(certain=True, full=True, via=frozenset())}
    passed: set[tuple[UUID, UUID, date]] = set()
    while True:
        step = _next_passages(edges, holdings, passed, first, last, forwards=forwards)
        if not step:
            return holdings
        for unit, passages in step.items():
            _pass_on(holdings, unit, passages, passed)


def _next_passages(
    edges: Mapping[UUID, list[EdgeFact]],
    holdings: Mapping[UUID, _Holding],
    passed: set[tuple[UUID, UUID, date]],
    first: date,
    last: date,
    *,
    forwards: bool,
) -> dict[UUID, list[EdgeFact]]:
    """The earliest passages not yet made out of any unit that holds land, by unit (latest, backwards)."""
    waiting = [
        edge
        for unit in holdings
        for edge in edges.get(unit, ())
        if not edge.derived
        and first < edge.on <= last
        and (edge.from_unit, edge.to_unit, edge.on) not in passed
        and _not_before_arrival(holdings[unit], edge, forwards=forwards)
    ]
    if not waiting:
        return {}
    day = min(e.on for e in waiting) if forwards else max(e.on for e in waiting)
    grouped: dict[UUID, list[EdgeFact]] = defaultdict(list)
    for edge in waiting:
        if edge.on == day:
            grouped[edge.from_unit].append(edge)
    return grouped


def _not_before_arrival(holding: _Holding, edge: EdgeFact, *, forwards: bool) -> bool:
    """Whether the unit gave land after ours had come to it."""
    if not holding.via:
        return True
    arrived = max(day for day, _ in holding.via) if forwards else min(day for day, _ in holding.via)
    return edge.on > arrived if forwards else edge.on < arrived


def _pass_on(
    holdings: dict[UUID, _Holding],
    unit: UUID,
    passages: list[EdgeFact],
    passed: set[tuple[UUID, UUID, date]],
) -> None:
    holding = holdings[unit]
    for edge in passages:
        passed.add((edge.from_unit, edge.to_unit, edge.on))
        certain = holding.certain and (holding.full or edge.whole_from)
        full = holding.full and edge.whole_to
        arrival = _Holding(certain, full, holding.via | {(edge.on, edge.decision)})
        known = holdings.get(edge.to_unit)
        holdings[edge.to_unit] = _either(known, arrival) if known else arrival
    if any(edge.whole_from for edge in passages):
        del holdings[unit]


def _at_level(graph: Graph, holdings: Mapping[UUID, _Holding], level: Level, to: date) -> dict[VersionFact, _Holding]:
    """The holders on `to`, each by the unit of `level` that it is or lies in."""
    standing = {
        version: holding for unit, holding in holdings.items() if (version := graph.version_of(unit, to)) is not None
    }
    above = {v.unit_id for version in standing for v in graph.chain(version, to)[:-1]}
    result: dict[VersionFact, _Holding] = {}
    for version, holding in standing.items():
        if version.unit_id in above and LEVELS.index(version.level) < LEVELS.index(level):
            continue  # its land is that of the units below, which are in the answer
        target = _holder(graph.chain(version, to), level)
        known = result.get(target)
        result[target] = _either(known, holding) if known else holding
    return result


def _holder(chain: list[VersionFact], level: Level) -> VersionFact:
    """Of a chain the unit of `level`; a municipality for its districts; else the lowest."""
    for version in chain:
        if version.level == level:
            return version
    wanted, lowest = LEVELS.index(level), chain[-1]
    above_wanted = LEVELS.index(chain[0].level) < wanted < LEVELS.index(lowest.level)
    if above_wanted and chain[0].code[:2] in MUNICIPALITIES:
        return chain[0]
    return lowest


def _kind(graph: Graph, origin: VersionFact, target: VersionFact, whole: bool, to: date) -> TranslationKind:
    if target.unit_id == origin.unit_id or whole:
        change = LEVELS.index(origin.level) - LEVELS.index(target.level)
        if change:
            return "promoted" if change > 0 else "demoted"
    if target.unit_id == origin.unit_id:
        if target.code != origin.code:
            return "recoded"
        return "renamed" if target.name != origin.name else "same"
    if whole:
        return "merged"
    return "part" if graph.version_of(origin.unit_id, to) else "split"


def _via(
    graph: Graph,
    origin: VersionFact,
    target: VersionFact,
    holding: _Holding,
    at: date,
    to: date,
) -> tuple[tuple[date, UUID], ...]:
    """The decisions by which the land came from `origin` to `target`, in order of their day."""
    if origin.unit_id == target.unit_id:
        found = set(_own_changes(graph, origin.unit_id, at, to))
    else:
        found = set(_direct(graph, origin.unit_id, target.unit_id, at, to)) or set(holding.via)
        if found:
            joined = max(found)[0] if to >= at else min(found)[0]
            found |= set(_own_changes(graph, target.unit_id, joined, to))
            found |= set(_own_changes(graph, origin.unit_id, at, joined))
    return tuple(sorted(found))


def _own_changes(graph: Graph, unit: UUID, at: date, to: date) -> Iterator[tuple[date, UUID]]:
    first, last = min(at, to), max(at, to)
    for version in graph.by_unit.get(unit, ()):
        if first < version.begin <= last:
            yield version.begin, version.opened_by


def _direct(graph: Graph, origin: UUID, target: UUID, at: date, to: date) -> Iterator[tuple[date, UUID]]:
    edges = graph.forward if to >= at else graph.backward
    first, last = min(at, to), max(at, to)
    for edge in edges.get(origin, ()):
        if edge.to_unit == target and first < edge.on <= last:
            yield edge.on, edge.decision
