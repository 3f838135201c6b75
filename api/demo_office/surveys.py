"""The surveys of both sides of 甲乙线, handed in at the counter, checked, compared, what they find taken over."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, text

from api.demo_office.inspections import inspection_of
from api.demo_office.line import JIA, YI
from api.demo_office.model import SAMPLES, Stage, Step
from api.demo_office.people import NOTE, Scene, scene_at
from boundaries.comparisons.model import Wanted
from boundaries.comparisons.service import ask, take_over
from boundaries.comparisons.working import compare_batch
from boundaries.network.sample import line_id
from boundaries.rounds.sides import sides_of
from boundaries.submissions.checking import check_submission
from boundaries.submissions.model import HandIn
from boundaries.submissions.service import Counter, hand_in
from boundaries.units.service import register_span
from data.db import reading
from data.kept import blobs_at

#: Point accuracy of both surveys in metres, as they state it: RTK with GNSS.
ACCURACY_M = 1.0
FILES = {JIA: ("jia.zip", "甲县联检测量成果（演示）.zip"), YI: ("yi.zip", "乙县联检测量成果（演示）.zip")}
SURVEYORS = {JIA: "survey-jia", YI: "survey-yi"}
TAKEN = text("SELECT EXISTS (SELECT FROM diming.inspection_finding WHERE line_id = :line AND source = 'comparison')")


def load(stage: Stage) -> None:
    """Hand both in, compare them for the fifth inspection, and take over what is found."""
    scene, line = scene_at(stage, stage.clock()), line_id(JIA, YI)
    counter = Counter(stage.engine, blobs_at(stage.home), stage.clock)
    with reading(stage.engine) as connection:
        sides = sides_of(connection, line, register_span(connection).register_through)
        inspection = inspection_of(connection, 5, YI)
    a, b = (_submission(scene, counter, county) for county in (sides.left_code, sides.right_code))
    asked = ask(
        stage.engine, scene.people["inspection-city"], [Wanted(line, a, b, None, ACCURACY_M, ACCURACY_M, inspection)]
    )
    compare_batch(stage.engine, counter.blobs, asked["batch"], lambda _done, _all, _what: None)
    for comparison in asked["comparisons"]:
        take_over(stage.engine, scene.people["inspection-city"], comparison, None, stage.clock)


def _submission(scene: Scene, counter: Counter, county: str) -> UUID:
    """One side's survey at the counter, checked; handed in again it is the same."""
    line = line_id(JIA, YI)
    with reading(scene.stage.engine) as connection:
        left = sides_of(connection, line, register_span(connection).register_through).left_code
    file, called = FILES[county]
    wanted = HandIn(line=str(line), side="left" if county == left else "right", note=NOTE)
    actor, key = scene.people[SURVEYORS[county]], f"demonstration-survey-{county}"
    found: UUID = hand_in(counter, actor, SAMPLES / "surveys" / file, called, wanted, key)["id"]
    check_submission(counter, found)
    return found


def done(connection: Connection) -> bool:
    """Whether something of a comparison was taken over."""
    return bool(connection.scalar(TAKEN, {"line": line_id(JIA, YI)}))


STEP = Step("surveys", "the surveys of both sides", load, done, wanted=lambda stage: stage.with_accounts)
