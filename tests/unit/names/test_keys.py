"""Under which forms names are stored and looked for."""

import pytest

from geonames.romanize.keys import fold, query_sounds, query_texts, sounds
from geonames.romanize.spelling import spell


@pytest.mark.parametrize(
    ("name", "roman", "source"),
    [
        ("六安市", "Lu'an Shi", "unit"),
        ("陕西省", "Shaanxi Sheng", "unit"),
        ("吕梁市", "Lüliang Shi", "unit"),
        ("朝阳区", "Chaoyang Qu", "unit"),
        ("乌鲁木齐市", "Ürümqi Shi", "official-minority"),
        ("酉阳土家族苗族自治县", "Youyang Tujiazu Miaozu Zizhixian", "unit"),
        # a street named after a place whose reading is attested
        ("洪洞路", "Hongtong Lu", "place-name"),
        ("六安", "Lu'an", "place-name"),
        ("崇文区", "Chongwen Qu", "unit"),
        ("旧堡区", "Jiubao Qu", "default"),
        ("积石山保安族东乡族撒拉族自治县", "Jishishan Bonanzu Dongxiangzu Salarzu Zizhixian", "unit"),
    ],
)
def test_a_name_is_spelled_by_its_best_source_and_says_which(name: str, roman: str, source: str) -> None:
    assert (spell(name).roman, spell(name).source) == (roman, source)


def test_a_spelling_by_rule_with_several_readings_says_so() -> None:
    assert spell("隗堝区").ambiguous


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("襄阳市", "xiangyangshi", "xys"),
        ("吕梁市", "lvliangshi", "lls"),
        ("西安", "xian", "xa"),
        # the official reading, although it is not the first of the character
        ("漯河市", "luoheshi", "lhs"),
    ],
)
def test_sounds_are_joined_and_plain(name: str, pinyin: str, initials: str) -> None:
    assert (sounds(name)[0].pinyin, sounds(name)[0].initials) == (pinyin, initials)


def test_a_name_is_found_by_its_other_readings_and_spellings_too() -> None:
    assert {"luheqv", "luhequ", "liuhequ"} & {s.pinyin for s in sounds("六合区")} == {"luhequ", "liuhequ"}
    assert {"urumqishi", "wulumuqishi"} <= {s.pinyin for s in sounds("乌鲁木齐市")}
    assert "shanxisheng" in {s.pinyin for s in sounds("陕西省")}


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("xiang yang", "xiangyang"),
        ("Xiāngyáng", "xiangyang"),
        ("xiang1yang2", "xiangyang"),
        ("Lu'an", "luan"),
        ("Lüliang", "lvliang"),
        ("lvliang", "lvliang"),
        ("lyuliang", "lvliang"),
    ],
)
def test_pinyin_may_be_typed_in_many_ways(query: str, form: str) -> None:
    assert form in query_sounds(query)


def test_codes_and_characters_are_no_pinyin() -> None:
    assert query_sounds("420600") == []
    assert query_sounds("襄yang") == []


def test_traditional_characters_are_looked_for_as_typed_and_simplified() -> None:
    assert query_texts("臺北") == ["臺北", "台北"]
    assert query_texts("襄阳") == ["襄阳"]


@pytest.mark.parametrize(
    ("text", "folded"), [("襄 阳·市", "襄阳市"), ("ＡＢＣ１", "abc1"), ("麦㙦", "麦㙦"), ("·", "·")]
)
def test_folding_takes_away_spaces_punctuation_and_case(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_rare_character_without_reading_is_kept() -> None:
    name = "\U0003106c村"
    assert fold(name) == name
    assert sounds(name)
