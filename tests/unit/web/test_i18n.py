"""The catalogues: both languages say everything, and nothing is asked for that they do not have."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Formatter

import pytest

from api.web.i18n import LANGUAGES, Translator, catalogue, choose_language

WEB = Path(__file__).parents[3] / "api" / "web"
MIGRATIONS = WEB.parents[1] / "data" / "migrations" / "versions"
#: Calls with a literal key: t('…'), view.t("…"), t.term is by group.
CALL = re.compile(r"""\bt\(\s*['"]([a-z_.A-Z0-9]+)['"]\s*[,)]""")
#: ASCII punctuation between Chinese characters is a slip: Chinese uses its own.
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!]|[\u4e00-\u9fff]\(|\([\u4e00-\u9fff]")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_every_key() -> None:
    assert catalogue("zh").keys() == catalogue("en").keys()


def test_no_part_of_a_catalogue_says_what_another_says() -> None:
    parts = [set(json.loads(path.read_text(encoding="utf-8"))) for path in (WEB / "i18n").rglob("zh.json")]
    assert len(parts) > 1
    assert sum(map(len, parts)) == len(set().union(*parts))


def test_both_languages_fill_the_same_places() -> None:
    differing = [k for k in catalogue("zh") if placeholders(catalogue("zh")[k]) != placeholders(catalogue("en")[k])]
    assert differing == []


@pytest.mark.parametrize("path", sorted([*WEB.rglob("*.html"), *WEB.rglob("*.py")]), ids=lambda p: p.name)
def test_every_key_that_is_asked_for_exists(path: Path) -> None:
    asked = set(CALL.findall(path.read_text(encoding="utf-8")))
    assert asked - catalogue("zh").keys() == set()


@pytest.mark.parametrize(
    ("table", "group"), [("decision_kind", "kind"), ("unit_level", "level"), ("place_class", "class")]
)
def test_every_vocabulary_of_the_register_has_words(table: str, group: str) -> None:
    sql = "\n".join(path.read_text(encoding="utf-8") for path in MIGRATIONS.glob("*.sql"))
    inserted = re.search(rf"INSERT INTO diming\.{table} VALUES\s*(.*?);", sql, re.S)
    assert inserted
    keys = re.findall(r"\(\s*'(\w+)'", inserted[1])
    assert len(keys) >= 4
    assert [key for key in keys if f"{group}.{key}" not in catalogue("zh")] == []


def test_chinese_texts_use_chinese_punctuation() -> None:
    assert [text for text in catalogue("zh").values() if HALF_WIDTH.search(text)] == []


def test_dates_are_written_as_the_language_does_and_stay_partial() -> None:
    chinese, english = Translator("zh"), Translator("en")
    assert chinese.day("2010-11-26") == "2010年11月26日"
    assert chinese.day("1986-05") == "1986年5月"
    assert chinese.day("1986") == "1986年"
    assert english.day("1986-05") == "1986-05"
    assert chinese.day(None) == ""


def test_the_address_chooses_the_language_before_the_cookie_and_chinese_is_first() -> None:
    assert choose_language("en", "zh") == "en"
    assert choose_language(None, "en") == "en"
    assert choose_language("klingon", None) == LANGUAGES[0] == "zh"


def test_an_unknown_vocabulary_value_is_shown_as_it_is() -> None:
    assert Translator("zh").term("basis", "something_new") == "something_new"
