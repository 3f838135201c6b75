"""An address behind its divisions falls into settlements, roads and numbers, and nothing of it is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geonames.geocode.pieces import pieces, with_strokes_said


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("人民路3号", ["人民路", "3号"]),
        ("龙山街道", ["龙山街道"]),
        ("东华门街道甘雨胡同5号", ["东华门街道", "甘雨胡同", "5号"]),
        ("人民路街道8号", ["人民路街道", "8号"]),
        ("雉城镇五峰村", ["雉城镇", "五峰村"]),
        ("长安大街十二号院3单元402室", ["长安大街", "十二号院", "3单元", "402室"]),
        ("中山路4附1号", ["中山路", "4附1号"]),
        ("太湖边", ["太湖边"]),
        ("", []),
    ],
)
def test_an_address_is_cut_where_its_endings_say(rest: str, expected: list[str]) -> None:
    assert [piece.text for piece in pieces(rest)] == expected


@pytest.mark.parametrize("stroke", ["-", " - ", "–", "—", "－", "−"])
def test_a_stroke_between_two_numbers_of_a_door_is_kept_from_falling_away(stroke: str) -> None:
    assert with_strokes_said(f"中山路4{stroke}1号") == "中山路4附1号"
    assert with_strokes_said(f"中山路{stroke}1号") == f"中山路{stroke}1号"


@given(st.text("人民路街道镇村号弄3五中山", max_size=12))
def test_nothing_is_lost(rest: str) -> None:
    assert "".join(piece.text for piece in pieces(rest)) == rest
