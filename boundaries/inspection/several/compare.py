"""The comparison of several lines: each alone, in one process or in several, and then where they meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from boundaries.inspection.compare import compare
from boundaries.inspection.model import Comparison
from boundaries.inspection.several.joints import meetings
from boundaries.inspection.several.model import Named, Several

#: Does a function to every job, in order: `map`, or that of a pool of processes.
Mapping = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
Tell = Callable[[int, int], None]


def compare_several(named: Sequence[Named], mapped: Mapping = map, tell: Tell = lambda _done, _of: None) -> Several:
    """What the surveys say of each line and of their meetings; `tell` hears how many lines are done."""
    ordered = sorted(named, key=lambda one: one.name)
    lines: dict[str, Comparison] = {}
    for number, (one, found) in enumerate(zip(ordered, mapped(_compared, ordered), strict=True), 1):
        lines[one.name] = found
        tell(number, len(ordered))
    return Several(lines, meetings(lines))


def _compared(one: Named) -> Comparison:
    return compare(one.legal, one.a, one.b)
