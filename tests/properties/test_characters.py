"""Changing between traditional and simplified characters loses nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from geonames.romanize.han import simplified_forms, to_simplified, to_traditional, traditional_forms
from geonames.romanize.spelling import HAN

HAN_TEXT = st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF), max_size=12)
TEXTS = st.one_of(st.text(), HAN_TEXT, st.text(st.sampled_from("后里台湾灣臺乾干县縣发發髮A1 \x00\ue000𬒈")))


@given(TEXTS)
def test_each_character_gives_one_and_others_stay(text: str) -> None:
    for form in (to_simplified(text), to_traditional(text)):
        assert len(form) == len(text)
        for before, after in zip(text, form, strict=True):
            assert before == after or HAN.match(before)


@given(TEXTS)
def test_simplifying_twice_changes_nothing_more(text: str) -> None:
    once = to_simplified(text)
    assert to_simplified(once) == once


@given(TEXTS)
def test_every_form_is_another_text_of_the_same_length(text: str) -> None:
    for forms in (simplified_forms(text), traditional_forms(text)):
        assert forms.text not in forms.alternatives
        assert len(set(forms.alternatives)) == len(forms.alternatives)
        assert {len(form) for form in forms.alternatives} <= {len(text)}


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=3))
def test_what_was_simplified_is_among_the_forms_back(text: str) -> None:
    """As far as single characters decide and not too many forms come up."""
    simple = "".join(to_simplified(char) for char in text)
    back = traditional_forms(simple)
    if len(back.alternatives) < 32:
        assert text in (back.text, *back.alternatives, simple)
