"""The forms under which names are compared."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geonames.likeness.forms import Sound, Stored, compared, forms, split

#: name, class, specific part, generic term, how the specific part sounds
SPLIT = [
    ("平山县", "ADMIN_DIVISION", "平山", "县", "píngshān"),
    ("新晃侗族自治县", "ADMIN_DIVISION", "新晃", "侗族自治县", "xīnhuǎng"),
    ("内蒙古自治区", "ADMIN_DIVISION", "内蒙古", "自治区", "neimongol"),
    ("伊犁哈萨克自治州", "ADMIN_DIVISION", "伊犁", "哈萨克自治州", "ili"),
    ("呼和浩特市", "ADMIN_DIVISION", "呼和浩特", "市", "hohhot"),
    ("西安市", "ADMIN_DIVISION", "西安", "市", "xī'ān"),
    ("南京东路", "STREET", "南京", "东路", "nánjīng"),
    ("解放路南小街", "STREET", "解放路", "南小街", "jiěfànglù"),
    ("经五路", "STREET", "经五", "路", "jīngwǔ"),
    ("第九弄", "STREET", "第九", "弄", "dìjiǔ"),
    ("王村村民委员会", "VILLAGE_COMMUNITY", "王村", "村民委员会", "wángcūn"),
    ("花园", "RESIDENTIAL_BUILDING", "", "花园", ""),
]


@pytest.mark.parametrize(("name", "class_", "specific", "generic", "sound"), SPLIT, ids=[row[0] for row in SPLIT])
def test_a_name_is_compared_by_its_specific_part(
    name: str, class_: str, specific: str, generic: str, sound: str
) -> None:
    found = forms(name, class_, None)
    assert (found.specific, found.generic, found.specific_sound.toned) == (specific, generic, sound)


def test_an_apostrophe_tells_two_syllables_from_one() -> None:
    assert forms("西安", "OTHER", None).sound.toneless != forms("先", "OTHER", None).sound.toneless


def test_traditional_characters_and_widths_compare_as_equal() -> None:
    assert compared("廻龍鎮") == compared("廻龙镇")
    assert compared("２４ 号·院") == compared("24号院")


def test_an_approved_spelling_decides_how_a_name_sounds() -> None:
    found = forms("呼和浩特市", "ADMIN_DIVISION", "150100", stored=Stored("Huhehaote Shi"))
    assert found.sound == Sound("", "huhehaoteshi")
    assert found.specific_sound == Sound("", "huhehaote")


def test_an_approved_spelling_that_is_ours_keeps_its_tones() -> None:
    assert forms("台安县", "ADMIN_DIVISION", "210321", stored=Stored("Tai'an Xian")).specific_sound.toned == "tái'ān"


def test_an_approved_spelling_with_another_generic_gives_no_specific_sound() -> None:
    assert forms("平山县", "ADMIN_DIVISION", None, stored=Stored("Pingshan")).specific_sound == Sound()


def test_an_approved_spelling_gives_its_own_tones() -> None:
    found = forms("平山县", "ADMIN_DIVISION", None, stored=Stored("Pingshan Xian", "Pīngshān Xiàn"))
    assert found.sound == Sound("pīngshānxiàn", "pingshanxian")
    assert found.specific_sound == Sound("pīngshān", "pingshan")


@settings(deadline=None)  # the first call reads the tables
@given(st.text(max_size=30), st.sampled_from(["ADMIN_DIVISION", "STREET", "NATURAL", "VILLAGE_COMMUNITY", None]))
def test_the_two_parts_joined_are_the_name_and_nothing_fails(name: str, class_: str | None) -> None:
    assert "".join(split(name, class_)) == name
    forms(name, class_, None)
