"""The report of an inspection: what was found as a table, and a map on which it lies."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdfium2
from docx import Document
from PIL import Image
from shapely.geometry import LineString
from sqlalchemy import text

from boundaries.records.measurements import MeasurementDraft
from boundaries.records.measuring import enter_measurements
from boundaries.records.reading import tasks_of
from data.db import reading
from data.documents.fonts import installed
from data.documents.kinds import load_kinds
from data.documents.making import Workshop, make_document
from data.documents.model import Documents, Marking, State
from tests.integration.inspections.answers import DAY, answer_all
from tests.integration.inspections.conftest import Act, rows
from tests.samples import boundary_office as sample
from tests.samples.counties import ridge
from tests.samples.office import Office

FILES = text("""
    SELECT f.form, f.sha256 FROM diming.document_file f JOIN diming.document d ON d.id = f.document_id
    WHERE d.template = 'inspection_report' ORDER BY f.form
""")
DOCUMENT = text("SELECT id FROM diming.document WHERE template = 'inspection_report'")


def reported(office: Office, inspection: UUID, case: str, act: Act) -> None:
    """The inspection reported: a bank has slid, and a marker was found three metres off by a survey."""
    act("city", case, "begin_office", plan="双方各派两人")
    answer_all(office, "jia", inspection, "office")
    act("jia", case, "finish_office")
    answer_all(office, "yi", inspection, "field", features_changed=("changed", "河岸崩塌"))
    with reading(office.casework.engine) as connection:
        tasks = {task.kind: task for task in reversed(tasks_of(connection, inspection))}
    course = LineString([(x + 0.0004, y) for x, y in ridge()[60:80]])
    longitude, latitude = ridge()[40]
    moved = {
        "longitude": f"{longitude + 0.00004:.8f}",
        "latitude": f"{latitude:.8f}",
        "accuracy_m": "0.05",
        "method": "GNSS RTK",
    }
    drafts = [
        MeasurementDraft(tasks["segment"].id, "resurvey", DAY, geometry=course, accuracy_m=1.0, remark="河岸崩塌"),
        MeasurementDraft(tasks["marker"].id, "marker", DAY, moved),
    ]
    enter_measurements(office.casework, office["jia"], inspection, drafts)
    act("jia", case, "draw_up", conclusion="界线走向清楚。")
    for who in ("jia", "yi"):
        act(who, case, "sign")
    act("city", case, "report")


def test_the_report_has_what_was_found_as_a_table_and_on_a_map(
    office: Office, planned: UUID, begun: dict[str, Any], act: Act, tmp_path: Path
) -> None:
    reported(office, planned, begun["id"], act)
    papers = sample.papers_below(tmp_path)
    workshop = Workshop(
        office.casework.engine, papers, Documents(load_kinds(), Marking.NONE), lambda: installed(tmp_path / "fonts"),
        office.clock,
    )  # fmt: skip
    ((document,),) = rows(office, DOCUMENT)
    assert make_document(workshop, document) is State.MADE
    files = {}
    for row in rows(office, FILES):
        with papers.open(bytes(row.sha256)) as file:
            files[row.form] = file.read()
    word = Document(io.BytesIO(files["word"]))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in word.tables]
    (found,) = [table for table in tables if table[0][:3] == ["序号", "问题", "位置"]]
    assert sorted(row[1] for row in found[1:]) == ["地形地物变化", "界桩移位"]
    assert [row[0] for row in found[1:]] == ["1", "2"]
    assert len(word.inline_shapes) == 1
    assert black_and_coloured(files["pdf"])


def black_and_coloured(pdf: bytes) -> bool:
    """Whether some page shows a picture with the black of the line and the colour of a finding."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pictures = [
            one.get_bitmap().to_pil().convert("RGB")
            for page in document
            for one in page.get_objects()
            if isinstance(one, pypdfium2.PdfImage)
        ]
    finally:
        document.close()
    return any(_has(picture, dark=True) and _has(picture, dark=False) for picture in pictures)


def _has(picture: Image.Image, *, dark: bool) -> bool:
    found = picture.getcolors(maxcolors=1 << 24) or []
    return any(max(c) < 90 if dark else max(c) - min(c) > 90 for _, c in found if isinstance(c, tuple))
