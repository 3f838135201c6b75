"""The made-up offices that inspect and settle: their people, who numbers their documents, their keys.

Nobody signs in as them: the accounts have no passwords. Visitors sign in with those of `accounts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from api.auth.jurisdiction import chain_finder
from api.casework import make_casework
from api.demo_accounts import PREFIX
from api.demo_office.line import JIA, YI
from api.demo_office.model import CITY, Stage
from api.documents import fonts
from api.drawings import drawing_keeper
from boundaries.records.service import Party
from boundaries.units.demonstration import unit_id
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
from data.ids import new_id
from data.kept import blobs_at
from data.signing.keys import KeyFolder
from data.signing.service import new_key

BING = "990123"
NOTE = "演示数据·非公文。"
#: Who takes part: name, role, unit.
PEOPLE: Mapping[str, tuple[str, Role, str]] = {
    "inspection-city": ("演示·云溪市界线员", Role.BOUNDARY_KEEPER, CITY),
    "inspection-reviewer": ("演示·云溪市审核员", Role.REVIEWER, CITY),
    "inspection-mayor": ("演示·云溪市审批人", Role.APPROVING_AUTHORITY, CITY),
    "inspection-filing": ("演示·云溪市备案员", Role.FILING_OFFICER, CITY),
    "inspection-jia": ("演示·甲县联检员", Role.BOUNDARY_KEEPER, JIA),
    "inspection-yi": ("演示·乙县联检员", Role.BOUNDARY_KEEPER, YI),
    "inspection-bing": ("演示·丙县联检员", Role.BOUNDARY_KEEPER, BING),
    "division-clerk": ("演示·云溪市区划受理员", Role.CLERK, CITY),
    "survey-jia": ("演示·甲县测绘员", Role.SURVEYOR, JIA),
    "survey-yi": ("演示·乙县测绘员", Role.SURVEYOR, YI),
}
OFFICES = {
    JIA: "演示·甲县民政局",
    YI: "演示·乙县民政局",
    BING: "演示·丙县民政局",
    CITY: "演示·云溪市民政局",
}
#: Who speaks for each county.
SPEAKERS = {JIA: "inspection-jia", YI: "inspection-yi", BING: "inspection-bing"}
KINDS = (
    *("inspection_plan", "inspection_minutes", "inspection_report", "inspection_filing"),
    *("reading_decision", "mediation_minutes"),
)
#: Invented documents are numbered 演示〔year〕N号.
SERIES = "演示"
ACCOUNT = text("SELECT id FROM diming.account WHERE username = :name AND disabled_at IS NULL")
NUMBERED = text("""
    SELECT EXISTS (SELECT FROM diming.document_numbering WHERE kind = :kind AND unit_id = :unit)
""")
KEY = text("SELECT EXISTS (SELECT FROM diming.signing_key WHERE office = :office AND retired_at IS NULL)")


@dataclass(frozen=True)
class Scene:
    """These people at one time."""

    stage: Stage
    casework: Casework
    people: Mapping[str, Actor]
    now: datetime

    def act(self, who: str, case: UUID, action: str, **fields: str) -> dict[str, Any]:
        """Take a step as one of them."""
        return service.act(self.casework, self.people[who], case, Action(action, fields))


def scene_at(stage: Stage, now: datetime) -> Scene:
    """The people at `now`, added where they are not there yet, with their keys and numbers."""
    people = _people(stage)
    _offices(stage)
    keep = drawing_keeper(blobs_at(stage.home), fonts)
    casework = make_casework(stage.engine, lambda: now, Marking.DEMONSTRATION, keys_of(stage), keep)
    return Scene(stage, casework, people, now)


def keys_of(stage: Stage) -> KeyFolder:
    """Where the keys of offices are."""
    return KeyFolder(stage.home.keys / "signing")


def party(county: str) -> Party:
    """The office of a county, and who speaks for it."""
    return Party(OFFICES[county], [PREFIX + SPEAKERS[county]])


def forget_keys(stage: Stage) -> None:
    """Remove the private keys of these offices: nothing is signed with them any more."""
    with reading(stage.engine) as connection:
        rows = connection.execute(KEYS, {"offices": list(OFFICES.values())}).scalars().all()
    for key in rows:
        keys_of(stage).path(key).unlink(missing_ok=True)


KEYS = text("SELECT id FROM diming.signing_key WHERE office = ANY(:offices) ORDER BY id")


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
    """Who numbers the documents of 云溪市, and a key for each of the offices."""
    with unit_of_work(stage.engine) as connection:
        for kind in KINDS:
            if not connection.scalar(NUMBERED, {"kind": kind, "unit": unit_id(CITY)}):
                connection.execute(documents.ADD_NUMBERING, _numbering(kind))
        missing = [office for office in OFFICES.values() if not connection.scalar(KEY, {"office": office})]
    for office in missing:
        new_key(stage.engine, keys_of(stage), stage.actor, office, stage.clock())


def _numbering(kind: str) -> dict[str, Any]:
    return {
        "id": new_id(), "kind": kind, "unit": unit_id(CITY), "office": OFFICES[CITY], "heading": None,
        "series": SERIES, "sealed": False, "rare": "refuse", "from": date(2002, 7, 1), "by": "demonstration",
    }  # fmt: skip
