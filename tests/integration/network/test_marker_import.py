"""Markers from a table: every row is judged, all are written by one document or none; asked for by command."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from api.cli.app import main
from api.cli.environment import environment
from boundaries.markers.importing import Table, import_markers, preview_import
from boundaries.markers.service import Happening, find_marker, list_markers
from data.access import Actor, Grant, Role
from data.crs import projected
from data.db import Audience, reading
from data.errors import BadInput, NotPermitted
from data.ids import new_id
from tests.samples.counties import BEGIN, JIA, draft
from tests.samples.two_versions import OPERATOR, SECOND, line_between

HEAD = "界桩编号,面数,材质,经度,纬度,中误差,方位物1\n"
GOOD = HEAD + '9901001Q,2,石质,99.5003,40.18,0.05,"独立石, 45.0, 12.3"\n' + "9901002Q,2,granite,99.5003,40.02,0.05,\n"
Run = Callable[..., tuple[int, Any]]


def table(line: UUID, content: str | bytes = GOOD, event: str = "set", day: Any = BEGIN, **more: Any) -> Table:
    raw = content.encode() if isinstance(content, str) else content
    return Table(raw, "provincial", line, Happening(event, day), **more)  # type: ignore[arg-type]


def approval(number: int) -> Any:
    return draft(id=new_id(), kind="approval", doc_no=f"示例〔2026〕{number}号", title="界桩设立批复")


@pytest.fixture
def line(office: Engine) -> UUID:
    return line_between(office, "990121", "990122")


def standing(engine: Engine) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        items: list[dict[str, Any]] = list_markers(connection, audience=Audience.STAFF)["items"]
    return items


def test_all_rows_are_written_by_one_document_with_audit_and_feed(office: Engine, line: UUID) -> None:
    document = approval(11)
    report = import_markers(office, OPERATOR, table(line), document)
    assert (report["counts"], report["written"]) == ({"new": 2}, 2)
    found = standing(office)
    assert [m["code"] for m in found] == ["9901001Q", "9901002Q"]
    assert {m["decision"] for m in found} == {document.id}
    assert found[0]["witnesses"] == [{"name": "独立石", "azimuth_deg": 45.0, "distance_m": 12.3}]
    assert found[0]["material"] == "石质"
    with reading(office) as connection:
        entries = (
            connection.execute(text("SELECT details FROM diming.audit WHERE action = 'marker.import'")).scalars().all()
        )
        fed = connection.scalar(text("SELECT count(*) FROM diming.change WHERE collection = 'markers'"))
    assert ([entry["markers"] for entry in entries], fed) == ([2], 2)
    again = import_markers(office, OPERATOR, table(line), approval(12))
    assert (again["counts"], again["written"]) == ({"unchanged": 2}, 0)


def test_a_preview_says_the_same_and_writes_nothing(office: Engine, line: UUID) -> None:
    assert preview_import(office, OPERATOR, table(line))["counts"] == {"new": 2}
    assert standing(office) == []


def test_one_faulty_row_and_nothing_is_written(office: Engine, line: UUID) -> None:
    bad = (
        GOOD
        + "9901002Q,2,石质,99.5,40.0,0.05,\n"  # twice
        + "99010X3Q,2,石质,99.5,40.0,0.05,\n"  # no number of the scheme
        + "9901004Q,2,石质,199.5,40.0,0.05,\n"  # nowhere on earth
        + "9901005Q,4,石质,99.5,40.0,0.05,\n"  # four faces
        + "9901008Q,2.5,石质,99.5,40.0,0.05,\n"  # no whole number of faces
        + "9901006Q,2,,99.5,40.0,0.05,\n"  # no material
        + '9901007Q,2,石质,99.5,40.0,0.05,"独立石, 45.0"\n'  # half a witness object
    )  # fmt: skip
    report = import_markers(office, OPERATOR, table(line, bad), approval(11))
    assert report["counts"] == {"new": 2, "faulty": 7}
    faulty = [row for row in report["rows"] if row["faults"]]
    assert [row["line"] for row in faulty] == [4, 5, 6, 7, 8, 9, 10]
    assert [(row["faults"], row["faults_zh"]) for row in (faulty[0], faulty[5])] == [
        (["line 3 has the same code"], ["编号与第3行相同"]),
        (["材质 is blank"], ["“材质”未填"]),
    ]
    assert all(len(row["faults"]) == len(row["faults_zh"]) for row in faulty)
    assert (report["written"], standing(office)) == (0, [])


def test_a_later_insertion_breaks_the_order_and_is_a_warning_only(office: Engine, line: UUID) -> None:
    import_markers(office, OPERATOR, table(line), approval(11))
    later = HEAD + "9901003Q,2,石质,99.5003,40.1,0.05,\n"
    report = import_markers(office, OPERATOR, table(line, later), approval(12))
    kinds = {doubt["kind"] for doubt in report["rows"][0]["warnings"]}
    assert "order_broken" in kinds
    assert report["written"] == 1


def test_stones_of_a_number_that_are_not_there_are_named_and_nothing_is_hindered(office: Engine, line: UUID) -> None:
    pair, alone = HEAD + "9901003A,2,石质,99.5002,40.1,0.05,\n", "9901004C,3,石质,99.5003,40.02,0.05,\n"
    report = import_markers(office, OPERATOR, table(line, pair + alone), approval(11))
    assert report["written"] == 2
    missing = [d["value"] for row in report["rows"] for d in row["warnings"] if d["kind"] == "set_incomplete"]
    assert missing == ["9901003B", "9901004D, 9901004E"]
    (a, _) = standing(office)
    assert "set_incomplete" in said_of(office, a["id"])
    other = HEAD + "9901003B,2,石质,99.5004,40.1,0.05,\n"
    report = import_markers(office, OPERATOR, table(line, other), approval(12))
    assert [d["kind"] for d in report["rows"][0]["warnings"] if d["kind"] == "set_incomplete"] == []
    assert "set_incomplete" not in said_of(office, a["id"])


def said_of(engine: Engine, marker: UUID) -> set[str]:
    with reading(engine) as connection:
        return {doubt["kind"] for doubt in find_marker(connection, marker, audience=Audience.STAFF)["doubts"]}


def test_what_happened_to_markers_that_stand_is_written_too(office: Engine, line: UUID) -> None:
    import_markers(office, OPERATOR, table(line), approval(11))
    away = HEAD + "9901001Q,2,石质,99.5013,40.18,0.05,\n"
    repaired = import_markers(office, OPERATOR, table(line, away, "repaired", SECOND), approval(12))
    assert repaired["counts"] == {"faulty": 1}
    assert "moving a marker is a work of its own" in repaired["rows"][0]["faults"][0]
    assert "“修复”不能改变位置" in repaired["rows"][0]["faults_zh"][0]
    moved = import_markers(office, OPERATOR, table(line, away, "moved", SECOND), approval(12))
    assert moved["rows"][0]["displacement_m"] == pytest.approx(85.3, abs=0.5)
    nobody = HEAD + "9901009Q,2,石质,99.5,40.1,0.05,\n"
    assert import_markers(office, OPERATOR, table(line, nobody, "moved", SECOND), approval(13))["written"] == 0


def test_metres_of_a_grid_are_the_same_place(office: Engine, line: UUID) -> None:
    east, north = projected(4521).transform(99.5003, 40.18)
    metres = f"界桩编号,面数,材质,横坐标,纵坐标\n9901001Q,2,石质,{east:.4f},{north:.4f}\n"
    import_markers(office, OPERATOR, table(line, metres.encode("gb18030"), srid=4521), approval(11))
    assert standing(office)[0]["position"] == pytest.approx([99.5003, 40.18], abs=1e-8)


@pytest.mark.parametrize(
    "content",
    ["", "界桩编号,面数,材质,X,Y\n", HEAD, HEAD.replace("中误差", "随便") + "x\n", b"\xff\xfe\x00"],
    ids=["empty", "x and y", "no rows", "unknown column", "no text"],
)
def test_what_is_no_table_is_refused(office: Engine, line: UUID, content: str | bytes) -> None:
    with pytest.raises(BadInput) as error:
        preview_import(office, OPERATOR, table(line, content))
    assert error.value.code == "marker_table"


def test_it_needs_a_document_and_an_office(office: Engine, line: UUID) -> None:
    with pytest.raises(BadInput) as error:
        import_markers(office, OPERATOR, table(line), draft(kind="source_record", doc_no=None))
    assert error.value.code == "change_without_document"
    one_side = Actor("keeper", grants=(Grant(Role.BOUNDARY_KEEPER, JIA),))
    with pytest.raises(NotPermitted):
        preview_import(office, one_side, table(line))


@pytest.fixture
def run(counties_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    monkeypatch.setenv("DIMING_DATABASE_URL", counties_url)
    environment.cache_clear()

    def command(*words: str) -> tuple[int, Any]:
        status = main([*words, "--json"])
        return status, json.loads(capsys.readouterr().out)

    yield command
    environment.cache_clear()


def test_the_commands(run: Run, line: UUID, tmp_path: Path) -> None:
    file = tmp_path / "界桩.csv"
    file.write_text(GOOD, encoding="gb18030")
    words = ("marker", "import", str(file), "--line", str(line), "--scheme", "provincial", "--effective-on", str(BEGIN))
    status, report = run(*words, "--dry-run")
    assert (status, report["counts"], report["written"]) == (0, {"new": 2}, 0)
    assert run(*words)[1]["code"] == "bad_parameter"
    document = ("--kind", "approval", "--doc-no", "示例〔2026〕21号", "--title", "界桩设立批复")
    more = ("--authority", "示例省", "--source", "演示")
    assert run(*words, *document, *more)[1]["written"] == 2
    status, found = run("marker", "list", "--line", str(line))
    assert (status, [m["code"] for m in found["items"]]) == (0, ["9901001Q", "9901002Q"])
    shown = run("marker", "show", "9901001Q")[1]
    assert shown["position"] == [99.5003, 40.18]
    assert [event["kind"] for event in run("marker", "history", shown["id"])[1]["items"]] == ["set"]
    assert run("marker", "show", "9909999Q")[0] == 4
    file.write_text(GOOD.replace("石质", ""), encoding="utf-8")
    assert run(*words, "--dry-run")[0] == 1
