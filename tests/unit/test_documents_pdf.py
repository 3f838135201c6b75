"""Word and PDF of a document: they say the same, all of it, and on the measures of GB/T 9704-2012."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from data.documents.cmap import characters
from data.documents.elements import Paragraph, all_words
from data.documents.fonts import Face, Fonts, installed, typography
from data.documents.model import Marking
from data.documents.official import Setting, missing_glyphs, text_of, to_pdf
from data.documents.setting import make_files
from data.documents.word import paragraphs_of
from data.errors import BadInput
from tests.unit import documents as made

MM = 72 / 25.4
#: Characters of place names that lie outside the common sets: Extension A, Extension E, and one of the symbols.
RARE = "㙍𬒈㟃䢺𬇙𬭩"
#: Extension I: no font of this project's stack has it.
UNKNOWN = "\U0002ebf0"
INJECTIONS = [
    '#import "@preview/x:0.1.0": *',
    '#read("/etc/passwd")',
    "$ x^2 $ @ref <label> *bold* _it_ `raw`",
    "\\u{41} \\ \" ' // no comment /* nor this */",
    "= heading\n- list\n+ list\n/ term: x",
    "{{ number.__class__ }} {% raw %} {_{ }_} {_% %_}",
    "]] } ) #{ panic() }",
    "<w:p>&amp; &lt;tag&gt;",
]


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    return installed()


def plain(text: str = "正文。", **more: str) -> list[Paragraph]:
    """The least that is a document."""
    return [
        Paragraph("title", more.get("title", "通知")),
        *(Paragraph("body", line) for line in text.split("\n")),
        Paragraph("office", more.get("office", "示例县城市管理局")),
        Paragraph("date", more.get("date", "2026年3月2日")),
    ]


def setting(marking: Marking = Marking.NONE, *, sealed: bool = True) -> Setting:
    return Setting("zh", marking, sealed, made.AT, "示城灯〔2026〕1号")


def boxes(page: pypdfium2.PdfPage) -> list[tuple[str, float, float, float, float]]:
    """Each character of a page with left, bottom, right, top in points."""
    text = page.get_textpage()
    return [(text.get_text_range(i, 1), *text.get_charbox(i, loose=True)) for i in range(text.count_chars())]


def test_word_and_pdf_say_the_same(fonts: Fonts) -> None:
    files = make_files(made.order(), fonts)
    printed = made.words([all_words(paragraphs_of(files.word))])
    assert "同意示例路灯杆编号为3号" in printed
    assert not Counter(printed) - Counter(made.words([text_of(files.pdf)]))


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_people_write_is_printed_and_never_run(fonts: Fonts, text: str) -> None:
    files = make_files(made.order(made.KINDS["refusal"], reason=text), fonts)
    assert made.words([text]) in made.words([all_words(paragraphs_of(files.word))])
    assert made.words([text]) in made.words([text_of(files.pdf)])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.sampled_from("示例路㙍𬒈#$@\\\"'`{}[]()<>*_-+=/|~^&%!?,.;:、。“”〔〕 \n0aZ"), min_size=1, max_size=80)
)
def test_any_text_comes_back_out_of_the_pdf(fonts: Fonts, text: str) -> None:
    lines = [Paragraph("body", line) for line in text.split("\n") if line.strip()]
    if lines:
        pdf = to_pdf([Paragraph("title", "通知"), *lines, *plain()[2:]], setting(), fonts)
        assert not Counter(made.words(p.text for p in lines)) - Counter(made.words([text_of(pdf)]))


def test_a_hash_is_printed_whole_wherever_it_stands(fonts: Fonts) -> None:
    digest = "9f86d081884c7d65" * 4
    table = Paragraph("table", rows=(("检查对象", "校验值"), ("第1段", digest)))
    body = Paragraph("body", f"以上记录由双方共同签署，校验值（SHA-256）：{digest}。")
    title, _, *rest = plain()
    pdf = to_pdf([title, body, table, *rest], setting(), fonts)
    assert "".join(text_of(pdf).split()).count(digest) == 2


def test_the_same_document_has_the_same_bytes(fonts: Fonts) -> None:
    first, second = make_files(made.order(), fonts), make_files(made.order(), fonts)
    assert (first.word, first.pdf) == (second.word, second.pdf)


def test_rare_characters_are_printed_with_their_shapes(fonts: Fonts) -> None:
    """PDF/A-2u has no glyph .notdef: what is set was found in a font."""
    pdf = to_pdf(plain(RARE, title=f"关于{RARE}路的批复"), setting(), fonts)
    assert made.words([text_of(pdf)]).count(RARE) == 2
    assert b"pdfaid:conformance>U<" in pdf


def test_a_character_that_no_font_has_is_named(fonts: Fonts) -> None:
    with pytest.raises(BadInput) as told:
        to_pdf(plain(f"示例{UNKNOWN}路"), setting(), fonts)
    assert (told.value.code, told.value.extra["characters"]) == ("characters_without_glyph", ["U+2EBF0"])
    assert UNKNOWN in told.value.detail


def test_where_the_office_allows_it_the_code_is_printed_and_said(fonts: Fonts) -> None:
    order = replace(made.order(made.KINDS["refusal"], reason=f"示例{UNKNOWN}路"), rare="describe")
    files = make_files(order, fonts)
    shown = made.words([text_of(files.pdf)])
    assert "示例〔U+2EBF0〕路" in shown
    assert "注：〔U+2EBF0〕为打印字库所无的汉字" in shown
    assert UNKNOWN in all_words(paragraphs_of(files.word))
    assert any("U+2EBF0" in note for note in files.notes)


def test_a_face_looks_for_a_character_in_its_own_font() -> None:
    narrow = Face("fangsong", {}, ("x",), 400, True, frozenset(map(ord, "通知正文")))
    fonts = Fonts({"fangsong": narrow, "xiaobiaosong": replace(narrow, points=frozenset())}, installed().loaded)
    assert missing_glyphs([Paragraph("title", "通知"), Paragraph("body", "正文㙍\ufe00 \n")], fonts) == [
        "通",
        "知",
        "㙍",
    ]


@pytest.mark.parametrize(("marking", "short"), [(Marking.DRAFT, "草稿"), (Marking.DEMONSTRATION, "演示")])
def test_what_has_no_force_says_so_on_every_page(fonts: Fonts, marking: Marking, short: str) -> None:
    files = make_files(made.order(made.KINDS["refusal"], marking, reason="理由。\n" * 60), fonts)
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(files.pdf)]
    assert len(pages) > 2
    # once above the text, once across the page: its letters stand one by one
    assert all(min(Counter(page)[c] for c in short) >= 2 for page in pages)
    described = PdfReader(io.BytesIO(files.pdf)).metadata
    assert described is not None
    assert short in str(described.get("/Keywords"))
    word = Document(io.BytesIO(files.word))
    assert short in word.sections[0].header.paragraphs[0].text
    assert short in word.core_properties.keywords


def test_a_document_with_force_has_no_mark(fonts: Fonts) -> None:
    files = make_files(made.order(), fonts)
    assert "草稿" not in text_of(files.pdf)
    assert "演示" not in text_of(files.pdf)


def test_all_fonts_are_within_the_file(fonts: Fonts) -> None:
    found = 0
    for page in PdfReader(io.BytesIO(make_files(made.order(), fonts).pdf)).pages:
        for reference in page["/Resources"]["/Font"].values():  # type: ignore[index]
            descriptor = reference.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            found += any(name in descriptor for name in ("/FontFile2", "/FontFile3"))
    assert found >= 2


def test_a_page_has_22_lines_of_28_characters_in_the_type_area(fonts: Fonts) -> None:
    page = typography()["page"]
    pdf = pypdfium2.PdfDocument(to_pdf([*plain("地" * 28 * 40)], setting(), fonts))
    lines: dict[int, list[tuple[str, float, float, float, float]]] = {}
    for box in boxes(pdf[1]):
        if box[0] == "地":
            lines.setdefault(round(box[2]), []).append(box)
    tops = sorted(lines, reverse=True)
    pitches = [above - below for above, below in pairwise(tops)]
    assert all(abs(p - page["area_height_mm"] * MM / 22) < 1.1 for p in pitches)
    full = max(len(line) for line in lines.values())
    assert full == 28
    left, right = min(b[1] for line in lines.values() for b in line), max(b[3] for line in lines.values() for b in line)
    assert abs(left - page["binding_mm"] * MM) < 1
    assert abs(right - (page["binding_mm"] + page["area_width_mm"]) * MM) < 1.5
    first = pypdfium2.PdfDocument(to_pdf([*plain("\n".join(["地"] * 80))], setting(), fonts))[1]
    assert sum(box[0] == "地" for box in boxes(first)) == 22


def test_head_and_folio_stand_where_the_standard_puts_them(fonts: Fonts) -> None:
    files = make_files(made.order(), fonts)
    pdf = pypdfium2.PdfDocument(files.pdf)
    assert [round(x / MM) for x in pdf[0].get_size()] == [210, 297]
    signs = boxes(pdf[0])
    heading = next(box for box in signs if box[4] - box[2] > 35)
    assert abs((297 * MM - heading[4]) - (37 + 35) * MM) < 12  # the box of the font is higher than the sign
    folio = [box for box in signs if box[2] < 35 * MM and box[0].strip()]
    assert made.words(box[0] for box in folio) == "—1—"
    assert max(box[3] for box in folio) == pytest.approx((210 - 26) * MM - 14, abs=2)


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("office", ["示例局", "示例县人民政府城市管理和综合行政执法联合指挥部办公室"])
def test_the_signature_stands_at_the_right(fonts: Fonts, office: str, sealed: bool) -> None:
    page = pypdfium2.PdfDocument(to_pdf(plain(office=office), setting(sealed=sealed), fonts))[0]
    signs = boxes(page)
    edge = (28 + 156) * MM
    start = made.words(box[0] for box in signs).index(office)
    signs = [box for box in signs if box[0].strip()]
    name, date = signs[start : start + len(office)], signs[start + len(office) : start + len(office) + 9]
    assert max(box[3] for box in (*name, *date)) <= edge + 1
    if sealed and len(office) < 5:
        assert edge - date[-1][3] == pytest.approx(4 * 15.8, abs=2)
        assert (name[0][1] + name[-1][3]) == pytest.approx(date[0][1] + date[-1][3], abs=2)
    if not sealed and len(office) > 20:
        assert edge - name[-1][3] == pytest.approx(2 * 15.8, abs=2)
        assert date[0][1] - name[0][1] == pytest.approx(2 * 15.8, abs=2)


def test_characters_of_a_font_are_read_from_its_table(tmp_path: Path) -> None:
    """Against what Typst's own library knows: the font has what it prints and lacks what it does not."""
    font = next(f for f in installed().loaded.fonts() if f.family == installed().faces["fangsong"].families[0])
    known = characters(Path(str(font.path)), font.index)
    assert set(map(ord, "示例县〔〕—㙍")) <= known
    assert ord(UNKNOWN) not in known
    assert len(known) > 20_000
