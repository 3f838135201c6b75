"""Replays the yearly changes from the first list: which codes stand at the end of each year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from boundaries.units.chronicle.notation import ChangeLine, Remark, YearFile

#: Code to name of the records standing at 31 December of a year.
CodeList = Mapping[str, str]


@dataclass(frozen=True)
class YearStep:
    """One year: the lists before and after it and the lines between them that could be applied."""

    year: int
    before: CodeList
    after: CodeList
    file: YearFile

    @cached_property
    def ended(self) -> dict[str, ChangeLine]:
        """The lines that end a record, by code."""
        return {line.code: line for line in self.file.lines if line.op == "-"}

    @cached_property
    def began(self) -> dict[str, ChangeLine]:
        """The lines that begin a record, by code."""
        return {line.code: line for line in self.file.lines if line.op == "+"}


def replay(first: CodeList, files: Iterable[YearFile]) -> tuple[list[YearStep], list[Remark]]:
    """The years in order, starting from the list `first` of the year before the first file.

    A line that contradicts the list is not applied and becomes a remark:
    `ends_nothing` (no record of that code and name), `begins_twice` (the code
    stands already), `stands_not` (a `=` line for a record that does not stand).
    """
    steps: list[YearStep] = []
    remarks: list[Remark] = []
    standing: CodeList = dict(first)
    for file in files:
        step, found = step_of(standing, file)
        steps.append(step)
        remarks += found
        standing = step.after
    return steps, remarks


def step_of(before: CodeList, file: YearFile) -> tuple[YearStep, list[Remark]]:
    """One step from the list `before`: all endings first, then all beginnings.

    The step holds the lines that could be applied and no others.
    """
    after = dict(before)
    problems = {
        line.line: problem
        for line in sorted(file.lines, key=lambda line: "-+=".index(line.op))
        if (problem := _apply_line(after, line))
    }
    remarks = [
        Remark(problems[line.line], line.year, line.line, f"{line.op}{line.code} {line.name}")
        for line in file.lines
        if line.line in problems
    ]
    applied = [line for line in file.lines if line.line not in problems]
    return YearStep(file.year, before, after, replace(file, lines=applied)), remarks


def _apply_line(standing: dict[str, str], line: ChangeLine) -> str | None:
    """Apply one line; the kind of remark where it contradicts the list."""
    if line.op == "-":
        if standing.get(line.code) != line.name:
            return "ends_nothing"
        del standing[line.code]
    elif line.op == "+":
        if line.code in standing:
            return "begins_twice"
        standing[line.code] = line.name
    elif standing.get(line.code) != line.name:
        return "stands_not"
    return None
