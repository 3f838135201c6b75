"""Dates as decision texts write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.partial_date import PartialDate, parse_iso, parse_written


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("二〇一〇年十一月二十六日", "2010-11-26"),
        ("一九八二年一月三十日", "1982-01-30"),
        ("一九八六年十月十日", "1986-10-10"),
        ("一九九○年二十月", None),
        ("2010年2月23日", "2010-02-23"),
        ("2024年09月7日", "2024-09-07"),
        ("一九八四年元月五日", "1984-01-05"),
        ("1984年5月", "1984-05"),
        ("一九八四年", "1984"),
        ("1984年2月30日", None),
        ("不详", None),
        ("", None),
    ],
)
def test_a_written_date_is_read_or_refused(written: str, iso: str | None) -> None:
    if iso is None:
        with pytest.raises(ValueError):  # noqa: PT011 -- no more specific error exists for text that is no date
            parse_written(written)
    else:
        assert str(parse_written(written)) == iso


def test_a_partial_date_spans_the_days_it_may_mean() -> None:
    month = parse_iso("1988-02")
    assert (month.first, month.last, month.exact) == (date(1988, 2, 1), date(1988, 2, 29), None)
    assert parse_iso("1988-02-07").exact == date(1988, 2, 7)


def test_a_day_without_a_month_is_refused() -> None:
    with pytest.raises(ValueError, match="month"):
        PartialDate(1988, None, 3)


CHINESE = "〇一二三四五六七八九"


def _in_chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else CHINESE[tens] + "十") + (CHINESE[ones] if ones else "")


@given(st.dates(min_value=date(1949, 10, 1), max_value=date(2099, 12, 31)))
def test_every_day_reads_the_same_in_both_numerals(day: date) -> None:
    year = "".join(CHINESE[int(c)] for c in str(day.year))
    chinese = f"{year}年{_in_chinese(day.month)}月{_in_chinese(day.day)}日"
    arabic = f"{day.year}年{day.month}月{day.day}日"
    assert parse_written(chinese) == parse_written(arabic) == parse_iso(day.isoformat())
