"""Mountains, waters and other natural features (PY84 rules 1, 2, 4, 6, 15). Pure."""

from __future__ import annotations

from geonames.romanize import numerals
from geonames.romanize.dividing.endings import ending, peel
from geonames.romanize.lexicon import Lexicon
from geonames.romanize.model import Part, Role, Shape

_PEELED = frozenset("新老大小东西南北")


def divide(name: str, lexicon: Lexicon) -> list[Part]:
    """`潮白新河` as 潮白 and 新河; 第二松花江 in three words; what has no generic term in one (一线天)."""
    ordinal = _ordinal(name)
    rest = name[ordinal:]
    parts = [Part(name[:ordinal], Role.SPECIFIC)] if ordinal else []
    generic = ending(rest, Shape.NATURAL, lexicon)
    if not generic:
        return [*parts, Part(rest, Role.SPECIFIC)]
    specific, modifiers = peel(rest.removesuffix(generic), lexicon, _PEELED)
    return [*parts, Part(specific, Role.SPECIFIC), Part(modifiers + generic, Role.GENERIC)]


def _ordinal(name: str) -> int:
    """The length of an ordinal (第二) that modifies more than a bare generic term."""
    if name[:1] != numerals.ORDINAL_PREFIX:
        return 0
    end = 1
    while end < len(name) and name[end] in numerals.NUMERALS:
        end += 1
    return end if end > 1 and len(name) - end > 1 else 0
