"""The plate of a street: its bands, its letters, its drawing and its print."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.documents.fonts import installed
from data.errors import BadInput
from geonames.signs.drawing import to_pdf, to_svg
from geonames.signs.model import Line, Plate, Size
from geonames.signs.plate import lay_out
from geonames.signs.rules import plates, preview_size

AT = datetime(2026, 1, 1, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def plate(
    han: str = "沿河路", roman: str = "Yanhe Lu", direction: str = "east_west", size: Size | None = None
) -> Plate:
    return lay_out(han, roman, direction, size or preview_size(), plates())


def test_the_name_stands_in_the_upper_three_fifths_and_its_pinyin_below_in_capitals() -> None:
    drawn = plate(size=Size(1000, 500))
    assert (drawn.han.words, drawn.roman.words) == ("沿河路", "YANHE LU")
    assert plate(roman="Yánhé Lù").roman.words == "YANHE LU"
    assert drawn.han.foot < 300 < drawn.roman.foot - drawn.roman.letters_mm * 0.75
    assert drawn.roman.foot < 500


def test_east_west_is_blue_and_north_south_green() -> None:
    def parts(colour: str) -> list[int]:
        return [int(colour[n : n + 2], 16) for n in (1, 3, 5)]

    red, green, blue = parts(plate().ground)
    assert blue > max(red, green)
    red, green, blue = parts(plate(direction="north_south").ground)
    assert green > max(red, blue)


@given(
    han=st.integers(1, 30),
    roman=st.integers(1, 90),
    width=st.integers(100, 3000),
    height=st.integers(100, 3000),
)
def test_what_is_written_stays_within_its_band_and_the_width(han: int, roman: int, width: int, height: int) -> None:
    drawn = plate("路" * han, "W" * roman, size=Size(width, height))
    assert _top(drawn.han) >= 0
    assert drawn.han.foot <= height * 0.6
    assert _top(drawn.roman) >= height * 0.6
    assert drawn.roman.foot <= height
    assert drawn.han.letters_mm * han <= width
    assert drawn.roman.letters_mm * 0.75 * roman <= width


def _top(line: Line) -> float:
    return line.foot - line.letters_mm * 0.86


def test_the_drawing_is_of_the_plates_own_size_and_says_its_name_as_text() -> None:
    drawn = ElementTree.fromstring(to_svg(plate("甲<乙路", "Jia<yi Lu", size=Size(800, 300)), installed()))
    assert (drawn.get("width"), drawn.get("height")) == ("800mm", "300mm")
    assert drawn.findtext(f"{SVG}title") == "甲<乙路"
    assert [text.text for text in drawn.iter(f"{SVG}text")] == ["甲<乙路", "JIA<YI LU"]


def test_the_print_is_one_page_of_the_plates_size_in_its_colour() -> None:
    pdf = pypdfium2.PdfDocument(to_pdf(plate(direction="north_south", size=Size(600, 200)), installed(), AT))
    assert len(pdf) == 1
    page = pdf[0]
    assert [round(points / 72 * 25.4) for points in page.get_size()] == [600, 200]
    picture = page.render(scale=0.2).to_pil().convert("RGB")
    ground = plates()["direction"]["north_south"]["ground"]
    corner = "#{:02x}{:02x}{:02x}".format(*picture.getpixel((2, 2)))
    assert corner == ground
    assert (255, 255, 255) in {colour for _, colour in picture.getcolors(100_000)}


def test_a_character_that_no_font_has_is_named() -> None:
    with pytest.raises(BadInput) as refused:
        to_svg(plate("\U0010fffd路"), installed())
    assert refused.value.code == "characters_without_glyph"
    assert "U+10FFFD" in refused.value.detail
