"""The names of a place on a band of time (年代带): periods as bars in the units of an SVG, with years below. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: The band in units of its drawing, and the height of a row.
WIDTH, ROW = 960, 34
#: Years between the marks: the smallest step that leaves at most this many marks is taken.
STEPS, MOST_MARKS = (10, 20, 50, 100, 200, 500, 1000), 8
#: A period of a single year is still to be seen.
LEAST = 5.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A period: its name and dates for people, and where it lies. `open_begin`: nobody knows since when."""

    name: str
    said: Mapping[str, Any]
    note: str
    x: float
    y: int
    width: float
    open_begin: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A year below the band."""

    year: int
    x: float


@dataclass(frozen=True, slots=True)
class Band:
    """All periods from the first known year to the present one. `attested`: where the oldest source stands."""

    bars: Sequence[Bar]
    marks: Sequence[Mark]
    attested: float | None
    height: int


def band_of(periods: Sequence[Mapping[str, Any]], attested: Mapping[str, Any] | None, year: int) -> Band | None:
    """The band of the periods of a dossier, through `year`; None where no year is known."""
    said = [one["dated"] for one in periods] + ([attested] if attested else [])
    years = [one[key] for one in said for key in ("earliest_year", "latest_year") if one[key] is not None]
    if not periods or not years:
        return None
    begin, end = min(years), max(year, *years)
    scale = WIDTH / max(end - begin, 1)
    bars = [_bar(one, number, begin, end, scale) for number, one in enumerate(periods)]
    marks = [Mark(mark, round((mark - begin) * scale, 1)) for mark in _marks(begin, end)]
    point = round((attested["earliest_year"] - begin) * scale, 1) if attested else None
    return Band(bars, marks, point, ROW * len(bars))


def _bar(period: Mapping[str, Any], number: int, begin: int, end: int, scale: float) -> Bar:
    dated = period["dated"]
    first = begin if dated["earliest_year"] is None else dated["earliest_year"]
    last = end if dated["latest_year"] is None else dated["latest_year"]
    width = max((last - first) * scale, LEAST)
    x = min((first - begin) * scale, WIDTH - width)
    open_begin = dated["earliest_year"] is None
    return Bar(period["name"], dated, period["note"], round(x, 1), number * ROW, round(width, 1), open_begin)


def _marks(begin: int, end: int) -> list[int]:
    step = next((s for s in STEPS if (end - begin) / s <= MOST_MARKS), STEPS[-1])
    return list(range(-(-begin // step) * step, end + 1, step))
