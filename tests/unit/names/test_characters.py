"""Traditional and simplified characters."""

from __future__ import annotations

import pytest

from geonames.romanize.han import MAX_FORMS, simplified_forms, to_simplified, to_traditional, traditional_forms


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("臺灣海峽", "台湾海峡"),
        ("瀋陽市", "沈阳市"),
        ("廣東省", "广东省"),
        ("烏魯木齊", "乌鲁木齐"),
        ("鄭州鐵路", "郑州铁路"),
        ("𬒈㙍", "𬒈㙍"),
    ],
)
def test_there(traditional: str, simplified: str) -> None:
    assert to_simplified(traditional) == simplified


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [("广东省", "廣東省"), ("乌鲁木齐", "烏魯木齊"), ("皇后大道", "皇后大道"), ("后海", "後海")],
)
def test_and_back(simplified: str, traditional: str) -> None:
    found = traditional_forms(simplified)
    assert traditional in (found.text, *found.alternatives)


def test_what_the_characters_leave_open_is_offered() -> None:
    found = traditional_forms("后里")
    assert {"后里", "後里", "后裏", "後裏"} <= {found.text, *found.alternatives}
    assert found.text not in found.alternatives


def test_a_traditional_character_may_stay() -> None:
    """乾 is simplified to 干 in general and stays in 乾县."""
    found = simplified_forms("乾縣")
    assert "乾县" in (found.text, *found.alternatives)


def test_there_are_never_too_many() -> None:
    assert len(traditional_forms("后里台范发面云谷丑" * 5).alternatives) <= MAX_FORMS


@pytest.mark.parametrize("text", ["", "A", "\x00", "\ue000", "12号", "后\x00里", "\u200d", "A后B里C"])
def test_other_characters_are_left_as_they_are(text: str) -> None:
    for form in (to_simplified(text), to_traditional(text)):
        assert len(form) == len(text)
        assert [c for c in form if c.isascii()] == [c for c in text if c.isascii()]


def test_a_name_is_simplified_to_one_text_however_it_was_written() -> None:
    assert to_simplified("乾縣") == to_simplified("乾县")
