"""An act as the change lines of the chronicle, so that the register has one way in which it changes.

The lines name the other side by code (selector `code`), because an act says
exactly which unit it means where the chronicle has only names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from boundaries.changes.model import Act, Named, Part
from boundaries.units.chronicle.notation import ChangeLine, Document, Op, Selector, YearFile
from boundaries.units.chronicle.parents import leaves
from boundaries.units.chronicle.replay import CodeList
from data.partial_date import PartialDate


@dataclass(slots=True)
class Outcome:
    """What all parts come to: units that end, units that begin, and whose area goes where (pairs of codes)."""

    ends: dict[str, str] = field(default_factory=dict)
    begins: dict[str, str] = field(default_factory=dict)
    flows: list[tuple[str, str]] = field(default_factory=list)


def outcome_of(act: Act, standing: CodeList) -> Outcome:
    """The outcome of `act` on the units `standing` (code to name) the day before it takes effect.

    A unit named before and not after ends; one named after begins where it does
    not stand under that code and name, or ends by another part of the act.
    """
    found = Outcome()
    for part in act.parts:
        found.ends.update((u.code, u.name) for u in ending(part))
    for part in act.parts:
        if part.kind != "seat":  # who gets a seat begins by another part, or stands
            found.begins.update((u.code, u.name) for u in part.after if _begins(u, standing, found.ends))
    pairs = [(a.code, b.code) for part in act.parts for a in part.before for b in part.after]
    without_own_area = _parents(standing), _parents(after_list(standing, found))
    found.flows = [
        (a, b)
        for a, b in dict.fromkeys(pairs)
        if a not in without_own_area[0] and b not in without_own_area[1] and (a != b or a in found.ends)
    ]
    return found


def ending(part: Part) -> list[Named]:
    """The units that a part ends: those that give up their code or name. Who only gives area away stands."""
    if part.kind in ("establish", "boundary"):
        return []
    return [unit for unit in part.before if unit not in part.after]


def _begins(unit: Named, standing: CodeList, ends: Mapping[str, str]) -> bool:
    return standing.get(unit.code) != unit.name or unit.code in ends


def after_list(standing: CodeList, outcome: Outcome) -> dict[str, str]:
    """Code to name of the units standing when the act has taken effect."""
    return {code: name for code, name in standing.items() if code not in outcome.ends} | outcome.begins


def _parents(standing: CodeList) -> set[str]:
    return set(standing) - set(leaves(standing))


def file_of(act: Act, outcome: Outcome, standing: CodeList) -> YearFile:
    """The act as one file of change lines; line numbers count the lines."""
    year = act.effective_on.year
    file = YearFile(year, [(document_of(act),)])
    stays = [(code, standing[code]) for code in _still_giving(outcome) if code in standing]
    sides: list[tuple[Op, Iterable[tuple[str, str]]]] = [
        ("-", outcome.ends.items()), ("+", outcome.begins.items()), ("=", stays),
    ]  # fmt: skip
    for op, units in sides:
        for code, name in units:
            file.lines.append(_line(len(file.lines) + 1, year, op, Named(code, name), outcome))
    return file


def _still_giving(outcome: Outcome) -> list[str]:
    """Standing units that give area to standing units: no other line would say so."""
    return list(dict.fromkeys(a for a, b in outcome.flows if a not in outcome.ends and b not in outcome.begins))


def _line(number: int, year: int, op: Op, unit: Named, outcome: Outcome) -> ChangeLine:
    if op == "+":
        others = [a for a, b in outcome.flows if b == unit.code]
    else:
        others = [b for a, b in outcome.flows if a == unit.code]
    selectors = tuple(Selector("code", code, True) for code in others)
    direction = None if not selectors else "<" if op == "+" else ">"
    return ChangeLine(year, number, op, unit.code, unit.name, direction, selectors, 0)  # type: ignore[arg-type]


def document_of(act: Act) -> Document:
    """The act's document as the chronicle knows documents."""
    return Document(
        act.effective_on.year, 1, act.title, act.doc_no, _written(act.dated), _written(act.effective_on),
        None, act.authority, act.source, act.text,
    )  # fmt: skip


def _written(day: date) -> PartialDate:
    return PartialDate(day.year, day.month, day.day)
