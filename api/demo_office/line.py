"""甲乙线: the made-up line of 60 km between 甲县 and 乙县, with its outlines, in two versions by two documents."""

from __future__ import annotations

from sqlalchemy import Connection, text

from api.demo_office.model import SAMPLES, Stage, Step, keeper
from boundaries.network.sample import enact_later, line_id, record_line
from boundaries.units.demonstration import read_document
from data.db import reading, unit_of_work

#: The codes of its two sides: 甲县 on the left, from west to east, and 乙县.
JIA, YI = "990121", "990122"
ENTERED = text("SELECT EXISTS (SELECT FROM diming.boundary_line_version WHERE line_id = :line)")
DECIDED = text("SELECT EXISTS (SELECT FROM diming.decision WHERE id = :id)")


def load(stage: Stage) -> None:
    """Enter the first course, then the later one, as far as they are not there."""
    with unit_of_work(stage.engine) as connection:
        if not _entered(connection):
            record_line(connection, SAMPLES, stage.actor)
    with reading(stage.engine) as connection:
        changed = _changed(connection)
    if not changed:
        enact_later(stage.engine, SAMPLES, keeper())


def done(connection: Connection) -> bool:
    """Whether both courses are there."""
    return _entered(connection) and _changed(connection)


def _entered(connection: Connection) -> bool:
    return bool(connection.scalar(ENTERED, {"line": line_id(JIA, YI)}))


def _changed(connection: Connection) -> bool:
    return bool(connection.scalar(DECIDED, {"id": read_document(SAMPLES, "later").id}))


STEP = Step("line", "the made-up boundary line", load, done)
