"""The markers of 甲乙线 (nineteen numbers, twenty stones) and 甲丙线 (nine), each with its witness objects."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection, text

from api.demo_office.line import JIA, YI
from api.demo_office.model import SAMPLES, Stage, Step
from boundaries.markers.sample import JIA_BING, JIA_YI, record_markers
from boundaries.network.sample import line_id
from boundaries.units.demonstration import read_document
from data.db import reading, unit_of_work

BING = "990123"
#: The lines by the ending of their tables.
LINES: Mapping[str, UUID] = {JIA_YI: line_id(JIA, YI), JIA_BING: line_id(JIA, BING)}
DECIDED = text("SELECT EXISTS (SELECT FROM diming.decision WHERE id = :id)")


def load(stage: Stage) -> None:
    """Enter the markers of each line that has none yet."""
    for ending, line in LINES.items():
        with reading(stage.engine) as connection:
            entered = _entered(connection, ending)
        if not entered:
            with unit_of_work(stage.engine) as connection:
                record_markers(connection, SAMPLES, line, stage.actor, ending)


def done(connection: Connection) -> bool:
    """Whether they are there."""
    return all(_entered(connection, ending) for ending in LINES)


def _entered(connection: Connection, ending: str) -> bool:
    return bool(connection.scalar(DECIDED, {"id": read_document(SAMPLES, f"markers{ending}").id}))


STEP = Step("markers", "the markers of the lines", load, done)
