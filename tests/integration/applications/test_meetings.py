"""A joint meeting: called about a case or alone, held with minutes, its tasks followed to their end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest

from api.web.notices import sentence
from data.cases.binding import checked
from data.cases.deadlines import Looked
from data.cases.model import Casework
from data.cases.set_days import look_at_set_days
from data.db import reading
from data.errors import BadInput, Conflict, NotFound, NotPermitted
from data.notices.inbox import list_notices
from data.workflow.reading import FOLDER, load_procedure
from geonames.applications.subject import NAMING_APPLICATION
from geonames.meetings.subject import JOINT_MEETING, MeetingCalled, call_meeting
from tests.integration.cases.pages import Browser
from tests.samples.applicants import COUNTY, PROCEDURE, NamingOffice

CALL = {"topic": "新区道路命名（虚构）", "meets_on": "2026-03-05", "offices": "县民政局、县住建局（虚构）"}
HELD = {"held_on": "2026-03-02", "attended": "县民政局（虚构）", "minutes": "略（虚构）", "agreed": "统一命名（虚构）"}
TASK = {"what": "提出命名方案", "responsible": "县民政局（虚构）", "due_on": "2026-03-20"}
Case = Mapping[str, Any]


@pytest.fixture
def bureau(office: NamingOffice) -> NamingOffice:
    """The office, which holds meetings too."""
    meeting = load_procedure(FOLDER / "naming_meeting.toml")
    subjects = {PROCEDURE.key: NAMING_APPLICATION, meeting.key: JOINT_MEETING}
    office.casework = checked(
        Casework(office.engine, [PROCEDURE, meeting], subjects, office.casework.locate, lambda: office.now)
    )
    return office


def called(office: NamingOffice, who: str = "clerk", *cases: Case, **said: Any) -> Case:
    about = tuple(UUID(str(case["id"])) for case in cases)
    return call_meeting(office.casework, office.people[who], MeetingCalled(COUNTY, {**CALL, **said}, about))


def test_a_meeting_about_a_case_is_held_and_its_tasks_are_followed(bureau: NamingOffice) -> None:
    naming = bureau.apply()
    case = called(bureau, "clerk", naming)
    assert [str(link["to_case"]) for link in case["links"]] == [str(naming["id"])]
    with pytest.raises(BadInput):
        bureau.act(case, "clerk", "hold", **{**HELD, "held_on": "2026-03-03"})
    case = bureau.act(case, "clerk", "hold", **HELD)
    case = bureau.act(bureau.act(case, "reviewer", "add_task", **TASK), "clerk", "add_task", **TASK)
    bureau.forward(days=3)
    case = bureau.act(case, "clerk", "finish_task", number="2", how="已提出（虚构）")
    assert [task["done_on"] for task in case["facts"]["tasks"]] == [None, "2026-03-05"]
    with pytest.raises(Conflict) as open_yet:
        bureau.act(case, "clerk", "close")
    assert [need["code"] for need in open_yet.value.extra["needs"]] == ["tasks_open"]
    with pytest.raises(Conflict) as again:
        bureau.act(case, "clerk", "finish_task", number="2", how="再次（虚构）")
    assert again.value.code == "already_done"
    case = bureau.act(case, "clerk", "finish_task", number="1", how="已提出（虚构）")
    assert bureau.act(case, "clerk", "close")["state"] == "closed"


def test_the_day_of_a_task_is_told_when_it_is_near_and_past_to_the_authority_too(bureau: NamingOffice) -> None:
    case = bureau.act(called(bureau), "clerk", "hold", **HELD)
    case = bureau.act(bureau.act(case, "clerk", "add_task", **TASK), "clerk", "add_task", **{**TASK, "what": "立牌"})
    bureau.act(case, "clerk", "finish_task", number="2", how="已立（虚构）")
    bureau.forward(days=15)  # 17 March, three days before
    assert [look_at_set_days(bureau.casework) for _ in range(2)] == [Looked(1, 0), Looked(0, 0)]
    bureau.forward(days=4)
    assert [look_at_set_days(bureau.casework) for _ in range(2)] == [Looked(0, 1), Looked(0, 0)]
    with reading(bureau.engine) as connection:
        inbox = list_notices(connection, bureau.people["clerk"])["items"]
        mayor = list_notices(connection, bureau.people["mayor"])["items"]
    assert [notice["kind"] for notice in mayor] == ["task_past"]
    assert [(n["kind"], sentence(bureau.casework, n, "zh")) for n in inbox] == [
        ("task_past", "第 1 项任务限2026年3月20日以前完成，尚未完成。"),
        ("task_near", "第 1 项任务限2026年3月20日以前完成。"),
    ]


def test_what_means_nothing_is_refused(bureau: NamingOffice) -> None:
    for wrong in ({"topic": " "}, {"meets_on": "soon"}, {"surprise": "x"}):
        with pytest.raises(BadInput) as refused:
            called(bureau, **wrong)
        assert refused.value.code == "bad_case"
    with pytest.raises(NotPermitted):
        called(bureau, "developer")
    with pytest.raises(NotFound):
        called(bureau, "clerk", {"id": UUID(int=7)})
    case = bureau.act(called(bureau), "clerk", "hold", **HELD)
    for wrong in ({"due_on": "2026-03-01"}, {"due_on": "soon"}):
        with pytest.raises(BadInput):
            bureau.act(case, "clerk", "add_task", **{**TASK, **wrong})
    for number in ("0", "1", "x"):
        with pytest.raises(BadInput):
            bureau.act(case, "clerk", "finish_task", number=number, how="x")


def test_a_meeting_is_called_on_the_page_and_its_tasks_are_read_there(
    office: NamingOffice, visit: Callable[[str | None], Browser]
) -> None:
    naming, clerk = office.apply(), visit("clerk")
    form = clerk.get("/meetings/new", within="990121", case=str(naming["number"]))
    assert form.text("h1") == "召集联席会议"
    wrong = clerk.send(form, "/meetings/new", -1, **{**CALL, "topic": "议"}, case="DM-0-NONE")
    assert wrong.status == 404
    page = clerk.send(wrong, "/meetings/new", -1, case=str(naming["number"]))
    assert page.status == 200, page.text(".note")
    assert "议" in page.text("h1")
    assert str(naming["number"]) in page.response.text
    page = clerk.send(page, "/actions/hold", 0, **{f"f_{key}": value for key, value in HELD.items()})
    page = clerk.send(page, "/actions/add_task", 0, **{f"f_{key}": value for key, value in TASK.items()})
    assert "限 2026-03-20 前，未完成" in page.response.text
