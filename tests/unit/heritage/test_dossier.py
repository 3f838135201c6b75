"""A dossier is refused for what cannot be; the sheet is data that an installation adds to and never replaces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from data.errors import BadInput
from geonames.heritage.dossier import check_facts, propose, youngest_age
from geonames.heritage.sheet import OWN, sheet

BOOK = {"grade": "gazetteer", "title": "示例县志（虚构）", "dated": "1735"}
TOLD: dict[str, Any] = {
    "subject": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6096", "list": "示例名录（虚构）", "level": "county",
    "category": "local_historic", "first_attested": "1735~", "evidence": [BOOK],
    "periods": [{"name": "石杠", "dated": "1644/1735~"}],
    "scores": [{"criterion": "value", "answer": "yes", "why": "见县志（虚构）"}],
}  # fmt: skip
OWN_SHEET = """
[[category]]
key = "salt_field"
label = { zh = "盐场地名", en = "name of a salt field" }
years = 100
source = "示例规定（虚构）"
mark = "[I]"

[[criterion]]
key = "fields"
category = "salt_field"
label = { zh = "盐田尚存", en = "the pans are still there" }
most = 20
source = "示例规定（虚构）"
mark = "[I]"
"""


@pytest.mark.parametrize(
    "said",
    [
        {"subject": "1"},
        {"level": "village"},
        {"category": "castle"},
        {"first_attested": "long ago"},
        {"first_attested": "0618/0907"},
        {"evidence": [{**BOOK, "grade": "rumour"}]},
        {"periods": [{"name": "石杠", "dated": "1735/1644"}]},
        {"scores": [{"criterion": "specific_age", "answer": "yes", "why": "x"}]},
        {"scores": [{"criterion": "value", "answer": "yes", "why": "x", "points": "3"}]},
        {"more": "x"},
    ],
)
def test_a_dossier_that_says_what_cannot_be_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as refused:
        check_facts({**TOLD, **said})
    assert refused.value.code == "bad_case"


def test_a_dossier_is_told_to_people() -> None:
    said = {row.label.zh: row.value for row in propose(check_facts(TOLD)).rows}
    assert said["最早见于"] == "约1735年"
    assert said["曾称石杠"] == "1644年至约1735年"


def test_the_age_is_counted_from_the_latest_year_that_the_source_may_mean() -> None:
    assert youngest_age("09XX", 2026) == 1027
    assert youngest_age("-0201", 2026) == 2227
    assert youngest_age("", 2026) is None


def test_an_installation_adds_categories_and_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN_SHEET, "utf-8")
    monkeypatch.setenv(OWN, str(own))
    sheet.cache_clear()
    try:
        assert sheet().categories["salt_field"].years == 100
        assert sheet().asked_of("salt_field")[0].key == "fields"
        own.write_text(OWN_SHEET.replace("salt_field", "ancient_town"), "utf-8")
        sheet.cache_clear()
        with pytest.raises(BadInput) as refused:
            sheet()
        assert refused.value.code == "bad_heritage_sheet"
    finally:
        sheet.cache_clear()


@pytest.mark.parametrize("wrong", ['mark = "[V]"\n[[', 'key = "A"', "years = -1"])
def test_a_sheet_that_cannot_be_used_is_refused(wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.toml"
    own.write_text("[[category]]\n" + wrong + "\n", "utf-8")
    monkeypatch.setenv(OWN, str(own))
    sheet.cache_clear()
    try:
        with pytest.raises(BadInput):
            sheet()
    finally:
        sheet.cache_clear()
