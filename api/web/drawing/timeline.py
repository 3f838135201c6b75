"""Versions as bars on one time axis. Positions are percent of the axis, so that a drawing fits any width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

#: Years between two marks of the axis.
TICK_YEARS = 10


@dataclass(frozen=True)
class Tick:
    """A year on the axis."""

    x: float
    year: int


@dataclass(frozen=True)
class Bar:
    """One stretch of time: `x` and `width` in percent; the ends say what kind of end they are."""

    x: float
    width: float
    open_start: bool
    open_end: bool
    current: bool

    @property
    def end(self) -> float:
        """Where the bar ends, in percent."""
        return self.x + self.width


@dataclass(frozen=True)
class Axis:
    """The days from `first` to `last`, both shown."""

    first: date
    last: date

    def at(self, day: date) -> float:
        """Position of `day` in percent, held within the axis."""
        whole = max((self.last - self.first).days, 1)
        return round(min(max((day - self.first).days / whole, 0.0), 1.0) * 100, 3)

    def ticks(self) -> list[Tick]:
        """Marks at whole decades, and at both ends where no decade is near."""
        years = [y for y in range(self.first.year + 1, self.last.year + 1) if y % TICK_YEARS == 0]
        return [Tick(self.at(date(year, 1, 1)), year) for year in years]

    def bar(self, start: date, end: date | None, as_of: date, *, start_known: bool = True) -> Bar:
        """The bar of something true from `start` until before `end` (None: still true)."""
        x = self.at(start)
        until = self.at(end) if end else 100.0
        current = start <= as_of and (end is None or as_of < end)
        return Bar(x, round(max(until - x, 0.6), 3), not start_known, end is None, current)


def marks_of_change(axis: Axis, days: Sequence[date]) -> list[float]:
    """Positions of changes, each once, from left to right."""
    return sorted({axis.at(day) for day in days})
