"""Separate records: neither side sees what the other surveyed before both have handed in, or the day has passed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from boundaries.comparisons.model import Wanted
from boundaries.comparisons.service import ask, find_comparison, list_comparisons, take_over
from boundaries.comparisons.working import compare_batch
from boundaries.network.service import course_of, run_of
from boundaries.records.service import begin_inspection, hand_in
from boundaries.rounds.model import Side
from boundaries.submissions import service as counter
from boundaries.submissions.model import HandIn
from boundaries.submissions.visible import may_take
from data.db import Audience, reading
from data.errors import Conflict, NotFound
from tests.integration.inspections.answers import answer_all
from tests.integration.inspections.conftest import Act, parties
from tests.samples import boundary_office as sample
from tests.samples.counter import write
from tests.samples.office import Office

#: After any day on which this runs.
FAR = date(2999, 12, 31)
ENDED = text("SELECT state, problem FROM diming.comparison WHERE id = :id")


def surveyed(office: Office, line: UUID, who: str, side: Side, folder: Path) -> UUID:
    """A survey of one side at the counter."""
    with reading(office.casework.engine) as connection:
        course = course_of(run_of(connection, line, None, Audience.STAFF))
    path = write(list(course.geoms), folder / f"{who}.gpkg")
    desk = counter.Counter(office.casework.engine, sample.papers_below(folder), office.clock)
    found: UUID = counter.hand_in(desk, office[who], Path(path), f"{who}.gpkg", HandIn(line=str(line), side=side))["id"]
    return found


def seen(office: Office, line: UUID) -> dict[str, set[UUID]]:
    """Which surveys each of the people finds, in the list and one by one alike."""
    found = {}
    with reading(office.casework.engine) as connection:
        for who in ("jia", "yi", "jia_clerk", "city"):
            listed = counter.list_submissions(connection, office[who], counter.Asked(line=line))["items"]
            found[who] = {item["id"] for item in listed}
    return found


def test_neither_side_sees_the_others_survey_before_both_have_handed_in(
    office: Office, planned: UUID, line: UUID, act: Act, tmp_path: Path
) -> None:
    before = surveyed(office, line, "yi", "left", tmp_path)
    office.clock.forward(days=1)
    case = begin_inspection(office.casework, office["city"], planned, parties("separate", FAR))["id"]
    ours, theirs = surveyed(office, line, "jia", "right", tmp_path), surveyed(office, line, "yi", "left", tmp_path)
    assert seen(office, line) == {
        "jia": {before, ours}, "yi": {before, theirs}, "jia_clerk": {before, ours}, "city": {before, ours, theirs},
    }  # fmt: skip
    with reading(office.casework.engine) as connection:
        assert not may_take(connection, office["jia"], theirs)
        with pytest.raises(NotFound):
            counter.find_submission(connection, office["jia"], theirs)
    with pytest.raises(NotFound):
        ask(office.casework.engine, office["jia"], [Wanted(line, theirs, ours)])
    with pytest.raises(Conflict) as early:
        ask(office.casework.engine, office["city"], [Wanted(line, theirs, ours)])
    assert early.value.code == "not_revealed"
    act("city", case, "begin_office", plan="双方分别填报")
    for who in ("jia", "yi"):
        answer_all(office, who, planned, "office")
    act("jia", case, "finish_office")
    for who in ("jia", "yi"):
        answer_all(office, who, planned, "field")
        hand_in(office.casework, office[who], planned)
    assert set(map(frozenset, seen(office, line).values())) == {frozenset({before, ours, theirs})}


def test_after_the_day_each_sees_what_there_is(office: Office, planned: UUID, line: UUID, tmp_path: Path) -> None:
    begin_inspection(office.casework, office["city"], planned, parties("separate", date(2026, 3, 20)))
    theirs = surveyed(office, line, "yi", "left", tmp_path)
    assert theirs in seen(office, line)["jia"]


def test_what_two_surveys_say_together_is_veiled_as_they_are(
    office: Office, planned: UUID, line: UUID, tmp_path: Path
) -> None:
    """Asked while both may be seen; then the day until which they are veiled is put off."""
    engine = office.casework.engine
    begin_inspection(office.casework, office["city"], planned, parties("separate", FAR))
    ours, theirs = surveyed(office, line, "jia", "right", tmp_path), surveyed(office, line, "yi", "left", tmp_path)
    reveal(office, planned, date(2000, 1, 1))
    before, after = (ask(engine, office["jia"], [Wanted(line, theirs, ours)]) for _ in range(2))
    assert worked_out(office, before, tmp_path) == ("done", None)
    reveal(office, planned, FAR)
    for who in ("jia", "yi", "city"):
        with reading(engine) as connection:
            assert list_comparisons(connection, office[who], line=line)["items"] == []
            with pytest.raises(Conflict) as veiled:
                find_comparison(connection, office[who], before["comparisons"][0])
        assert veiled.value.code == "not_revealed"
    with pytest.raises(Conflict):
        take_over(engine, office["city"], before["comparisons"][0], None, office.clock)
    assert worked_out(office, after, tmp_path) == ("failed", "not_revealed")
    reveal(office, planned, date(2000, 1, 1))
    with reading(engine) as connection:
        assert len(list_comparisons(connection, office["jia"], line=line)["items"]) == 2


def reveal(office: Office, inspection: UUID, after: date) -> None:
    with office.casework.engine.begin() as connection:
        change = text("UPDATE diming.inspection SET reveal_after = :after WHERE id = :id")
        assert connection.execute(change, {"after": after, "id": inspection}).rowcount == 1


def worked_out(office: Office, asked: dict[str, Any], folder: Path) -> tuple[str, str | None]:
    """How a comparison ended, and what spoke against it."""
    engine, (comparison,) = office.casework.engine, asked["comparisons"]
    compare_batch(engine, sample.papers_below(folder), asked["batch"], lambda *_: None)
    with reading(engine) as connection:
        row = connection.execute(ENDED, {"id": comparison}).one()
    return row.state, row.problem and row.problem["code"]
