"""甲乙线 inspected: the fourth round filed, the fifth in the field with its findings open; all of it invented.

The open findings are one disagreement of each of the three routes, a datum mistake and a lost marker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from api.auth.jurisdiction import chain_finder
from api.casework import make_casework
from api.demo_accounts import PREFIX
from api.demo_office.line import JIA, YI
from api.demo_office.model import CITY, Stage, Step
from api.jobs import schema
from boundaries.findings.model import FindingDraft
from boundaries.findings.service import open_findings
from boundaries.network.sample import line_id
from boundaries.records.checklist import Stage as Check
from boundaries.records.checklist import asked
from boundaries.records.model import EntryDraft
from boundaries.records.reading import tasks_of
from boundaries.records.service import Beginning, Party, begin_inspection, enter_answers
from boundaries.rounds.model import RoundPlan, anniversary
from boundaries.rounds.planning import plan_round
from boundaries.rounds.sides import sides_of
from boundaries.units.demonstration import unit_id
from boundaries.units.service import register_span
from data.access import Actor, Grant, Role
from data.access.model import account_actor
from data.accounts.people import NewAccount, add_account
from data.accounts.roles import NewGrant
from data.cases import service
from data.cases.model import Action, Casework
from data.clock import civil_date
from data.db import reading, unit_of_work
from data.documents import store as documents
from data.documents.model import Marking
from data.ids import derived_id, new_id
from data.signing.keys import KeyFolder
from data.signing.service import new_key

NOTE = "演示数据·非公文。"
#: Who takes part, all invented and without passwords: nobody signs in as them.
PEOPLE: Mapping[str, tuple[str, Role, str]] = {
    "inspection-city": ("演示·云溪市界线员", Role.BOUNDARY_KEEPER, CITY),
    "inspection-filing": ("演示·云溪市备案员", Role.FILING_OFFICER, CITY),
    "inspection-jia": ("演示·甲县联检员", Role.BOUNDARY_KEEPER, JIA),
    "inspection-yi": ("演示·乙县联检员", Role.BOUNDARY_KEEPER, YI),
}
OFFICES = {JIA: "演示·甲县民政局", YI: "演示·乙县民政局", CITY: "演示·云溪市民政局"}
KINDS = ("inspection_plan", "inspection_minutes", "inspection_report", "inspection_filing")
#: Invented documents are numbered 演示〔year〕N号.
SERIES = "演示"
#: Kind, severity, note of each finding that stands open; the routes' first.
FINDINGS: Sequence[tuple[str, str, str]] = (
    ("position_read_differently", "warning", "途径一：双方对协议书第三条“山脊线”的实地位置认定不一致。"),
    ("line_never_clear", "error", "途径二：河滩一段协议书未写明以哪条汊流为界。"),
    ("land_to_change_hands", "warning", "途径三：双方拟调整水库坝肩一块土地的隶属。"),
    ("systematic_shift", "warning", "乙县成果整体偏移，疑为西安80坐标未转换。"),
    ("marker_lost", "warning", "界桩丢失，只剩基坑。"),
)
ACCOUNT = text("SELECT id FROM diming.account WHERE username = :name AND disabled_at IS NULL")
INSPECTED = text("SELECT count(*) FROM diming.inspection WHERE line_id = :line AND case_id IS NOT NULL")
ROUND = text("SELECT id FROM diming.inspection_round WHERE region_id = :region AND number = :number")
OF_ROUND = text("SELECT id, case_id FROM diming.inspection WHERE round_id = :round AND line_id = :line")
NUMBERED = text("""
    SELECT EXISTS (SELECT FROM diming.document_numbering WHERE kind = :kind AND unit_id = :unit)
