"""The office that runs the sample procedure: its people, its places, its register of lamp posts. All invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from data import audit
from data.access import Actor, Grant, Role
from data.access.model import account_actor
from data.cases.binding import checked
from data.cases.model import Casework, Deciding, Outcome, Proposal, ProposalRow, Subject, Whereabouts
from data.clock import Clock
from data.db import reading, unit_of_work
from data.decisions import DecisionDraft, record_decisions
from data.errors import BadInput
from data.feed import Change
from data.ids import derived_id, new_id
from data.queue import Job
from data.workflow.model import Label
from data.workflow.reading import load_procedure
from tests.samples import SAMPLE_PROCEDURE

PROVINCE, COUNTY, OTHER_COUNTY = (derived_id("sample-unit", n) for n in ("province", "county", "other"))
PLACES = {
    PROVINCE: Whereabouts((PROVINCE,), "province", names=("示例省",)),
    COUNTY: Whereabouts((PROVINCE, COUNTY), "county", names=("示例省", "示例县")),
    OTHER_COUNTY: Whereabouts((PROVINCE, OTHER_COUNTY), "county", names=("示例省", "邻县")),
}
#: A Monday; the week is a working week.
BEGIN = datetime(2026, 3, 2, 2, tzinfo=UTC)

LAMP_POSTS = text("CREATE TABLE public.lamp_post (number text PRIMARY KEY, decision_id uuid NOT NULL, street text)")
ADD_LAMP_POST = text("INSERT INTO public.lamp_post VALUES (:number, :decision, :street)")
ADD_UNIT = text("INSERT INTO diming.unit (id, opened_by) VALUES (:id, :decision)")
ADD_ACCOUNT = text("INSERT INTO diming.account (id, username, display_name) VALUES (:id, :name, :called)")
ADD_GRANT = text("""
    INSERT INTO diming.role_grant (id, account_id, role, unit_id, valid)
    VALUES (:id, :account, :role, :unit, '[2020-01-01,)')
""")


@dataclass
class MovedClock:
    """A clock that stands until it is moved."""

    now: datetime = BEGIN

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **how_far: float) -> None:
        self.now += timedelta(**how_far)


@dataclass
class Office:
    """The office on a database of its own: casework, clock, people by name."""

    casework: Casework
    clock: MovedClock
    people: dict[str, Actor] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Actor:
        return self.people[name]


PEOPLE: Mapping[str, tuple[tuple[Role, UUID | None], ...]] = {
    "applicant": ((Role.APPLICANT, COUNTY),),
    "neighbour": ((Role.APPLICANT, COUNTY),),
    "clerk": ((Role.CLERK, COUNTY),),
    "reviewer": ((Role.REVIEWER, COUNTY),),
    "expert": ((Role.EXPERT, COUNTY),),
    "mayor": ((Role.APPROVING_AUTHORITY, COUNTY),),
    "governor": ((Role.APPROVING_AUTHORITY, PROVINCE),),
    "elsewhere": ((Role.CLERK, OTHER_COUNTY), (Role.APPROVING_AUTHORITY, OTHER_COUNTY)),
    "everything": ((Role.CLERK, COUNTY), (Role.REVIEWER, COUNTY), (Role.APPROVING_AUTHORITY, COUNTY)),
}


#: What the people are called; nobody is.
CALLED: Mapping[str, str] = {
    "applicant": "申请人甲",
    "neighbour": "申请人乙",
    "clerk": "受理员丙",
    "reviewer": "审核员丁",
    "expert": "专家戊",
    "mayor": "县长己",
    "governor": "省长庚",
    "elsewhere": "邻县辛",
    "everything": "多职壬",
}


def check_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """A lamp post stands in a street, perhaps at a known position, and nothing more is asked."""
    position = facts.get("position", [])
    known = isinstance(position, list) and len(position) in (0, 2)
    if not {"street"} <= set(facts) <= {"street", "position"} or not isinstance(facts["street"], str) or not known:
        raise BadInput("A lamp post stands in a street: {'street': name, 'position': [lon, lat]}.", code="bad_case")
    if not facts["street"]:
        raise BadInput("The street has no name.", code="bad_case")
    return facts


def propose(facts: Mapping[str, Any]) -> Proposal:
    """The lamp post as people read it: its street, its number once it has one, where it stands."""
    rows = [ProposalRow(Label("所在街道", "street"), facts["street"])]
    if "number" in facts:
        rows.append(ProposalRow(Label("灯杆编号", "number of the lamp post"), facts["number"], is_code=True))
    position = facts.get("position")
    return Proposal(rows, [{"type": "Point", "coordinates": position}] if position else [])


def give_number(deciding: Deciding) -> Outcome:
    """Enter the lamp post into the register under its number."""
    number, decision_id = deciding.fields["number"], new_id()
    record_decisions(deciding.connection, [approval(decision_id, number, deciding.doc_no)], deciding.actor.name)
    street = deciding.case.facts["street"]
    deciding.connection.execute(ADD_LAMP_POST, {"number": number, "decision": decision_id, "street": street})
    entity = derived_id("lamp-post", number)
    change = Change("lamp_posts", entity, None, {"number": number, "street": street}, decision_id)
    return Outcome(
        decision_id=decision_id,
        changes=[change],
        jobs=[Job("diming:housekeeping", {"timestamp": 0}, lock=f"case:{deciding.case.id}")],
        details={"lamp_post": str(entity)},
        facts={"number": number},
    )


def approval(decision_id: UUID, number: str, doc_no: str | None = None) -> DecisionDraft:
    """The decision by which a lamp post gets its number."""
    return DecisionDraft(
        id=decision_id,
        kind="approval",
        doc_no=doc_no,
        title=f"关于{number}号灯杆的批复（虚构）",
        authority="示例县人民政府（虚构）",
        approved_on="2026-03-02",
        announced_on=None,
        effective_on="2026-03-02",
        basis="document_date",
        list_year=None,
        text="",
        source="tests",
        licence=None,
        retrieved_on=None,
    )


def locate(_connection: Connection, unit_id: UUID) -> Whereabouts | None:
    """Where the office's units lie."""
    return PLACES.get(unit_id)


