"""A given course description (走向说明) held against the line: which leg disagrees, and in what. Pure.

A leg of the text is held against the leg of the line between the same points, so one that was left out is one
disagreement and not one of every leg after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from boundaries.network.description import SIDES_ZH, Leg

#: Share by which a distance of a text may differ before it is named: descriptions give rounded distances [I].
DISTANCE_SHARE = 0.02
#: What a disagreement can be about: the leg as a whole (`missing` in the text, `extra` in it), the point where it
#: starts or ends, the marker or the units by which that point is named, direction, distance, features beside it.
KINDS = ("missing", "extra", "start", "end", "marker", "unit", "direction", "distance", "feature")

_LEG = re.compile(
    r"从(?P<start>[^，,。；;]+?)起[，,]?\s*界线向(?P<direction>[东南西北偏]+)方?向?行?(?P<number>[0-9][0-9,.]*)\s*"
    r"(?P<unit>千米|公里|米)[，,]?\s*(?:途?经(?P<passed>[^。；;]*?)[，,]\s*)?至(?P<end>[^，,。；;]+)"
)
_METRES = {"米": 1.0, "千米": 1000.0, "公里": 1000.0}
_MARKER = re.compile(r"(?P<code>.+)号界桩")
_MEETING = re.compile(r"(?P<kind>[^（(]+)[（(](?P<units>[^）)]+)[）)]")
_FEATURE = re.compile(r"(?P<name>[^（(、]+)(?:[（(](?P<side>左侧|右侧)[^）)]*[）)])?")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A leg of which a text says otherwise: its number on the line, one of `KINDS`, what is said, and what is."""

    leg: int
    kind: str
    said: str
    is_: str


def compare(text: str, true_legs: Sequence[Leg]) -> list[Disagreement]:
    """Where a given description and the line part: leg by leg, numbered from 1; a text may word nothing else.

    A leg that only the text has gets the number of the leg before which it stands.
    """
    told = list(_LEG.finditer(text))
    keys = [_key(leg["start"], leg["end"]) for leg in told], [_key(leg.start, leg.end) for leg in true_legs]
    found: list[Disagreement] = []
    for _, a, b, c, d in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        paired = min(b - a, d - c)
        for step in range(paired):
            found += _differences(c + step + 1, told[a + step], true_legs[c + step])
        found += [Disagreement(n + 1, "missing", "", true_legs[n].text_zh()) for n in range(c + paired, d)]
        found += [Disagreement(d + 1, "extra", told[n].group(), "") for n in range(a + paired, b)]
    return sorted(found, key=lambda one: one.leg)


def _key(start: str, end: str) -> tuple[object, object]:
    return _named(start), _named(end)


def _named(point: str) -> object:
    """A point by what names it: in which order the units of a meeting point stand makes no difference."""
    meeting = _MEETING.fullmatch(point.strip())
    return (meeting["kind"].strip(), _units(meeting["units"])) if meeting else point.strip()


def _units(text: str) -> frozenset[str]:
    return frozenset(one.strip() for one in text.split("、"))


def _differences(number: int, told: re.Match[str], leg: Leg) -> Iterator[Disagreement]:
    for kind, said, is_ in (("start", told["start"], leg.start), ("end", told["end"], leg.end)):
        if _named(said) != _named(is_):
            yield Disagreement(number, _of_point(kind, said, is_), said.strip(), is_)
    if told["direction"] != leg.direction.label_zh:
        yield Disagreement(number, "direction", told["direction"], leg.direction.label_zh)
    metres = float(told["number"].replace(",", "")) * _METRES[told["unit"]]
    if abs(metres - leg.length_m) > max(1.0, DISTANCE_SHARE * leg.length_m):
        yield Disagreement(number, "distance", f"{metres:.0f}", f"{leg.length_m:.0f}")
    yield from _features(number, told["passed"] or "", leg)


def _of_point(kind: str, said: str, is_: str) -> str:
    """Whether two points of one sort differ in the marker or the units that name them, or are different points."""
    if _MARKER.fullmatch(said.strip()) and _MARKER.fullmatch(is_):
        return "marker"
    one, other = _MEETING.fullmatch(said.strip()), _MEETING.fullmatch(is_)
    return "unit" if one and other and one["kind"].strip() == other["kind"].strip() else kind


def _features(number: int, passed: str, leg: Leg) -> Iterator[Disagreement]:
    """Features of the text that the line does not pass, or passes on the other side. The line passes more than a
    text names, and that is no disagreement; nothing is said where no features of the leg are known.
    """
    known = {one.name: SIDES_ZH[one.side] for one in leg.features}
    for feature in _FEATURE.finditer(passed) if known else ():
        name, side = feature["name"].strip(), feature["side"]
        if name not in known or side not in (None, known[name]):
            yield Disagreement(number, "feature", feature.group().strip(), _is(name, known))


def _is(name: str, known: dict[str, str]) -> str:
    return f"{name}（{known[name]}）" if name in known else "、".join(known)
