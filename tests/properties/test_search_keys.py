"""Laws of the search keys, for any text."""

import unicodedata
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import Style, pinyin

from geonames.romanize.keys import fold, plain, query_sounds, query_texts, sounds
from geonames.romanize.spelling import default_syllables, possible_syllables, spell
from geonames.search.query import after_last, ways
from tests.scale import examples

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
RARE = st.characters(min_codepoint=0x20000, max_codepoint=0x2A6DF)
NAMES = st.text(st.one_of(HAN, RARE), min_size=1, max_size=12)
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn")), min_size=1, max_size=30)


@settings(max_examples=examples(200))
@given(TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


#: With phrases that are read otherwise than their characters, and what is no Han character between them.
PHRASES = st.lists(
    st.one_of(st.sampled_from(("重庆", "长乐", "银行", "朝阳", "绿地", "AA制", "〇", "12", "·")), TEXTS, NAMES)
)


@settings(max_examples=examples(200))
@given(PHRASES)
def test_remembered_readings_are_those_of_the_whole_text(parts: list[str]) -> None:
    text = "".join(parts)
    style: dict[str, Any] = {"style": Style.NORMAL, "v_to_u": True, "errors": list}
    assert default_syllables(text) == [found[0] for found in pinyin(text, heteronym=False, **style)]
    every = [tuple(dict.fromkeys(found)) for found in pinyin(list(text), heteronym=True, **style)]
    assert possible_syllables(text) == every


@settings(max_examples=examples(200))
@given(st.text(st.characters(max_codepoint=0x24F), max_size=30))
def test_the_short_way_of_plain_letters_is_the_long_one(text: str) -> None:
    long = unicodedata.normalize("NFD", text.casefold().replace("ß", "ss")).replace("u\u0308", "v")
    assert plain(text) == "".join(char for char in long if char.isascii() and char.isalnum())


@settings(max_examples=examples(200))
@given(NAMES)
def test_no_han_character_is_lost_whatever_the_tables_know(name: str) -> None:
    assert fold(name) == name


@settings(max_examples=examples(100))
@given(NAMES)
def test_every_name_has_a_spelling_and_ascii_sounds(name: str) -> None:
    assert spell(name).roman
    for sound in sounds(name):
        assert sound.pinyin.isascii()
        assert sound.initials.isascii()


@settings(max_examples=examples(200))
@given(TEXTS)
def test_a_question_is_always_asked_first_as_it_was_typed(text: str) -> None:
    assert query_texts(text)[0] == fold(text)
    assert ways(text)[0].low == fold(text) or ways(text)[0].values == tuple(query_sounds(text))


@settings(max_examples=examples(300))
@given(TEXTS, TEXTS)
def test_a_prefix_s_range_holds_exactly_the_texts_that_begin_with_it(prefix: str, other: str) -> None:
    end = after_last(prefix)
    for text in (prefix + other, other):
        inside = text >= prefix and (end is None or text < end)
        assert inside == text.startswith(prefix)
