"""Dates that are uncertain, written in EDTF (ISO 8601-2:2019): years, decades, centuries, before the common era, spans.

Read is what sources on old names say: `0960`, `0960~` (about), `0960?` (perhaps), `0960%` (both), `096X` (a decade),
`09XX` (a hundred years), `-0201` (202 before the common era: the year 0 is counted), `1986-05`, `1986-05-21`,
`0618/0907`, `0960/..` (to this day), `../0960`. Anything else is refused; nothing is made more exact than it was said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.partial_date import parse_iso

_YEAR = re.compile(r"(?P<sign>-?)(?P<digits>[0-9]{4}|[0-9]{3}X|[0-9]{2}XX)(?P<qualifier>[?~%]?)")
_DAY = re.compile(r"(?P<date>[0-9]{4}-[0-9]{2}(-[0-9]{2})?)(?P<qualifier>[?~%]?)")
OPEN = ".."


@dataclass(frozen=True, slots=True)
class Moment:
    """A year or more exactly, as far as it is known. Years are astronomical: 0 is 1 before the common era."""

    text: str
    first: int
    last: int
    qualifier: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """A moment, or a span from `begin` to `end`; None is an open side. A moment is its own begin and end."""

    text: str
    begin: Moment | None
    end: Moment | None
    is_span: bool = False

    @property
    def first(self) -> int | None:
        """The earliest year that it may mean; None: open."""
        return self.begin.first if self.begin else None

    @property
    def last(self) -> int | None:
        """The latest year that it may mean; None: open."""
        return self.end.last if self.end else None


def parse_when(text: str) -> When:
    """What `text` says; ValueError with what is wrong."""
    said = text.strip()
    if "/" not in said:
        moment = _moment(said)
        return When(said, moment, moment)
    parts = said.split("/")
    if len(parts) != 2 or parts == [OPEN, OPEN]:
        raise ValueError(f"{said[:40]!r} is no span such as 0618/0907 or 0960/..")
    begin, end = (None if part == OPEN else _moment(part) for part in parts)
    if begin and end and begin.first > end.last:
        raise ValueError(f"{said[:40]!r} ends before it begins")
    return When(said, begin, end, is_span=True)


def _moment(text: str) -> Moment:
    day = _DAY.fullmatch(text)
    if day is not None:
        date = parse_iso(day["date"])
        return Moment(text, date.year, date.year, day["qualifier"])
    year = _YEAR.fullmatch(text)
    if year is None or text.startswith("-0000"):
        raise ValueError(f"{text[:40]!r} is no date such as 0960, 0960~, 096X, 09XX, -0201, 1986-05 or 0960/..")
    low, high = int(year["digits"].replace("X", "0")), int(year["digits"].replace("X", "9"))
    if year["sign"]:
        return Moment(text, -high, -low, year["qualifier"])
    return Moment(text, low, high, year["qualifier"])


def in_words(when: When, language: str) -> str:
    """`when` for a reader, in Chinese (`zh`) or English."""
    if not when.is_span:
        return _moment_in_words(when.begin, language)
    begin, end = (_moment_in_words(moment, language) for moment in (when.begin, when.end))
    if not end:
        return f"{begin}至今" if language == "zh" else f"{begin} to this day"
    if not begin:
        return f"至{end}" if language == "zh" else f"until {end}"
    return f"{begin}至{end}" if language == "zh" else f"{begin} to {end}"


def _moment_in_words(moment: Moment | None, language: str) -> str:
    if moment is None:
        return ""
    said = moment.text.rstrip("?~%")
    words = _chinese(moment, said) if language == "zh" else _english(moment, said)
    return QUALIFIERS[language][moment.qualifier].format(words)


QUALIFIERS = {
    "zh": {"": "{}", "~": "约{}", "?": "{}（存疑）", "%": "约{}（存疑）"},
    "en": {"": "{}", "~": "about {}", "?": "{} (uncertain)", "%": "about {} (uncertain)"},
}


def _chinese(moment: Moment, said: str) -> str:
    if moment.first != moment.last:
        return f"{_chinese_year(moment.first)}至{_chinese_year(moment.last)}间"
    if said.count("-") > said.startswith("-"):
        year, *rest = said.split("-")
        return f"{int(year)}年" + "".join(f"{int(n)}{unit}" for n, unit in zip(rest, "月日", strict=False))
    return _chinese_year(moment.first)


def _chinese_year(year: int) -> str:
    return f"{year}年" if year > 0 else f"公元前{1 - year}年"


def _english(moment: Moment, said: str) -> str:
    if moment.first != moment.last:
        return f"between {_english_year(moment.first)} and {_english_year(moment.last)}"
    return said if said.count("-") > said.startswith("-") else _english_year(moment.first)


def _english_year(year: int) -> str:
    return str(year) if year > 0 else f"{1 - year} BCE"
