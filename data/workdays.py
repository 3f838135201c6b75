"""Working days (工作日): which days an office works, as far as the State Council has said so.

The days are data, `data/reference/calendar/`. A year that is not there is not
guessed: whoever counts into it gets `CalendarMissing` with the year.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

CALENDAR = Path(__file__).parent / "reference" / "calendar"
#: 职工工作时间规定 Art. 7: Saturday and Sunday are the days of rest (`date.weekday()`).
DAYS_OF_REST = frozenset({5, 6})
ONE_DAY = timedelta(days=1)


class Evidence(StrEnum):
    """How the working days of a year are known."""

    READ = "read"
    COMPILED = "compiled"


class CalendarMissing(LookupError):
    """The working days of `year` are not known: its notice has not been entered."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the working days of {year} are not in data/reference/calendar")
        self.year = year


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A calendar: `exceptions` are days that differ from Monday to Friday, true where there is work."""

    exceptions: Mapping[date, bool]
    years: Mapping[int, Evidence]

    def is_working(self, day: date) -> bool:
        """Whether offices work on `day`; `CalendarMissing` where that is not known."""
        if day.year not in self.years:
            raise CalendarMissing(day.year)
        return self.exceptions.get(day, day.weekday() not in DAYS_OF_REST)

    def next_working(self, day: date) -> date:
        """`day` itself, or the first working day after it."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def is_verified(self, first: date, last: date) -> bool:
        """Whether the notices of all years from `first` to `last` were read."""
        return all(self.years.get(year) is Evidence.READ for year in range(first.year, last.year + 1))


def read_calendar(folder: Path = CALENDAR) -> WorkingDays:
    """The calendar in `folder`. ValueError for a day that says nothing or belongs to no year listed."""
    years = {int(row["year"]): Evidence(row["evidence"]) for row in _rows(folder / "years.csv")}
    exceptions: dict[date, bool] = {}
    for row in _rows(folder / "days.csv"):
        day, works = date.fromisoformat(row["date"]), _works(row["kind"])
        if day.year not in years or day in exceptions or works == (day.weekday() not in DAYS_OF_REST):
            raise ValueError(f"days.csv: {day} is listed twice, without its year, or is no exception")
        exceptions[day] = works
    return WorkingDays(exceptions, years)


@cache
def calendar() -> WorkingDays:
    """The calendar of this version."""
    return read_calendar()


def _works(kind: str) -> bool:
    if kind not in ("work", "rest"):
        raise ValueError(f"days.csv: {kind!r} is neither work nor rest")
    return kind == "work"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
