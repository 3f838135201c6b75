"""Syllables, numerals and the forms of a spelling."""

import pytest

from geonames.romanize import numerals
from geonames.romanize.syllables import all_capitals, ascii_keys, join, line_breaks, toneless


def test_tones_fall_away_and_letters_stay() -> None:
    assert toneless("Lǜchūn Xiàn") == "Lüchun Xian"
    assert toneless("Xigazê Dìqū") == "Xigazê Diqu"


@pytest.mark.parametrize(
    ("syllables", "word"),
    [
        (["xī", "ān"], "xī'ān"),
        (["tái", "ér", "zhuāng"], "tái'érzhuāng"),
        (["ān", "jí"], "ānjí"),
        (["xīn", "gàn"], "xīngàn"),
    ],
)
def test_an_apostrophe_stands_before_a_syllable_without_initial(syllables: list[str], word: str) -> None:
    assert join(syllables) == word


def test_keys_take_every_way_of_typing_u_umlaut() -> None:
    assert ascii_keys("Lüliang Shi") == ("lvliangshi", "luliangshi", "lyuliangshi")
    assert ascii_keys("Lù'ān Shì") == ("luanshi",)


def test_signs_may_stand_in_capitals() -> None:
    assert all_capitals("Lüliang Shi") == "LÜLIANG SHI"


def test_a_line_ends_after_a_syllable() -> None:
    assert line_breaks(["hai", "nan"]) == (("Hai-", "nan"),)
    assert line_breaks(["xi", "an"]) == (("Xi-", "an"),)
    assert line_breaks(["hai"]) == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一", "1"), ("十", "10"), ("十二", "12"), ("二十", "20"), ("一百零三", "103"), ("九十九", "99"),
        ("一〇一", "101"), ("五一", None), ("十十", None), ("二三十", None), ("", None), ("甲", None), ("零", None),
    ],
)  # fmt: skip
def test_the_value_of_numerals(text: str, value: str | None) -> None:
    assert numerals.value(text) == value


def test_full_width_digits_are_digits() -> None:
    assert numerals.arabic("１２") == "12"
    assert numerals.arabic("1a") is None
