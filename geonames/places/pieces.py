"""The pieces of a name and what each does in it; one way to read a name. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from geonames.romanize.dividing.endings import MODIFIERS, ending
from geonames.romanize.lexicon import Lexicon
from geonames.romanize.model import Part, Role, Shape


class Use(StrEnum):
    """What a piece does: 专名, a nationality (民族), a number, a modifier (修饰成分) of the generic term, 通名."""

    SPECIFIC = "specific"
    NATIONALITY = "nationality"
    NUMBER = "number"
    MODIFIER = "modifier"
    GENERIC = "generic"


class Piece(NamedTuple):
    """A stretch of a name: characters `start` to `end` (exclusive), in the written word with number `word`."""

    text: str
    use: Use
    start: int
    end: int
    word: int


class Reading(NamedTuple):
    """One way to divide a name. The texts of `pieces` joined are the name.

    `specific` is all before the nationalities, modifiers and generic term at the end; numbers are in it.
    """

    shape: Shape
    specific: str
    nationalities: tuple[str, ...]
    modifiers: tuple[str, ...]
    generic: str
    pieces: tuple[Piece, ...]


#: A piece before it has a place in the name: its text, its use, the number of its written word.
Stretch = tuple[str, Use, int]


def reading_of(shape: Shape, parts: Sequence[Part], lexicon: Lexicon) -> Reading:
    """The reading that the romanizer's words give."""
    found: list[Stretch] = []
    for word, part in enumerate(parts):
        found += _stretches(part, word, word == len(parts) - 1, shape, lexicon)
    return assembled(shape, found)


def _stretches(part: Part, word: int, last: bool, shape: Shape, lexicon: Lexicon) -> Iterable[Stretch]:
    if part.role is Role.GENERIC:
        return _with_modifiers(part.text, word, shape, lexicon)
    if part.role is Role.SPECIFIC and last:
        return _within_one_word(part.text, word, shape, lexicon)
    if part.role is Role.SPECIFIC and word and all(char in MODIFIERS for char in part.text):
        # between a specific part and a number: 中山|东|一|路
        return [(char, Use.MODIFIER, word) for char in part.text]
    return [(part.text, Use(part.role.value), word)]


def _with_modifiers(text: str, word: int, shape: Shape, lexicon: Lexicon) -> Iterable[Stretch]:
    """南小街 is the modifiers 南 and 小 and the term 街."""
    if any(text in lexicon.terms[kind] for kind in (shape, Shape.DIVISION, Shape.STREET, Shape.STRUCTURE)):
        return [(text, Use.GENERIC, word)]
    term = ending(text, shape, lexicon)
    modifiers = text.removesuffix(term)
    return [*((char, Use.MODIFIER, word) for char in modifiers), (term, Use.GENERIC, word)]


def _within_one_word(text: str, word: int, shape: Shape, lexicon: Lexicon) -> Iterable[Stretch]:
    term = ending(text, shape, lexicon)
    specific = (text.removesuffix(term), Use.SPECIFIC, word)
    return [specific, (term, Use.GENERIC, word)] if term else [specific]


def assembled(shape: Shape, stretches: Iterable[Stretch]) -> Reading:
    """A reading of stretches in their order; empty ones are left out."""
    pieces: list[Piece] = []
    at = 0
    for text, use, word in stretches:
        if text:
            pieces.append(Piece(text, use, at, at + len(text), word))
            at += len(text)
    generic = pieces[-1].text if pieces and pieces[-1].use is Use.GENERIC else ""
    body = pieces[: -1 if generic else len(pieces)]
    modifiers = _taken(body, Use.MODIFIER)
    nationalities = _taken(body, Use.NATIONALITY)
    specific = "".join(piece.text for piece in body)
    return Reading(shape, specific, nationalities, modifiers, generic, tuple(pieces))


def _taken(body: list[Piece], use: Use) -> tuple[str, ...]:
    """The pieces of a use at the end of `body`, taken off it."""
    found: list[str] = []
    while body and body[-1].use is use:
        found.insert(0, body.pop().text)
    return tuple(found)
