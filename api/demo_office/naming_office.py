"""Who works on the naming cases of 甲县: people, the offices that file, the numbers of documents, voices of the public.

All of it is invented. Documents are numbered 演示〔year〕N号 by 演示·甲县民政局; replies by 演示·甲县人民政府.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from api.auth.jurisdiction import chain_finder
from api.demo_accounts import PREFIX
from api.demo_office.line import JIA
from api.demo_office.model import CITY, Stage
from boundaries.units.demonstration import unit_id
from data.access import Actor, Grant, Role
from data.access.model import account_actor
from data.accounts.people import NewAccount, add_account
from data.accounts.roles import NewGrant
from data.cases.model import Casework
from data.clock import civil_date
from data.db import reading, unit_of_work
from data.documents import store as documents
from data.documents.kinds import load_kinds
from data.ids import new_id
from data.signing.keys import KeyFolder
from data.signing.service import new_key
from geonames.consultations.model import Said, Stance
from geonames.consultations.moderation import moderate, reply
from geonames.consultations.service import comment
from geonames.filings.offices import add_office, new_office

#: Who works on the cases; where there are accounts to sign in with, they are these.
PEOPLE: Mapping[str, tuple[str, Role, str]] = {
    "applicant": ("演示·甲县·申请人", Role.APPLICANT, JIA),
    "clerk": ("演示·甲县·受理人员", Role.CLERK, JIA),
    "reviewer": ("演示·甲县·审核人员", Role.REVIEWER, JIA),
    "approving-authority": ("演示·甲县·批准机关", Role.APPROVING_AUTHORITY, JIA),
    "expert": ("演示·甲县·专家", Role.EXPERT, JIA),
    "place-name-department": ("演示·甲县·地名主管部门", Role.REVIEWER, JIA),
    "filing-officer": ("演示·云溪市·备案人员", Role.FILING_OFFICER, CITY),
    "publisher": ("演示·甲县·公告人员", Role.PUBLISHER, JIA),
}
#: Who decides is the county's government: all the streets are for it. The place-name department is asked about estates.
BODIES = {"approving-authority": "government", "place-name-department": "place_name_department"}
#: The offices that file with each other; both work on this installation.
BUREAU = "演示·甲县民政局"
OFFICES = {BUREAU: JIA, "演示·云溪市民政局": CITY}
DEPARTMENT = "place_name_department"
GOVERNMENT = "演示·甲县人民政府"
SERIES = "演示"
#: Documents whose number another office gives than the bureau.
NUMBERED_BY: Mapping[str, str] = {"naming_reply": GOVERNMENT, "naming_batch_reply": GOVERNMENT}
KINDS = tuple(kind.key for kind in load_kinds() if kind.key.startswith("naming_") or kind.key == "usage_rectification")
NUMBERED = text("SELECT EXISTS (SELECT FROM diming.document_numbering WHERE kind = :kind AND unit_id = :unit)")
#: What the public says about the name that it is asked about; the office shows the first two and answers the second.
VOICES = (
    Said(Stance.SUPPORT, "溪边确实长过芷草，老人都记得，这个名字好记（演示）。", "演示居民"),
    Said(Stance.OBJECTION, "与芷汀苑只差一字，问路时怕混淆（演示）。", "演示商户"),
    Said(Stance.SUPPORT),
    Said(Stance.COMMENT, "建议同时设置路牌（演示）。"),
)
ANSWER = "芷汀苑为住宅区名，与街名通名不同；路牌将一并设置（演示）。"
ACCOUNT = text("SELECT id FROM diming.account WHERE username = :name AND disabled_at IS NULL")
KEY = text("SELECT true FROM diming.signing_key WHERE office = :office AND retired_at IS NULL AND revoked_from IS NULL")
OFFICE = text("SELECT true FROM diming.filing_office WHERE name = :office")


def person(stage: Stage, name: str) -> Actor:
    """One of `PEOPLE`, added where he is not there yet."""
    called, role, code = PEOPLE[name]
    with unit_of_work(stage.engine) as connection:
        account = connection.scalar(ACCOUNT, {"name": PREFIX + name})
        if account is None:
            grant = NewGrant(role, unit_id(code), civil_date(stage.clock()), body=BODIES.get(name))
            add_account(connection, stage.actor, NewAccount(PREFIX + name, called), [grant], chain_finder(connection))
            account = connection.execute(ACCOUNT, {"name": PREFIX + name}).scalar_one()
    return account_actor(account, (Grant(role, unit_id(code), body=BODIES.get(name)),), "session")


def prepare_offices(stage: Stage) -> None:
    """Both offices, here, each with a key, and who numbers which documents of the county."""
    _number_documents(stage)
    for name, code in OFFICES.items():
        with reading(stage.engine) as connection:
            entered, keyed = (connection.scalar(question, {"office": name}) for question in (OFFICE, KEY))
        if not entered:
            add_office(stage.engine, stage.actor, new_office(name, DEPARTMENT, unit_id(code), None), stage.clock())
        if not keyed:
            new_key(stage.engine, KeyFolder(stage.home.keys / "signing"), stage.actor, name, stage.clock())


def _number_documents(stage: Stage) -> None:
    with unit_of_work(stage.engine) as connection:
        for kind in KINDS:
            if not connection.scalar(NUMBERED, {"kind": kind, "unit": unit_id(JIA)}):
                connection.execute(documents.ADD_NUMBERING, _numbering(kind))


def _numbering(kind: str) -> dict[str, Any]:
    return {
        "id": new_id(), "kind": kind, "unit": unit_id(JIA), "office": NUMBERED_BY.get(kind, BUREAU), "heading": None,
        "series": SERIES, "sealed": False, "rare": "refuse", "from": date(2022, 5, 1), "by": "demonstration",
    }  # fmt: skip


def speak(stage: Stage, casework: Casework, reviewer: Actor, consultation: UUID) -> None:
    """The public speaks in a consultation, and the office lets some of it be read and answers; once."""
    for number, said in enumerate(VOICES):
        # 192.0.2.0/24 is for examples (RFC 5737)
        key = f"demonstration-voice-{number}"
        address, now = f"192.0.2.{number + 1}", casework.clock()
        stored = comment(stage.engine, consultation, said, address, now, key, casework.keys())
        if said.text and number < 2 and stored["state"] == "waiting":
            moderate(casework, reviewer, consultation, stored["id"], None)
            if said.stance is Stance.OBJECTION:
                reply(casework, reviewer, consultation, stored["id"], ANSWER)
