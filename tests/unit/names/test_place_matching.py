"""What a row of GeoNames is."""

from collections.abc import Sequence
from uuid import UUID

from geonames.places.load import rank_of
from geonames.places.matching import Ambiguous, UnitHere, UnitMatch, match_unit, names_for_unit, names_of_place
from geonames.places.source import GeoNamesRow
from geonames.romanize.keys import simplified, sounds

CHANGXING = UnitHere(UUID(int=1), "330522", "长兴县", "长兴", "county")
HUZHOU = UnitHere(UUID(int=2), "330500", "湖州市", "湖州", "prefecture")
ZHEJIANG = UnitHere(UUID(int=3), "330000", "浙江省", "浙江", "province")
HERE = [CHANGXING, HUZHOU, ZHEJIANG]


def row(latin: str, *han: str) -> GeoNamesRow:
    return GeoNamesRow("1", latin, han, 119.9, 31.0, 0)


def heard(name: str) -> Sequence[str]:
    return [sound.pinyin for sound in sounds(name)]


def test_a_row_with_the_whole_name_of_a_unit_around_it_is_that_unit() -> None:
    assert match_unit(row("Changxing", "长兴县", "雉城"), HERE) == UnitMatch(CHANGXING, "name_and_position")


def test_a_row_with_the_short_name_is_the_unit_unless_it_is_a_township() -> None:
    assert match_unit(row("Huzhou", "湖州"), HERE) == UnitMatch(HUZHOU, "short_name_and_position")
    assert match_unit(row("Changxing", "长兴", "长兴镇"), HERE) is None
    assert match_unit(row("Changxing", "长兴", "长兴街道"), HERE) is None


def test_the_same_name_elsewhere_is_another_place() -> None:
    assert match_unit(row("Changxing", "长兴县"), [ZHEJIANG]) is None


def test_a_row_that_is_several_units_alike_is_none_of_them() -> None:
    assert match_unit(row("Huzhou", "湖州市", "长兴县"), HERE) == Ambiguous((CHANGXING, HUZHOU))


def test_the_alternate_that_sounds_like_the_latin_name_is_the_main_one() -> None:
    names = names_of_place(row("Guanting", "彭市铺", "官亭", "官亭乡"), simplified, heard)
    assert [(n.text, n.kind) for n in names] == [
        ("官亭", "unverified"),
        ("彭市铺", "alias"),
        ("官亭乡", "alias"),
    ]
    assert names[0].romanization == "Guanting"


def test_traditional_forms_are_told_from_other_names() -> None:
    names = names_of_place(row("Houjie", "厚街", "厚街镇", "厚街鎮"), simplified, heard)
    assert {n.text: (n.kind, n.script) for n in names}["厚街鎮"] == ("traditional", "Hant")


def test_a_place_without_a_chinese_name_keeps_the_latin_one_and_says_that_its_language_is_not_known() -> None:
    (name,) = names_of_place(row("Dasheng"), simplified, heard)
    assert (name.text, name.language, name.script, name.kind) == ("Dasheng", "und", "Latn", "unverified")


def test_no_name_of_a_place_is_ever_standard() -> None:
    for names in (("官亭",), ("官亭", "官亭鄉"), ()):
        kinds: set[str] = {n.kind for n in names_of_place(row("Guanting", *names), simplified, heard)}
        assert "standard" not in kinds


def test_a_unit_gets_traditional_forms_and_the_seat_s_name_is_not_made_its_own() -> None:
    taken, left = names_for_unit(row("Changxing", "长兴县", "長興縣", "雉城"), CHANGXING, simplified, heard)
    assert [(n.text, n.kind) for n in taken] == [("長興縣", "traditional")]
    assert left == ["雉城"]


def test_more_people_rank_before_fewer_and_unknown_numbers_last() -> None:
    assert rank_of(5_000_000) < rank_of(50_000) < rank_of(9) == rank_of(0)
