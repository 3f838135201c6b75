"""The numbers of the comparison: each has a source, each is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from boundaries.inspection.settings import COMPARISON_FILE, settings
from data.errors import BadInput

SHIPPED = COMPARISON_FILE.read_text(encoding="utf-8")
ROW = 'k = { value = 2.0, source = "'


def changed(folder: Path, before: str, after: str) -> Path:
    """The shipped file with one thing changed."""
    assert before in SHIPPED
    path = folder / "comparison.toml"
    path.write_text(SHIPPED.replace(before, after, 1), encoding="utf-8")
    return path


def test_the_shipped_numbers_are_read() -> None:
    assert settings().k == 2.0


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (ROW, 'k = { value = -2.0, source = "', "not positive"),
        (ROW, 'k = { value = inf, source = "', "not positive"),
        (ROW, 'q = { value = 2.0, source = "', "nothing reads q"),
        ("[stretch]", '[stretch]\nsearch_m = { value = 1.0, source = "x" }', "nothing reads search_m"),
        ("[stretch]", "[stretch", "no table"),
    ],
)
def test_a_number_that_is_wrong_missing_or_read_by_nobody_is_refused(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    with pytest.raises(BadInput) as error:
        settings(changed(tmp_path, before, after))
    assert error.value.code == "bad_comparison"
    assert said in str(error.value)


def test_a_number_without_a_source_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "comparison.toml"
    lines = ["k = { value = 2.0 }" if line.startswith("k = ") else line for line in SHIPPED.splitlines()]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(BadInput, match="k has no source"):
        settings(path)
