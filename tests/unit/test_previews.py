"""What is shown of a document: the beginning of a text, pictures within measure, pages drawn within limits."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import docx
import pytest
import typst
import xlsxwriter
from PIL import Image

from data.errors import BadRequest, NotFound
from data.papers import DOCX, PDF, TIFF, XLSX
from data.previews import kinds, pages, process
from data.previews.kinds import TEXT_BYTES, Kind, excerpt, kind_of, too_large_to_show
from data.previews.words import words_of
from tests.unit.papers import office, pdf, png


def jpeg(width: int, height: int) -> bytes:
    """The head of a JPEG: a comment first, then the frame (ITU-T T.81)."""
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    frame = b"\xff\xc0\x00\x11\x08" + size + b"\x03" + bytes(9)
    return b"\xff\xd8\xff\xfe\x00\x06abcd" + frame + b"\xff\xd9"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_text_is_shown_in_its_encoding(encoding: str) -> None:
    shown = excerpt(io.BytesIO("襄阳市𬒈".encode(encoding)))
    assert (shown.text, shown.whole) == ("襄阳市𬒈", True)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("shift", range(4))
def test_a_long_text_is_cut_between_characters(encoding: str, shift: int) -> None:
    whole = "a" * shift + "界" * TEXT_BYTES
    shown = excerpt(io.BytesIO(whole.encode(encoding)))
    assert not shown.whole
    assert whole.startswith(shown.text)
    assert len(shown.text.encode(encoding)) > TEXT_BYTES - 4


def test_pictures_beyond_measure_are_not_shown() -> None:
    assert not too_large_to_show(io.BytesIO(png()), "image/png")
    assert not too_large_to_show(io.BytesIO(jpeg(4000, 3000)), "image/jpeg")
    assert too_large_to_show(io.BytesIO(jpeg(60_000, 60_000)), "image/jpeg")
    assert too_large_to_show(io.BytesIO(b"\xff\xd8\xff"), "image/jpeg")
    assert too_large_to_show(io.BytesIO(b"\x89PNG"), "image/png")


def test_a_picture_is_read_from_its_beginning_afterwards() -> None:
    file = io.BytesIO(jpeg(40, 30))
    too_large_to_show(file, "image/jpeg")
    assert file.read(2) == b"\xff\xd8"


def test_what_is_unknown_is_not_shown() -> None:
    assert kind_of("application/ofd") is kind_of("text/html") is Kind.NONE


def letter(*lines: str, rows: Sequence[Sequence[str]] = ()) -> io.BytesIO:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, said in zip(row.cells, cells, strict=True):
                cell.text = said
    out = io.BytesIO()
    document.save(out)
    return out


def on_disk(folder: Path, content: bytes) -> BinaryIO:
    (folder / "document").write_bytes(content)
    return (folder / "document").open("rb")


def test_a_letter_says_its_paragraphs_and_tables_in_their_order(tmp_path: Path) -> None:
    written = letter("关于申请命名的请示", "附表如下：", rows=[["序号", "名称"], ["1", "襄阳𬒈路"]])
    with on_disk(tmp_path, written.getvalue()) as file:
        shown = words_of(file, DOCX)
    assert shown.text.splitlines() == ["关于申请命名的请示", "附表如下：", "序号\t名称", "1\t襄阳𬒈路"]
    assert shown.whole


def test_a_workbook_says_its_sheets_and_rows(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        book.add_worksheet("路名").write_row(0, 0, ["甲路", 3.5])
        book.add_worksheet("空表")
    with (tmp_path / "book.xlsx").open("rb") as file:
        assert words_of(file, XLSX).text.splitlines() == ["【路名】", "甲路\t3.5", "【空表】"]


def test_a_long_letter_is_cut_and_says_so(tmp_path: Path) -> None:
    with on_disk(tmp_path, letter(*["界" * 1000] * 80).getvalue()) as file:
        shown = words_of(file, DOCX)
    assert not shown.whole
    assert TEXT_BYTES - 4 < len(shown.text.encode()) <= TEXT_BYTES


@pytest.mark.parametrize("content", [office(), b"PK\3\4 no archive", letter().getvalue()])
def test_an_office_file_that_says_nothing_or_is_none_is_not_shown(tmp_path: Path, content: bytes) -> None:
    with on_disk(tmp_path, content) as file, pytest.raises(NotFound):
        words_of(file, DOCX)


def scan(*sizes: tuple[int, int]) -> bytes:
    """A TIFF with a white page of each size, as a scanner packs it."""
    out, sheets = io.BytesIO(), [Image.new("1", size, 1) for size in sizes]
    sheets[0].save(out, "TIFF", save_all=True, append_images=sheets[1:], compression="group4")
    return out.getvalue()


def test_the_pages_of_a_scan_are_drawn_one_by_one(tmp_path: Path) -> None:
    with on_disk(tmp_path, scan((1654, 2339), (2339, 1654))) as file:
        assert pages.page_count(file, TIFF) == 2
        file.seek(0)
        with Image.open(io.BytesIO(pages.draw_page(file, TIFF, 2))) as picture:
            assert picture.size == (1000, 707)
            assert picture.getpixel((500, 300)) == (255, 255, 255)


@pytest.mark.parametrize("content", [scan((20000, 20000)), scan((100, 100))[:60], b"II*\0" + b"\xff" * 40, png()])
def test_a_scan_beyond_measure_or_damaged_is_not_drawn(tmp_path: Path, content: bytes) -> None:
    with on_disk(tmp_path, content) as file, pytest.raises(NotFound):
        pages.draw_page(file, TIFF, 1)


@pytest.fixture
def strip(tmp_path: Path) -> Path:
    """A page forty times as long as it is wide."""
    made = typst.compile(b"#set page(width: 10mm, height: 400mm, margin: 1mm)\nA")
    assert isinstance(made, bytes)
    (tmp_path / "strip.pdf").write_bytes(made)
    return tmp_path / "strip.pdf"


def test_a_strip_is_drawn_narrower_and_not_longer_than_allowed(strip: Path) -> None:
    with strip.open("rb") as file:
        picture = pages.draw_page(file, PDF, 1)
    width, height = int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
    assert height <= pages.WIDTH * 4 + 1
    assert height == pytest.approx(40 * width, rel=0.05)


def test_what_cannot_be_drawn_is_said_and_harms_nothing(
    tmp_path: Path, strip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(pdf(b"1 0 obj <</Type /Catalog /Pages 1 0 R>> endobj" * 1000))
    for page in (1, 2):
        with broken.open("rb") as file, pytest.raises(NotFound):
            pages.draw_page(file, PDF, page)
    for page in (0, 51):
        with strip.open("rb") as file, pytest.raises(BadRequest):
            pages.draw_page(file, PDF, page)
    # a drawing that takes too long is ended
    monkeypatch.setattr(process, "SECONDS", 0.001)
    with strip.open("rb") as file, pytest.raises(NotFound):
        pages.draw_page(file, PDF, 1)
    monkeypatch.setattr(process, "SECONDS", 15)
    with strip.open("rb") as file:
        assert pages.page_count(file, PDF) == 1


def test_the_drawing_sees_nothing_of_the_server(strip: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = tmp_path / "told.py"
    told.write_text(
        "import os, sys\nsys.stdout.write(f'{len([k for k in os.environ if k.startswith(\"DIMING\")])}\\n')\n"
    )
    monkeypatch.setenv("DIMING_DATABASE_URL", "postgresql:///secret")
    monkeypatch.setitem(pages.PROGRAMS, PDF, told)
    with strip.open("rb") as file:
        assert pages.page_count(file, PDF) == 0


def test_every_kind_that_is_shown_is_one_that_is_accepted() -> None:
    from data.papers import MEDIA_TYPES

    assert set(kinds.KINDS) <= set(MEDIA_TYPES.values())
