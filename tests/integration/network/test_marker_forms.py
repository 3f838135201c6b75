"""Forms and tables of markers as files: what the register holds is printed in both, and a template of ours is used."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import Engine

from boundaries.markers.printing import print_form, print_results
from data.blobs import FolderBlobs
from data.documents.fonts import installed
from data.documents.kinds import load_kinds
from data.documents.making import Workshop
from data.documents.model import Documents, Marking
from data.documents.official import text_of
from data.errors import NotFound
from data.ids import new_id
from tests.integration.network.test_lines import line_of
from tests.samples.keepers import set_stone, stone
from tests.samples.office import MovedClock


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
