"""Traditional and simplified characters, both ways, with the forms that single characters leave open. Pure.

OpenCC's tables decide by phrases (皇后 and 後面); one simplified character often stands
for several traditional ones (后: 后, 後), and some traditional ones are kept in
names (乾). Stretches of Han characters only are handed to OpenCC, and each character
gives exactly one: nothing is lost, added or moved, whatever the text holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import islice, product
from typing import Literal, NamedTuple

from opencc import OpenCC

from geonames.romanize.spelling import HAN

Direction = Literal["t2s", "s2t"]
_STRETCH = re.compile(f"{HAN.pattern}+")
#: Forms offered at most; a name of several open characters has more than anybody reads.
MAX_FORMS = 32
#: The blocks of Han characters whose conversion is tabulated: Unified Ideographs, Extension A, compatibility.
_BLOCKS = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x323B0))


class Forms(NamedTuple):
    """A text in other characters: the form that OpenCC's phrases give, and all that its characters allow."""

    text: str
    alternatives: tuple[str, ...]


def to_simplified(text: str) -> str:
    """`text` in simplified characters, one for each.

    The tables know phrases in traditional characters alone (乾縣 is 乾县, but 乾县 by itself 干县): what was changed is
    converted until it stays, so that a name is one text however it was written.
    """
    once = _converted(text, "t2s")
    while once != text:
        text, once = once, _converted(once, "t2s")
    return once


def to_traditional(text: str) -> str:
    """`text` in traditional characters, one for each."""
    return _converted(text, "s2t")


def simplified_forms(text: str) -> Forms:
    """The simplified form, and those in which a character that is also written so is kept (乾, 著)."""
    usual = to_simplified(text)
    return Forms(usual, _others(usual, ((char, _one(char, "t2s")) for char in text)))


def traditional_forms(text: str) -> Forms:
    """The traditional form, and those with the other traditional characters that simplify to the same."""
    usual = to_traditional(text)
    return Forms(usual, _others(usual, ((char, *_traditional_of().get(char, ())) for char in text)))


def _others(usual: str, choices: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The forms that the choices make, without the usual one; those nearest to it first."""
    options = [tuple(dict.fromkeys((own, *found))) for own, found in zip(usual, choices, strict=True)]
    forms = ("".join(form) for form in product(*options))
    return tuple(form for form in islice(forms, MAX_FORMS + 1) if form != usual)[:MAX_FORMS]


@cache
def _converter(direction: Direction) -> OpenCC:
    return OpenCC(direction)


def _converted(text: str, direction: Direction) -> str:
    """Stretches of Han characters converted, everything else as it is."""
    return _STRETCH.sub(lambda found: _stretch(found[0], direction), text)


def _stretch(text: str, direction: Direction) -> str:
    converted: str = _converter(direction).convert(text)
    if len(converted) == len(text):
        return converted
    # a phrase of the tables that is longer or shorter than what it stands for
    return "".join(_one(char, direction) for char in text)


def _one(char: str, direction: Direction) -> str:
    if not HAN.match(char):
        return char
    converted: str = _converter(direction).convert(char)
    return converted if len(converted) == 1 else char


@cache
def _traditional_of() -> Mapping[str, tuple[str, ...]]:
    """The characters that simplify to a character, itself among them where it is left as it is."""
    chars = [chr(code) for block in _BLOCKS for code in block]
    simple = _converter("t2s").convert("\n".join(chars)).split("\n")
    found: dict[str, list[str]] = {}
    for char, other in zip(chars, simple, strict=True):
        found.setdefault(other, []).append(char)
    return {other: tuple(group) for other, group in found.items() if len(group) > 1}
