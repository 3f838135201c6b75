"""Tables in text are read whatever ends their lines; what is no table is refused with the line."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.tables import rows_of

CELLS = st.lists(st.lists(st.text(st.characters(exclude_characters="\r\n\x00"), min_size=1), min_size=2), min_size=1)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_each_system_ends_them(end: str) -> None:
    assert rows_of(end.join(["编号,X,Y", "001,3244464.532,620519.589"])) == [
        ["编号", "X", "Y"],
        ["001", "3244464.532", "620519.589"],
    ]


def test_ends_of_lines_may_be_mixed() -> None:
    """As a file has them of which one byte was damaged."""
    assert rows_of("a,b\r\n1,2\r3,4\n5,6") == [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]]


@given(CELLS)
def test_what_was_written_is_read(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    assert rows_of(out.getvalue()) == rows


def test_a_field_without_end_is_refused_with_its_line() -> None:
    csv.field_size_limit(1 << 20)  # as who reads other tables leaves it
    with pytest.raises(ValueError, match=r"line 2: field larger"):
        rows_of("a,b\n" + "x" * 200_000)


@given(st.text())
def test_any_text_is_a_table_or_refused(text: str) -> None:
    try:
        rows_of(text)
    except ValueError as error:
        assert str(error).startswith("line ")  # noqa: PT017 - both ends are right
