"""The working days of China, against the wording of the notice for 2026."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from data.workdays import CalendarMissing, Evidence, calendar, read_calendar

#: 国务院办公厅关于2026年部分节假日安排的通知 (4 November 2025): days off, first and last.
OFF_2026 = [
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
]
WORK_2026 = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]


def days(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(n) for n in range((end - start).days + 1)]


def test_every_day_of_2026_is_as_the_notice_says() -> None:
    off = {day for first, last in OFF_2026 for day in days(first, last)}
    on = {date.fromisoformat(day) for day in WORK_2026}
    for day in days("2026-01-01", "2026-12-31"):
        expected = day in on or (day.weekday() < 5 and day not in off)
        assert calendar().is_working(day) is expected, day


def test_a_year_without_a_notice_is_not_guessed() -> None:
    with pytest.raises(CalendarMissing) as caught:
        calendar().is_working(date(2027, 1, 4))
    assert caught.value.year == 2027


def test_a_year_of_which_the_notice_was_not_read_is_not_verified() -> None:
    assert calendar().years[2021] is Evidence.COMPILED
    assert not calendar().is_verified(date(2022, 12, 1), date(2023, 1, 5))
    assert calendar().is_verified(date(2025, 12, 1), date(2026, 1, 5))


def test_the_next_working_day_is_the_day_itself_where_it_is_one() -> None:
    assert calendar().next_working(date(2026, 10, 1)) == date(2026, 10, 8)
    assert calendar().next_working(date(2026, 10, 10)) == date(2026, 10, 10)


@pytest.mark.parametrize(
    "line",
    [
        "2026-01-05,work,元旦,2026",
        "2026-01-10,rest,元旦,2026",
        "2027-01-01,rest,元旦,2027",
        "2026-01-04,maybe,元旦,2026",
    ],
)
def test_a_row_that_is_no_exception_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "years.csv").write_text("year,notice,dated,evidence\n2026,,2025-11-04,read\n", "utf-8")
    (tmp_path / "days.csv").write_text(f"date,kind,occasion,year\n{line}\n", "utf-8")
    with pytest.raises(ValueError, match=r"days\.csv"):
        read_calendar(tmp_path)
