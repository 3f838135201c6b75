"""示例省, 云溪市, 甲县, 乙县 and their townships: the units in which all else of the demonstration lies."""

from __future__ import annotations

from sqlalchemy import Connection

from api.demo_office.model import SAMPLES, Stage, Step
from api.loads import follow_units, spell_unit
from boundaries.units.demonstration import record_units
from data.db import unit_of_work
from data.demonstration import has_demonstration


def load(stage: Stage) -> None:
    """Enter the units, and let search find them."""
    with unit_of_work(stage.engine) as connection:
        units, document = record_units(connection, SAMPLES, stage.actor, spell_unit)
        follow_units(connection, stage.actor.name, units, document)


def done(connection: Connection) -> bool:
    """Whether the units are there."""
    return has_demonstration(connection)


STEP = Step("divisions", "the made-up divisions", load, done)
