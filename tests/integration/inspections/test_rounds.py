"""Rounds of inspection on the invented counties: what is due, who may plan, who leads, what is looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from boundaries.rounds.model import RoundPlan
from boundaries.rounds.planning import Extra, close_round, order_extra, plan_round
from boundaries.rounds.service import (
    Wanted,
    due_lines,
    find_round,
    list_inspections,
    list_rounds,
    published_inspections,
    tasks_of,
)
from data.audit import verify
from data.db import reading, set_role_reader
from data.errors import BadInput, Conflict, NotFound, NotPermitted
from tests.integration.inspections.conftest import rows
from tests.samples.counties import CITY, JIA
from tests.samples.office import Office

TODAY = date(2026, 3, 2)
DATES = {"plan": date(2026, 4, 1), "office": date(2026, 5, 1), "field": date(2026, 9, 1), "report": date(2026, 12, 1)}
PLAN = RoundPlan(
    5, "第五轮县级界线联检（虚构）", CITY, "county", date(2026, 3, 2), DATES, "示云民〔2026〕3号", "alternate"
)


@pytest.fixture
def planned_round(office: Office) -> UUID:
    return plan_round(office.casework.engine, office["city"], PLAN)


def test_every_county_line_of_the_city_is_due_for_none_is_on_record(unchanged: Office) -> None:
    with reading(unchanged.casework.engine) as connection:
        found = due_lines(connection, unchanged["city"], CITY, "county", date(2026, 12, 1))
    assert found["interval_years"] == 5
    assert found["article"] == "行政区域界线管理条例 第十二条"
    assert [sorted((i["left"]["code"], i["right"]["code"])) for i in found["items"]] == [
        ["990121", "990122"],
        ["990121", "990123"],
        ["990122", "990123"],
    ]
    assert {item["why"] for item in found["items"]} == {"no_inspection_on_record"}


def test_a_round_has_an_inspection_for_each_line_with_its_segments_and_markers(
    office: Office, planned_round: UUID, line: UUID
) -> None:
    with reading(office.casework.engine) as connection:
        found = find_round(connection, office["city"], planned_round, TODAY)
        items = list_inspections(connection, office["city"], Wanted(round=planned_round), TODAY)["items"]
        (ours,) = [item for item in items if item["line"]["id"] == line]
        tasks = tasks_of(connection, ours["id"])
    assert found["inspections"] == 3
    assert found["progress"]["planned"] == 3
    assert found["yours"]
    assert [task["label"][:3] for task in tasks] == ["第1段", "001", "002"]
    assert (ours["lead_side"], ours["due_on"], ours["cause"]) == ("right", DATES["report"], "periodic")


def test_a_county_sees_the_round_of_its_city_and_its_own_lines_in_it(office: Office, planned_round: UUID) -> None:
    with reading(office.casework.engine) as connection:
        found = list_rounds(connection, office["jia"], TODAY)["items"]
        own = list_inspections(connection, office["jia"], Wanted(round=planned_round), TODAY)["items"]
        seen = find_round(connection, office["jia"], planned_round, TODAY)
    assert [item["id"] for item in found] == [planned_round]
    assert len(own) == 2
    assert all("990121" in (item["left"]["code"], item["right"]["code"]) for item in own)
    assert not seen["yours"]


def test_who_holds_no_office_sees_no_round(office: Office, planned_round: UUID) -> None:
    with reading(office.casework.engine) as connection:
        with pytest.raises(NotPermitted):
            list_rounds(connection, office["nobody"], TODAY)
        with pytest.raises(NotPermitted):
            find_round(connection, office["nobody"], planned_round, TODAY)


@pytest.mark.parametrize("who", ["jia", "city_reviewer", "mayor", "nobody"])
def test_a_round_is_planned_by_the_keeper_above_both_sides(unchanged: Office, who: str) -> None:
    with pytest.raises(NotPermitted):
        plan_round(unchanged.casework.engine, unchanged[who], PLAN)
    assert rows(unchanged, text("SELECT id FROM diming.inspection_round")) == []


def test_a_county_has_no_line_of_its_own_between_counties(unchanged: Office) -> None:
    with pytest.raises(Conflict) as caught:
        plan_round(unchanged.casework.engine, unchanged["jia"], replace(PLAN, region=JIA))
    assert caught.value.code == "nothing_due"


def test_a_plan_without_the_dates_of_the_region_is_refused(unchanged: Office) -> None:
    with pytest.raises(BadInput) as caught:
        plan_round(unchanged.casework.engine, unchanged["city"], replace(PLAN, dates={}))
    assert caught.value.code == "round_malformed"
    assert "no national default" in caught.value.detail


def test_a_round_is_planned_once(office: Office, planned_round: UUID) -> None:
    with pytest.raises(Conflict) as caught:
        plan_round(office.casework.engine, office["city"], PLAN)
    assert caught.value.code == "nothing_due"
    assert len(rows(office, text("SELECT id FROM diming.inspection_round"))) == 1


def test_out_of_turn_there_is_one_for_each_cause_and_day(office: Office, planned: UUID, line: UUID) -> None:
    again = Extra(line, "disaster", date(2026, 6, 30))
    with pytest.raises(Conflict) as caught:
        order_extra(office.casework.engine, office["city"], again)
    assert (caught.value.code, caught.value.extra["inspection"]) == ("inspection_open", str(planned))
    for other in (replace(again, cause="road_works"), replace(again, due_on=date(2026, 8, 31))):
        order_extra(office.casework.engine, office["city"], other)
    assert len(rows(office, text("SELECT id FROM diming.inspection WHERE line_id = :line"), line=line)) == 3


def test_one_out_of_turn_runs_beside_the_round_and_is_no_turn(
    office: Office, planned: UUID, planned_round: UUID
) -> None:
    """The round takes the line in although a flood is looked into there, and the flood moves no five years."""
    causes = rows(
        office,
        text("""SELECT i.cause, i.id = :extra AS extra FROM diming.inspection i
                WHERE i.line_id = (SELECT e.line_id FROM diming.inspection e WHERE e.id = :extra) ORDER BY i.cause"""),
        extra=planned,
    )
    assert [(row.cause, row.extra) for row in causes] == [("disaster", True), ("periodic", False)]


def test_an_extra_inspection_is_for_a_cause_of_the_order(office: Office, line: UUID) -> None:
    with pytest.raises(BadInput):
        order_extra(office.casework.engine, office["city"], Extra(line, "curiosity", date(2026, 9, 1)))
    with pytest.raises(NotPermitted):
        order_extra(office.casework.engine, office["jia"], Extra(line, "disaster", date(2026, 9, 1)))
    with pytest.raises(NotFound):
        order_extra(office.casework.engine, office["city"], Extra(JIA, "disaster", date(2026, 9, 1)))


def test_a_round_with_open_inspections_is_not_closed(office: Office, planned_round: UUID) -> None:
    with pytest.raises(Conflict) as caught:
        close_round(office.casework.engine, office["city"], planned_round)
    assert caught.value.code == "round_running"


def test_the_public_hears_nothing_of_what_is_planned(office: Office, planned_round: UUID, line: UUID) -> None:
    with reading(office.casework.engine) as connection:
        set_role_reader(connection)
        assert published_inspections(connection, line=line) == []


def test_planning_stands_in_the_audit(office: Office, planned_round: UUID) -> None:
    last = rows(office, text("SELECT action, details FROM diming.audit ORDER BY seq DESC LIMIT 1"))[0]
    assert (last.action, last.details) == ("inspection.plan", {"round": str(planned_round), "inspections": 3})
    with reading(office.casework.engine) as connection:
        assert verify(connection)[1] is None
