"""Villages and towns: one word (PY84 rule 3); villagers' committees: generic term apart. Pure."""

from __future__ import annotations

from geonames.romanize import numerals
from geonames.romanize.dividing.endings import ending
from geonames.romanize.lexicon import Lexicon
from geonames.romanize.model import Part, Role, Shape


def divide(name: str, lexicon: Lexicon) -> list[Part]:
    """One word; only an ordinal stands apart from its term, as the rules print 第六屯: `Diliu Tun`."""
    term = ending(name, Shape.SETTLEMENT, lexicon)
    number = name.removesuffix(term)
    if term and number[:1] == numerals.ORDINAL_PREFIX and numerals.value(number[1:]):
        return [Part(number, Role.SPECIFIC), Part(term, Role.GENERIC)]
    return [Part(name, Role.SPECIFIC)]


def divide_committee(name: str, lexicon: Lexicon) -> list[Part]:
    """`白沙村` in two words, as an administrative village.

    A committee that is called after a village of one syllable keeps that village's name whole: 王村 Wangcun.
    """
    term = ending(name, Shape.COMMITTEE, lexicon)
    body = name.removesuffix(term)
    if not term or (term == "村" and len(body) == 1):
        return divide(name, lexicon)
    return [Part(body, Role.SPECIFIC), Part(term, Role.GENERIC)]
