"""Institutions, buildings, parks and facilities (PY84 rules 14, 16, 17). Pure."""

from __future__ import annotations

from geonames.romanize import numerals
from geonames.romanize.dividing import divisions
from geonames.romanize.dividing.endings import ending, peel
from geonames.romanize.lexicon import Lexicon
from geonames.romanize.model import Part, Role, Shape


def divide(name: str, lexicon: Lexicon) -> list[Part]:
    """`浙江省测绘局` as 浙江, 省, 测绘局; 北京工人体育馆, 武汉长江大桥 in three words."""
    division = _division_at_start(name, lexicon)
    rest = name.removeprefix(division)
    before = divisions.divide(division, lexicon) if division else []
    if rest in lexicon.terms[Shape.STRUCTURE]:
        return [*before, Part(rest, Role.GENERIC)]
    generic = ending(rest, Shape.STRUCTURE, lexicon)
    specific, words = _words(rest.removesuffix(generic), lexicon, keep=not before)
    modifiers = ""
    if len(generic) == 1 and not words:
        specific, modifiers = peel(specific, lexicon)
    specific, number = _numbered(specific, lexicon)
    where = "" if before else _place_at_start(specific, lexicon)
    texts = (where, specific.removeprefix(where), number, *words)
    parts = [Part(text, Role.NUMBER if _is_number(text, lexicon) else Role.SPECIFIC) for text in texts if text]
    return [*before, *parts, Part(modifiers + generic, Role.GENERIC)] if generic else [*before, *parts]


def _division_at_start(name: str, lexicon: Lexicon) -> str:
    """The longest division name with its generic term at the start of a longer name (PY84 rule 17)."""
    lengths = range(len(name) - 1, 1, -1)
    return next((name[:length] for length in lengths if name[:length] in lexicon.divisions), "")


def _place_at_start(specific: str, lexicon: Lexicon) -> str:
    """The longest specific part of a division before two or more characters: 武汉 in 武汉长江(大桥)."""
    lengths = range(len(specific) - 2, 1, -1)
    return next((specific[:length] for length in lengths if specific[:length] in lexicon.places), "")


def _numbered(text: str, lexicon: Lexicon) -> tuple[str, str]:
    """What stands before an ordinal or code at the end, and the number (PY84 rule 16): 第四十二, 三〇一."""
    at = len(text) - numerals.trailing(text)
    if text[:at].endswith(numerals.ORDINAL_PREFIX):
        at -= 1
    return (text[:at], text[at:]) if _is_number(text[at:], lexicon) else (text, "")


def _is_number(text: str, lexicon: Lexicon) -> bool:
    if text[:1] == numerals.ORDINAL_PREFIX:
        return numerals.value(text[1:]) is not None
    return numerals.code(text) is not None and text not in lexicon.words["number-in-name"]


def _words(body: str, lexicon: Lexicon, *, keep: bool) -> tuple[str, list[str]]:
    """The specific part and the modifying words of two or more syllables after it; with `keep` something stays."""
    found: list[str] = []
    while True:
        starts = range(1 if keep else 0, len(body) - 1)
        word = next((body[at:] for at in starts if body[at:] in lexicon.words["modifier"]), None)
        if word is None:
            return body, found
        body = body.removesuffix(word)
        found.insert(0, word)
