"""Names divided into specific part, modifiers and generic term."""

from __future__ import annotations

import pytest

from data.errors import BadRequest
from geonames.places.alternatives import Why
from geonames.places.parsing import Use, join, parse

CASES = [
    # name, class, specific, modifiers, generic
    ("解放路", "STREET", "解放", "", "路"),
    ("解放路南小街", "STREET", "解放路", "南小", "街"),
    ("南京东路", "STREET", "南京", "东", "路"),
    ("东四十二条", "STREET", "东四十二", "", "条"),
    ("三环路", "STREET", "三环", "", "路"),
    ("广安门北滨河路", "STREET", "广安门北滨河", "", "路"),
    ("南小街", "STREET", "南", "小", "街"),
    ("潮白新河", "NATURAL", "潮白", "新", "河"),
    ("西辽河", "NATURAL", "西辽", "", "河"),
    ("太湖", "NATURAL", "太", "", "湖"),
    ("一线天", "NATURAL", "一线天", "", ""),
    ("大兴安岭", "NATURAL", "大兴安", "", "岭"),
    ("1203高地", "NATURAL", "1203", "", "高地"),
    ("左权县", "ADMIN_DIVISION", "左权", "", "县"),
    ("清新区", "ADMIN_DIVISION", "清新", "", "区"),
    ("万柏林区", "ADMIN_DIVISION", "万柏林", "", "区"),
    ("神农架林区", "ADMIN_DIVISION", "神农架", "", "林区"),
    ("景德镇市", "ADMIN_DIVISION", "景德镇", "", "市"),
    ("江苏省", "ADMIN_DIVISION", "江苏", "", "省"),
    ("白沙村", "VILLAGE_COMMUNITY", "白沙", "", "村"),
    ("王村", "VILLAGE_COMMUNITY", "王", "", "村"),
    ("人民广场", "RESIDENTIAL_BUILDING", "人民", "", "广场"),
    ("京津公路", "FACILITY", "京津", "", "公路"),
    ("密云水库", "FACILITY", "密云", "", "水库"),
    ("北京工人体育馆", "OTHER", "北京工人", "", "体育馆"),
]


@pytest.mark.parametrize(("name", "class_", "specific", "modifiers", "generic"), CASES)
def test_a_name_is_divided(name: str, class_: str, specific: str, modifiers: str, generic: str) -> None:
    found = parse(name, class_)
    assert (found.specific, "".join(found.modifiers), found.generic) == (specific, modifiers, generic)
    assert join(found) == name
    assert [name[piece.start : piece.end] for piece in found.pieces] == [piece.text for piece in found.pieces]


def test_nationalities_are_not_the_specific_part() -> None:
    found = parse("酉阳土家族苗族自治县", "ADMIN_DIVISION")
    assert (found.specific, found.nationalities, found.generic) == ("酉阳", ("土家族", "苗族"), "自治县")


def test_a_village_is_written_in_one_word_and_has_a_generic_term_in_it() -> None:
    found = parse("李家庄", "OTHER", "22200")
    assert (found.specific, found.generic) == ("李家", "庄")
    assert {piece.word for piece in found.pieces} == {0}


@pytest.mark.parametrize(("name", "class_"), [("广场", "RESIDENTIAL_BUILDING"), ("花园", None), ("自治县", None)])
def test_nothing_but_a_generic_term(name: str, class_: str | None) -> None:
    assert parse(name, class_).only_generic


@pytest.mark.parametrize("name", ["人民广场", "长安街", "解放"])
def test_more_than_a_generic_term(name: str) -> None:
    assert not parse(name).only_generic


def test_generic_terms_that_stand_before_the_last() -> None:
    assert parse("某某广场花园", "RESIDENTIAL_BUILDING").embedded == ("广场",)
    assert parse("解放路南小街", "STREET").embedded == ("路",)
    assert parse("人民广场", "RESIDENTIAL_BUILDING").embedded == ()


def _others(name: str, class_: str | None) -> dict[str, str | None]:
    return {
        "|".join(piece.text for piece in other.reading.pieces): other.decided_by
        for other in parse(name, class_).alternatives
    }


def test_a_street_inside_another_is_decided_by_the_rules() -> None:
    assert _others("解放路南小街", "STREET") == {"解放|路|南|小|街": "PY84 rule 4"}
    assert not parse("解放路南小街", "STREET").ambiguous
    assert _others("解放路", "STREET") == {}


def test_a_direction_may_belong_to_the_specific_part() -> None:
    assert _others("江东路", "STREET") == {"江|东|路": "known place 江东"}
    assert not parse("江东路", "STREET").ambiguous
    assert _others("晓东路", "STREET") == {"晓|东|路": None}
    assert parse("晓东路", "STREET").ambiguous


def test_a_term_may_be_shorter() -> None:
    assert _others("清新区", "ADMIN_DIVISION") == {"清|新区": "known place 清新"}
    assert _others("某甲新区", "ADMIN_DIVISION") == {"某甲新|区": None}


def test_a_numeral_may_be_a_word() -> None:
    assert _others("张五路", "STREET") == {"张五|路": None}
    assert _others("五一路", "STREET") == {}


def test_without_a_class_a_river_may_be_a_village() -> None:
    found = parse("三岔河", "OTHER")
    assert found.ambiguous
    assert Why.KIND in {other.why for other in found.alternatives}
    assert not parse("三岔河", "NATURAL").ambiguous


def test_every_alternative_is_the_whole_name_and_another_reading() -> None:
    for name, class_, *_ in CASES:
        for asked in (class_, None):
            found = parse(name, asked)
            for other in found.alternatives:
                assert "".join(piece.text for piece in other.reading.pieces) == name
                assert other.reading.pieces != found.pieces


def test_the_type_is_more_exact_than_the_class() -> None:
    assert parse("三岔河", "OTHER", "22200").generic == ""
    assert parse("北二巷", "STREET", "22100").generic == "巷"


@pytest.mark.parametrize(
    "name", ["", "山", "路", " ", "𬒈", "\ue000", "１２号", "A" * 500, "路" * 500, "第", "第一", "一", "\x00"]
)
def test_any_text_is_taken(name: str) -> None:
    for class_ in ("STREET", "NATURAL", "ADMIN_DIVISION", "VILLAGE_COMMUNITY", "FACILITY", None):
        assert join(parse(name, class_)) == name


def test_pieces_say_what_they_do() -> None:
    uses = [(piece.text, piece.use) for piece in parse("中山东一路", "STREET").pieces]
    assert uses == [("中山", Use.SPECIFIC), ("东", Use.MODIFIER), ("一", Use.NUMBER), ("路", Use.GENERIC)]


def test_a_class_that_does_not_exist() -> None:
    with pytest.raises(BadRequest) as refused:
        parse("解放路", "ROAD")
    assert refused.value.code == "bad_class"
