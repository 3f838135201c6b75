"""Books of standard names: what is in them, in which order, and that their indices lead where they say."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pypdfium2
import pytest
from docx import Document
from docx.shared import Mm

from data.documents.fonts import installed
from data.errors import BadInput, BadRequest, Conflict, IntegrityError
from data.ids import derived_id
from geonames.places.classes import class_tree
from geonames.publications import collating, pdf
from geonames.publications.collating import Found, collate, position
from geonames.publications.model import Book, measures
from geonames.publications.strokes import spoken, strokes
from geonames.publications.telling import Told
from geonames.publications.word import to_word

AT = datetime(2020, 12, 1, 4, tzinfo=UTC)
DAY = date(2020, 12, 31)
COUNTY = {
    "id": derived_id("invented-entry", "汀川县"), "code": "990121", "name": "汀川县",
    "romanization": "Tingchuan Xian", "level": "county", "type": "县",
}  # fmt: skip


def place(name: str, roman: str | None = None, **more: Any) -> dict[str, Any]:
    row = {"name": name, "name_kind": "standard", "romanization": roman, "class": "STREET", "type_code": "23514"}
    name_id = derived_id("invented-entry", name)
    where = {
        "id": name_id,
        "unit_code": "990121",
        "unit_name": "汀川县",
        "longitude": 110.0,
        "latitude": 30.0,
        "place_code": None,
    }
    return {**row, **where, **more}


def found(*places: dict[str, Any], units: tuple[dict[str, Any], ...] = (COUNTY,)) -> Found:
    return Found(places, units, "990121", DAY, 7, [("invented", "CC0 1.0"), ("a survey", "")])


PLACES = (
    place("柳浪二巷", "Liulang Er Xiang", place_code="99012123514000000001"),
    place("柳浪一巷", "Liulang Yi Xiang"),
    place("安宁路", "Anning Lu"),
    place("安宁路", "Anning Lu", unit_code="990122", unit_name="陌原县"),
    place("吕家坡", "Lüjiapo", **{"class": "OTHER", "type_code": "22200"}),
    place("无拼写桥", None, **{"class": "FACILITY", "type_code": "23610"}),
    place("没人核实的村", None, name_kind="unverified"),
)


@pytest.fixture(scope="module")
def book() -> Book:
    return collate(found(*PLACES), class_tree())


def rows(book: Book, index: int) -> dict[str, list[str]]:
    return {group.head: [words for words, _ in group.rows] for group in book.indices[index].groups}


def test_strokes_are_counted_and_spoken() -> None:
    assert [strokes(c) for c in "一汀川龙龍A"] == [1, 5, 3, 5, 16, None]
    assert [spoken(n) for n in (1, 10, 12, 20, 35)] == ["一", "十", "十二", "二十", "三十五"]


def test_entries_stand_by_class_division_and_spelling(book: Book) -> None:
    assert [chapter.title for chapter in book.chapters] == [
        "一、行政区划",
        "二、街路巷",
        f"三、{book.chapters[2].title[2:]}",
        f"四、{book.chapters[3].title[2:]}",
    ]
    streets = book.chapters[1].sections
    assert [section.title for section in streets] == ["汀川县　990121", "陌原县　990122"]
    assert [entry.name for entry in streets[0].entries] == ["安宁路", "柳浪二巷", "柳浪一巷"]
    assert [entry.number for entry in book.entries()] == list(range(1, 8))
    assert "110°00′00″E 30°00′00″N" in streets[0].entries[0].detail


def test_what_is_not_standard_is_counted_and_not_printed(book: Book) -> None:
    assert "没人核实的村" not in {entry.name for entry in book.entries()}
    told = "".join(book.told)
    assert "另有 1 条地名未经核实" in told
    assert "有 1 条没有登记罗马字母拼写" in told
    assert "a survey（来源未注明许可" in told


def test_indices_group_by_letter_strokes_and_county(book: Book) -> None:
    spelling, stroke, code = rows(book, 0), rows(book, 1), rows(book, 2)
    assert list(spelling) == ["A", "L", "T", "未注拼写"]
    assert spelling["A"] == ["安宁路（汀川县）", "安宁路（陌原县）"]
    assert spelling["L"] == ["柳浪二巷", "柳浪一巷", "吕家坡"]  # ü after u
    assert stroke["五画"] == ["汀川县"]
    assert stroke["九画"] == ["柳浪一巷", "柳浪二巷"]
    assert code == {"990121": ["990121　汀川县", "99012123514000000001　柳浪二巷"]}
    assert "另有 5 条没有代码" in book.indices[2].note


def test_a_book_of_nothing_and_one_too_large_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Conflict) as empty:
        collate(found(place("没人核实的村", name_kind="unverified"), units=()), class_tree())
    assert empty.value.code == "publication_empty"
    monkeypatch.setattr(collating, "MOST", 3)
    with pytest.raises(BadRequest) as large:
        collate(found(*PLACES), class_tree())
    assert large.value.code == "publication_too_large"


def test_positions_are_rounded_to_the_second_and_know_their_side() -> None:
    assert position(-0.5, 29.99999) == "0°30′00″W 30°00′00″N"
    assert position(None, 30.0) == ""


@pytest.mark.parametrize("paper", ["a4", "16k"])
def test_every_row_of_an_index_leads_to_the_page_of_its_name(paper: str) -> None:
    many = [place(f"柳浪{n}巷", "Liulang Xiang") for n in range(300)]
    printed = pdf.to_pdf(collate(found(*many, *PLACES), class_tree()), paper, installed(None), AT)
    document = pypdfium2.PdfDocument(printed.content)
    texts = [page.get_textpage().get_text_range() for page in document]
    size = measures()["papers"][paper]
    width, height = (round(side / 72 * 25.4) for side in document[0].get_size())
    document.close()
    assert (width, height, len(texts)) == (size["width_mm"], size["height_mm"], printed.pages)
    body = next(n for n, text in enumerate(texts) if "1　县级" in text or "1 县级" in text)
    index = next(text for text in texts[body:] if "汉语拼音索引" in text)
    assert max(printed.folios.values()) > 2
    assert f"汀川县{printed.folios[1]}" in "".join("".join(texts[body:]).split())
    assert "按登记的罗马字母拼写排序" in index
    assert "安宁路" in texts[body + 1].splitlines()[0]  # the running head: the first name of the page


def test_the_same_book_is_the_same_file(book: Book) -> None:
    fonts = installed(None)
    assert pdf.to_pdf(book, "a4", fonts, AT).content == pdf.to_pdf(book, "a4", fonts, AT).content
    assert to_word(book, "a4", AT) == to_word(book, "a4", AT)


def test_a_name_that_is_not_on_its_page_stops_the_book(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = pdf.to_pdf(book, "a4", installed(None), AT)
    wrong = {**printed.folios, 7: printed.folios[7] - 1}
    with pytest.raises(IntegrityError) as refused:
        pdf._read_back(printed.content, book, wrong)
    assert refused.value.code == "document_incomplete"


def test_characters_that_no_font_has_are_named() -> None:
    with pytest.raises(BadInput) as refused:
        pdf.to_pdf(collate(found(place("\U0003fffd路")), class_tree()), "a4", installed(None), AT)
    assert (refused.value.code, refused.value.extra["characters"]) == ("characters_without_glyph", ["U+3FFFD"])


def test_text_of_the_register_is_never_code() -> None:
    name = '#panic("x") <w:p>&{}路'
    odd = collate(found(place(name)), class_tree())
    pdf.to_pdf(odd, "a4", installed(None), AT)
    assert name in "\n".join(p.text for p in Document(io.BytesIO(to_word(odd, "a4", AT))).paragraphs)


def test_the_word_file_has_every_entry_and_leads_to_its_number(book: Book) -> None:
    document = Document(io.BytesIO(to_word(book, "16k", AT)))
    texts = [paragraph.text for paragraph in document.paragraphs]
    for entry in book.entries():
        at = next(n for n, text in enumerate(texts) if text.startswith(f"{entry.number}　"))
        assert texts[at - 1].startswith(entry.name)
    number = next(entry.number for entry in book.entries() if entry.name == "吕家坡")
    assert f"吕家坡  {number}" in texts
    assert [round((section.page_width or 0) / Mm(1)) for section in document.sections] == [185, 185, 185]
    assert [getattr(document.paragraphs[n].style, "name", None) for n in (0, 2)] == ["书名", "说明"]


TOLD = {
    derived_id("invented-entry", "安宁路"): Told(
        (("former", "旧仓路", date(2005, 1, 1)), ("standard", "粮道街", date(1981, 6, 1)), ("alias", "仓街", None)),
        "取安宁之意（虚构）。",
        "因旧有粮仓\n得名（虚构）。" + "续" * 900,
    ),
    derived_id("invented-entry", "汀川县"): Told((("former", "汀县", date(1950, 1, 1)),)),
}


@pytest.fixture(scope="module")
def dictionary() -> Book:
    return collate(replace(found(*PLACES), told=TOLD), class_tree(), collating.DICTIONARY)


def test_a_dictionary_tells_what_is_on_record_and_counts_where_nothing_is(dictionary: Book) -> None:
    county, road, *_ = dictionary.entries()
    assert county.texts == (("曾用名", "汀县（至1950年）"),)
    assert [label for label, _ in road.texts] == ["曾用名", "别名", "含义", "来历"]
    assert road.texts[0][1] == "旧仓路（至2005年）、粮道街（至1981年）"
    assert "因旧有粮仓 得名" in road.texts[3][1]
    assert dictionary.title == "标准地名词典"
    # the two streets of one name are one place here, so two entries have its texts
    assert any(words.startswith("有 4 条没有登记含义") for words in dictionary.told)


def test_a_list_tells_nothing_of_its_entries(book: Book) -> None:
    assert (book.title, [entry.texts for entry in book.entries() if entry.texts]) == ("标准地名录", [])


def test_a_dictionary_is_printed_with_its_texts_though_they_break_over_pages(dictionary: Book) -> None:
    document = pypdfium2.PdfDocument(pdf.to_pdf(dictionary, "16k", installed(None), AT).content)
    text = "".join("".join(page.get_textpage().get_text_range() for page in document).split())
    document.close()
    assert ("取安宁之意（虚构）。" in text, "汀县（至1950年）" in text, "标准地名词典" in text) == (True, True, True)
    assert text.count("续") >= 900
    words = [paragraph.text for paragraph in Document(io.BytesIO(to_word(dictionary, "a4", AT))).paragraphs]
    assert "含义　取安宁之意（虚构）。" in words


def test_a_character_of_a_text_that_no_font_has_is_named() -> None:
    told = {derived_id("invented-entry", "安宁路"): Told(meaning="\U0003fffd")}
    odd = collate(replace(found(*PLACES), told=told), class_tree(), collating.DICTIONARY)
    with pytest.raises(BadInput) as refused:
        pdf.to_pdf(odd, "a4", installed(None), AT)
    assert refused.value.extra["characters"] == ["U+3FFFD"]
