"""A work on a marker and a surveying project on 甲乙线, both under way: for trying the procedures at two desks."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, text

from api.demo_office.line import JIA, YI
from api.demo_office.model import SAMPLES, Stage, Step
from boundaries.markers.sample import read_markers
from boundaries.markers.working import PROCEDURE as WORK
from boundaries.markers.working import Wanted, propose_work
from boundaries.network.sample import line_id
from boundaries.network.service import run_of
from boundaries.surveys.service import PROCEDURE as SURVEY
from boundaries.surveys.service import Project, open_project
from boundaries.units.demonstration import unit_id
from data.access import Actor, Grant, Role
from data.access.model import account_actor
from data.cases.model import Action
from data.cases.service import act
from data.db import Audience, reading

#: The boundary keepers of both sides (data/samples/yunxi/accounts.csv).
KEEPERS = {JIA: "demo.boundary-keeper-jia", YI: "demo.boundary-keeper-yi"}
ACCOUNT = text("SELECT id FROM diming.account WHERE username = :name")
UNDER_WAY = text(
    "SELECT count(DISTINCT procedure) FROM diming.case_file WHERE procedure = ANY(:keys) AND unit_id = :unit"
)
#: Which marker is broken: the fifth from the west.
BROKEN = 4


def load(stage: Stage) -> None:
    """Open both cases for 甲县; 乙县 agrees. A case that is there already is not opened again."""
    jia, yi = (_keeper(stage, code) for code in (JIA, YI))
    line = line_id(JIA, YI)
    marker = read_markers(SAMPLES, line)[BROKEN]
    wanted = Wanted("replace", "桩体断裂，须重新制作埋设（演示）", marker.id)
    _agreed(stage, yi, propose_work(stage.casework, jia, wanted, f"demonstration-{WORK}"))
    with reading(stage.engine) as connection:
        segment = run_of(connection, line, None, Audience.STAFF).segments[0]["segment_id"]
    project = Project(line, "division_change", "区划调整后重新勘定西段（演示）", segment)
    _agreed(stage, yi, open_project(stage.casework, jia, project, f"demonstration-{SURVEY}"))


def _keeper(stage: Stage, code: str) -> Actor:
    with reading(stage.engine) as connection:
        account: UUID = connection.execute(ACCOUNT, {"name": KEEPERS[code]}).scalar_one()
    return account_actor(account, (Grant(Role.BOUNDARY_KEEPER, unit_id(code)),), "command")


def _agreed(stage: Stage, actor: Actor, case: dict[str, object]) -> None:
    """The other side agrees, once."""
    act(stage.casework, actor, UUID(str(case["id"])), Action("agree", key=f"demonstration-{case['kind']}-agree"))


def done(connection: Connection) -> bool:
    """Whether both are there."""
    found = connection.scalar(UNDER_WAY, {"keys": [WORK, SURVEY], "unit": unit_id(JIA)})
    return bool(found == len((WORK, SURVEY)))


STEP = Step(
    "works", "a work on a marker and a survey of the line, under way", load, done, wanted=lambda s: s.with_accounts
)
