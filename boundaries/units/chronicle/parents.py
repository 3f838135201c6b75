"""What the changes of counties mean for the prefectures and provinces above them.

The source gives land flows for records without children only: a prefecture's
area is its children's. Here the flows are lifted to a higher level: land of
unit P is held by Q from the day on which a child's land moved below Q.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from boundaries.units.chronicle.flows import Flow
from boundaries.units.chronicle.replay import CodeList, YearStep
from boundaries.units.coding import MUNICIPALITIES, Level, level_of, parent_code


@dataclass(frozen=True, slots=True)
class LiftedFlow:
    """Land of `source` (old list) is land of `target` (new list); both at a level above the flows.

    `lines` are the line numbers by which it moved; empty where nothing moved.
    """

    source: str
    target: str
    lines: tuple[int, ...]


def holder(code: str, level: Level, standing: CodeList) -> str:
    """The record that holds the land of `code` at `level`.

    Where there is none between county and province the county itself, or the
    municipality (直辖市) if the county is a district of one.
    """
    current: str | None = code
    while current is not None:
        if level_of(current) == level:
            return current
        current = parent_code(current, standing)
    province = code[:2] + "0000"
    return province if code[:2] in MUNICIPALITIES and province in standing else code


def lifted(step: YearStep, flows: Iterable[Flow], level: Level) -> list[LiftedFlow]:
    """The land of every record of `level` before the year, by its holder after the year."""
    moved: dict[tuple[str, str], set[int]] = defaultdict(set)
    out: dict[str, list[Flow]] = defaultdict(list)
    for flow in flows:
        out[flow.source].append(flow)
    for code in leaves(step.before):
        before = holder(code, level, step.before)
        for flow in out[code]:
            moved[before, holder(flow.target, level, step.after)].update(flow.lines)
        if code in step.after and code not in step.ended:
            moved.setdefault((before, holder(code, level, step.after)), set())
    return [LiftedFlow(a, b, tuple(sorted(lines))) for (a, b), lines in moved.items()]


def leaves(standing: CodeList) -> list[str]:
    """The records without children: those whose land is nobody else's."""
    parents = {parent_code(code, standing) for code in standing}
    return [code for code in standing if code not in parents]


def renamed_in_place(step: YearStep) -> dict[str, str]:
    """Parents that ended and began under one code and name no flows: the same unit under a new name."""
    ended, began = step.ended, step.began
    return {
        code: code for code in ended.keys() & began.keys() if not ended[code].selectors and not began[code].selectors
    }


def whole_successions(step: YearStep, lifted_flows: Iterable[LiftedFlow]) -> dict[str, str]:
    """Parents without flows of their own whose whole area, and nothing else, went to one new parent."""
    ended, began = step.ended, step.began
    out: dict[str, set[str]] = defaultdict(set)
    into: dict[str, set[str]] = defaultdict(set)
    for flow in lifted_flows:
        out[flow.source].add(flow.target)
        into[flow.target].add(flow.source)
    return {
        source: target
        for source, targets in out.items()
        for target in targets
        if targets == {target}
        and into[target] == {source}
        and source in ended
        and target in began
        and not ended[source].selectors
        and not began[target].selectors
    }
