"""What a field party measured fills record, forms, findings and register; nothing is typed twice."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from docx import Document
from PIL import Image
from shapely.geometry import LineString, Point
from sqlalchemy import text

from boundaries.findings.service import Wanted, list_findings
from boundaries.markers.photos import photos_of
from boundaries.markers.service import find_marker
from boundaries.markers.working import Wanted as WantedWork
from boundaries.records.measurements import Kind, MeasurementDraft
from boundaries.records.measuring import enter_measurements, measured_photo
from boundaries.records.printing import print_record, print_registration, print_result_table
from boundaries.records.reading import inspection_sheet, tasks_of
from boundaries.records.service import begin_inspection
from boundaries.records.works import propose_in, works_of
from data.cases.attachments import keep_attachment
from data.db import Audience, reading
from data.documents.fonts import installed
from data.documents.kinds import load_kinds
from data.documents.making import Workshop
from data.documents.model import Documents, Marking
from data.errors import BadInput, BadRequest, Conflict, NotFound
from tests.integration.inspections.answers import DAY, answer_all
from tests.integration.inspections.conftest import Act, parties, rows
from tests.samples import boundary_office as sample
from tests.samples.counties import ridge
from tests.samples.office import Office

Measure = Callable[..., int]
WITNESSES = {"witness_1": "独立大树, 45.0, 32.6", "witness_2": "石桥东头, 120.0, 18.2"}


@pytest.fixture
def workshop(office: Office, tmp_path: Path) -> Workshop:
    documents = Documents(load_kinds(), Marking.NONE)
    fonts = tmp_path / "fonts"
    return Workshop(
        office.casework.engine, sample.papers_below(tmp_path), documents, lambda: installed(fonts), office.clock
    )


@pytest.fixture
def in_field(office: Office, planned: UUID, begun: dict[str, Any], act: Act) -> dict[str, Any]:
    """The inspection in the field check, every question of it answered."""
    act("city", begun["id"], "begin_office", plan="双方各派两人")
    answer_all(office, "jia", planned, "office")
    act("jia", begun["id"], "finish_office")
    answer_all(office, "yi", planned, "field", features_changed=("changed", "河岸崩塌"))
    return begun


@pytest.fixture
def measure(office: Office, planned: UUID) -> Measure:
    """`measure("jia", "001", state="lost")`: at a marker, or along the line where no number is given."""

    def do(who: str, number: str | None, *, on: date = DAY, **values: Any) -> int:
        with reading(office.casework.engine) as connection:
            tasks = tasks_of(connection, planned)
        target = sample.marker_id(number) if number else None
        task = next(t.id for t in tasks if (t.target == target if target else t.kind == "segment"))
        own: dict[str, Any] = {name: values.pop(name) for name in ("geometry", "photo", "remark") if name in values}
        if "geometry" in own:
            own["accuracy_m"] = values.pop("accuracy_m", None)
        kind: Kind = "photo" if "photo" in own else "marker" if values else "resurvey"
        draft = MeasurementDraft(task, kind, on, values or None, **own)
        return enter_measurements(office.casework, office[who], planned, [draft])

    return do


def picture(office: Office, folder: Path, who: str) -> UUID:
    """An upload of a photograph."""
    image = io.BytesIO()
    Image.new("RGB", (8, 8), "grey").save(image, "JPEG")
    image.seek(0)
    kept = keep_attachment(office.casework, sample.papers_below(folder), office[who], image, "001号界桩.jpg")
    found: UUID = kept["id"]
    return found


def words_in(word: bytes) -> str:
    document = Document(io.BytesIO(word))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in document.paragraphs] + cells)


def sign_and_file(case: str, act: Act) -> dict[str, Any]:
    act("jia", case, "draw_up", conclusion="界线走向清楚。")
    for who in ("jia", "yi"):
        act(who, case, "sign")
    act("city", case, "report")
    return act("filer", case, "file")


def test_what_was_measured_is_in_the_signed_record_and_fills_the_forms(
    office: Office,
    planned: UUID,
    in_field: dict[str, Any],
    act: Act,
    measure: Measure,
    workshop: Workshop,
    tmp_path: Path,
) -> None:
    longitude, latitude = ridge()[40]
    place = {"longitude": f"{longitude:.8f}", "latitude": f"{latitude:.8f}", "method": "GNSS", "accuracy_m": "0.05"}
    measure("jia", "001", **WITNESSES, place="河东村口", **place)
    measure("jia", "001", photo=picture(office, tmp_path, "jia"), geometry=Point(longitude, latitude), accuracy_m=4.0)
    measure("yi", None, geometry=LineString([(99.5, 40.1), (99.51, 40.1)]), remark="新河岸")
    act("jia", in_field["id"], "draw_up", conclusion="界线走向清楚。")
    act("jia", in_field["id"], "sign")
    (record,) = inspection_sheet(office.casework, office["yi"], planned)["records"]
    said = [m for task in record["content"]["tasks"] for m in task["measurements"]]
    assert [m["kind"] for m in said] == ["resurvey", "marker", "photo"]
    assert said[1]["registration"]["witness_2"] == "石桥东头, 120.0, 18.2"
    assert len(said[2]["photo"]["sha256"]) == 64
    _, form = print_registration(workshop, office.casework, office["yi"], planned, sample.marker_id("001"))
    assert all(part in words_in(form.word) for part in ("石桥东头", "河东村口"))
    _, table = print_result_table(workshop, office.casework, office["yi"], planned)
    assert "河东村口" in words_in(table.word)
    name, printed = print_record(workshop, office.casework, office["yi"], planned)
    words = words_in(printed.word)
    assert name == "联检记录表_乙县—甲县"
    assert all(part in words for part in ("在限差内", "新河岸", "甲县民政局（虚构）", record["sha256"], "河岸崩塌"))
    assert printed.pdf.startswith(b"%PDF")
    with pytest.raises(NotFound):
        print_registration(workshop, office.casework, office["nobody"], planned, sample.marker_id("001"))


def test_filed_the_register_takes_over_what_the_joint_party_measured(
    office: Office, planned: UUID, in_field: dict[str, Any], act: Act, measure: Measure, tmp_path: Path
) -> None:
    longitude, latitude = ridge()[40]
    off = {"longitude": f"{longitude + 0.001:.8f}", "latitude": f"{latitude:.8f}", "method": "GNSS"}
    measure("jia", "001", **WITNESSES, **off)
    measure("jia", "002", state="lost", remark="只剩基坑")
    measure("jia", "001", photo=picture(office, tmp_path, "jia"), remark="西面")
    ended = sign_and_file(in_field["id"], act)
    with reading(office.casework.engine) as connection:
        one, two = (find_marker(connection, sample.marker_id(n), None, Audience.STAFF) for n in ("001", "002"))
        (photo,) = photos_of(connection, sample.marker_id("001"))
    # a stone that stands elsewhere moves nothing (Art. 6): the registered place stays
    assert one["position"] == [pytest.approx(longitude), pytest.approx(latitude)]
    assert [w["name"] for w in one["witnesses"]] == ["独立大树", "石桥东头"]
    assert (one["state"], one["surveyed_on"], one["history"][-1]["kind"]) == ("standing", "2026-03-01", "inspected")
    assert (two["state"], two["history"][-1]["kind"]) == ("lost", "lost")
    assert one["history"][-1]["doc_no"] == ended["facts"]["report_no"]
    assert photo["caption"] == "联检照片：西面"
    changed = rows(office, text("SELECT collection, kind FROM diming.change ORDER BY seq DESC LIMIT 3"))
    assert sorted(row.collection for row in changed) == ["inspections", "markers", "markers"]


def test_what_it_says_of_a_place_becomes_a_finding_but_never_by_a_phone_alone(
    office: Office, planned: UUID, in_field: dict[str, Any], act: Act, measure: Measure
) -> None:
    for number, at, method in (("001", 40, "GNSS"), ("002", 120, "手机")):
        longitude, latitude = ridge()[at]
        measure("jia", number, longitude=f"{longitude + 0.001:.8f}", latitude=f"{latitude:.8f}", method=method)
    act("jia", in_field["id"], "draw_up", conclusion="一处界桩移位。")
    with reading(office.casework.engine) as connection:
        found = list_findings(connection, office["city"], Wanted(inspection=planned))["items"]
    assert sorted((f["kind"], f["marker"]) for f in found) == [
        ("marker_displaced", sample.marker_id("001")), ("terrain_changed", None),
    ]  # fmt: skip
    displaced = next(f for f in found if f["kind"] == "marker_displaced")
    assert displaced["measures"]["distance_m"] == pytest.approx(85.3, abs=2)
    assert displaced["measures"]["azimuth_deg"] == pytest.approx(90, abs=1)


def test_a_changed_terrain_lies_where_it_was_resurveyed(
    office: Office, planned: UUID, in_field: dict[str, Any], act: Act, measure: Measure
) -> None:
    measure("jia", None, geometry=LineString([(99.5, 40.1), (99.51, 40.1)]))
    measure("yi", None, geometry=LineString([(99.5, 40.1), (99.52, 40.1)]))
    # of the people named for a side also one who is no keeper and no surveyor draws it up
    act("jia_clerk", in_field["id"], "draw_up", conclusion="河岸改道。")
    with reading(office.casework.engine) as connection:
        (found,) = list_findings(connection, office["jia"], Wanted(inspection=planned))["items"]
    assert found["geometry"]["coordinates"] == [[99.5, 40.1], [99.52, 40.1]]


#: What no form has, or what says half of something: (number of the marker or None for the line, values).
SENSELESS: tuple[tuple[str | None, dict[str, Any]], ...] = (
    ("001", {"state": "moved"}),
    ("001", {"longitude": "99.5"}),
    ("001", {"witness_1": "独立大树"}),
    ("001", {"colour": "red"}),
    (None, {"state": "lost"}),
    ("001", {"geometry": Point(99.5, 40.1), "photo": UUID(int=7)}),
    ("001", {"geometry": LineString([(500, 40.1), (99.51, 40.1)])}),
)


def test_what_means_nothing_is_refused(office: Office, in_field: dict[str, Any], measure: Measure) -> None:
    for number, values in SENSELESS:
        with pytest.raises((BadInput, BadRequest)):
            measure("jia", number, **values)
    assert rows(office, text("SELECT id FROM diming.inspection_measurement")) == []


def test_separate_measurements_are_the_other_side_s_only_when_revealed_and_enter_nothing(
    office: Office, planned: UUID, act: Act, measure: Measure, tmp_path: Path
) -> None:
    case = begin_inspection(office.casework, office["city"], planned, parties("separate", date(2026, 3, 20)))["id"]
    act("city", case, "begin_office", plan="双方分别填报")
    for who in ("jia", "yi"):
        answer_all(office, who, planned, "office")
    act("jia", case, "finish_office")
    measure("jia", "001", **WITNESSES)
    measure("jia", "001", photo=picture(office, tmp_path, "jia"))
    photo = rows(office, text("SELECT id FROM diming.inspection_measurement WHERE kind = 'photo'"))[0].id
    with pytest.raises(NotFound):
        measured_photo(office.casework, office["yi"], planned, photo)
    assert _measured(office, "yi", planned) == []
    assert len(_measured(office, "jia", planned)) == 2
    for who in ("jia", "yi"):
        answer_all(office, who, planned, "field")
    office.clock.forward(days=20)
    assert len(_measured(office, "yi", planned)) == 2
    with pytest.raises(Conflict):
        measure("jia", "002", state="lost")
    sign_and_file(case, act)
    with reading(office.casework.engine) as connection:
        marker = find_marker(connection, sample.marker_id("001"), None, Audience.STAFF)
    assert [event["kind"] for event in marker["history"]] == ["set"]


def _measured(office: Office, who: str, inspection: UUID) -> list[dict[str, Any]]:
    sheet = inspection_sheet(office.casework, office[who], inspection)
    return [m for task in sheet["tasks"] for m in task["measurements"]]


@pytest.fixture
def work(office: Office, planned: UUID, in_field: dict[str, Any], act: Act, measure: Measure) -> dict[str, Any]:
    """The replacement of a marker that the inspection found lost, proposed by 甲县 out of it."""
    measure("jia", "002", state="lost", remark="只剩基坑")
    act("jia", in_field["id"], "draw_up", conclusion="一处界桩丢失。")
    wanted = WantedWork("replace", "联检发现丢失", sample.marker_id("002"))
    return propose_in(office.casework, office["jia"], planned, wanted)


def states_of(office: Office, inspection: UUID) -> dict[str, str]:
    with reading(office.casework.engine) as connection:
        found = list_findings(connection, office["city"], Wanted(inspection=inspection))["items"]
    return {one["kind"]: one["state"] for one in found}


def test_a_work_begun_in_an_inspection_is_tied_to_it_and_its_filing_settles_what_was_found(
    office: Office, planned: UUID, work: dict[str, Any], act: Act, tmp_path: Path
) -> None:
    with reading(office.casework.engine) as connection:
        assert [one["number"] for one in works_of(connection, planned)] == [work["number"]]
    assert states_of(office, planned) == {"marker_lost": "in_case", "terrain_changed": "open"}
    act("yi", work["id"], "agree")
    act("jia", work["id"], "begin")
    present = {"present_1": "甲县联检员", "present_2": "乙县联检员"}
    act("jia", work["id"], "record_survey", surveyed_on="2026-03-02", witness_1="石桥, 120.0, 18.2", **present)
    act("yi", work["id"], "confirm")
    kept = picture(office, tmp_path, "jia")
    act("jia", work["id"], "attach", attachment=str(kept))
    ended = act("filer", work["id"], "file")
    assert ended["closed"]
    assert states_of(office, planned) == {"marker_lost": "settled", "terrain_changed": "open"}


def test_a_work_that_ends_without_effect_gives_back_what_it_was_for(
    office: Office, planned: UUID, work: dict[str, Any], act: Act
) -> None:
    act("yi", work["id"], "decline", reason="先查明原因")
    assert states_of(office, planned)["marker_lost"] == "open"


def test_a_work_comes_out_of_an_inspection_of_its_line_that_is_under_way(
    office: Office, planned: UUID, line: UUID, act: Act
) -> None:
    with pytest.raises(Conflict) as early:
        propose_in(office.casework, office["jia"], planned, WantedWork("repair", "联检", sample.marker_id("001")))
    assert early.value.code == "inspection_state"
    begin_inspection(office.casework, office["city"], planned, parties())
    with pytest.raises(BadInput):
        propose_in(office.casework, office["jia"], planned, WantedWork("add", "联检", None, UUID(int=9)))
