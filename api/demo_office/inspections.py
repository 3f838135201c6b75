"""The lines of 甲县 inspected: 甲乙线 in the fourth round, filed; in the fifth 甲乙线 at signing, 甲丙线 in the field.

All of it is invented. What the surveys of 甲乙线 find apart is in `surveys`, where that leads in `disputes`.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import shapely
from shapely.geometry import LineString, shape
from sqlalchemy import Connection, text

from api.demo_office.line import JIA, YI
from api.demo_office.model import CITY, Stage, Step
from api.demo_office.people import BING, NOTE, SPEAKERS, Scene, forget_keys, party, scene_at
from api.jobs import schema
from boundaries.network.sample import line_id
from boundaries.network.service import find_line
from boundaries.records.checklist import Stage as Check
from boundaries.records.checklist import asked
from boundaries.records.measurements import MeasurementDraft
from boundaries.records.measuring import enter_measurements
from boundaries.records.model import EntryDraft
from boundaries.records.reading import tasks_of
from boundaries.records.service import Beginning, begin_inspection, enter_answers
from boundaries.rounds.model import RoundPlan, anniversary
from boundaries.rounds.planning import plan_round
from boundaries.rounds.sides import sides_of
from boundaries.units.demonstration import unit_id
from boundaries.units.service import register_span
from data.clock import civil_date
from data.db import Audience, reading

INSPECTED = text("SELECT count(*) FROM diming.inspection WHERE line_id = ANY(:lines) AND case_id IS NOT NULL")
ROUND = text("SELECT id FROM diming.inspection_round WHERE region_id = :region AND number = :number")
OF_ROUND = text("SELECT id, case_id FROM diming.inspection WHERE round_id = :round AND line_id = :line")
#: How far an inspection is carried: half of the field check, drawn up with one signature, on file.
HowFar = Literal["field", "signing", "filed"]
YEARS_BEFORE = 5
#: Which vertices of 甲丙线 were resurveyed, and how far to the east the gully has gone (about 30 m).
RESURVEYED, EAST_DEG = slice(120, 150), 0.0004


def load(stage: Stage) -> None:
    """Inspect 甲乙线 in the fourth round and file it; begin the fifth with two lines and leave it under way."""
    schema.prepare(stage.engine)
    now = stage.clock()
    past = scene_at(stage, now.replace(year=now.year - YEARS_BEFORE, day=min(now.day, 28)))
    _carry(past, 4, YI, "filed")
    present = scene_at(stage, now)
    _carry(present, 5, YI, "signing")
    _carry(present, 5, BING, "field")


def inspection_of(connection: Connection, number: int, neighbour: str) -> UUID:
    """The inspection of the line between 甲县 and a neighbour in a round."""
    known = connection.execute(ROUND, {"region": unit_id(CITY), "number": number}).scalar_one()
    found: UUID = connection.execute(OF_ROUND, {"round": known, "line": line_id(JIA, neighbour)}).one().id
    return found


def _carry(scene: Scene, number: int, neighbour: str, how_far: HowFar) -> None:
    """Plan the round where it is not planned, and carry its inspection of one line as far as said."""
    _planned(scene, number)
    with reading(scene.stage.engine) as connection:
        inspection = inspection_of(connection, number, neighbour)
    parties = _parties(scene, neighbour)
    case = UUID(str(begin_inspection(scene.casework, scene.people["inspection-city"], inspection, parties)["id"]))
    scene.act("inspection-city", case, "begin_office", plan=f"{NOTE}双方各派两人组成联检组。")
    _answer(scene, inspection, "office", 1.0)
    scene.act("inspection-jia", case, "finish_office")
    _answer(scene, inspection, "field", 0.5 if how_far == "field" else 1.0)
    if how_far == "field":
        _measure(scene, inspection)
        return
    scene.act("inspection-jia", case, "draw_up", conclusion=f"{NOTE}界线总体清楚，双方均按协议书执行；分歧另行处理。")
    scene.act("inspection-jia", case, "sign")
    if how_far == "filed":
        scene.act(SPEAKERS[neighbour], case, "sign")
        scene.act("inspection-city", case, "report")
        scene.act("inspection-filing", case, "file")


def _planned(scene: Scene, number: int) -> None:
    begin = civil_date(scene.now)
    with reading(scene.stage.engine) as connection:
        if connection.scalar(ROUND, {"region": unit_id(CITY), "number": number}) is not None:
            return
    dates = {step: anniversary(begin, 1) for step in ("plan", "office", "field", "report")}
    lines = [line_id(JIA, YI)] if number == 4 else [line_id(JIA, YI), line_id(JIA, BING)]
    called = {4: "第四轮县级界线联检（演示）", 5: "第五轮县级界线联检（演示）"}[number]
    plan = RoundPlan(
        number, called, unit_id(CITY), "county", begin, dates, f"演示〔{begin.year}〕1号", "alternate", lines
    )
    plan_round(scene.stage.engine, scene.people["inspection-city"], plan)


def _parties(scene: Scene, neighbour: str) -> Beginning:
    with reading(scene.stage.engine) as connection:
        day = register_span(connection).register_through
        left = sides_of(connection, line_id(JIA, neighbour), day).left_code
    ours, theirs = party(JIA), party(neighbour)
    return Beginning(ours, theirs) if left == JIA else Beginning(theirs, ours)


def _answer(scene: Scene, inspection: UUID, check: Check, share: float) -> None:
    """Answer the questions about the first part of the tasks: everything in order."""
    with reading(scene.stage.engine) as connection:
        tasks = tasks_of(connection, inspection)
    day = civil_date(scene.now)
    drafts = [
        EntryDraft(task.id, item.key, "in_order", day)
        for task in tasks[: max(1, int(len(tasks) * share))]
        for item in asked(check, task.kind)
    ]
    enter_answers(scene.casework, scene.people["inspection-jia"], inspection, drafts)


def _measure(scene: Scene, inspection: UUID) -> None:
    """What the party has measured so far: one marker damaged, one with a new witness object, a course resurveyed."""
    with reading(scene.stage.engine) as connection:
        tasks = tasks_of(connection, inspection)
        line = find_line(connection, line_id(JIA, BING), None, Audience.STAFF)
    stretch = shapely.get_coordinates(shape(line["geometry"]))[RESURVEYED]
    first, second = [task for task in tasks if task.kind == "marker"][:2]
    segment = next(task for task in tasks if task.kind == "segment")
    day = civil_date(scene.now)
    east = LineString([(x + EAST_DEG, y) for x, y in stretch])
    drafts = [
        MeasurementDraft(first.id, "marker", day, {"state": "damaged"}, remark=f"{NOTE}桩体被农机碰断一角"),
        MeasurementDraft(second.id, "marker", day, {"witness_1": "电力杆,45.0,28.4"}, remark=f"{NOTE}原方位物已拆除"),
        MeasurementDraft(segment.id, "resurvey", day, geometry=east, accuracy_m=1.0, remark=f"{NOTE}沟岸崩塌后改道"),
    ]
    enter_measurements(scene.casework, scene.people["inspection-jia"], inspection, drafts)
    answers = [
        EntryDraft(first.id, "marker_stands", "problem", day, f"{NOTE}桩体碰断一角"),
        EntryDraft(second.id, "witnesses_stand", "changed", day, f"{NOTE}原方位物已拆除，改用电力杆"),
        EntryDraft(segment.id, "features_changed", "changed", day, f"{NOTE}沟岸崩塌后改道，已修测"),
    ]
    enter_answers(scene.casework, scene.people["inspection-jia"], inspection, answers)


def done(connection: Connection) -> bool:
    """Whether all three were begun."""
    lines = [line_id(JIA, YI), line_id(JIA, BING)]
    return (connection.scalar(INSPECTED, {"lines": lines}) or 0) >= 3


STEP = Step(
    "inspections", "inspections of the made-up lines", load, done, forget_keys, wanted=lambda stage: stage.with_accounts
)
