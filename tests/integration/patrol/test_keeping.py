"""Who keeps what, and what is planned: assigned for one's own side, expanded to markers, done by what was seen."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from boundaries.patrol.assignments import end_assignment, list_assignments, own_assignments
from boundaries.patrol.extract import extract
from boundaries.patrol.plans import NewPlan, cancel_plan, find_plan, list_plans, make_plan
from boundaries.patrol.seen import attendance
from boundaries.patrol.stretches import markers_of
from data import audit
from data.access import Actor, Grant, Role
from data.access.model import nobody
from data.db import reading
from data.errors import BadInput, Conflict, DimingError, NotFound, NotPermitted
from data.ids import new_id
from tests.integration.patrol.conftest import NOW, TODAY, Field
from tests.integration.patrol.sending import send, walk
from tests.samples.counties import BING, CITY, YI


def codes(field: Field, assignment: UUID, keeper: Actor) -> list[str]:
    with reading(field.engine) as connection:
        rows = [row for row in own_assignments(connection, keeper, TODAY) if row["id"] == assignment]
        return [marker.code for marker in markers_of(connection, rows)[assignment]]


@pytest.mark.parametrize(
    ("what", "held"),
    [
        ({}, ["9901001Q", "9901002Q", "9901003Q", "9901004Q", "9901005Q"]),
        ({"marker": "9901002Q"}, ["9901002Q"]),
        ({"from_marker": "9901002Q", "to_marker": "9901004Q"}, ["9901002Q", "9901003Q", "9901004Q"]),
        ({"from_marker": "9901004Q", "to_marker": "9901002Q"}, ["9901002Q", "9901003Q", "9901004Q"]),
    ],
)
def test_an_assignment_is_a_marker_a_stretch_or_a_line(field: Field, what: dict[str, str], held: list[str]) -> None:
    keeper, name = field.another()
    found = field.assign(name, **{key: field.markers[code] for key, code in what.items()})
    assert codes(field, found, keeper) == held


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"level": "hamlet"}, "keeper_level"),
        ({"level": "city"}, "keeper_level"),
        ({"unit": "990123"}, "unit_not_beside_line"),
        ({"from_marker": "9901001Q"}, "bad_stretch"),
        ({"marker": "9901001Q", "from_marker": "9901001Q", "to_marker": "9901002Q"}, "bad_stretch"),
        ({"marker": "none"}, "no_such_marker"),
        ({"line": "none"}, "no_such_line"),
        ({"keeper": "nobody.here"}, "no_such_account"),
    ],
)
def test_what_cannot_be_assigned_is_refused(field: Field, more: dict[str, str], code: str) -> None:
    _, name = field.another()
    ids = {**field.markers, "none": new_id()}
    given = {key: ids.get(value, value) for key, value in more.items()}
    office = field.another(Grant(Role.BOUNDARY_KEEPER, CITY))[0]
    above = Field(field.engine, field.blobs, field.line, field.markers, office, field.keeper, field.keeper_name)
    with pytest.raises(DimingError) as refused:
        above.assign(name, **{"keeper": name, **given})
    assert refused.value.code == code


def test_one_keeps_the_same_only_once(field: Field) -> None:
    with pytest.raises(Conflict) as twice:
        field.assign(field.keeper_name)
    assert twice.value.code == "constraint"


@pytest.mark.parametrize("unit", [YI, BING])
def test_an_office_assigns_for_its_own_side_only(field: Field, unit: UUID) -> None:
    _, name = field.another()
    office = field.another(Grant(Role.BOUNDARY_KEEPER, unit))[0]
    stranger = Field(field.engine, field.blobs, field.line, field.markers, office, field.keeper, field.keeper_name)
    with pytest.raises(NotPermitted):
        stranger.assign(name)
    with reading(field.engine) as connection:
        assert list_assignments(connection, office)["items"] == []
        assert [i["keeper"]["name"] for i in list_assignments(connection, field.office)["items"]] == ["王五"]
        with pytest.raises(NotPermitted):
            list_assignments(connection, field.keeper)


def test_what_ends_is_kept_and_holds_no_more(field: Field) -> None:
    with reading(field.engine) as connection:
        (row,) = own_assignments(connection, field.keeper, TODAY)
    ended = end_assignment(field.engine, field.office, row["id"], " 调离 ", NOW)
    assert (ended["valid"]["to"], ended["end_reason"]) == (TODAY, "调离")
    with reading(field.engine) as connection:
        assert own_assignments(connection, field.keeper, TODAY) == []
        assert own_assignments(connection, field.keeper, TODAY - timedelta(days=1)) != []
        assert list_assignments(connection, field.office, as_of=TODAY)["items"] == []
        assert len(list_assignments(connection, field.office)["items"]) == 1
    with pytest.raises(Conflict):
        end_assignment(field.engine, field.office, row["id"], "again", NOW)
    with pytest.raises(BadInput):
        end_assignment(field.engine, field.office, row["id"], " ", NOW)
    with pytest.raises(NotFound):
        end_assignment(field.engine, field.office, new_id(), "none", NOW)


def plan_of(field: Field, **more: object) -> NewPlan:
    fields = {"title": "春季巡查", "unit": "990121", "line": field.line, "begin_on": date(2026, 3, 1), "due_on": TODAY}
    return NewPlan(**{**fields, **more})  # type: ignore[arg-type]


def test_a_plan_has_a_task_for_each_marker_and_is_done_by_what_was_seen(field: Field) -> None:
    plan = make_plan(field.engine, field.office, plan_of(field), NOW)
    assert (plan["tasks"], plan["done"], plan["keepers"]) == (5, 0, 1)
    send(field, "9901002Q")
    send(field, "9901003Q", seen_at=NOW - timedelta(days=20))
    send(field, "9901004Q", seen_at=NOW + timedelta(days=2))
    later = TODAY + timedelta(days=3)
    with reading(field.engine) as connection:
        found = find_plan(connection, field.office, plan["id"], later)
        (listed,) = list_plans(connection, field.office, later, overdue=True)["items"]
    assert (found["done"], found["done_late"], found["overdue_days"]) == (2, 1, 3)
    assert listed["id"] == plan["id"]
    assert [task["marker"]["code"] for task in found["items"]] == [
        *("9901001Q", "9901003Q", "9901005Q"), *("9901002Q", "9901004Q"),
    ]  # fmt: skip
    assert found["items"][3]["done"]["state"] == "intact"


def test_tasks_are_paged_without_a_hole(field: Field) -> None:
    plan = make_plan(field.engine, field.office, plan_of(field), NOW)
    send(field, "9901001Q")
    seen: list[str] = []
    cursor: str | None = None
    with reading(field.engine) as connection:
        while True:
            found = find_plan(connection, field.office, plan["id"], TODAY, limit=2, cursor=cursor)
            seen += [task["marker"]["code"] for task in found["items"]]
            cursor = found["next"]
            if cursor is None:
                break
    assert seen == ["9901002Q", "9901003Q", "9901004Q", "9901005Q", "9901001Q"]


def test_a_plan_that_is_cancelled_asks_for_nothing(field: Field) -> None:
    plan = make_plan(field.engine, field.office, plan_of(field), NOW)
    cancelled = cancel_plan(field.engine, field.office, plan["id"], "汛期推迟", NOW)
    assert cancelled["cancel_reason"] == "汛期推迟"
    send(field, "9901001Q")
    with reading(field.engine) as connection:
        assert extract(connection, field.keeper, NOW)["tasks"] == []
        assert list_plans(connection, field.office, TODAY + timedelta(days=9), overdue=True)["items"] == []
        assert find_plan(connection, field.office, plan["id"], TODAY)["done"] == 0
    with pytest.raises(Conflict):
        cancel_plan(field.engine, field.office, plan["id"], "again", NOW)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"title": "  "}, "bad_plan"),
        ({"due_on": date(2026, 2, 1)}, "bad_plan"),
        ({"levels": ("point",)}, "nobody_to_patrol"),
        ({"levels": ("hamlet",)}, "keeper_level"),
        ({"unit": "990122"}, "not_permitted"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(field: Field, more: dict[str, object], code: str) -> None:
    with pytest.raises(DimingError) as refused:
        make_plan(field.engine, field.office, plan_of(field, **more), NOW)
    assert refused.value.code == code
    with reading(field.engine) as connection:
        assert list_plans(connection, field.office, TODAY)["items"] == []


def test_attendance_counts_days_out_and_what_is_left(field: Field) -> None:
    make_plan(field.engine, field.office, plan_of(field), NOW)
    walk(field, NOW - timedelta(days=1), hours=3)
    send(field, "9901001Q", seen_at=NOW - timedelta(days=1))
    send(field, "9901002Q")
    field.assign(field.another()[1], marker=field.markers["9901005Q"])
    with reading(field.engine) as connection:
        begin = TODAY - timedelta(days=6)
        found = attendance(connection, field.office, TODAY + timedelta(days=1), begin=begin, until=TODAY)["items"]
        with pytest.raises(NotPermitted):
            attendance(connection, nobody(), TODAY, begin=begin, until=TODAY)
        assert audit.verify(connection)[1] is None
    idle, busy = sorted(found, key=lambda item: item["days_out"])
    assert (busy["keeper"]["name"], busy["days_out"], busy["walks"], busy["hours_out"]) == ("王五", 2, 1, 3.0)
    assert (busy["observations"], busy["open_tasks"], busy["overdue_tasks"]) == (2, 3, 3)
    assert (idle["days_out"], idle["last_at"], idle["open_tasks"]) == (0, None, 0)


def test_the_extract_holds_what_a_keeper_needs_and_nothing_of_others(field: Field) -> None:
    make_plan(field.engine, field.office, plan_of(field), NOW)
    send(field, "9901001Q", state="tilted")
    other, name = field.another()
    field.assign(name, marker=field.markers["9901005Q"])
    with reading(field.engine) as connection:
        mine, his = (extract(connection, keeper, NOW) for keeper in (field.keeper, other))
        with pytest.raises(NotPermitted):
            extract(connection, nobody(), NOW)
    assert [marker["code"] for marker in his["markers"]] == ["9901005Q"]
    assert his["tasks"] == []
    first = mine["markers"][0]
    assert first["last_seen"]["state"] == "tilted"
    assert first["position"] == pytest.approx([99.5098, 40.01], abs=0.01)
    assert [witness["name"] for witness in first["witnesses"]] == ["独立石", "桥头"]
    assert len(mine["tasks"]) == 4
    (line,) = mine["lines"]
    assert line["sketch"]["type"] == "MultiLineString"
    assert 10 < sum(map(len, line["sketch"]["coordinates"])) <= 201
    assert {state["key"] for state in mine["states"]} >= {"intact", "lost"}
