"""The form of a place's code."""

from __future__ import annotations

import pytest

from data.errors import BadRequest
from geonames.places.codes import PlaceCode, division_part, parse_place_code

#: Four codes of the national place-name database.
PUBLISHED = {
    "53042710222200000188": ("530427102", "22200", 188),
    "42011500122100000001": ("420115001", "22100", 1),
    "65322121012100900048": ("653221210", "12100", 900048),
    "23088110023514000001": ("230881100", "23514", 1),
}


@pytest.mark.parametrize(("text", "parts"), PUBLISHED.items())
def test_published_codes_are_read_and_written(text: str, parts: tuple[str, str, int]) -> None:
    assert parse_place_code(text) == PlaceCode(*parts)
    assert str(PlaceCode(*parts)) == text


@pytest.mark.parametrize(
    "text",
    ["", "123", "5304271022220000018", "530427102222000001888", "53042710232200000188", "00042710222200000188",
     "53042710222200000000", "５３０４２７１０２２２２０００００１８８", "53042710222200000188\n"],
)  # fmt: skip
def test_what_is_no_code(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_place_code(text)
    assert refused.value.code == "bad_place_code"


@pytest.mark.parametrize(
    ("unit", "part"), [("330502", "330502000"), ("330502100", "330502100"), ("330502100201", "330502100")]
)
def test_the_division_in_a_code(unit: str, part: str) -> None:
    assert division_part(unit) == part
