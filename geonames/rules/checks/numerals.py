"""R20, R21: numbers in names. 数字, 序数."""

from __future__ import annotations

import re
from collections.abc import Iterator

from geonames.rules.checks.saying import Asked, Hit, Parameters, Said, check
from geonames.rules.model import Span

_CHINESE = "〇零一二三四五六七八九十百千两"
_NUMBER = re.compile(rf"第?[{_CHINESE}]+")
_DIGITS = re.compile(r"\d+")


class NumeralParameters(Parameters):
    """`meaning_words`: numbers that mean something (五一). `series`: generics of which another rule judges numbers.

    `number_classes`: classes in whose names a Chinese number alone is a mere number; 三江, 九堡 are none.
    """

    meaning_words: str
    series: tuple[str, ...] = ()
    number_classes: tuple[str, ...] = ()


@check("numerals", NumeralParameters, cases={"only_number": ("number",), "digits": ("digits",)})
def numerals(asked: Asked[NumeralParameters]) -> Iterator[Said]:
    """No specific that is a mere number, no digits among the characters."""
    specific = asked.subject.specific
    if specific and _DIGITS.fullmatch(specific):
        yield Hit("only_number", asked.specific, {"number": specific})
        return
    for found in _DIGITS.finditer(asked.name):
        yield Hit("digits", Span(*found.span()), {"digits": found[0]})
    counted = asked.subject.proposal.art3_class in asked.parameters.number_classes
    if counted and _is_number(asked, specific) and asked.subject.generic not in asked.parameters.series:
        yield Hit("only_number", asked.specific, {"number": specific})


class SequenceParameters(Parameters):
    """`meaning_words`: numbers that mean something; `generics`: of which things numbered by themselves are meant."""

    meaning_words: str
    generics: tuple[str, ...]


@check("sequence", SequenceParameters, cases={"sequence": ("number",)})
def sequence(asked: Asked[SequenceParameters]) -> Iterator[Said]:
    """No name that only counts (三路); a numbered series under a base (东四十条) is no such name."""
    specific = asked.subject.specific
    if asked.subject.generic in asked.parameters.generics and _is_number(asked, specific):
        yield Hit("sequence", asked.specific, {"number": specific})


def _is_number(asked: Asked[NumeralParameters] | Asked[SequenceParameters], specific: str) -> bool:
    """Whether a specific is a Chinese number and none that means something."""
    meaning = asked.words.get(asked.parameters.meaning_words)
    known = meaning is not None and any(entry.text == specific for entry in meaning.entries)
    return _NUMBER.fullmatch(specific) is not None and not known
