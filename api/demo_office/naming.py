"""A dozen naming cases of 甲县 in different states, with their papers: at every desk there is something to do.

All of it is invented: names, applicants, reasons. Approvals are numbered 演示〔2026〕N号, documents bear the mark.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from api.casework import make_casework
from api.demo_office.model import Stage, Step
from api.demo_office.naming_office import BUREAU, PEOPLE, person, prepare_offices, speak
from api.filings import outbox_with
from boundaries.units.demonstration import unit_id
from data.access import Actor
from data.cases.attachments import keep_attachment
from data.cases.model import Action, Casework, Opening
from data.cases.service import act, open_case
from data.clock import civil_date
from data.db import unit_of_work
from data.documents.model import Marking
from data.kept import blobs_at
from data.signing.keys import KeyFolder
from geonames.filings.inbox import Inbox
from geonames.filings.outbox import deliver_waiting

PROCEDURE = "naming.application"
NOTE = "演示数据·非公文。"
HEARINGS = ("evaluation", "experts", "public")
CASES = text("SELECT count(*) FROM diming.case_file WHERE procedure = :procedure AND unit_id = ANY(:units)")
BYTES = text("""
    SELECT DISTINCT a.sha256 FROM diming.attachment a JOIN diming.case_file c ON c.id = a.case_id
    WHERE c.procedure = :procedure AND c.unit_id = ANY(:units)
    UNION SELECT f.sha256 FROM diming.document_file f JOIN diming.document d ON d.id = f.document_id
    JOIN diming.case_file c ON c.id = d.case_id WHERE c.procedure = :procedure AND c.unit_id = ANY(:units)
""")
#: How far names are known follows the last decision that is real.
REACH = text("""
    WITH real AS (
        SELECT max(coalesce(d.effective_on::text, d.approved_on::text)) AS through
        FROM diming.announcement a JOIN diming.decision d ON d.id = a.decision_id WHERE NOT d.demonstration)
    UPDATE diming.setting SET value = jsonb_build_object('through', real.through), changed_by = :actor
    FROM real WHERE key = 'gazetteer' AND real.through IS NOT NULL
""")
FORGET_REACH = text("""
    DELETE FROM diming.setting WHERE key = 'gazetteer' AND NOT EXISTS (
        SELECT FROM diming.announcement a JOIN diming.decision d ON d.id = a.decision_id WHERE NOT d.demonstration)
