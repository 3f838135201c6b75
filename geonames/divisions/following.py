"""What follows a division change on the ground: lines to survey, lines that end, markers to inscribe anew. Pure.

Every part says between which units a line comes to be, moves or ends
(行政区划管理条例 Art. 16: the boundary is surveyed and the maps are brought up to date).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from boundaries.changes.model import Act, Named, Part

What = Literal["survey_new", "survey_again", "ends", "inscribe"]
ARTICLE = "行政区划管理条例 第十六条"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the register: its id, name, the codes of its two units, how many markers stand on it."""

    id: str
    name: str | None
    codes: frozenset[str]
    markers: int


@dataclass(frozen=True, slots=True)
class Following:
    """One thing to do: what, between which units (as they are afterwards; of a line that ends, as they were)."""

    what: What
    units: tuple[Named, ...]
    line: Line | None

    def as_json(self) -> dict[str, Any]:
        """As cases keep it and the API shows it."""
        return {
            "what": self.what,
            "units": [{"code": u.code, "name": u.name} for u in self.units],
            "line": self.line.id if self.line else None,
            "line_name": self.line.name if self.line else None,
            "markers": self.line.markers if self.line else 0,
            "article": ARTICLE,
        }


def followings(act: Act, lines: Sequence[Line], names: Mapping[str, str]) -> list[Following]:
    """What follows, each once; `names`: code to name of the units of the day before."""
    by_pair = {line.codes: line for line in lines}
    found: dict[tuple[str, frozenset[str]], Following] = {}
    for part in act.parts:
        for what, pair in _pairs(part):
            line = by_pair.get(frozenset(u.code for u in pair))
            kind: What = "survey_new" if what == "survey_again" and line is None else what
            if kind != "ends" or line is not None:
                found.setdefault((kind, frozenset(u.code for u in pair)), Following(kind, pair, line))
    for one in _inscribed(act, lines, names):
        if one.line is not None and not any(f.line == one.line for f in found.values()):
            found.setdefault((one.what, one.line.codes), one)
    return list(found.values())


def _pairs(part: Part) -> Iterator[tuple[What, tuple[Named, Named]]]:
    """The pairs of units between which a line comes to be, moves or ends."""
    if part.kind == "merge":
        yield from (("ends", pair) for pair in combinations(part.before, 2))
    if part.kind == "split":
        yield from (("survey_new", pair) for pair in combinations(part.after, 2))
    if part.kind in ("boundary", "establish"):
        for giver in part.before:
            yield from (("survey_again", (giver, taker)) for taker in part.after if taker.code != giver.code)


def _inscribed(act: Act, lines: Sequence[Line], names: Mapping[str, str]) -> Iterator[Following]:
    """The other lines of units that end or change their name: the markers bear the old name."""
    gone = {u.code: u for part in act.parts for u in part.before if u not in part.after and part.kind != "boundary"}
    for line in lines:
        if line.markers and line.codes & gone.keys():
            yield Following("inscribe", tuple(Named(c, names.get(c, "")) for c in sorted(line.codes)), line)
