"""Forms and tables of markers as files: what the register holds is printed in both, and a template of ours is used."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from PIL import ExifTags, Image
from sqlalchemy import Engine

from boundaries.markers.photos import Told, add_photo
from boundaries.markers.printing import print_form, print_results
from data.access import Grant, Role
from data.access.model import account_actor
from data.blobs import FolderBlobs
from data.documents.fonts import installed
from data.documents.kinds import load_kinds
from data.documents.making import Workshop
from data.documents.model import Documents, Marking
from data.documents.official import picture_count, text_of
from data.errors import NotFound
from data.ids import derived_id, new_id
from tests.integration.network.test_lines import line_of
from tests.samples.counties import JIA
from tests.samples.keepers import set_stone, stone
from tests.samples.office import MovedClock

SURVEYOR = account_actor(derived_id("photographer", "甲县"), (Grant(Role.SURVEYOR, JIA),), "session")


@pytest.fixture
def workshop(office: Engine, tmp_path: Path) -> Workshop:
    documents = Documents(load_kinds(), Marking.DEMONSTRATION)
    return Workshop(office, FolderBlobs(tmp_path / "blobs"), documents, installed, MovedClock())


def words(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_a_form_prints_what_the_register_holds_in_word_and_pdf(workshop: Workshop) -> None:
    marker = set_stone(workshop.engine, stone(line_of(workshop.engine, "990121", "990122")))
    name, made = print_form(workshop, marker.id)
    assert name == "界桩登记表_9901001Q"
    expected = ("9901001Q", "花岗岩", "方柱形", "99°30′00.0000″", "独立石", "12.30", "示例村东", "1985国家高程基准",
                "演示〔2024〕9号", "埋设", "甲县民政局（虚构）")  # fmt: skip
    for shown in (words(made.word), "".join(text_of(made.pdf).split())):
        assert [word for word in expected if word not in shown] == []
    assert "演示文件" in text_of(made.pdf)
    assert print_form(workshop, marker.id)[1].pdf == made.pdf, "the same form is the same file"


def camera(size: tuple[int, int] = (640, 480), colour: str = "olive") -> io.BytesIO:
    """A photograph as a phone held upright makes it: lying on its side, with where it was taken."""
    picture, exif = Image.new("RGB", size, colour), Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (40.0, 3.0, 21.5)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    out.seek(0)
    return out


def test_a_form_holds_the_sketch_and_the_photographs_in_both_files(workshop: Workshop) -> None:
    marker = set_stone(workshop.engine, stone(line_of(workshop.engine, "990121", "990122")))
    for caption, colour in (("东侧近景", "olive"), ("全景", "navy")):
        add_photo(
            workshop.engine, workshop.blobs, SURVEYOR, marker.id, camera(colour=colour), f"{caption}.jpg", Told(caption)
        )
    _, made = print_form(workshop, marker.id)
    assert picture_count(made.pdf) == 3, "the sketch and two photographs"
    assert "照片1　东侧近景" in words(made.word)
    assert "照片2全景" in "".join(text_of(made.pdf).split())
    (_, near, _) = pictures_in(made.word)
    assert near.size[0] < near.size[1], "upright, as the camera was held"
    assert not near.getexif(), "nothing of what the file said of its place is printed"
    assert print_form(workshop, marker.id)[1] == made, "the same form is the same file"


def test_a_photograph_that_cannot_be_printed_is_told_and_hinders_nothing(workshop: Workshop) -> None:
    marker = set_stone(workshop.engine, stone(line_of(workshop.engine, "990121", "990122")))
    whole = camera().getvalue()
    for name, content in (("坏.jpg", whole[:-900]), ("好.jpg", whole)):
        add_photo(workshop.engine, workshop.blobs, SURVEYOR, marker.id, io.BytesIO(content), name, Told())
    _, made = print_form(workshop, marker.id)
    assert "照片1（坏.jpg）已损坏或过大，无法印出。" in words(made.word)
    assert picture_count(made.pdf) == 2


def pictures_in(word: bytes) -> list[Image.Image]:
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        names = sorted(name for name in archive.namelist() if name.startswith("word/media/"))
        return [Image.open(io.BytesIO(archive.read(name))) for name in names]


def test_a_table_prints_the_markers_along_the_line(workshop: Workshop) -> None:
    line = line_of(workshop.engine, "990121", "990122")
    set_stone(workshop.engine, stone(line, "9901001Q", latitude=40.1))
    set_stone(workshop.engine, stone(line, "9901002Q", latitude=40.0), "演示〔2024〕10号")
    _, made = print_results(workshop, line)
    shown = words(made.word)
    assert shown.index("9901001Q") < shown.index("9901002Q"), "the line runs from north to south"
    assert "共2座" in shown
    assert "9901002Q" in text_of(made.pdf)
    with pytest.raises(NotFound):
        print_results(workshop, line_of(workshop.engine, "990121", "990123"))
    with pytest.raises(NotFound):
        print_form(workshop, new_id())
