"""Comparisons that are kept: asked by whoever may, worked out once, taken over as findings of the line."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import shapely
from shapely import LineString
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from boundaries.comparisons.model import Wanted
from boundaries.comparisons.service import (
    ask,
    ask_again,
    ask_for_lines,
    find_comparison,
    list_comparisons,
    ready,
    take_over,
)
from boundaries.comparisons.working import compare_batch
from boundaries.findings.service import Wanted as WantedFindings
from boundaries.findings.service import list_findings, settle
from boundaries.inspection.views.nation import in_processes
from boundaries.network.service import course_of, list_lines, run_of
from boundaries.rounds.planning import Extra, order_extra
from boundaries.submissions.model import HandIn
from boundaries.submissions.service import hand_in
from data import audit
from data.db import Audience, reading
from data.errors import BadInput, BadRequest, Conflict, NotFound, NotPermitted
from tests.integration.counter.conftest import Window
from tests.samples.compared import both_sides
from tests.samples.counter import Desk, write


@pytest.fixture
def wanted(desk: Desk) -> Wanted:
    return both_sides(desk)


def worked_out(desk: Desk, asked: dict[str, object]) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    batch = asked["batch"]
    assert isinstance(batch, UUID)
    compare_batch(desk.engine, desk.counter.blobs, batch, lambda done, of, _: told.append((done, of)))
    return told


def test_a_comparison_is_asked_worked_out_and_taken_over(desk: Desk, wanted: Wanted) -> None:
    asked = ask(desk.engine, desk["keeper"], [wanted])
    (comparison,) = asked["comparisons"]
    with reading(desk.engine) as connection:
        waiting = find_comparison(connection, desk["surveyor"], comparison)
    assert (waiting["state"], waiting["report"]) == ("waiting", None)
    with pytest.raises(Conflict) as early:
        take_over(desk.engine, desk["keeper"], comparison, None, desk.clock)
    assert early.value.code == "comparison_not_done"
    assert worked_out(desk, asked) == [(1, 1)]
    assert worked_out(desk, asked) == []
    with reading(desk.engine) as connection:
        done = find_comparison(connection, desk["neighbour"], comparison)
        assert audit.verify(connection)[1] is None
    kinds = [finding["kind"] for finding in done["report"]["findings"]]
    assert (done["state"], done["counts"]["error"]) == ("done", 1)
    assert {done["a"]["unit"], done["b"]["unit"]} == {"甲县", "乙县"}
    assert kinds[0] in ("disputed_area", "unclaimed_area")
    assert done["report"]["findings"][0]["measures"]["width_m"] == pytest.approx(40, abs=1)
    assert "公顷" in done["answer"]["zh"]
    assert set(done["drawn"]["courses"]) == {"legal", "a", "b"}
    taken = take_over(desk.engine, desk["keeper"], comparison, {1}, desk.clock)
    assert [finding["taken"] is not None for finding in taken["report"]["findings"]][:2] == [True, False]
    again = take_over(desk.engine, desk["keeper"], comparison, None, desk.clock)
    numbers = [f["number"] for f in again["report"]["findings"] if f["taken"]]
    assert len(numbers) == len([kind for kind in kinds if kind != "sliver_summary"])
    first = again["report"]["findings"][0]["taken"]
    settle(desk.engine, desk["keeper"], first["id"], "双方共同复测，乙县更正成果")
    with reading(desk.engine) as connection:
        found = list_findings(connection, desk["surveyor"], WantedFindings(source_id=comparison))["items"]
        seen = find_comparison(connection, desk["surveyor"], comparison)["report"]["findings"][0]
    assert {item["kind"] for item in found} == set(kinds) - {"sliver_summary"}
    assert seen["taken"]["state"] == "settled"


def test_who_may_ask_see_and_take_over(desk: Desk, wanted: Wanted) -> None:
    for who in ("stranger", "applicant"):
        with pytest.raises(NotPermitted):
            ask(desk.engine, desk[who], [wanted])
    (comparison,) = ask(desk.engine, desk["surveyor"], [wanted])["comparisons"]
    with reading(desk.engine) as connection:
        assert list_comparisons(connection, desk["stranger"])["items"] == []
        (item,) = list_comparisons(connection, desk["neighbour"], line=desk.line)["items"]
        with pytest.raises(NotPermitted):
            find_comparison(connection, desk["stranger"], comparison)
        with pytest.raises(NotFound):
            find_comparison(connection, desk["keeper"], UUID(int=9))
    assert item["id"] == comparison
    with pytest.raises(NotPermitted):
        take_over(desk.engine, desk["stranger"], comparison, None, desk.clock)


def test_it_belongs_to_the_inspection_of_its_line_and_so_do_its_findings(desk: Desk, wanted: Wanted) -> None:
    inspection = order_extra(desk.engine, desk["keeper"], Extra(desk.line, "disaster", date(2026, 6, 30)))
    with pytest.raises(NotFound):
        ask(desk.engine, desk["keeper"], [replace(wanted, inspection_id=UUID(int=9))])
    asked = ask(desk.engine, desk["keeper"], [wanted])
    worked_out(desk, asked)
    taken = take_over(desk.engine, desk["keeper"], asked["comparisons"][0], {1}, desk.clock)
    assert taken["inspection"] == inspection
    with reading(desk.engine) as connection:
        (finding,) = list_findings(connection, desk["keeper"], WantedFindings(inspection=inspection))["items"]
    assert finding["source"]["id"] == taken["id"]


def test_what_is_no_pair_is_refused_and_stores_nothing(desk: Desk, wanted: Wanted) -> None:
    exchanged = replace(wanted, a=wanted.b, b=wanted.a)
    for bad in ([], [exchanged], [replace(wanted, accuracy_a_m=0.0)]):
        with pytest.raises(BadRequest):
            ask(desk.engine, desk["keeper"], bad)
    assert desk.count("comparison") == 0


def test_the_last_surveys_of_lines_are_ready_until_they_are_compared(desk: Desk) -> None:
    wanted = both_sides(desk, checked=True)
    with reading(desk.engine) as connection:
        (row,) = ready(connection, desk["keeper"])
        assert ready(connection, desk["stranger"]) == []
    assert (row["line_id"], row["a"], row["b"]) == (desk.line, wanted.a, wanted.b)
    asked = ask_for_lines(desk.engine, desk["keeper"], [desk.line])
    with reading(desk.engine) as connection:
        assert ready(connection, desk["keeper"]) == []
        progress = list_comparisons(connection, desk["keeper"], batch=asked["batch"])["progress"]
    assert dict(progress) == {"of": 1, "done": 0, "failed": 0}
    with pytest.raises(BadRequest):
        ask_for_lines(desk.engine, desk["keeper"], [desk.line])


def test_many_at_once_in_several_processes_and_one_file_gone_stops_no_other(desk: Desk, wanted: Wanted) -> None:
    asked = ask(desk.engine, desk["keeper"], [wanted] * 4)
    with in_processes(2) as mapped:
        done = compare_batch(desk.engine, desk.counter.blobs, asked["batch"], lambda *_: None, mapped)
    with reading(desk.engine) as connection:
        found = list_comparisons(connection, desk["keeper"], batch=asked["batch"], limit=2)
        rest = list_comparisons(connection, desk["keeper"], batch=asked["batch"], limit=2, cursor=found["next"])
    assert done == 4
    assert dict(found["progress"]) == {"of": 4, "done": 4, "failed": 0}
    states = {item["state"] for item in (*found["items"], *rest["items"])}
    answers = {item["answer"]["en"] for item in (*found["items"], *rest["items"])}
    assert (states, len(answers), rest["next"]) == ({"done"}, 1, None)


def test_a_file_that_is_gone_is_a_result_with_its_reason(desk: Desk, wanted: Wanted) -> None:
    with reading(desk.engine) as connection:
        digest = connection.scalar(text("SELECT sha256 FROM diming.submission WHERE id = :id"), {"id": wanted.b})
    assert desk.counter.blobs.remove(bytes(digest), 0)
    asked = ask(desk.engine, desk["keeper"], [wanted])
    worked_out(desk, asked)
    with reading(desk.engine) as connection:
        failed = find_comparison(connection, desk["keeper"], asked["comparisons"][0])
    assert failed["state"] == "failed"
    assert failed["problem"]["code"] == "no_such_blob"


def test_what_was_compared_is_not_rewritten(desk: Desk, wanted: Wanted) -> None:
    asked = ask(desk.engine, desk["keeper"], [wanted])
    worked_out(desk, asked)
    for change in ("UPDATE diming.comparison SET answer = '{}'", "DELETE FROM diming.comparison"):
        with pytest.raises(DBAPIError), desk.engine.begin() as connection:
            connection.execute(text(change))
    with pytest.raises(BadInput) as unknown:
        take_over(desk.engine, desk["keeper"], asked["comparisons"][0], {99}, desk.clock)
    assert unknown.value.code == "no_such_number"


def test_a_change_needs_its_document_and_with_one_it_is_said_and_no_fault(desk: Desk) -> None:
    """乙县 hands in a copy of the legal line in which a part lies 40 cm beside it."""

    def change(asked: dict[str, Any]) -> dict[str, Any]:
        worked_out(desk, asked)
        with reading(desk.engine) as connection:
            found = find_comparison(connection, desk["keeper"], asked["comparisons"][0])
        (told,) = [f for f in found["report"]["findings"] if f["kind"] == "changed_without_agreement"]
        return {**told, "documents": (found["a"]["document"], found["b"]["document"])}

    asked = ask(desk.engine, desk["keeper"], [both_sides(desk, 0.4)])
    before = change(asked)
    assert (before["severity"], before["documents"]) == ("warning", (None, None))
    side = before["side"]
    named = {"document_a": None, "document_b": None, f"document_{side}": " 演示〔2026〕3号 "}
    after = change(ask_again(desk.engine, desk["keeper"], asked["comparisons"][0], **named))
    assert (after["severity"], after["facts"]["document"]) == ("info", "演示〔2026〕3号")
    for bad in ({"document_a": " ", "document_b": None}, {"document_a": "文" * 201, "document_b": None}):
        with pytest.raises(BadRequest) as refused:
            ask_again(desk.engine, desk["keeper"], asked["comparisons"][0], **bad)
        assert refused.value.code == "bad_comparison_pair"
    with pytest.raises(NotPermitted):
        ask_again(desk.engine, desk["stranger"], asked["comparisons"][0], **named)


def test_comparisons_by_the_api(desk: Desk, window: Window, wanted: Wanted) -> None:
    pair = {"line": str(wanted.line_id), "a": str(wanted.a), "b": str(wanted.b), "accuracy_a_m": 0.5}
    answer = window.client.post("/v1/comparisons", json={"pairs": [pair]}, headers=window.headers("keeper"))
    assert answer.status_code == 200, answer.text
    worked_out(desk, {"batch": UUID(answer.json()["batch"])})
    address = f"/v1/comparisons/{answer.json()['comparisons'][0]}"
    assert window.get("surveyor", address).json()["state"] == "done"
    assert window.get("stranger", address).json()["code"] == "not_permitted"
    assert window.get(None, "/v1/comparisons").json()["code"] == "sign_in_needed"
    assert window.get("keeper", "/v1/comparisons?state=gone").json()["code"] == "bad_comparison_state"
    taken = window.client.post(f"{address}/actions/take_over", json={"findings": [1]}, headers=window.headers("keeper"))
    assert taken.json()["report"]["findings"][0]["taken"]["state"] == "open"
    again = window.client.post("/v1/comparisons", json={"lines": [pair["line"]]}, headers=window.headers("keeper"))
    assert (again.status_code, again.json()["code"]) == (400, "bad_comparison_pair")


def test_where_three_lines_of_a_batch_meet_is_told_of_the_batch(desk: Desk) -> None:
    """甲县, 乙县 and 丙县 meet in one point; one survey of their three lines ends 9 m from it."""
    folder = desk.folder / "surveys"
    folder.mkdir()
    with reading(desk.engine) as connection:
        lines = [item["id"] for item in list_lines(connection)["items"]]
        courses = {line: list(course_of(run_of(connection, line, None, Audience.STAFF)).geoms) for line in lines}
    both_ends = [at for course in courses.values() for at in (course[0].coords[0], course[-1].coords[-1])]
    ends = Counter(tuple(np.round(at, 6)) for at in both_ends)
    ((meeting, three),) = ends.most_common(1)
    beside = [line for line, course in courses.items() if touches(course, meeting)]
    assert (three, len(beside)) == (3, 3)
    wanted = []
    for number, line in enumerate(beside):
        files = {}
        for side in ("left", "right"):
            off_m = 9.0 if (number, side) == (0, "left") else 0.0
            path = write([ended(part, meeting, off_m) for part in courses[line]], folder / f"{number}-{side}.gpkg")
            given = HandIn(line=str(line), side="left" if side == "left" else "right")
            files[side] = hand_in(desk.counter, desk["keeper"], Path(path), path.name, given)["id"]
        wanted.append(Wanted(line, files["left"], files["right"]))
    asked = ask(desk.engine, desk["keeper"], wanted)
    with reading(desk.engine) as connection:
        assert list_comparisons(connection, desk["keeper"], batch=asked["batch"])["meetings"] is None
    worked_out(desk, asked)
    with reading(desk.engine) as connection:
        (told,) = list_comparisons(connection, desk["keeper"], batch=asked["batch"])["meetings"]
        own = list_comparisons(connection, desk["surveyor"], batch=asked["batch"])
    assert (told["kind"], told["facts"]["variant"]) == ("tripoint_mismatch", "meeting_")
    assert told["measures"]["distance_m"] == pytest.approx(9, abs=0.1)
    # whoever may look beside two of the lines is told nothing of the third
    assert (len(own["items"]), own["meetings"]) == (2, [])


def touches(course: list[LineString], place: tuple[float, ...]) -> bool:
    return any(tuple(np.round(at, 6)) == place for at in (course[0].coords[0], course[-1].coords[-1]))


def ended(part: LineString, place: tuple[float, ...], south_m: float) -> LineString:
    """The part with its end at a place so many metres south of it."""
    vertices = shapely.get_coordinates(part)
    for at in (0, -1):
        if tuple(np.round(vertices[at], 6)) == place:
            vertices[at, 1] -= south_m / 111_195
    return LineString(vertices)
