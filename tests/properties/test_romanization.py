"""Whatever is asked, an answer comes and no character is lost."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from geonames.romanize.dividing import divide
from geonames.romanize.engine import by_rule, romanize
from geonames.romanize.lexicon import national
from geonames.romanize.model import Shape
from geonames.romanize.syllables import toneless

COMMON = (
    "长乐行都堡曲阿单会任应台济六朝重圩东西南北中新老大小一二三十百第路街巷条里环县市区镇乡村庄山江河湖族自治儿家门寺"
)
HAN = st.one_of(
    st.sampled_from(COMMON),
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
    st.characters(min_codepoint=0x20000, max_codepoint=0x2EBE0),
)
NAMES = st.one_of(st.text(HAN, max_size=24), st.text(max_size=24), st.text(st.sampled_from(COMMON), max_size=12))
SHAPES = st.one_of(st.none(), st.sampled_from(list(Shape)))
REGIONS = st.sampled_from([None, "11", "32", "34", "65"])


@given(NAMES, SHAPES)
def test_parts_joined_give_the_name_back(name: str, shape: Shape | None) -> None:
    _, parts = divide(name, shape, national())
    assert "".join(part.text for part in parts) == name
    assert all(part.text for part in parts)


@given(NAMES, SHAPES, REGIONS)
def test_no_character_is_lost(name: str, shape: Shape | None, region: str | None) -> None:
    found = by_rule(name, shape, region, national())
    assert "".join(syllable.text for syllable in found.syllables) == name
    assert all(syllable.toned for syllable in found.syllables)


@given(NAMES, REGIONS)
def test_an_answer_is_whole_and_always_the_same(name: str, region: str | None) -> None:
    within = region and region + "0000"
    found = romanize(name, None, within)
    assert found == romanize(name, None, within)
    assert "".join(found.segments) == name
    assert bool(found.roman) == bool(name)
    assert toneless(unicodedata.normalize("NFC", found.roman_toned)) == found.roman or found.name == "陕西省"
