"""Schemes of numbering: those of the program, and an office's own that are added, or refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from boundaries.markers import schemes
from boundaries.markers.coding import parse_code
from data.errors import BadInput

OWN = r"""
[township]
label_zh = "乡级界线界桩"
label_en = "markers of township lines"
pattern = '(?P<line>[0-9]{6})-(?P<serial>[0-9]{3})'
first = 1
source = "演示〔2026〕9号"
mark = "[V]"
"""


@pytest.fixture(autouse=True)
def _read_anew() -> Iterator[None]:
    yield
    schemes.schemes.cache_clear()


def named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    path = tmp_path / "schemes.toml"
    path.write_text(text, "utf-8")
    monkeypatch.setenv(schemes.OWN, str(path))
    schemes.schemes.cache_clear()


def test_every_scheme_says_what_of_it_is_read_remembered_or_inferred() -> None:
    for one in schemes.read_schemes(schemes.DELIVERED).values():
        assert one.source, one.key
        assert any(mark in one.mark for mark in ("[V]", "[M]", "[I]")), one.key


def test_a_scheme_of_the_office_is_added_to_those_of_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    named(monkeypatch, tmp_path, OWN)
    assert set(schemes.schemes()) == set(schemes.read_schemes(schemes.DELIVERED)) | {"township"}
    found = parse_code("990121-012", "township")
    assert (found.line, found.serial, found.part) == ("990121", 12, None)
    with pytest.raises(BadInput, match="演示〔2026〕9号"):
        parse_code("990121012", "township")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[township]", "[county]", "county is a scheme of the program"),
        ("[township]", '["Town ship"]', "small letters"),
        ('mark = "[V]"', "", "missing mark"),
        ('mark = "[V]"', 'mark = " "', "none empty"),
        ('mark = "[V]"', 'mark = "[V]"\nlenght = 9', "not known lenght"),
        ("first = 1", 'first = "1"', "first is the number"),
        ("first = 1", "first = true", "first is the number"),
        ("?P<serial>", "?P<number>", "group serial"),
        ("[0-9]{3})", "[0-9]{3}", "missing \\)"),
        ("[township]", "township", "cannot be used"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, before: str, after: str, said: str
) -> None:
    assert before in OWN
    named(monkeypatch, tmp_path, OWN.replace(before, after, 1))
    with pytest.raises(BadInput, match=said) as refused:
        schemes.schemes()
    assert refused.value.code == "bad_marker_codes"


def test_a_file_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(schemes.OWN, str(tmp_path / "none.toml"))
    schemes.schemes.cache_clear()
    with pytest.raises(BadInput, match="No such file"):
        schemes.schemes()


def test_a_serial_that_is_no_number_is_no_number_of_the_scheme(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named(monkeypatch, tmp_path, OWN.replace("[0-9]{3}", "[0-9A-Z]{3}"))
    with pytest.raises(BadInput) as refused:
        parse_code("990121-A12", "township")
    assert refused.value.code == "marker_code"
