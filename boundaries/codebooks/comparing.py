"""Which codes are in force on a day within a division, and what changed from one day to another. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from boundaries.units.coding import Level, type_of
from boundaries.units.lineage import Graph, VersionFact

#: What a change may be, in the order in which it is told.
WHAT = ("established", "moved_in", "abolished", "moved_out", "renamed", "recoded", "retyped", "moved")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose codes: of a unit and below (None: of the country without what is made up), and of which levels."""

    unit: UUID | None
    levels: Collection[Level]


@dataclass(frozen=True, slots=True)
class Listed:
    """A code in force. `parent_code`: of the unit directly above; `uncertain`: no document says that it was so then."""

    unit: UUID
    code: str
    name: str
    level: Level
    type: str
    parent_code: str | None
    uncertain: bool

    @property
    def told(self) -> tuple[str, str, str, str]:
        """What a publication says of the unit itself."""
        return self.code, self.name, self.level, self.type


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one unit on one day.

    `late`: it took effect before the last publication but was recorded after it, so that this one differs from that.
    `into`: units that land of an abolished one went to. `decision`: what opened the new version, else None: the
    document that ended the old one is not in the graph.
    """

    unit: UUID
    on: date
    late: bool
    what: tuple[str, ...]
    before: Listed | None
    after: Listed | None
    into: tuple[str, ...]
    decision: UUID | None


def codes_on(graph: Graph, scope: Scope, day: date) -> dict[UUID, Listed]:
    """The codes in force on a day, by unit, in order of code."""
    found = [version for version in _within(graph, scope.unit, day) if version.level in scope.levels]
    return {v.unit_id: _listed(graph, v, day) for v in sorted(found, key=lambda v: v.code)}


def _within(graph: Graph, unit: UUID | None, day: date) -> Iterator[VersionFact]:
    if unit is None:
        roots = [v for versions in graph.by_unit.values() for v in versions if v.parent_id is None and v.stands(day)]
        for root in roots:
            if not root.demonstration:
                yield from _within(graph, root.unit_id, day)
        return
    for one in graph.leaves_below(unit, day):
        version = graph.version_of(one, day)
        if version is not None:
            yield version


def _listed(graph: Graph, version: VersionFact, day: date) -> Listed:
    above = graph.version_of(version.parent_id, day) if version.parent_id else None
    return Listed(
        version.unit_id, version.code, version.name, version.level, type_of(version.name, version.level),
        above.code if above else None, version.uncertain_on(day),
    )  # fmt: skip


def changes_between(graph: Graph, scope: Scope, since: date, day: date) -> list[Change]:
    """What happened after `since` and no later than `day`, in order of day and code."""
    found: list[Change] = []
    for versions in graph.by_unit.values():
        turns = {turn for v in versions for turn in (v.begin, v.end) if turn is not None and since < turn <= day}
        found += filter(None, (_turned(graph, scope, versions, turn) for turn in turns))
    return sorted(found, key=_order)


def late_changes(graph: Graph, scope: Scope, since: date, published: Mapping[UUID, Listed]) -> list[Change]:
    """Where the register now says something else of the day of the last publication than that one did."""
    now = codes_on(graph, scope, since)
    found = []
    for unit in {*published, *now}:
        before, after = published.get(unit), now.get(unit)
        if (before.told if before else None) == (after.told if after else None):
            continue
        version = graph.version_of(unit, since)
        known = graph.by_unit.get(unit) or []
        on = version.begin if version else known[-1].end or since if known else since
        what = _what(before, after, moved=False)
        opened = version.opened_by if version and after else None
        found.append(Change(unit, min(on, since), True, what, before, after, _into(graph, unit, on), opened))
    return sorted(found, key=_order)


def _order(change: Change) -> tuple[date, str]:
    shown = change.after or change.before
    return change.on, shown.code if shown else ""


def _turned(graph: Graph, scope: Scope, versions: Collection[VersionFact], on: date) -> Change | None:
    """What became of a unit on a day; None where it concerns nothing of the scope."""
    eve = on - date.resolution
    old = next((v for v in versions if v.stands(eve)), None)
    new = next((v for v in versions if v.stands(on)), None)
    before = _listed(graph, old, eve) if old and _covers(graph, scope, old, eve) else None
    after = _listed(graph, new, on) if new and _covers(graph, scope, new, on) else None
    moved = bool(old and new and old.parent_id != new.parent_id)
    what = _what(before, after, moved=moved)
    if not what:
        return None
    if before is None and old is not None:
        what = ("moved_in", *what[1:])
    if after is None and new is not None:
        what = ("moved_out", *what[1:])
    elsewhere = _listed(graph, old, eve) if old else None, _listed(graph, new, on) if new else None
    unit = (new or old or next(iter(versions))).unit_id
    into = _into(graph, unit, on) if new is None else ()
    return Change(unit, on, False, what, elsewhere[0], elsewhere[1], into, new.opened_by if new else None)


def _covers(graph: Graph, scope: Scope, version: VersionFact, day: date) -> bool:
    if version.level not in scope.levels:
        return False
    chain = graph.chain(version, day)
    return not chain[0].demonstration if scope.unit is None else any(v.unit_id == scope.unit for v in chain)


def _what(before: Listed | None, after: Listed | None, *, moved: bool) -> tuple[str, ...]:
    if before is None or after is None:
        return ("established",) if after else ("abolished",) if before else ()
    told = {
        "renamed": before.name != after.name,
        "recoded": before.code != after.code,
        "retyped": (before.level, before.type) != (after.level, after.type),
        "moved": moved,
    }
    return tuple(name for name, so in told.items() if so)


def _into(graph: Graph, unit: UUID, on: date) -> tuple[str, ...]:
    """Code and name of the units that land of a unit went to on a day."""
    to = [graph.version_of(edge.to_unit, on) for edge in graph.forward.get(unit, ()) if edge.on == on]
    return tuple(sorted(f"{v.code} {v.name}" for v in to if v))
