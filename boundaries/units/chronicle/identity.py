"""From codes to units: who persists, which versions it has, whose land went where.

A unit keeps its identity when the whole of its land, and nothing else, passes
to one record: through renaming, recoding and change of type (撤县设区). A merger,
a split or a partial transfer makes lineage edges between different units, even
where a code is given out again. A record with units below it and no flows of
its own keeps its identity when it is renamed under its code, or when all land
of its units, and no other, lies below one new record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from boundaries.units.chronicle.attribution import Attribution, attribute
from boundaries.units.chronicle.dating import Moment, date_lines
from boundaries.units.chronicle.flows import Flow, flows_of
from boundaries.units.chronicle.notation import ChangeLine, Remark
from boundaries.units.chronicle.parents import lifted, renamed_in_place, whole_successions
from boundaries.units.chronicle.replay import CodeList, YearStep
from boundaries.units.coding import Level, level_of, parent_code, type_of
from data.ids import derived_id

#: Levels to which land flows are lifted.
UPPER_LEVELS: tuple[Level, ...] = ("prefecture", "province")


@dataclass(frozen=True, slots=True)
class Change:
    """When something happened and by which documents."""

    moment: Moment
    documents: Attribution


@dataclass(frozen=True, slots=True)
class Version:
    """A unit with one code, name, type and parent, from one change to another.

    `begin` is None for what stood when the register begins, `end` for what
    stands when it stops. `begin_known` is false where the unit is older than
    its first record.
    """

    unit_id: UUID
    code: str
    name: str
    level: Level
    type: str
    parent_id: UUID | None
    begin: Change | None
    end: Change | None = None
    begin_known: bool = True

    def says(self) -> tuple[object, ...]:
        """What makes this version different from the one before."""
        return (self.unit_id, self.code, self.name, self.level, self.type, self.parent_id)


@dataclass(frozen=True, slots=True)
class Edge:
    """Land of one unit became land of another."""

    from_unit: UUID
    to_unit: UUID
    ends: bool
    begins: bool
    whole_from: bool
    whole_to: bool
    attested: bool
    derived: bool
    change: Change

    @property
    def kind(self) -> str:
        """`merger`: all of a unit that ended; `split`: out of or into new units; `transfer`: between standing ones."""
        if self.ends and self.whole_from:
            return "merger"
        return "split" if self.ends or self.begins else "transfer"


@dataclass(slots=True)
class Register:
    """The finished history: closed and open versions in order of time, edges, remarks."""

    first_day: date
    versions: list[Version] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Year:
    """All that is known of one year."""

    step: YearStep
    flows: list[Flow]
    documents: Mapping[int, Attribution]
    moments: Mapping[int, Moment]

    def change(self, line: int) -> Change:
        return Change(self.moments[line], self.documents[line])

    def change_of(self, lines: Iterable[int]) -> Change:
        """The change of the line that took effect last."""
        return self.change(max(lines, key=lambda line: (self.moments[line].on, line)))


def build(first: CodeList, first_day: date, steps: Iterable[YearStep]) -> Register:
    """The register from the first list, standing on `first_day`, through all yearly steps."""
    builder = Builder.from_list(first, first_day)
    for step in steps:
        builder.add(step)
    return builder.finish()


def one_to_one(flows: Iterable[Flow]) -> dict[str, str]:
    """Ended records whose whole land went to one record that begins with it alone."""
    out: dict[str, set[str]] = defaultdict(set)
    into: dict[str, set[str]] = defaultdict(set)
    for flow in flows:
        out[flow.source].add(flow.target)
        into[flow.target].add(flow.source)
    return {
        flow.source: flow.target
        for flow in flows
        if flow.ends and flow.begins and len(out[flow.source]) == 1 == len(into[flow.target])
    }


class Builder:
    """Carries the units standing (by code) and their open versions (by unit) from step to step."""

    def __init__(self, first_day: date, open_versions: Iterable[Version]) -> None:
        self.register = Register(first_day)
        self.open = {version.unit_id: version for version in open_versions}
        self.unit_of = {version.code: version.unit_id for version in self.open.values()}

    @classmethod
    def from_list(cls, first: CodeList, first_day: date) -> Builder:
        """A builder at the first list, whose units are older than the register."""
        units = {code: unit_id(code, first_day.year, name) for code, name in first.items()}
        return cls(
            first_day,
            [cls._version(code, name, first, units, None, known=False) for code, name in first.items()],
        )

    def add(self, step: YearStep) -> None:
        """Carry the register through one step; remarks are kept with it."""
        flows, remarks = flows_of(step)
        documents, more = attribute(step, flows)
        moments, even_more = date_lines(step, flows, documents)
        self.register.remarks += [*step.file.remarks, *remarks, *more, *even_more]
        year = _Year(step, flows, documents, moments)
        succession = self._succession(year)
        before, after = self.unit_of, self._units_after(year, succession)
        self._close_ended(year, before, set(after.values()))
        self._open_changed(year, after)
        self.register.edges += _edges(year, before, after)
        self.unit_of = after

    def finish(self) -> Register:
        """The register with its open versions, all in order of time."""
        self.register.versions += self.open.values()
        self.register.versions.sort(key=_by_time)
        return self.register

    def _succession(self, year: _Year) -> dict[str, str]:
        """Ended code to begun code of the same unit."""
        result = one_to_one(year.flows) | renamed_in_place(year.step)
        for level in UPPER_LEVELS:
            whole = whole_successions(year.step, lifted(year.step, year.flows, level))
            result |= {a: b for a, b in whole.items() if a not in result and b not in result.values()}
        return result

    def _units_after(self, year: _Year, succession: Mapping[str, str]) -> dict[str, UUID]:
        ended, began = year.step.ended, year.step.began
        after = {code: unit for code, unit in self.unit_of.items() if code not in ended}
        origin = {new: old for old, new in succession.items()}
        for code, line in began.items():
            old = origin.get(code)
            after[code] = self.unit_of[old] if old else unit_id(code, line.year, line.name)
        return after

    def _close_ended(self, year: _Year, before: Mapping[str, UUID], standing: set[UUID]) -> None:
        for code, line in year.step.ended.items():
            unit = before[code]
            if unit not in standing:
                self._close(unit, year.change(line.line))

    def _open_changed(self, year: _Year, after: Mapping[str, UUID]) -> None:
        began = year.step.began
        for code, name in year.step.after.items():
            line = began.get(code)
            known = line is None or bool(line.selectors) or level_of(code) != "county"
            version = self._version(code, name, year.step.after, after, None, known=known)
            old = self.open.get(version.unit_id)
            if old is not None and old.says() == version.says():
                continue
            change = self._why(year, code, line)
            if old is not None:
                self._close(version.unit_id, change)
            self.open[version.unit_id] = replace(version, begin=change)

    def _why(self, year: _Year, code: str, line: ChangeLine | None) -> Change:
        """The change that opened a version: its own line, or the line of the parent that changed."""
        began = year.step.began
        while line is None:
            above = parent_code(code, year.step.after)
            if above is None:
                raise ValueError(f"{year.step.year}: {code} changed without a line")
            code, line = above, began.get(above)
        return year.change(line.line)

    def _close(self, unit: UUID, change: Change) -> None:
        old = self.open.pop(unit)
        begin = old.begin.moment.on if old.begin else self.register.first_day
        if begin >= change.moment.on:
            self.register.remarks.append(
                Remark("version_of_no_day", change.moment.on.year, None, f"{old.code} {old.name}")
            )
            return
        self.register.versions.append(replace(old, end=change))

    @staticmethod
    def _version(
        code: str,
        name: str,
        standing: CodeList,
        units: Mapping[str, UUID],
        begin: Change | None,
        *,
        known: bool,
    ) -> Version:
        level, above = level_of(code), parent_code(code, standing)
        parent = units[above] if above else None
        kind = type_of(name, level)
        return Version(units[code], code, name, level, kind, parent, begin, None, known)


def unit_id(code: str, year: int, name: str) -> UUID:
    """The identifier of the unit first listed in `year` under `code` and `name`."""
    return derived_id("unit", code, year, name)


def _by_time(version: Version) -> tuple[str, str]:
    return (version.begin.moment.on.isoformat() if version.begin else "", version.code)


def _edges(year: _Year, before: Mapping[str, UUID], after: Mapping[str, UUID]) -> Iterator[Edge]:
    """The edges of one year: those that the source states, then those that follow for the levels above."""
    stated = {(before[f.source], after[f.target]) for f in year.flows}
    yield from _stated_edges(year, before, after)
    for level in UPPER_LEVELS:
        for edge in _lifted_edges(year, level, before, after):
            if (edge.from_unit, edge.to_unit) not in stated:
                yield edge


def _stated_edges(year: _Year, before: Mapping[str, UUID], after: Mapping[str, UUID]) -> Iterator[Edge]:
    targets, sources = _neighbours((f.source, f.target) for f in year.flows)
    for flow in year.flows:
        from_unit, to_unit = before[flow.source], after[flow.target]
        if from_unit != to_unit:
            yield Edge(
                from_unit,
                to_unit,
                flow.ends,
                flow.begins,
                whole_from=flow.ends and len(targets[flow.source]) == 1,
                whole_to=flow.begins and len(sources[flow.target]) == 1,
                attested=flow.attested,
                derived=False,
                change=year.change_of(flow.lines),
            )


def _lifted_edges(year: _Year, level: Level, before: Mapping[str, UUID], after: Mapping[str, UUID]) -> Iterator[Edge]:
    flows = lifted(year.step, year.flows, level)
    targets, sources = _neighbours((f.source, f.target) for f in flows)
    standing_before, standing_after = set(before.values()), set(after.values())
    for flow in flows:
        from_unit, to_unit = before[flow.source], after[flow.target]
        both_below = level not in (level_of(flow.source), level_of(flow.target))
        if from_unit == to_unit or both_below:
            continue
        ends, begins = from_unit not in standing_after, to_unit not in standing_before
        yield Edge(
            from_unit,
            to_unit,
            ends,
            begins,
            whole_from=ends and len(targets[flow.source]) == 1,
            whole_to=begins and len(sources[flow.target]) == 1,
            attested=True,
            derived=True,
            change=_lifted_change(year, flow.lines, flow.target, flow.source),
        )


def _lifted_change(year: _Year, lines: tuple[int, ...], target: str, source: str) -> Change:
    """The change that moved land between two parents: its flows' lines, or the parents' own."""
    if lines:
        return year.change_of(lines)
    own = [year.step.began.get(target), year.step.ended.get(source)]
    return year.change_of(line.line for line in own if line is not None)


def _neighbours(
    pairs: Iterable[tuple[str, str]],
) -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
    targets: dict[str, set[str]] = defaultdict(set)
    sources: dict[str, set[str]] = defaultdict(set)
    for source, target in pairs:
        targets[source].add(target)
        sources[target].add(source)
    return targets, sources
