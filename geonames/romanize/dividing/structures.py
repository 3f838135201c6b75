"""Institutions, buildings, parks and facilities (PY84 rules 14, 16, 17). Pure."""

from __future__ import annotations

from geonames.romanize.dividing import divisions
from geonames.romanize.dividing.endings import ending, peel
from geonames.romanize.lexicon import Lexicon
from geonames.romanize.model import Part, Role, Shape


def divide(name: str, lexicon: Lexicon) -> list[Part]:
    """`浙江省测绘局` as 浙江, 省, 测绘局; 北京工人体育馆 in three words."""
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
    parts = [Part(text, Role.SPECIFIC) for text in (specific, *words) if text]
    return [*before, *parts, Part(modifiers + generic, Role.GENERIC)] if generic else [*before, *parts]


def _division_at_start(name: str, lexicon: Lexicon) -> str:
    """The longest division name with its generic term at the start of a longer name (PY84 rule 17)."""
    lengths = range(len(name) - 1, 1, -1)
    return next((name[:length] for length in lengths if name[:length] in lexicon.divisions), "")


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
