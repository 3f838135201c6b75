"""The other ways to read a name, and what decides against each. Pure.

Only readings that a person could mean are given: a modifier that may belong to
the specific part (江东路), a term that may be a shorter one (清新区), a generic term
inside (解放路 in 解放路南小街), a numeral that may be a word, another kind of place.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from geonames.places.pieces import Piece, Reading, Use, assembled, reading_of
from geonames.romanize.dividing import divide
from geonames.romanize.dividing.endings import MODIFIERS, ending
from geonames.romanize.generics import by_shape
from geonames.romanize.lexicon import Lexicon
from geonames.romanize.model import Shape
from geonames.romanize.numerals import NUMERALS, ORDINAL_PREFIX

#: A specific part of so many characters that ends in a modifier may be one with its modifier: 江东.
_SHORT = 2


@cache
def _compound() -> frozenset[str]:
    """Terms of divisions whose first character as often ends the specific part: 清新区, 万柏林区."""
    return frozenset(t.text for t in by_shape()[Shape.DIVISION].values() if t.least > 1)


class Why(StrEnum):
    """What the other reading takes otherwise."""

    MODIFIER = "modifier-or-name"
    TERM = "shorter-or-longer-term"
    EMBEDDED = "generic-inside"
    NUMBER = "number-or-name"
    KIND = "kind-of-place"


class Alternative(NamedTuple):
    """Another reading. `decided_by`: what speaks against it (a rule, a known place); None: nothing does."""

    reading: Reading
    why: Why
    decided_by: str | None


def alternatives_of(name: str, asked: Shape | None, reading: Reading, lexicon: Lexicon) -> tuple[Alternative, ...]:
    """Readings of `name` beside `reading`; `asked`: the shape that its class gave, None where the name decided."""
    found = (
        *_modifier_or_name(reading, lexicon),
        *_other_term(reading, lexicon),
        *_embedded(reading, lexicon),
        *_number_or_name(reading),
        *(() if asked else _other_kinds(name, reading, lexicon)),
    )
    seen = {reading.pieces}
    return tuple(other for other in found if not _is_seen(other, seen))


def _is_seen(other: Alternative, seen: set[tuple[Piece, ...]]) -> bool:
    known = other.reading.pieces in seen
    seen.add(other.reading.pieces)
    return known


def _modifier_or_name(reading: Reading, lexicon: Lexicon) -> Iterator[Alternative]:
    """江|东路 beside 江东|路, and 浦|东路 which the place 浦东 rules out; 中山东|路 beside 中山|东路."""
    if reading.shape not in (Shape.STREET, Shape.NATURAL) or not reading.generic or reading.nationalities:
        return
    specific, tail = reading.specific, reading.generic
    if reading.modifiers:
        taken = specific + reading.modifiers[0]
        rest = "".join(reading.modifiers[1:])
        if taken in lexicon.places:
            yield Alternative(_simple(reading.shape, taken, rest, tail), Why.MODIFIER, "PY84 rule 2")
    elif len(specific) == _SHORT and specific[-1] in MODIFIERS and specific[0] not in MODIFIERS:
        known = f"known place {specific}" if specific in lexicon.places else None
        yield Alternative(_simple(reading.shape, specific[:-1], specific[-1], tail), Why.MODIFIER, known)


def _other_term(reading: Reading, lexicon: Lexicon) -> Iterator[Alternative]:
    """清新|区 beside 清|新区, as far as a specific part is left."""
    if reading.shape is not Shape.DIVISION or reading.nationalities:
        return
    specific, generic = reading.specific, reading.generic
    if generic in _compound():
        other = specific + generic[0], generic[1:]
    elif specific[-1:] + generic in _compound() and len(specific) > 1:
        other = specific[:-1], specific[-1] + generic
    else:
        return
    known = f"known place {specific}" if specific in lexicon.places and other[0] not in lexicon.places else None
    yield Alternative(_simple(reading.shape, other[0], "", other[1]), Why.TERM, known)


def _embedded(reading: Reading, lexicon: Lexicon) -> Iterator[Alternative]:
    """解放|路|南小|街 beside 解放路|南小|街: the rules take a generic term inside as part of the specific one."""
    if reading.shape not in (Shape.STREET, Shape.STRUCTURE):
        return
    for number, piece in enumerate(reading.pieces[:-1]):
        term = ending(piece.text, reading.shape, lexicon) if piece.use is Use.SPECIFIC else ""
        if term:
            stretches = [(p.text, p.use, p.word) for p in reading.pieces]
            inner = [(piece.text.removesuffix(term), Use.SPECIFIC, piece.word), (term, Use.GENERIC, piece.word)]
            stretches[number : number + 1] = inner
            yield Alternative(assembled(reading.shape, stretches), Why.EMBEDDED, "PY84 rule 4")


def _number_or_name(reading: Reading) -> Iterator[Alternative]:
    """张三|路 beside 张|三|路, where one character stands before a number of one without 第."""
    for number, piece in enumerate(reading.pieces[1:], 1):
        before = reading.pieces[number - 1]
        plain = piece.use is Use.NUMBER and len(piece.text) == 1 and piece.text in NUMERALS
        if plain and before.use is Use.SPECIFIC and before.start == 0 and before.text != ORDINAL_PREFIX:
            stretches = [(p.text, p.use, p.word) for p in reading.pieces]
            stretches[number - 1 : number + 1] = [(before.text + piece.text, Use.SPECIFIC, before.word)]
            decided = "PY84 rule 7" if len(before.text) > 1 else None
            yield Alternative(assembled(reading.shape, stretches), Why.NUMBER, decided)


def _other_kinds(name: str, reading: Reading, lexicon: Lexicon) -> Iterator[Alternative]:
    """三岔|河, a river, beside the village 三岔河: readings as other kinds of places that its ending allows."""
    for shape in Shape:
        # villages are called after features: 三岔河
        village = shape is Shape.SETTLEMENT and reading.shape is Shape.NATURAL
        if shape is not reading.shape and (village or ending(name, shape, lexicon)):
            _, parts = divide(name, shape, lexicon)
            yield Alternative(reading_of(shape, parts, lexicon), Why.KIND, None)


def _simple(shape: Shape, specific: str, modifiers: str, generic: str) -> Reading:
    return assembled(
        shape,
        [
            (specific, Use.SPECIFIC, 0),
            *((char, Use.MODIFIER, 1) for char in modifiers),
            (generic, Use.GENERIC, 1),
        ],
    )