""")
KEY = text("SELECT EXISTS (SELECT FROM diming.signing_key WHERE office = :office AND retired_at IS NULL)")


@dataclass(frozen=True)
class Scene:
    """One round with its people, at its own time."""

    stage: Stage
    casework: Casework
    people: Mapping[str, Actor]
    now: datetime

    def act(self, who: str, case: UUID, action: str, **fields: str) -> dict[str, Any]:
        """Take a step as one of the people."""
        return service.act(self.casework, self.people[who], case, Action(action, fields))


def load(stage: Stage) -> None:
    """Inspect the line in the fourth round and file it, then begin the fifth and leave it in the field."""
    schema.prepare(stage.engine)
    people = _people(stage)
    _offices(stage)
    now = stage.clock()
    past = now.replace(year=now.year - 5, day=min(now.day, 28))
    filed = _scene(stage, people, past)
    _carry(filed, 4, "第四轮县级界线联检", to_the_end=True)
    field = _scene(stage, people, now)
    inspection = _carry(field, 5, "第五轮县级界线联检", to_the_end=False)
    _open_findings(field, inspection)


def _scene(stage: Stage, people: Mapping[str, Actor], now: datetime) -> Scene:
    casework = make_casework(stage.engine, lambda: now, Marking.DEMONSTRATION, _keys(stage))
    return Scene(stage, casework, people, now)


def _keys(stage: Stage) -> KeyFolder:
    return KeyFolder(stage.home.keys / "signing")


def _people(stage: Stage) -> Mapping[str, Actor]:
    found = {}
    for name, (called, role, code) in PEOPLE.items():
        with unit_of_work(stage.engine) as connection:
            account = connection.scalar(ACCOUNT, {"name": PREFIX + name})
            if account is None:
                grant = NewGrant(role, unit_id(code), civil_date(stage.clock()))
                new = NewAccount(PREFIX + name, called)
                add_account(connection, stage.actor, new, [grant], chain_finder(connection))
                account = connection.execute(ACCOUNT, {"name": PREFIX + name}).scalar_one()
        # made-up people act as if they had signed in: a signature asks for that
        found[name] = account_actor(account, (Grant(role, unit_id(code)),), "session")
    return found


def _offices(stage: Stage) -> None:
    """Who numbers the documents of 云溪市, and a key for each of the three offices."""
    with unit_of_work(stage.engine) as connection:
        for kind in KINDS:
            if not connection.scalar(NUMBERED, {"kind": kind, "unit": unit_id(CITY)}):
                connection.execute(documents.ADD_NUMBERING, _numbering(kind))
        missing = [office for office in OFFICES.values() if not connection.scalar(KEY, {"office": office})]
    for office in missing:
        new_key(stage.engine, _keys(stage), stage.actor, office, stage.clock())


def _numbering(kind: str) -> dict[str, Any]:
    return {
        "id": new_id(), "kind": kind, "unit": unit_id(CITY), "office": OFFICES[CITY], "heading": None,
        "series": SERIES, "sealed": False, "rare": "refuse", "from": date(2002, 7, 1), "by": "demonstration",
    }  # fmt: skip


def _carry(scene: Scene, number: int, title: str, *, to_the_end: bool) -> UUID:
    """Plan a round and carry its inspection into the field, or to its filing."""
    inspection = _planned(scene, number, title)
    parties = _parties(scene)
    case = UUID(str(begin_inspection(scene.casework, scene.people["inspection-city"], inspection, parties)["id"]))
    scene.act("inspection-city", case, "begin_office", plan=f"{NOTE}双方各派两人组成联检组。")
    _answer(scene, inspection, "office", 1.0)
    scene.act("inspection-jia", case, "finish_office")
    _answer(scene, inspection, "field", 1.0 if to_the_end else 0.5)
    if to_the_end:
        scene.act("inspection-jia", case, "draw_up", conclusion=f"{NOTE}界线走向清楚，双方均按协议书执行。")
        for side in ("jia", "yi"):
            scene.act(f"inspection-{side}", case, "sign")
        scene.act("inspection-city", case, "report")
        scene.act("inspection-filing", case, "file")
    return inspection


def _planned(scene: Scene, number: int, title: str) -> UUID:
    begin = civil_date(scene.now)
    with reading(scene.stage.engine) as connection:
        known = connection.scalar(ROUND, {"region": unit_id(CITY), "number": number})
    if known is None:
        dates = {step: anniversary(begin, 1) for step in ("plan", "office", "field", "report")}
        plan = RoundPlan(
            number, f"{title}（演示）", unit_id(CITY), "county", begin, dates, f"演示〔{begin.year}〕1号", "alternate",
            [line_id(JIA, YI)],
        )  # fmt: skip
        known = plan_round(scene.stage.engine, scene.people["inspection-city"], plan)
    with reading(scene.stage.engine) as connection:
        found: UUID = connection.execute(OF_ROUND, {"round": known, "line": line_id(JIA, YI)}).one().id
    return found


def _parties(scene: Scene) -> Beginning:
    with reading(scene.stage.engine) as connection:
        day = register_span(connection).register_through
        left = sides_of(connection, line_id(JIA, YI), day).left_code
    jia, yi = (Party(OFFICES[code], [f"{PREFIX}inspection-{name}"]) for code, name in ((JIA, "jia"), (YI, "yi")))
    return Beginning(jia, yi) if left == JIA else Beginning(yi, jia)


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


def _open_findings(scene: Scene, inspection: UUID) -> None:
    day = civil_date(scene.now)
    drafts = [
        FindingDraft(
            line_id(JIA, YI), "record", derived_id("demonstration-finding", kind), kind, severity, day,  # type: ignore[arg-type]
            side="both", inspection_id=inspection, note=NOTE + note,
        )
        for kind, severity, note in FINDINGS
    ]  # fmt: skip
    with unit_of_work(scene.stage.engine) as connection:
        open_findings(connection, scene.people["inspection-city"], drafts)


def done(connection: Connection) -> bool:
    """Whether both inspections were begun."""
    return (connection.scalar(INSPECTED, {"line": line_id(JIA, YI)}) or 0) >= 2


STEP = Step("inspections", "inspections of the made-up line", load, done, wanted=lambda stage: stage.with_accounts)
