"""The classes of Art. 3 and the types of GB/T 18521, as data and as a tree."""

from __future__ import annotations

from datetime import date

import pytest

from data.errors import BadRequest
from geonames.places.classes import ClassTree, Kind, PlaceType, class_tree, parse_class, place_classes
from geonames.romanize.generics import generic_terms, generics_of
from geonames.romanize.model import CLASS_SHAPES, TYPE_SHAPES, Shape, shape_of


def test_the_classes_are_the_eight_of_the_article() -> None:
    assert tuple(place_classes()) == tuple(CLASS_SHAPES)
    assert [found.item for found in place_classes().values()] == list(range(1, 9))


@pytest.mark.parametrize("found", list(class_tree()), ids=lambda t: t.code)
def test_every_type_hangs_in_the_tree_and_says_where_it_comes_from(found: PlaceType) -> None:
    assert len(found.code) == 5
    assert found.mark in {"V", "M", "I"}
    assert found.source
    assert found.parent == (None if len(found.digits) == 1 else found.digits[:-1].ljust(5, "0"))
    assert found.parent is None or class_tree().find(found.parent)
    assert set(class_tree().classes_of(found.code)) <= set(place_classes())


@pytest.mark.parametrize(
    ("code", "art3"),
    [
        ("12100", "NATURAL"),
        ("13410", "NATURAL"),
        ("21400", "ADMIN_DIVISION"),
        ("21610", "VILLAGE_COMMUNITY"),
        ("27610", "VILLAGE_COMMUNITY"),
        ("21730", "OTHER"),
        ("22200", "OTHER"),
        ("23213", "FACILITY"),
        ("23511", "STREET"),
        ("23540", "FACILITY"),
        ("24230", "FACILITY"),
        ("25200", "PARK_RESERVE"),
        ("26100", "RESIDENTIAL_BUILDING"),
        ("27100", "OTHER"),
    ],
)
def test_a_type_tells_its_class(code: str, art3: str) -> None:
    assert class_tree().art3_of(code) == art3
    assert parse_class(code) == Kind(art3, code)


def test_lanes_and_housing_stand_under_urban_settlements_too() -> None:
    """北二巷 bears 22100 in the national database."""
    assert class_tree().classes_of("22100") == ("OTHER", "RESIDENTIAL_BUILDING", "STREET")


def test_the_committees_have_two_codes_in_use_and_both_are_kept() -> None:
    for one, other in (("21610", "27610"), ("21620", "27620")):
        assert class_tree().find(one).conflicts_with == other  # type: ignore[union-attr]
        assert class_tree().find(other).conflicts_with == one  # type: ignore[union-attr]
        assert shape_of(one) is shape_of(other) is Shape.COMMITTEE


def test_a_code_of_a_known_group_is_taken_and_said_not_to_be_listed() -> None:
    assert parse_class("23519") == Kind("STREET", "23519", listed=False)
    assert class_tree().nearest("23519").code == "23510"  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["99999", "00000", "14000", "1234", "123456", "10001", "28000", "20000", "２３５１１"])
def test_a_code_of_no_group_is_refused(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_class(text)
    assert refused.value.code == ("bad_type" if text.isascii() else "bad_class")


@pytest.mark.parametrize("text", ["", "street", "街", "STREETS", "-12100", "1.210"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_class(text)
    assert refused.value.code == "bad_class"
    assert "STREET" in refused.value.detail


def test_the_tree_as_of_a_day() -> None:
    assert len(class_tree().at(date(2002, 3, 31))) == 0
    assert len(class_tree().at(date(2002, 4, 1))) == len(class_tree())


def test_a_tree_is_asked_as_a_value() -> None:
    small = ClassTree([t for t in class_tree() if t.code[0] == "1"])
    with pytest.raises(BadRequest):
        parse_class("23511", small)
    assert parse_class("12100", small).art3 == "NATURAL"


def test_names_are_divided_by_what_their_type_is() -> None:
    """Every listed type has a shape that its class of Art. 3 allows, except where the name has to show it."""
    for found in class_tree():
        shape = shape_of(found.code)
        by_class = {shape_of(art3) for art3 in class_tree().classes_of(found.code)}
        canals = {"24500"}
        if shape and None not in by_class and found.code not in canals:
            assert shape in by_class, found.code
    assert set(TYPE_SHAPES.values()) - {None} == set(Shape)


def test_generic_terms_name_classes_and_types_that_exist() -> None:
    for term in generic_terms():
        assert term.classes <= set(place_classes())
        assert term.classes
        assert term.mark in {"V", "M"}
        assert term.source
        for code in term.types:
            found = class_tree().find(code)
            assert found, (term.text, code)
            assert term.classes & set(class_tree().classes_of(code)), (term.text, code)


def test_a_term_stands_once_for_a_shape() -> None:
    keys = [(term.text, term.shape) for term in generic_terms()]
    assert len(keys) == len(set(keys))


def test_terms_of_a_class_and_a_province() -> None:
    assert {"路", "街", "巷", "大道", "胡同"} <= {term.text for term in generics_of("STREET")}
    assert "嘎查" in {term.text for term in generics_of("VILLAGE_COMMUNITY", "15")}
    assert "嘎查" not in {term.text for term in generics_of("VILLAGE_COMMUNITY", "33")}
    texts = [term.text for term in generics_of("FACILITY")]
    assert texts == sorted(texts, key=len, reverse=True)
