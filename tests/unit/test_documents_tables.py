"""Documents with tables: forms and lists, in the template that comes with a kind, in Word and in the PDF alike."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from docx import Document

from data.documents.blank import blank
from data.documents.elements import laid_out
from data.documents.fonts import installed
from data.documents.kinds import KindError, load_kind
from data.documents.model import DocumentKind, Marking, Number, Numbering
from data.documents.official import text_of
from data.documents.setting import Order, make_files
from data.documents.values import Known, examples, printed_values
from data.documents.word import paragraphs_of
from data.documents.word_check import check_template
from data.errors import BadInput
from data.ids import derived_id

KIND = """
key = "lamp_list"
label = { zh = "灯杆表", en = "list of lamp posts" }
valid_from = 2020-01-01
article = "虚构"
[[field]]
name = "office"
meaning = { zh = "署名", en = "office" }
source = "given.office"
example = "示例局（虚构）"
[[field]]
name = "date"
meaning = { zh = "日期", en = "date" }
source = "given.date"
example = "2026年3月2日"
[[field]]
name = "posts"
meaning = { zh = "灯杆", en = "posts" }
source = "given.posts"
example = ""
required = false
columns = { code = "SL-1", street = "示例路" }
[[template.zh]]
is = "title"
text = "灯杆表"
[[template.zh]]
is = "body"
text = "下列灯杆已登记。"
[[template.zh]]
is = "table"
rows = [["编号", "街道"], ["{%tr for post in posts %}"], ["{{ post.code }}", "{{ post.street }}"], ["{%tr endfor %}"]]
[[template.zh]]
is = "office"
text = "{{ office }}"
[[template.zh]]
is = "date"
text = "{{ date }}"
"""
AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
POSTS = [{"code": "SL-0001", "street": "样本巷", "secret": "不印"}, {"code": "SL-0002", "street": "虚构大道"}]


@pytest.fixture
def kind(tmp_path: Path) -> DocumentKind:
    return kind_of(tmp_path, KIND)


def kind_of(folder: Path, words: str) -> DocumentKind:
    path = folder / "kind.toml"
    path.write_text(words, "utf-8")
    return load_kind(path)


def printed(kind: DocumentKind, **given: object) -> dict[str, object]:
    numbering = Numbering(derived_id("n", "1"), kind.key, None, "局", None, "示", False, "refuse")
    known = Known(given={"office": "示例局（虚构）", "date": "2026年3月2日", **given})
    return dict(printed_values(kind, known, numbering, Number(2026, 1, "示〔2026〕1号"), date(2026, 3, 2), "zh"))


def test_a_list_that_is_given_fills_the_rows_of_a_table(kind: DocumentKind) -> None:
    values = printed(kind, posts=POSTS)
    assert values["posts"] == [{"code": "SL-0001", "street": "样本巷"}, {"code": "SL-0002", "street": "虚构大道"}]
    order = Order(
        blank(kind.shipped["zh"]), values, "表1", "示例局（虚构）", "灯杆表", "zh", Marking.DEMONSTRATION,  # type: ignore[arg-type]
        sealed=False, rare="refuse", at=AT,
    )  # fmt: skip
    made = make_files(order, installed())
    (table,) = Document(io.BytesIO(made.word)).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["编号", "街道"], ["SL-0001", "样本巷"], ["SL-0002", "虚构大道"],
    ]  # fmt: skip
    shown = text_of(made.pdf)
    assert all(word in shown for word in ("SL-0001", "虚构大道", "演示"))
    assert "不印" not in shown


def test_a_long_table_has_its_headings_on_every_page_and_fills_the_page(kind: DocumentKind) -> None:
    posts = [{"code": f"SL-{n:04}", "street": "虚构大道"} for n in range(60)]
    order = Order(
        blank(kind.shipped["zh"]), printed(kind, posts=posts), "表1", "示例局（虚构）", "灯杆表", "zh",  # type: ignore[arg-type]
        Marking.DEMONSTRATION, sealed=False, rare="refuse", at=AT,
    )  # fmt: skip
    made = make_files(order, installed())
    pages = text_of(made.pdf).count("编号")
    assert pages > 1
    (table,) = [p for p in paragraphs_of(made.word) if p.rows]
    assert (table.headings, len(table.rows)) == (1, 61)
    (laid,) = [e for e in laid_out(paragraphs_of(made.word), sealed=False) if e["role"] == "table"]
    # SL-0001 has seven half characters, the street four whole ones: it has what the numbers leave
    assert (laid["widths"], laid["headings"], len(laid["cells"])) == ([0, 8], 1, 122)


def test_the_shipped_table_is_a_template_that_an_office_may_hand_in(kind: DocumentKind, tmp_path: Path) -> None:
    path = tmp_path / "t.docx"
    path.write_bytes(blank(kind.shipped["zh"]))
    assert check_template(path, "t.docx", kind) == ("date", "office", "posts")
    assert examples(kind)["posts"] == [{"code": "SL-1", "street": "示例路"}] * 2


def test_what_a_list_may_be_missing(kind: DocumentKind) -> None:
    assert printed(kind)["posts"] == []
    with pytest.raises(BadInput):
        printed(kind, posts=[{"code": "\x00", "street": ""}])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('source = "given.posts"', 'source = "case.title"', "columns are for findings"),
        ('source = "given.posts"', 'source = "findings"', "columns are of rule"),
        ("columns = {", "columns = { Code = '', ", "called like a field"),
        ('is = "table"', 'is = "tables"', "'text' is missing"),
    ],
)
def test_a_kind_with_a_senseless_list_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(KindError, match=said):
        kind_of(tmp_path, KIND.replace(old, new, 1))
