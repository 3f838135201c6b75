"""R15–R19: with which characters a name is written. 通用规范汉字, 生僻字, 繁体字和异体字, 拉丁字母, 符号."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

from geonames.rules.checks.saying import Asked, Hit, Nothing, Said, check
from geonames.rules.model import Span
from geonames.rules.script import (
    is_han,
    is_in_gb2312,
    is_latin,
    is_listed,
    is_usual,
    standard_form,
)


def _runs(text: str, wanted: Callable[[str], bool]) -> Iterator[Span]:
    """The stretches of characters of one kind."""
    start: int | None = None
    for at, char in enumerate((*text, "")):
        if char and wanted(char):
            start = at if start is None else start
        elif start is not None:
            yield Span(start, at)
            start = None


@check("listed_characters", Nothing, cases={"unlisted": ("char", "code_point")})
def listed_characters(asked: Asked[Nothing]) -> Iterator[Said]:
    """Every Chinese character is one of the 8,105; forms for which there is a standard one are another rule's."""
    for at, char in enumerate(asked.name):
        if is_han(char) and not is_listed(char) and standard_form(char) is None:
            yield Hit("unlisted", Span(at, at + 1), {"char": char, "code_point": f"U+{ord(char):04X}"})


@check("usual_characters", Nothing, cases={"rare": ("char",), "uncommon": ("char",), "established": ("char", "unit")})
def usual_characters(asked: Asked[Nothing]) -> Iterator[Said]:
    """No rare characters, but those that the place already bears in the name of its unit.

    Levels 1 and 2 of the table of 2013 have 6,500 characters, GB/T 2312 has 6,763: outside it stands, by
    approximation, what the table has in its third level. Which those are was not at hand.
    """
    for at, char in enumerate(asked.name):
        if is_listed(char) and not is_usual(char):
            unit = next((u.name for u in asked.subject.proposal.within if char in u.name), None)
            case = "uncommon" if is_in_gb2312(char) else "rare"
            said: dict[str, object] = {"char": char} if unit is None else {"char": char, "unit": unit}
            yield Hit(case if unit is None else "established", Span(at, at + 1), said)


@check("standard_forms", Nothing, cases={"traditional": ("char", "standard")})
def standard_forms(asked: Asked[Nothing]) -> Iterator[Said]:
    """No traditional and no variant characters."""
    for at, char in enumerate(asked.name):
        standard = standard_form(char)
        if standard is not None:
            yield Hit("traditional", Span(at, at + 1), {"char": char, "standard": standard})


@check("no_latin", Nothing, cases={"latin": ("letters",)})
def no_latin(asked: Asked[Nothing]) -> Iterator[Said]:
    """No Latin letters, of whatever width."""
    for span in _runs(asked.name, is_latin):
        yield Hit("latin", span, {"letters": asked.part(span)})


@check("no_symbols", Nothing, cases={"symbol": ("symbol",), "private": ("code_point",), "script": ("text",)})
def no_symbols(asked: Asked[Nothing]) -> Iterator[Said]:
    """Nothing but Chinese characters (and digits and letters, which other rules look at)."""
    for span in _runs(asked.name, _is_other_script):
        yield Hit("script", span, {"text": asked.part(span)})
    for at, char in enumerate(asked.name):
        if unicodedata.category(char) in ("Co", "Cn"):
            yield Hit("private", Span(at, at + 1), {"code_point": f"U+{ord(char):04X}"})
        elif _is_symbol(char):
            yield Hit("symbol", Span(at, at + 1), {"symbol": _shown(char)})


def _is_other_script(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM" and not is_han(char) and not is_latin(char)


def _is_symbol(char: str) -> bool:
    kept = is_han(char) or is_latin(char) or _is_other_script(char) or unicodedata.category(char)[0] == "N"
    return not kept and unicodedata.category(char) not in ("Co", "Cn")


def _shown(char: str) -> str:
    """A symbol as it can be seen: a space by its name."""
    return char if char.isprintable() and not char.isspace() else unicodedata.name(char, f"U+{ord(char):04X}")
