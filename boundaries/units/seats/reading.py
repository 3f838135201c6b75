"""Reads from the text of a decision where it says that a government has its seat. Pure.

Only two established forms of words are read, and only where the text names the unit or has just set it up:
`柯桥区人民政府驻柯桥街道群贤路1661号` (also `区人民政府驻…` after `设立…嘉定区`) and `…驻地由…迁至…`. What is read
carries the clause it was read from, so that a person can judge it. Anything else is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

#: Characters with which names of units end, as the generic term of a government's name.
TYPES = "省市县区旗州盟乡镇"
_OFFICE = r"(?:人民政府|行政公署|行署|政府)"
_SEAT = re.compile(
    rf"(?P<subject>[\u4e00-\u9fff]{{0,16}}[{TYPES}])?{_OFFICE}驻(?!地)(?P<place>[^，。；、（）()：:\s]{{2,40}})"
)
_MOVED = re.compile(
    rf"(?P<subject>[\u4e00-\u9fff]{{1,16}}[{TYPES}])(?:{_OFFICE})?(?:的)?驻地由[^，。；]{{2,40}}?(?:搬迁|迁移|迁|移)(?:至|到|往)"
    r"(?P<place>[^，。；、（）()：:\s]{2,40})"
)
_SENTENCE = re.compile(r"[^。；;\n]+")


@dataclass(frozen=True, slots=True)
class SeatSaid:
    """A seat that a text names: the unit by its full name, the place as written, the clause, whether it is a move."""

    unit: str
    place: str
    quote: str
    moved: bool


def seats_said(text: str, opened: Collection[str], names: Collection[str]) -> list[SeatSaid]:
    """The seats named in `text`, in its order, each unit once.

    `opened`: names of the units that the decision sets up or renames; a bare `区人民政府` means the last of them that
    the sentence has named. `names`: every other name that a unit bore on that day. A unit of which the text says two
    different seats is left out: which holds when, no pattern can tell.
    """
    found: dict[str, SeatSaid] = {}
    unclear: set[str] = set()
    for sentence in _SENTENCE.finditer(text):
        for said in _in_sentence(sentence.group(), opened, names):
            if found.setdefault(said.unit, said).place != said.place:
                unclear.add(said.unit)
    return [said for said in found.values() if said.unit not in unclear]


def _in_sentence(sentence: str, opened: Collection[str], names: Collection[str]) -> Iterator[SeatSaid]:
    for pattern, moved in ((_MOVED, True), (_SEAT, False)):
        for match in pattern.finditer(sentence):
            unit = _unit(sentence, match, opened, names)
            if unit is not None and "驻地" not in match["place"] and not match["place"].startswith("原"):
                yield SeatSaid(unit, match["place"], _clause(sentence, match), moved)


def _unit(sentence: str, match: re.Match[str], opened: Collection[str], names: Collection[str]) -> str | None:
    subject = match["subject"]
    if subject is None:
        return None
    if len(subject) == 1:
        return _last_named(sentence[: match.start()], subject, opened)
    # the longest end of the words before that is a name
    for begin in range(len(subject) - 1):
        word = subject[begin:]
        if word in opened or word in names:
            return word
    return _last_named(sentence[: match.start()] + subject[:-1], subject[-1], opened)


def _last_named(before: str, generic: str, opened: Collection[str]) -> str | None:
    """The unit set up that is named last in `before` and ends with `generic`; None where there is none."""
    places = {name: before.rfind(name) for name in opened if name.endswith(generic)}
    last = max(places.values(), default=-1)
    return max((name for name, at in places.items() if at == last), key=len) if last >= 0 else None


def _clause(sentence: str, match: re.Match[str]) -> str:
    begin = max(sentence.rfind("，", 0, match.start()), sentence.rfind("。", 0, match.start())) + 1
    return sentence[begin : match.end()].strip()
