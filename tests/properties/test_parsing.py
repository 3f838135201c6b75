"""Parsing loses nothing, and divides as the romanizer does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from geonames.places.classes import class_tree, place_classes
from geonames.places.parsing import join, parse
from geonames.romanize.engine import by_rule
from geonames.romanize.generics import generic_terms
from geonames.romanize.lexicon import national
from geonames.romanize.model import shape_of

CLASSES = st.sampled_from([*place_classes(), None])
TYPES = st.sampled_from([*(t.code for t in class_tree()), None])
TERMS = st.sampled_from([term.text for term in generic_terms()])
#: What names are made of: characters of names, generic terms, modifiers, numerals, anything else.
NAME_LIKE = st.lists(
    st.one_of(TERMS, st.sampled_from("东西南北新老大小上下中山河一二十百第零〇王李儿"), st.text(max_size=2))
).map("".join)


@given(st.one_of(st.text(), NAME_LIKE), CLASSES, TYPES)
def test_the_pieces_joined_are_the_name(name: str, class_: str | None, type_code: str | None) -> None:
    found = parse(name, class_, type_code)
    assert join(found) == name
    assert [piece.text for piece in found.pieces] == [name[piece.start : piece.end] for piece in found.pieces]
    assert found.specific + "".join(found.nationalities) + "".join(found.modifiers) + found.generic == name
    for other in found.alternatives:
        assert "".join(piece.text for piece in other.reading.pieces) == name


@given(NAME_LIKE, CLASSES)
def test_the_words_are_those_that_are_spelled(name: str, class_: str | None) -> None:
    found = parse(name, class_)
    words: dict[int, str] = {}
    for piece in found.pieces:
        words[piece.word] = words.get(piece.word, "") + piece.text
    spelled = by_rule(name, shape_of(class_), None, national()).segments
    assert tuple(words.values()) == tuple(text for text in spelled if text)


@given(NAME_LIKE, CLASSES)
def test_parsing_is_deterministic(name: str, class_: str | None) -> None:
    assert parse(name, class_) == parse(name, class_)
