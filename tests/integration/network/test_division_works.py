"""What a division change leaves to do on lines, as the case and the register say it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from api.settings import Settings
from boundaries.markers.service import Happening, record_marker
from boundaries.network.editing import Editor
from boundaries.surveys.service import Project, open_project
from data.access import Actor, Grant, Role
from data.access.model import nobody, operator
from data.accounts.tokens import issue_token
from data.clock import system_clock
from data.db import reading, unit_of_work
from data.errors import BadRequest, NotSignedIn
from data.ids import new_id
from geonames.divisions.works import WantedWorks, list_works, overdue_works
from tests.integration.network.test_division_cases import Office
from tests.integration.network.test_lines import bent, change, line_of, ridge_segment
from tests.integration.network.test_structure import amend
from tests.samples.counties import BING, JIA, YI, draft
from tests.samples.keepers import OPERATOR, open_offices, set_stone, stone
from tests.serving import serving

PARTS = "更名: 990122 乙县 > 990122 庚县\n界线变更[部分]: 990121 甲县 > 990123 丙县"
TODAY = date(2026, 8, 10)
LATER = date(2027, 8, 1)


def executed(bureau: Office, parts: str = PARTS) -> None:
    case = bureau.approved(parts)
    bureau.clock.now = datetime(2026, 8, 10, 2, tzinfo=UTC)
    bureau.act("备案员", case, "execute")


def works(engine: Engine, actor: Actor = OPERATOR, day: date = TODAY, **wanted: Any) -> list[dict[str, Any]]:
    with reading(engine) as connection:
        items: list[dict[str, Any]] = list_works(connection, actor, day, WantedWorks(**wanted))["items"]
    return items


def keeper(*grants: Grant) -> Actor:
    return Actor("test-keeper", new_id(), grants, "session")


@pytest.fixture
def bureau(office: Engine, tmp_path: Path) -> Office:
    return Office(office, tmp_path / "blobs")


def test_works_are_there_from_the_execution_and_done_when_the_register_says_so(bureau: Office) -> None:
    engine = bureau.engine
    ridge = line_of(engine, "990121", "990122")
    set_stone(engine, stone(ridge))
    with reading(engine) as connection:
        assert overdue_works(connection, OPERATOR, LATER) == 0
    executed(bureau)
    inscribe, again = sorted(works(engine), key=lambda one: one["what"])[0], works(engine, what="survey_again")
    assert (inscribe["what"], inscribe["state"], inscribe["line"]["id"]) == ("inscribe", "open", ridge)
    assert (inscribe["markers"], inscribe["markers_left"]) == (1, 1)
    assert (inscribe["effective_on"], inscribe["due_on"]) == (date(2026, 8, 10), date(2027, 7, 20))
    assert inscribe["decision"]["doc_no"] == "演示〔2026〕51号"
    assert [(one["state"], {u["code"] for u in one["units"]}) for one in again] == [("open", {"990121", "990123"})]
    assert [works(engine, day=date(2026, 8, 9)), works(engine, state="done")] == [[], []]
    with reading(engine) as connection:
        assert (overdue_works(connection, OPERATOR, date(2027, 7, 20)), overdue_works(connection, OPERATOR, LATER)) == (
            0,
            2,
        )
        assert overdue_works(connection, nobody(), LATER) == 0
        with pytest.raises(NotSignedIn):
            list_works(connection, nobody(), TODAY)
        with pytest.raises(BadRequest, match="state is one of open, underway, done"):
            list_works(connection, OPERATOR, TODAY, WantedWorks(state="ended"))
        first = list_works(connection, OPERATOR, TODAY, limit=1)
        rest = list_works(connection, OPERATOR, TODAY, limit=1, cursor=first["next"])
        assert ({one["what"] for one in first["items"] + rest["items"]}, rest["next"]) == (
            {"inscribe", "survey_again"},
            None,
        )

    # Whoever keeps one side sees his lines and no others; a grant for another level sees none.
    assert {w["what"] for w in works(engine, keeper(Grant(Role.BOUNDARY_KEEPER, JIA)))} == {"inscribe", "survey_again"}
    assert [w["what"] for w in works(engine, keeper(Grant(Role.BOUNDARY_KEEPER, BING)))] == ["survey_again"]
    assert works(engine, keeper(Grant(Role.BOUNDARY_KEEPER, JIA, level="township"))) == []
    assert [w["what"] for w in works(engine, within="990122")] == ["inscribe"]

    # A surveying project for another reason is not the one that follows from the change.
    offices = open_offices(engine, ())
    offices.clock.now = datetime(2026, 8, 12, 2, tzinfo=UTC)
    line = again[0]["line"]["id"]
    for basis, state in (("never_surveyed", "open"), ("division_change", "underway")):
        project = open_project(offices.casework, offices["甲县界线员"], Project(line, basis, "演示"))
        (found,) = works(engine, what="survey_again", day=date(2026, 8, 20))
        assert found["state"] == state
    assert found["project"] == {"number": project["number"], "state": "preparing"}

    # A marker whose faces were renewed before the change still bears the old name; renewed since, it is done.
    for day, left in (("2026-08-01", 1), ("2026-08-15", 0)):
        document = draft(id=new_id(), kind="approval", doc_no=f"演示〔{day}〕", title="界桩更换记录")
        record_marker(engine, OPERATOR, stone(ridge), Happening("replaced", date.fromisoformat(day), day), document)
        assert [w["markers_left"] for w in works(engine, day=date(2026, 8, 20)) if w["what"] == "inscribe"] == (
            [left] if left else []
        )
    assert [w["what"] for w in works(engine, day=date(2026, 8, 20), state="done")] == ["inscribe"]
    assert [w["state"] for w in works(engine, day=date(2026, 8, 14), what="inscribe")] == ["open"]


def test_a_program_and_an_office_read_the_works(bureau: Office, counties_url: str) -> None:
    set_stone(bureau.engine, stone(line_of(bureau.engine, "990121", "990122")))
    app = create_app(Settings(database_url=counties_url))
    app.state.casework, app.state.blobs = bureau.casework, bureau.blobs
    account = bureau.people["受理员"].account_id
    assert account is not None
    with unit_of_work(bureau.engine) as connection:
        token = issue_token(connection, operator("test"), account, "test", lambda _: (), system_clock()).secret
    with serving(app) as address, httpx.Client(base_url=address, timeout=60) as client:
        assert client.get("/v1/division-changes/works").status_code == 401
        client.headers["Authorization"] = f"Bearer {token}"
        html = {"Accept": "text/html"}
        assert "没有这样的界线工作" in client.get("/division-changes/works", headers=html).text
        executed(bureau)
        answer = client.get("/v1/division-changes/works", params={"what": "inscribe"})
        assert (answer.headers["cache-control"], [w["markers_left"] for w in answer.json()["items"]]) == (
            "no-store",
            [1],
        )
        refused = client.get("/v1/division-changes/works", params={"what": "paint"})
        assert (refused.status_code, refused.json()["code"]) == (400, "bad_parameter")
        page = client.get("/division-changes/works", headers=html).text
        for said in ("更换界桩注记", "1 个界桩，1 个未更换", "2027-07-20"):
            assert said in page
        english = client.get("/division-changes/works?lang=en&what=survey_again", headers=html).text
        assert "survey the line anew" in english
        assert "1 of 1 markers left" not in english


def absorb(editing: Editor) -> None:
    """甲县 takes all the land of 乙县."""
    for segment in list(editing.segments.values()):
        if {segment.left, segment.right} == {JIA, YI}:
            editing.remove(segment.id)
        elif YI in (segment.left, segment.right):
            sides = [JIA if holder == YI else holder for holder in (segment.left, segment.right)]
            editing.assign(segment.id, *sides)


def test_a_line_that_ends_is_a_work_until_the_network_says_that_it_ended(bureau: Office) -> None:
    ridge = line_of(bureau.engine, "990121", "990122")
    executed(bureau, "合并: 990121 甲县, 990122 乙县 > 990121 甲县")
    after = date(2026, 8, 20)
    (ends,) = works(bureau.engine, day=after, what="ends")
    assert (ends["state"], ends["line"]["id"], ends["markers_left"]) == ("open", ridge, None)
    amend(bureau.engine, absorb, day=TODAY)
    assert works(bureau.engine, day=after, what="ends") == []
    assert [one["state"] for one in works(bureau.engine, day=after, what="ends", state="done")] == ["done"]


def test_a_line_that_moved_is_done_when_its_course_holds_from_the_change_on(bureau: Office) -> None:
    executed(bureau, "界线变更[重大]: 990121 甲县 > 990122 乙县")
    after = date(2026, 8, 20)
    assert [one["state"] for one in works(bureau.engine, day=after)] == ["open"]
    segment = ridge_segment(bureau.engine)
    change(bureau.engine, segment, bent(segment), effective_on=date(2026, 8, 15))
    assert works(bureau.engine, day=after) == []
    assert [one["state"] for one in works(bureau.engine, day=after, state="done")] == ["done"]
    assert [one["state"] for one in works(bureau.engine, day=date(2026, 8, 14))] == ["open"]
