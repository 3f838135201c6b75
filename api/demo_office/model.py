"""What a step of the demonstration is, and what it works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine

from api.casework import make_casework
from boundaries.units.demonstration import unit_id
from data.access import Actor, Grant, Role
from data.access.model import operator
from data.cases.model import Casework
from data.clock import Clock, system_clock
from data.documents.model import Marking
from data.server.home import Home

ACTOR = operator("demonstration")
#: The made-up prefecture, above all the counties.
CITY = "990100"
#: The made-up divisions and what lies on them.
SAMPLES = Path(__file__).parents[2] / "data" / "samples" / "yunxi"
Progress = Callable[[str], None]


def keeper() -> Actor:
    """The demonstration as the boundary keeper of 云溪市: what it does to lines is asked of the permissions too."""
    return Actor("demonstration", None, (Grant(Role.BOUNDARY_KEEPER, unit_id(CITY)),), "command")


@dataclass(frozen=True)
class Stage:
    """An installation as the steps see it: its database, its folders, its clock, who acts, who is told."""

    engine: Engine
    home: Home
    progress: Progress
    clock: Clock = system_clock
    actor: Actor = field(default=ACTOR)
    #: Whether accounts with kept passwords may be made here: on this machine alone, where nobody works.
    with_accounts: bool = False

    @cached_property
    def casework(self) -> Casework:
        """Casework whose documents bear the mark of the demonstration."""
        return make_casework(self.engine, self.clock, Marking.DEMONSTRATION)


def nothing(_stage: Stage) -> None:
    """What most steps have to do at a removal: their rows go with those of the made-up units."""


def always(_stage: Stage) -> bool:
    """Most steps are loaded everywhere."""
    return True


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the demonstration. `done` and `load` are asked again at every start, so a killed load goes on.

    `remove` takes out what is not in a row that bears the identifier of a made-up unit or of something of it:
    files, mostly. It runs before those rows go. What needs accounts is `wanted` only where there may be some.
    """

    key: str
    title: str
    load: Callable[[Stage], None]
    done: Callable[[Connection], bool]
    remove: Callable[[Stage], None] = nothing
    wanted: Callable[[Stage], bool] = always
