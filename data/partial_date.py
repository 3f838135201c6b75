"""Dates as far as they are known: a year, a month or a day.

Decision texts write dates in Arabic and in Chinese numerals (二〇一〇年十一月
二十六日); both are read here and nowhere else.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_DIGITS = {
    c: n for n, chars in enumerate(("〇○零", "一", "二", "三", "四", "五", "六", "七", "八", "九")) for c in chars
}
_WRITTEN = re.compile(
    r"^(?P<y>[0-9]{4}|[〇○零一二三四五六七八九]{4})年"
    r"(?:(?P<m>[0-9]{1,2}|[一二三四五六七八九十元]{1,3})月"
    r"(?:(?P<d>[0-9]{1,2}|[一二三四五六七八九十]{1,3})日?)?)?$"
)
_ISO = re.compile(r"^(?P<y>[0-9]{4})(?:-(?P<m>[0-9]{2})(?:-(?P<d>[0-9]{2}))?)?$")


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A day, a month (no day) or a year (no month); `str` gives the ISO 8601 form, `2010-11`."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        date(self.year, self.month or 1, self.day or 1)
        if self.day is not None and self.month is None:
            raise ValueError("a day needs its month")

    def __str__(self) -> str:
        parts = [f"{self.year:04}"]
        parts += [f"{part:02}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts)

    @property
    def first(self) -> date:
        """The first day it may mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The last day it may mean."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    @property
    def exact(self) -> date | None:
        """The day, where it is known to the day."""
        return self.first if self.day is not None else None


def parse_iso(text: str) -> PartialDate:
    """`1986`, `1986-05` or `1986-05-21`; ValueError on anything else."""
    return _build(_ISO.match(text), text)


def parse_written(text: str) -> PartialDate:
    """A date as decision texts write it: `1986年5月21日`, `一九八六年五月二十一日`; ValueError otherwise."""
    return _build(_WRITTEN.match(text.strip()), text)


def _build(match: re.Match[str] | None, text: str) -> PartialDate:
    if match is None:
        raise ValueError(f"not a date: {text!r}")
    month, day = match["m"], match["d"]
    return PartialDate(_year(match["y"]), _number(month) if month else None, _number(day) if day else None)


def _year(text: str) -> int:
    return int("".join(str(_DIGITS.get(c, c)) for c in text))


def _number(text: str) -> int:
    """A number below 100 in Arabic or Chinese numerals; 元 (元月) is one."""
    if text.isascii():
        return int(text)
    if text == "元":
        return 1
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(str(_DIGITS[c]) for c in text))
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
