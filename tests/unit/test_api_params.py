"""Parameters are taken in one form or refused with their code; nothing is guessed or cut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from api.v1 import params
from data.errors import BadRequest


def refused(parse: Callable[[str], Any], text: str) -> str:
    with pytest.raises(PydanticCustomError) as caught:
        parse(text)
    return caught.value.type


@pytest.mark.parametrize(
    "text", ["", "1986", "1986-05", "1986-13-01", "1986-02-30", "19860501", "1986-5-1", "0", "1717200000",
             "1986-05-01T00:00:00", "1986-W20-1", " 1986-05-01", "1986-05-01\n", "１９８６-05-01", "-1986-05-01"]
)  # fmt: skip
def test_a_date_that_is_not_whole_is_refused(text: str) -> None:
    assert refused(params.parse_date, text) == "bad_date"


@given(st.dates())
def test_every_whole_date_is_read(day: date) -> None:
    assert params.parse_date(day.isoformat()) == day


@pytest.mark.parametrize("text", ["", "2024-06-01", "2024-06-01T08:00:00", "now", "0001-01-01T00:00:00+14:00"])
def test_a_moment_without_its_offset_is_refused(text: str) -> None:
    assert refused(params.parse_moment, text) == "bad_moment"


def test_a_moment_is_read_in_utc() -> None:
    assert params.parse_moment("2024-06-01T08:00:00+08:00") == datetime(2024, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "42060", "4206000", "42060a", "４２０６００", "420600\n", "-20600", "4206000000000"]
)
def test_what_is_no_code_is_refused(text: str) -> None:
    assert refused(params.parse_code, text) == "bad_code"


@pytest.mark.parametrize("text", ["420600", "420600100", "420600100001"])
def test_codes_of_six_nine_and_twelve_digits_are_read(text: str) -> None:
    assert params.parse_code(text) == text


def test_texts_are_bounded() -> None:
    assert refused(params.parse_text, "襄" * 201) == "query_too_long"
    assert refused(params.parse_text, "襄\x00樊") == "query_control_characters"
    assert refused(params.parse_text, " 　") == "query_empty"
    assert params.parse_text("襄" * 200) == "襄" * 200


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("170,-10,-170,10", "bbox_antimeridian"),
        ("100,50,110,40", "bbox_empty"),
        ("100,20,190,30", "coordinates_out_of_range"),
        ("100,20,110,91", "coordinates_out_of_range"),
    ],
)
def test_a_box_that_is_none_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadRequest) as caught:
        params.parse_bbox(text)
    assert caught.value.code == code


@pytest.mark.parametrize("text", ["", "100,20,110", "100,20,110,nan", "100,20,110,1_0", "100;20;110;30"])
def test_what_is_no_four_numbers_is_refused(text: str) -> None:
    with pytest.raises(BadRequest) as caught:
        params.parse_bbox(text)
    assert caught.value.code == "bad_coordinates"


@given(
    st.floats(-180, 180, allow_nan=False), st.floats(-90, 90, allow_nan=False),
    st.floats(-180, 180, allow_nan=False), st.floats(-90, 90, allow_nan=False),
)  # fmt: skip
def test_every_box_in_order_is_read_exactly(a: float, b: float, c: float, d: float) -> None:
    west, east = sorted((a, c))
    south, north = sorted((b, d))
    assert params.parse_bbox(f"{west!r},{south!r},{east!r},{north!r}") == (west, south, east, north)


@pytest.mark.parametrize("text", ["0", "-1", "1001", "1e2", "10.0", "", "٣", "9" * 30])
def test_a_limit_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(params.Limit).validate_python(text)
    assert caught.value.errors()[0]["type"] == "limit_out_of_range"


@given(st.uuids())
def test_ids_are_read_in_the_form_answers_give_them(identifier: UUID) -> None:
    assert params.parse_id(str(identifier)) == identifier
    assert refused(params.parse_id, identifier.hex) == "bad_id"


PARSERS = (
    params.parse_date,
    params.parse_moment,
    params.parse_code,
    params.parse_text,
    params.parse_bbox,
    params.parse_near,
    params.parse_id,
)


@given(st.sampled_from(PARSERS), st.text(max_size=300))
def test_a_refusal_never_repeats_control_characters(parse: Callable[[str], Any], text: str) -> None:
    try:
        parse(text)
    except PydanticCustomError as error:
        message = error.message()
    except BadRequest as error:
        message = error.detail
    else:
        message = ""
    assert not any(character < " " for character in message)
