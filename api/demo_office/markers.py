"""The markers of 甲乙线: nineteen numbers, twenty stones, each with its witness objects."""

from __future__ import annotations

from sqlalchemy import Connection, text

from api.demo_office.line import JIA, YI
from api.demo_office.model import SAMPLES, Stage, Step
from boundaries.markers.sample import record_markers
from boundaries.network.sample import line_id
from boundaries.units.demonstration import read_document
from data.db import unit_of_work

DECIDED = text("SELECT EXISTS (SELECT FROM diming.decision WHERE id = :id)")


def load(stage: Stage) -> None:
    """Enter the markers."""
    with unit_of_work(stage.engine) as connection:
        record_markers(connection, SAMPLES, line_id(JIA, YI), stage.actor)


def done(connection: Connection) -> bool:
    """Whether they are there."""
    return bool(connection.scalar(DECIDED, {"id": read_document(SAMPLES, "markers").id}))


STEP = Step("markers", "the markers of the line", load, done)
