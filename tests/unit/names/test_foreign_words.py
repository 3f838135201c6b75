"""Foreign names as they are folded and told, and the words that they are told in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import BadInput
from geonames.foreign.folding import fold
from geonames.foreign.told import read_table, rows_told
from geonames.foreign.words import countries, languages, principles, rule_of, rules, statuses

TOLD: dict[str, Any] = {
    "code": "1", "original": "São Tomé", "language": "pt", "country": "ST", "kind": "settlement",
    "translation": "圣多美", "rule": "gbt17693-7", "status": "customary", "source": "为测试所录",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("São Tomé", "saotome"),
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("Saint-Étienne-du-Rouvray", "saintetiennedurouvray"),
        ("Qaraǵandy", "qaragandy"),
        ("Tromsø", "tromso"),
        ("İzmir", "izmir"),
        ("Йошкар-Ола", "иошкарола"),
        ("القاهرة", "القاهرة"),
        ("’s-Hertogenbosch", "shertogenbosch"),
        ("·-—", ""),
    ],
)
def test_a_name_is_folded_to_its_letters(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=30))
def test_what_is_folded_folds_to_itself(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_every_part_of_the_standard_is_for_one_language_and_says_where_that_was_read() -> None:
    parts = {rule.language: rule for rule in rules().values() if rule.key.startswith("gbt17693-")}
    assert list(parts) == ["en", "fr", "de", "ru", "es", "ar", "pt", "mn"]
    assert all(rule.source and rule.mark in ("[V]", "[M]", "[I]") for rule in rules().values())
    assert all(one.source for one in (*principles(), *statuses().values()))
    assert [key for key, rule in parts.items() if rule.in_force and rule.issued and rule.in_force <= rule.issued] == []
    assert (rule_of("fr"), rule_of("ja")) == (parts["fr"], None)


def test_china_and_what_is_no_country_are_not_abroad() -> None:
    assert {"CN", "HK", "MO", "TW", "EU", "XK", "ZZ"} & set(countries()) == set()
    assert (countries()["FK"].zh, countries()["MN"].zh) == ("马尔维纳斯群岛（福克兰群岛）", "蒙古")
    assert languages()["mn"].zh == "蒙古语"


def test_a_row_is_read_in_chinese_words_as_in_keys() -> None:
    table = (
        "编号,原文地名,语种,国家或地区,类别,汉字译名,译写规则,译名状态,资料来源,启用日期\n"
        "1,São Tomé,葡萄牙语,圣多美和普林西比,居民点,圣多美,GB/T 17693.7,惯用译名,为测试所录,2009-01-01\n"
    )
    (spoken,), (keyed,) = read_table(table.encode("gb18030", "replace")), rows_told([(2, TOLD)])
    assert spoken.told is not None
    assert keyed.told is not None
    differs = {name for name, value in keyed.told if getattr(spoken.told, name) != value}
    assert differs <= {"since", "original"}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"rule": "gbt17693-2"}, "another language"),
        ({"country": "TW"}, "is of China"),
        ({"country": "台湾"}, "no foreign country"),
        ({"country": "XX"}, "no foreign country"),
        ({"country": ""}, "name the country, or the region"),
        ({"language": "klingon"}, "no language"),
        ({"translation": "São"}, "Chinese characters"),
        ({"translation": "··"}, "Chinese characters"),
        ({"status": "discontinued"}, "has a last day"),
        ({"since": "2020-01-02", "until": "2020-01-01"}, "before since"),
        ({"since": "2020"}, "since"),
        ({"longitude": "6.7"}, "stand together"),
        ({"original": "··"}, "no letters"),
        ({"rule": "other"}, "by which rule"),
        ({"capital": "yes"}, "capital"),
    ],
)
def test_a_row_that_contradicts_itself_says_where(said: dict[str, Any], why: str) -> None:
    (row,) = rows_told([(1, {**TOLD, **said})])
    assert row.told is None
    assert any(why in fault for fault in row.faults), row.faults


def test_what_is_unusual_is_said_and_hinders_nothing() -> None:
    (row,) = rows_told([(1, {**TOLD, "rule": "sound_and_meaning", "translation": "圣多羙"})])
    assert row.told is not None
    rare, standard = row.told.doubts()
    assert ("羙" in rare, "GB/T 17693.7" in standard) == (True, True)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (b"", "is empty"),
        (b"\xff\xff\xff", "neither UTF-8"),
        ("编号,原文地名\n1,Łódź\n".encode(), "are missing"),
        ((",".join(TOLD) + ",mood\n").encode(), "nobody knows"),
        ((",".join(TOLD) + "\n").encode(), "from 1 to"),
    ],
)
def test_what_is_no_table_is_refused(table: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        read_table(table)
    assert refused.value.code == "foreign_table"


def test_a_number_that_stands_twice_is_wrong_after_the_first() -> None:
    first, second = rows_told([(1, TOLD), (2, TOLD)])
    assert (first.faults, "stands above" in second.faults[0]) == ((), True)
