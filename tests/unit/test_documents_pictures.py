"""Pictures in documents: the same in Word and PDF, named by their hash, alone in their paragraphs, without what a
file says beside its picture."""

from __future__ import annotations

import hashlib
import io
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from data.documents.blank import blank
from data.documents.elements import Paragraph
from data.documents.fonts import installed
from data.documents.kinds import KindError
from data.documents.model import Box, DocumentKind, Marking, Picture
from data.documents.official import picture_count
from data.documents.pictures import Drawing, drawn, example, photograph, with_pictures
from data.documents.setting import Order, make_files
from data.documents.word import paragraphs_of
from data.documents.word_check import check_template
from data.errors import BadInput
from tests.unit.test_documents_tables import AT, KIND, kind_of, printed

TABLE = KIND[KIND.index('is = "table"') : KIND.index('[[template.zh]]\nis = "office"')]
FIGURES = """is = "body"
text = "{%p for post in posts %}"
[[template.zh]]
is = "figure"
text = "{{ post.view }}"
[[template.zh]]
is = "caption"
text = "{{ post.street }}"
[[template.zh]]
is = "body"
text = "{%p endfor %}"
"""
COLUMNS = 'columns = { code = "SL-1", street = "示例路", view = "照片" }'
PICTURES = "pictures = { view = { width_mm = 70, height_mm = 50 } }"
PICTURED = KIND.replace(TABLE, FIGURES).replace(
    'columns = { code = "SL-1", street = "示例路" }', f"{COLUMNS}\n{PICTURES}"
)
BOX = Box(70, 50)


def hashed(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def photo(colour: str = "teal", form: str = "PNG", mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (600, 400), colour).save(out, form)
    return out.getvalue()


def printed_photo(content: bytes, box: Box = BOX) -> Picture:
    """The photograph as it is printed, opened from a file as those that are kept are."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        return photograph(file, box, "门牌.png")


@pytest.fixture(scope="module")
def kind(tmp_path_factory: pytest.TempPathFactory) -> DocumentKind:
    return kind_of(tmp_path_factory.mktemp("kind"), PICTURED)


def order(kind: DocumentKind, *photos: bytes) -> Order:
    kept = {hashed(content): content for content in photos}
    posts = [{"code": "", "street": f"路{n}", "view": hashed(content)} for n, content in enumerate(photos, 1)]
    values = with_pictures(kind, printed(kind, posts=posts), lambda name, box: printed_photo(kept[name], box))  # type: ignore[arg-type]
    template = blank(kind.shipped["zh"])
    return Order(template, values, "表1", "示例局（虚构）", "灯杆表", "zh", Marking.NONE, False, "refuse", AT)


def test_word_and_pdf_hold_the_same_pictures_over_their_captions(kind: DocumentKind) -> None:
    wanted = order(kind, photo("teal"), photo("maroon", "TIFF", "RGB"))
    made = make_files(wanted, installed())
    roles = [(p.role, p.text) for p in paragraphs_of(made.word)][2:6]
    assert roles == [("figure", ""), ("caption", "路1"), ("figure", ""), ("caption", "路2")]
    sizes = {(p.picture.width_mm, p.picture.height_mm) for p in paragraphs_of(made.word) if p.picture}
    assert sizes == {(70.0, 46.67)}, "as large as the room of the field lets it be, and as wide as high as it was"
    assert picture_count(made.pdf) == 2
    assert make_files(wanted, installed()) == made, "the same order, the same bytes"


def test_another_picture_is_another_document(kind: DocumentKind) -> None:
    one, other = (make_files(order(kind, photo(colour)), installed()) for colour in ("teal", "maroon"))
    assert one.word != other.word
    assert one.pdf != other.pdf


def test_a_picture_of_nothing_is_blank(kind: DocumentKind) -> None:
    values = with_pictures(kind, printed(kind, posts=[{"code": "", "street": "路", "view": ""}]), example)  # type: ignore[arg-type]
    made = make_files(replace(order(kind, photo()), values=values), installed())
    assert picture_count(made.pdf) == 0


def test_what_is_no_hash_names_no_picture(kind: DocumentKind) -> None:
    with pytest.raises(BadInput, match="names no picture"):
        printed(kind, posts=[{"code": "", "street": "", "view": "../../etc/passwd"}])


@pytest.mark.parametrize("content", [photo()[:300], b"GIF89a" + b"\x00" * 40, b""], ids=["cut", "gif", "empty"])
def test_what_cannot_be_drawn_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        printed_photo(content)
    assert refused.value.code == "picture_not_drawn"


def test_transparency_becomes_white_paper() -> None:
    found = printed_photo(photo("#ff000000", "PNG", "RGBA"))
    with Image.open(io.BytesIO(found.content)) as picture:
        assert (picture.format, picture.getpixel((3, 3))) == ("JPEG", (255, 255, 255))


def test_a_drawing_of_ours_is_drawn_with_its_words() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" font-family="Noto Sans CJK SC">'
        '<text x="2" y="12" font-size="8">界桩</text></svg>'
    )
    found = drawn(Drawing(svg, 40, 20), BOX, installed())
    assert (found.width_mm, found.height_mm) == (70.0, 35.0)
    with Image.open(io.BytesIO(found.content)) as picture:
        dark = sum(picture.convert("L").histogram()[:64])
    assert dark > 2000, "two characters of 8 mm"
    assert drawn(Drawing(svg, 40, 20), BOX, installed()).content == found.content


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('is = "body"\ntext = "{{ post.view }}"', "alone in its paragraph"),
        ('is = "figure"\ntext = "见{{ post.view }}"', "alone in its paragraph"),
        ('is = "figure"\ntext = "照片"', "prints a picture"),
        ('is = "table"\nrows = [["{{ post.view }}"]]', "stands in a table"),
    ],
)
def test_a_template_prints_pictures_alone_in_their_paragraphs(tmp_path: Path, line: str, said: str) -> None:
    words = PICTURED.replace('is = "figure"\ntext = "{{ post.view }}"', line)
    assert words != PICTURED
    path = tmp_path / "t.docx"
    path.write_bytes(blank(kind_of(tmp_path, words).shipped["zh"]))
    with pytest.raises(BadInput) as refused:
        check_template(path, "t.docx", kind_of(tmp_path, words))
    assert said in str(refused.value.detail)


def test_the_shipped_template_with_pictures_passes(kind: DocumentKind, tmp_path: Path) -> None:
    path = tmp_path / "t.docx"
    path.write_bytes(blank(kind.shipped["zh"]))
    assert check_template(path, "t.docx", kind) == ("date", "office", "posts")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("pictures = { view =", "pictures = { look =", "pictures of a list are columns"),
        ("width_mm = 70", "width_mm = 700", "from 10 mm to the text of a page"),
        ("width_mm = 70", "wide = 70", "unknown keys wide"),
    ],
)
def test_a_kind_with_senseless_pictures_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(KindError, match=said):
        kind_of(tmp_path, PICTURED.replace(old, new, 1))


def test_a_paragraph_knows_its_picture() -> None:
    assert Paragraph("figure", picture=Picture(b"", 1, 1)).words == ""
