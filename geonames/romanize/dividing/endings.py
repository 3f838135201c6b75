"""Generic terms at the end of a name, and the one-syllable modifiers before them. Pure."""

from __future__ import annotations

from geonames.romanize.lexicon import Lexicon
from geonames.romanize.model import Shape

#: One-syllable modifiers, written together with what they modify (PY84 rule 2). 内 and 外 are
#: not here: they belong to the gate before them (朝阳门内大街 Chaoyangmennei Dajie).
MODIFIERS = frozenset("东西南北中前后左右上下大小新老")
#: What must stay before a modifier that goes with the generic term: 江东路 is Jiangdong Lu.
_LEAST_SPECIFIC = 2


def ending(name: str, shape: Shape, lexicon: Lexicon) -> str:
    """The longest generic term of a kind at the end of a name that leaves enough before it; '' where there is none."""
    terms = lexicon.endings[shape].get(name[-1:])
    if terms is not None:
        for term, length in terms:
            if name.endswith(term) and len(name) >= length:
                return term
    return ""


def peel(body: str, lexicon: Lexicon, modifiers: frozenset[str] = MODIFIERS) -> tuple[str, str]:
    """The specific part and the modifiers that go with the generic term: 潮白新 is 潮白 and 新.

    Nothing is taken from the name of a known division (黑龙江, 浦东), nor so much that less than
    two characters stay. Where all are modifiers the first is the specific part: 南小街, 小南街.
    """
    if len(body) > 1 and all(char in modifiers for char in body):
        return body[0], body[1:]
    at = len(body)
    while at > _LEAST_SPECIFIC and body[at - 1] in modifiers and body[:at] not in lexicon.places:
        at -= 1
    return body[:at], body[at:]
