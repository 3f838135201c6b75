"""Uncertain dates: what they may mean, and how they are said. Nothing is made more exact than it was said."""

from __future__ import annotations

import pytest

from data.edtf import in_words, parse_when

SAID = [
    ("0960", 960, 960, "960年", "960"),
    ("0960~", 960, 960, "约960年", "about 960"),
    ("0960?", 960, 960, "960年（存疑）", "960 (uncertain)"),
    ("0960%", 960, 960, "约960年（存疑）", "about 960 (uncertain)"),
    ("096X", 960, 969, "960年至969年间", "between 960 and 969"),
    ("09XX", 900, 999, "900年至999年间", "between 900 and 999"),
    ("-0201", -201, -201, "公元前202年", "202 BCE"),
    ("0000", 0, 0, "公元前1年", "1 BCE"),
    ("-02XX", -299, -200, "公元前300年至公元前201年间", "between 300 BCE and 201 BCE"),
    ("1986-05", 1986, 1986, "1986年5月", "1986-05"),
    ("1986-05-21~", 1986, 1986, "约1986年5月21日", "about 1986-05-21"),
    ("0618/0907", 618, 907, "618年至907年", "618 to 907"),
    ("0960~/..", 960, None, "约960年至今", "about 960 to this day"),
    ("../0960", None, 960, "至960年", "until 960"),
]


@pytest.mark.parametrize(("text", "first", "last", "chinese", "english"), SAID)
def test_what_a_date_may_mean(text: str, first: int | None, last: int | None, chinese: str, english: str) -> None:
    when = parse_when(text)
    assert (when.first, when.last) == (first, last)
    assert (in_words(when, "zh"), in_words(when, "en")) == (chinese, english)


@pytest.mark.parametrize(
    "text", ["", "960", "about 960", "0960-13", "0960-02-30", "-0000", "0960/", "0907/0618", "../..", "0960~~", "1/2/3"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|span|ends|month|day"):
        parse_when(text)