def make_casework(engine: Engine, clock: Clock) -> Casework:
    """Casework of the sample procedure alone."""
    sample = load_procedure(SAMPLE_PROCEDURE)
    subject = Subject(check_facts=check_facts, effects={"give_number": give_number}, propose=propose)
    return checked(Casework(engine, [sample], {sample.key: subject}, locate, clock))


def open_office(engine: Engine) -> Office:
    """The office on an empty, migrated database: its units, its register, its people with their roles."""
    clock = MovedClock()
    office = Office(make_casework(engine, clock), clock)
    with unit_of_work(engine) as connection:
        founding = new_id()
        record_decisions(connection, [approval(founding, "0")], "test")
        audit.append(connection, actor="test", action="sample", decision_id=founding, details={})
        connection.execute(LAMP_POSTS)
        for unit in PLACES:
            connection.execute(ADD_UNIT, {"id": unit, "decision": founding})
        for name, grants in PEOPLE.items():
            office.people[name] = _person(connection, name, grants)
    return office


def reopen_office(engine: Engine, now: datetime) -> Office:
    """The office on a copy of a database on which it was opened."""
    clock = MovedClock(now)
    office = Office(make_casework(engine, clock), clock)
    with reading(engine) as connection:
        accounts = {row.username: row.id for row in connection.execute(text("SELECT id, username FROM diming.account"))}
    for name, grants in PEOPLE.items():
        held = tuple(Grant(role, unit) for role, unit in grants)
        office.people[name] = account_actor(accounts[name], held, "session")
    return office


def _person(connection: Connection, name: str, grants: tuple[tuple[Role, UUID | None], ...]) -> Actor:
    account = new_id()
    connection.execute(ADD_ACCOUNT, {"id": account, "name": name, "called": CALLED[name]})
    for role, unit in grants:
        connection.execute(ADD_GRANT, {"id": new_id(), "account": account, "role": role, "unit": unit})
    return account_actor(account, tuple(Grant(role, unit) for role, unit in grants), "session")


def deputy_of(office: Office, name: str, absent: str) -> Actor:
    """`name` as the deputy of `absent`: what he may do himself, and what the other may."""
    own, other = office[name], office[absent]
    lent = tuple(Grant(g.role, g.unit_id, g.level, other.account_id) for g in other.grants)
    assert own.account_id is not None
    return account_actor(own.account_id, (*own.grants, *lent), "session")


def document(office: Office, who: str) -> UUID:
    """A document that `who` has uploaded."""
    attachment = new_id()
    with unit_of_work(office.casework.engine) as connection:
        connection.execute(
            text("""
                INSERT INTO diming.attachment (id, sha256, bytes, file_name, media_type, added_by)
                VALUES (:id, sha256(CAST(CAST(:id AS text) AS bytea)), 1, 'a.pdf', 'application/pdf', :by)
            """),
            {"id": attachment, "by": office[who].account_id},
        )
    return attachment