""")


@dataclass(frozen=True, slots=True)
class Scene:
    """One case: what is applied for, so many days ago, and how far it goes.

    `course`: offset of its beginning in degrees from the middle of 石桥镇's invented town.
    """

    key: str
    names: Sequence[str]
    days_ago: int
    end: str
    offset: tuple[float, float]
    meaning: str
    estate: bool = False
    within: str = "990121100"


#: Where the invented town lies: north of 甲乙线, in 甲县.
TOWN = (119.92, 48.66)
SCENES: Sequence[Scene] = (
    Scene("new", ("晨汐路",), 1, "submitted", (0.000, 0.000), "取晨光映水之意。"),
    Scene("papers", ("望汐街", "迎汐街"), 2, "papers", (0.004, 0.002), "面向溪流。"),
    Scene("correcting", ("曦桥路",), 4, "correcting", (0.008, 0.004), "因旧石桥得名。"),
    Scene("review", ("曦桥北路",), 9, "review", (0.012, 0.006), "在石桥以北，与曦桥路成系列。"),
    Scene("consulting", ("芷汀街",), 6, "consulting", (0.016, 0.008), "溪边旧有芷草。"),
    Scene("estate", ("芷汀苑",), 12, "asked", (0.020, 0.010), "邻近溪岸。", estate=True),
    Scene("decision", ("澜堤路",), 16, "decision", (0.024, 0.012), "沿堤而行。"),
    Scene("approved", ("澜堤巷",), 18, "approved", (0.028, 0.014), "自堤入巷。"),
    Scene("overdue", ("苇渡路",), 40, "overdue", (0.032, 0.016), "旧有渡口，两岸多苇。"),
    Scene("sent", ("苇渡街",), 21, "sent", (0.036, 0.018), "近旧渡口。"),
    Scene("notice", ("榆社路",), 30, "announced", (0.040, 0.020), "旧有榆树社址。"),
    Scene("archived", ("榆社巷",), 90, "archived", (0.044, 0.022), "自榆社路入。"),
    Scene("refused", ("苇渡中路",), 33, "refused", (0.048, 0.024), "拟为主干道。"),
    Scene("withdrawn", ("曦桥南街",), 25, "withdrawn", (0.052, 0.026), "在石桥以南。"),
)
#: How the invented streets go, as their drawn course does; about 700 m long.
COURSE = {"start": "溪岸路（演示）", "end": "新区环路（演示）", "course": "南北走向", "length_m": 700, "width_m": 18}
#: The steps after the review, by the end of a scene: each end goes as far as the one before it, and further.
AFTER_DECISION = ("approved", "overdue", "sent", "announced", "archived")


@dataclass
class Teller:
    """Tells one scene: its case moves with a clock of its own, and every step has a key, so a killed load goes on."""

    stage: Stage
    people: Mapping[str, Actor]
    scene: Scene
    now: datetime
    number: int
    casework: Casework = field(init=False)
    case: dict[str, Any] = field(default_factory=dict)
    steps: int = 0

    def __post_init__(self) -> None:
        keys = KeyFolder(self.stage.home.keys / "signing")
        self.casework = make_casework(self.stage.engine, lambda: self.now, Marking.DEMONSTRATION, keys)

    def key(self) -> str:
        """The key of the next step."""
        self.steps += 1
        return f"demonstration-naming-{self.scene.key}-{self.steps}"

    def act(self, who: str, action: str, **fields: str) -> None:
        """Take a step."""
        case = UUID(str(self.case["id"]))
        self.case = act(self.casework, self.people[who], case, Action(action, fields, key=self.key()))

    def later(self, days: float) -> None:
        """Move the clock, never past the present."""
        self.now = min(self.now + timedelta(days=days), self.stage.clock())

    def paper(self, who: str, name: str, content: str) -> str:
        """Hand in a document; its id."""
        blobs = blobs_at(self.stage.home)
        source = io.BytesIO(f"{NOTE}\n\n{content}\n".encode())
        kept = keep_attachment(self.casework, blobs, self.people[who], source, name, self.key())
        self.act(who, "attach", attachment=str(kept["id"]))
        return str(kept["id"])


def load(stage: Stage) -> None:
    """Open the cases and carry each as far as it goes."""
    people = {name: person(stage, name) for name in PEOPLE}
    prepare_offices(stage)
    for number, scene in enumerate(sorted(SCENES, key=lambda scene: -scene.days_ago), 11):
        _tell(Teller(stage, people, scene, stage.clock() - timedelta(days=scene.days_ago), number))
    _deliver(stage)


def _tell(teller: Teller) -> None:
    _apply(teller)
    end = teller.scene.end
    if end == "submitted":
        return
    if end == "withdrawn":
        teller.act("applicant", "withdraw")
        return
    _hand_in(teller)
    if end == "correcting":
        _ask(teller)
    if end in ("papers", "correcting"):
        return
    _accept(teller)
    if end == "consulting":
        _consult(teller)
    elif end == "asked":
        asked = str(teller.people["place-name-department"].account_id)
        teller.act("reviewer", "consult", to=asked, text=f"{NOTE}请对拟用名提出意见（地名管理条例第十二条）。")
    elif end == "review":
        teller.act("reviewer", "call_expert", to=str(teller.people["expert"].account_id))
    else:
        _decide(teller, end)


def _apply(teller: Teller) -> None:
    scene = teller.scene
    facts = {
        "kind": "naming", "class": "RESIDENTIAL_BUILDING" if scene.estate else "STREET", "names": list(scene.names),
        "within": scene.within, "geometry": _outline(scene) if scene.estate else _course(scene),
        "meaning": f"{scene.meaning}（演示）", "reason": "新建，尚无名称（演示）。",
        "applicant": {"name": "演示建设有限公司（虚构）", "sort": "company"},
        **({} if scene.estate else {"course": COURSE}),
    }  # fmt: skip
    opening = Opening(PROCEDURE, "、".join(scene.names), unit_id(scene.within), facts)
    teller.case = open_case(teller.casework, teller.people["applicant"], opening, teller.key())


def _course(scene: Scene) -> dict[str, Any]:
    x, y = TOWN[0] + scene.offset[0], TOWN[1] + scene.offset[1]
    bends = ((0.0, 0.0), (0.0012, 0.0028), (0.0018, 0.0061))
    return {"type": "LineString", "coordinates": [[round(x + a, 6), round(y + b, 6)] for a, b in bends]}


def _outline(scene: Scene) -> dict[str, Any]:
    x, y = TOWN[0] + scene.offset[0], TOWN[1] + scene.offset[1]
    ring = [[x, y], [x + 0.003, y], [x + 0.003, y + 0.002], [x, y + 0.002], [x, y]]
    return {"type": "Polygon", "coordinates": [[[round(a, 6), round(b, 6)] for a, b in ring]]}


def _hand_in(teller: Teller) -> None:
    said = f"地名命名申请书\n拟用名：{'、'.join(teller.scene.names)}\n含义：{teller.scene.meaning}"
    paper = teller.paper("applicant", "地名命名申请书（演示）.txt", said)
    teller.act("applicant", "name_paper", paper="application", attachment=paper)
    teller.act("applicant", "print_form")


def _ask(teller: Teller) -> None:
    """One thing to be put right, asked for in the one request."""
    message = f"{teller.scene.names[0]}：请补充与道路规划名称一致的说明。"
    teller.act("clerk", "assign", to=str(teller.people["clerk"].account_id))
    teller.act(
        "clerk", "find", rule="材料", severity="ask", message=message, article="地名管理条例 第十一条",
        cure="补交说明。",
    )  # fmt: skip
    teller.act("clerk", "ask_corrections")


def _settle(teller: Teller, who: str) -> None:
    for finding in [f for f in teller.case["findings"] if f["closed_at"] is None]:
        teller.act(who, "settle_finding", finding=str(finding["id"]), reason="经核对，可以使用（演示）。")


def _accept(teller: Teller) -> None:
    teller.later(1)
    _settle(teller, "clerk")
    teller.act("clerk", "assign", to=str(teller.people["reviewer"].account_id))
    teller.act("clerk", "accept")


def _consult(teller: Teller) -> None:
    day = civil_date(teller.now)
    for hearing in HEARINGS[:2]:
        teller.act("reviewer", "hear", hearing=hearing, reason="规模小，书面核对即可（演示）。")
    closes = (day + timedelta(days=30)).isoformat()
    teller.act("reviewer", "open_consultation", asked_by=BUREAU, opens_on=day.isoformat(), closes_on=closes)
    teller.later(1)
    consultation = UUID(str(teller.case["facts"]["consultation"]["id"]))
    speak(teller.stage, teller.casework, teller.people["reviewer"], consultation)


def _decide(teller: Teller, end: str) -> None:
    teller.later(5)
    for hearing in HEARINGS:
        teller.act("reviewer", "hear", hearing=hearing, reason="规模小，无不同意见（演示）。")
    _settle(teller, "reviewer")
    teller.act("reviewer", "propose")
    _settle(teller, "reviewer")
    teller.later(3)
    if end == "refused":
        teller.act("approving-authority", "refuse", reason="与苇渡路、苇渡街过于相近，不便使用（演示）。")
    elif end in AFTER_DECISION:
        teller.act("approving-authority", "approve", type_code="23514")
        _follow(teller, end)


def _follow(teller: Teller, end: str) -> None:
    """What follows an approval; one that is overdue is left lying."""
    teller.later(4)
    if end == "sent":
        teller.act("filing-officer", "send_filing")
    if end in ("announced", "archived"):
        teller.act("filing-officer", "file", filing_no=f"演示〔{teller.now.year}〕备{teller.number}号")
        teller.act("publisher", "announce", authority=BUREAU, position="石桥镇内，起于溪岸路，止于新区环路（演示）")
    if end == "archived":
        teller.act("filing-officer", "archive")


def _deliver(stage: Stage) -> None:
    """The filing that was sent arrives at the city's desk."""
    blobs, keys = blobs_at(stage.home), KeyFolder(stage.home.keys / "signing")
    casework = make_casework(stage.engine, stage.clock, Marking.DEMONSTRATION, keys)
    deliver_waiting(outbox_with(Inbox(casework, blobs), keys, blobs, stage.clock))


def _units() -> list[UUID]:
    return [unit_id(code) for code in {scene.within for scene in SCENES}]


def done(connection: Connection) -> bool:
    """Whether all the cases are there."""
    found = connection.scalar(CASES, {"procedure": PROCEDURE, "units": _units()})
    return (found or 0) >= len(SCENES)


def remove(stage: Stage) -> None:
    """Take the papers out of the store, and let names be known as far as real decisions reach."""
    blobs = blobs_at(stage.home)
    with unit_of_work(stage.engine) as connection:
        kept = [bytes(digest) for digest in connection.scalars(BYTES, {"procedure": PROCEDURE, "units": _units()})]
        connection.execute(REACH, {"actor": stage.actor.name})
        connection.execute(FORGET_REACH)
    for digest in kept:
        blobs.remove(digest, grace_s=0)


STEP = Step("naming", "naming cases of 甲县", load, done, remove, wanted=lambda stage: stage.with_accounts)
