"""On which day each change line took effect, or between which days.

Rules, in this order:

1. A document that states its effective date, or else is dated, in the list year dates its lines.
2. A line known only by year, or whose documents are dated outside the list
   year, takes effect on 31 December of the list year; it may have happened on
   any day of that year.
3. Lines between which land passes took effect together: on the last day that
   their documents give; the days from the first one on are uncertain.
4. A unit does not begin before its parent, and a code is not given out before
   it is free; nor does a unit outlive its parent. Where documents of one year
   contradict this (the list shows only the year's result), the change moves to
   the parent's day and the days between are uncertain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from boundaries.units.chronicle.attribution import Attribution
from boundaries.units.chronicle.flows import Flow
from boundaries.units.chronicle.notation import Document, Remark
from boundaries.units.chronicle.replay import YearStep
from boundaries.units.coding import parent_code

Basis = Literal["document_date", "effective_date", "several_documents", "list_year", "fitted"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A change took effect `on` a day; `first` to `last` are the days on which it may have happened."""

    on: date
    first: date
    last: date
    basis: Basis

    @property
    def certain(self) -> bool:
        """Whether the day is known."""
        return self.first == self.last

    def moved_to(self, day: date) -> Moment:
        """The same change taking effect on `day`; every day between is uncertain."""
        return Moment(day, min(self.first, day), max(self.last, day), "fitted")


def list_year_moment(year: int) -> Moment:
    """A change known only by its list year."""
    last = date(year, 12, 31)
    return Moment(last, date(year, 1, 1), last, "list_year")


def document_moment(document: Document, year: int) -> Moment | None:
    """The day that a document gives for the list of `year`; None where it gives none in that year."""
    stated = document.effective or document.dated
    if stated is None or stated.year != year or stated.month is None:
        return None
    basis: Basis = "effective_date" if document.effective else "document_date"
    return Moment(stated.last, stated.first, stated.last, basis)


def date_lines(
    step: YearStep, flows: Iterable[Flow], attributions: Mapping[int, Attribution]
) -> tuple[dict[int, Moment], list[Remark]]:
    """The moment of each line of the year by line number; remarks `fitted` where rule 4 moved one."""
    groups = _groups(step, flows)
    moments: dict[int, Moment] = {}
    for members in groups:
        documents = {doc for n in members for doc in attributions[n].principal}
        together = _together([document_moment(doc, step.year) for doc in documents], step.year)
        moments.update(dict.fromkeys(members, together))
    return moments, _fit(step, groups, moments)


def _together(given: Iterable[Moment | None], year: int) -> Moment:
    """One moment for lines that took effect together."""
    known = [moment for moment in given if moment is not None]
    if not known:
        return list_year_moment(year)
    first, last = min(m.first for m in known), max(m.last for m in known)
    bases = {m.basis for m in known}
    same = len({m.on for m in known}) == 1
    basis: Basis = bases.pop() if same and len(bases) == 1 else "several_documents"
    return Moment(max(m.on for m in known), first, last, basis)


def _groups(step: YearStep, flows: Iterable[Flow]) -> list[list[int]]:
    """Line numbers of lines that took effect together, each group in order."""
    ended, began = step.ended, step.began
    root = {line.line: line.line for line in step.file.lines}

    def find(number: int) -> int:
        while root[number] != number:
            root[number] = root[root[number]]
            number = root[number]
        return number

    for flow in flows:
        if flow.ends and flow.begins:
            root[find(ended[flow.source].line)] = find(began[flow.target].line)
    for code in ended.keys() & began.keys():
        if not ended[code].selectors and not began[code].selectors:  # a parent renamed in place
            root[find(ended[code].line)] = find(began[code].line)
    groups: dict[int, list[int]] = defaultdict(list)
    for number in root:
        groups[find(number)].append(number)
    return list(groups.values())


def _fit(step: YearStep, groups: list[list[int]], moments: dict[int, Moment]) -> list[Remark]:
    """Move groups until rule 4 holds; what still contradicts it falls to the end of the year."""
    group_of = {n: members for members in groups for n in members}
    original = dict(moments)
    for _ in range(len(groups) + 1):
        moves = _contradictions(step, moments)
        if not moves:
            break
        for number, day in moves.items():
            for member in group_of[number]:
                moments[member] = replace(moments[member].moved_to(day))
    else:
        _fall_to_year_end(step, group_of, moments)
    return _fitted(step, original, moments)


def _contradictions(step: YearStep, moments: Mapping[int, Moment]) -> dict[int, date]:
    """Line numbers that must move and the day to which (only ever later, so that this ends)."""
    ended, began = step.ended, step.began
    moves: dict[int, date] = {}

    def not_before(number: int, day: date) -> None:
        if moments[number].on < day:
            moves[number] = max(day, moves.get(number, day))

    for code, line in began.items():
        above = began.get(parent_code(code, step.after) or "")
        if above is not None:
            not_before(line.line, moments[above.line].on)
        if code in ended:
            not_before(line.line, moments[ended[code].line].on)
    for code, line in ended.items():
        above = ended.get(parent_code(code, step.before) or "")
        if above is not None:
            not_before(above.line, moments[line.line].on)
    return moves


def _fall_to_year_end(step: YearStep, group_of: Mapping[int, list[int]], moments: dict[int, Moment]) -> None:
    for number in _contradictions(step, moments):
        for member in group_of[number]:
            moments[member] = list_year_moment(step.year)


def _fitted(step: YearStep, original: Mapping[int, Moment], moments: Mapping[int, Moment]) -> list[Remark]:
    return [
        Remark(
            "fitted",
            step.year,
            line.line,
            f"{line.op}{line.code} {line.name}: documents give {original[line.line].on}, "
            f"takes effect {moments[line.line].on} with its parent or code",
        )
        for line in step.file.lines
        if original[line.line].on != moments[line.line].on
    ]
