"""A name in its parts: specific, modifiers, generic, with the other ways to read it. Pure.

The division is the romanizer's own (`geonames.romanize.dividing`), so that what is
checked is what is spelled. Where it writes specific and generic in one word
(villages, PY84 rule 3) the generic term is found within that word. Nothing is
normalized: the texts of the pieces joined are the name, whatever its characters.
"""

from __future__ import annotations

from typing import NamedTuple

from geonames.places.alternatives import Alternative, alternatives_of
from geonames.places.pieces import Piece, Use, reading_of
from geonames.romanize.dividing.endings import ending
from geonames.romanize.engine import words_of
from geonames.romanize.lexicon import Lexicon, national
from geonames.romanize.model import Shape, shape_of
from geonames.romanize.provinces import region_of


class Parse(NamedTuple):
    """A name divided.

    `specific` (专名), `nationalities` in the name of an autonomous unit, `modifiers` (修饰成分, one
    character each) written with the `generic` term (通名; empty: none). `pieces` with their spans:
    all of it again, in order. `embedded`: generic terms of the same shape that end the specific
    part, outermost first (花园 in 某某花园大厦, 路 in 解放路南小街). `only_generic`: the name is
    nothing but a generic term. `alternatives`: other readings; `ambiguous`: for one of them
    nothing decides against it.
    """

    name: str
    shape: Shape
    specific: str
    nationalities: tuple[str, ...]
    modifiers: tuple[str, ...]
    generic: str
    pieces: tuple[Piece, ...]
    embedded: tuple[str, ...]
    only_generic: bool
    alternatives: tuple[Alternative, ...]
    ambiguous: bool


def parse(
    name: str,
    art3_class: str | None = None,
    type_code: str | None = None,
    within: str | None = None,
    lexicon: Lexicon | None = None,
) -> Parse:
    """`name` divided, as a place of a class of Art. 3, more exactly of a type, in the unit with code `within`.

    Takes any string, also none at all. Raises `BadRequest` `bad_class` or `bad_type`.
    """
    tables = lexicon or national()
    asked = shape_of(type_code) or shape_of(art3_class)
    shape, parts = words_of(name, asked, region_of(within), tables)
    reading = reading_of(shape, parts, tables)
    others = alternatives_of(name, asked, reading, tables)
    return Parse(
        name=name,
        shape=shape,
        specific=reading.specific,
        nationalities=reading.nationalities,
        modifiers=reading.modifiers,
        generic=reading.generic,
        pieces=reading.pieces,
        embedded=_embedded(reading.specific, shape, tables),
        only_generic=_is_term(name, asked, tables),
        alternatives=others,
        ambiguous=any(other.decided_by is None for other in others),
    )


def join(parsed: Parse) -> str:
    """The name again."""
    return "".join(piece.text for piece in parsed.pieces)


def _embedded(specific: str, shape: Shape, lexicon: Lexicon) -> tuple[str, ...]:
    term = ending(specific, shape, lexicon)
    return (term, *_embedded(specific.removesuffix(term), shape, lexicon)) if term else ()


def _is_term(name: str, shape: Shape | None, lexicon: Lexicon) -> bool:
    shapes = (shape,) if shape else tuple(Shape)
    return any(name in lexicon.terms[kind] for kind in shapes)


__all__ = ["Alternative", "Parse", "Piece", "Use", "join", "parse"]
