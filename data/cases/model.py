"""What casework needs from outside, and the values that pass through it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Engine

from data.access import Actor, Role
from data.access.table import Table, permissions
from data.clock import Clock, system_clock
from data.documents.model import Documents
from data.feed import Change
from data.queue import Job
from data.secrets import Keyring, keyring
from data.workdays import WorkingDays, calendar
from data.workflow.guards import CONDITIONS, Condition
from data.workflow.model import Label, Procedure
from data.workflow.reading import in_force


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a case lies: the ids of its unit and those above it, from the province down, its level, code and names.

    `names`: of the same units as `chain`, for people; empty where nobody can say them.
    """

    chain: tuple[UUID, ...] = ()
    level: str | None = None
    code: str | None = None
    names: tuple[str, ...] = ()


#: Where a unit lies, asked in the transaction that needs to know; None: the unit does not stand (any more).
Locate = Callable[[Connection, UUID], Whereabouts | None]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case as it is stored. `version` grows by one with every step."""

    id: UUID
    number: str
    procedure: Procedure
    state: str
    title: str
    unit_id: UUID | None
    opened_by: UUID
    assignee_id: UUID | None
    opened_at: datetime
    closed_at: datetime | None
    version: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Deciding:
    """What an effect gets: the transaction, the case before the step, what was given, who and when.

    `doc_no`: the number of the document that the step issues (文号), for the decision; None where it issues none.
    """

    connection: Connection
    case: CaseFile
    fields: Mapping[str, str]
    actor: Actor
    at: datetime
    doc_no: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an effect did to the register in the step's transaction.

    `changes` are published to the feed, `jobs` enqueued and `details` (ids and counts only) audited with
    the step; the effect has written the decision and the rows itself. `facts` are merged into the case's;
    `printed` stands beside them for the document of the step alone and is kept nowhere else.
    """

    decision_id: UUID | None = None
    changes: Sequence[Change] = ()
    jobs: Sequence[Job] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    printed: Mapping[str, Any] = field(default_factory=dict)


Effect = Callable[[Deciding], Outcome]


class Lowering(NamedTuple):
    """What a ground makes of a finding: what it is called, and the severity that is left."""

    label: Label
    severity: str


#: The grounds on which findings of a rule weigh less, by key.
Grounds = Callable[[str], Mapping[str, Lowering]]


class SetDay(NamedTuple):
    """A day that people of a case have set for something that is not done yet: no term of the law.

    `key` tells it apart within its case; `kind` names its notices (`KIND_near`, `KIND_past`); `number`: which of
    several, as people count them; `escalate_to`: the role that hears of it too when it has passed.
    """

    key: str
    kind: str
    due_on: date
    number: int | None = None
    escalate_to: Role | None = None


def no_grounds(_rule: str) -> Mapping[str, Lowering]:
    """For subjects whose rules know no grounds."""
    return {}


Spent = Callable[[Mapping[str, Any], Actor], frozenset[str]]


def nothing_spent(_facts: Mapping[str, Any], _actor: Actor) -> frozenset[str]:
    """Steps may be taken as often as the procedure allows."""
    return frozenset()


def nothing(_deciding: Deciding) -> Outcome:
    """The effect of a step that only moves its case."""
    return Outcome()


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One line of what is proposed: what it is called, what it says, in a monospaced face where it is a code.

    `href`: the page of this installation that shows more of it. `details`: the single points behind a value that
    only counts them.
    """

    label: Label
    value: str
    is_code: bool = False
    href: str | None = None
    details: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a case proposes, as people read it.

    `shapes`: GeoJSON geometries in longitude and latitude (CGCS2000) that the case's map draws.
    """

    rows: Sequence[ProposalRow] = ()
    shapes: Sequence[Mapping[str, Any]] = ()


def any_facts(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts as they are: for procedures whose cases carry none of their own."""
    return facts


def plain_proposal(facts: Mapping[str, Any]) -> Proposal:
    """The facts one by one under their own names: for subjects that say nothing better."""
    return Proposal([ProposalRow(Label(name, name), _as_text(value)) for name, value in facts.items()])


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a subject brings beside its procedure's table.

    `check_facts` gives the facts of a new case in their stored form and raises `BadInput` for others;
    `conditions` are its own guards, `effects` what its transitions do to the register. `propose` says the
    facts of a case as people read them. `opened` is what opening a case does in the same transaction; its
    `Deciding` has the new case. `grounds`: why a finding of a rule may weigh less. `days`: what the facts of a case
    say is to be done by when; None: the cases of this subject set no days of their own. `spent`: the effects that a
    reader has no use for any more, because his side has had them: not offered to him, though others still need them.
    """

    check_facts: Callable[[Mapping[str, Any]], Mapping[str, Any]] = any_facts
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    effects: Mapping[str, Effect] = field(default_factory=dict)
    propose: Callable[[Mapping[str, Any]], Proposal] = plain_proposal
    opened: Effect = nothing
    grounds: Grounds = no_grounds
    days: Callable[[Mapping[str, Any]], Sequence[SetDay]] | None = None
    spent: Spent = nothing_spent


@dataclass(frozen=True, slots=True)
class Casework:
    """Everything that casework needs: the database, the procedures with their subjects, clock and calendar.

    `documents`: the kinds that steps issue; None: an office that issues none.
    `keys`: with which personal data are sealed.
    """

    engine: Engine
    procedures: Sequence[Procedure]
    subjects: Mapping[str, Subject]
    locate: Locate
    clock: Clock = system_clock
    calendar: WorkingDays = field(default_factory=calendar)
    permissions: Table = field(default_factory=permissions)
    documents: Documents | None = None
    keys: Callable[[], Keyring] = keyring

    def subject(self, key: str) -> Subject:
        """The subject of procedure `key`."""
        return self.subjects[key]

    def conditions(self, key: str) -> Mapping[str, Condition]:
        """The guards that procedure `key` may use: everybody's and its subject's own."""
        return {**CONDITIONS, **self.subject(key).conditions}

    def procedure(self, key: str, day: date) -> Procedure | None:
        """The table of procedure `key` in force on `day`, None where there is none."""
        return in_force(self.procedures, key, day)


@dataclass(frozen=True, slots=True)
class Opening:
    """A case to be opened."""

    procedure: str
    title: str
    unit_id: UUID | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    attachments: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """Something to be done in a case.

    `seen_version` is the version that the actor looked at when he decided to do it; None: whichever it is
    (possible at all only where the state still permits it). `key` is the client's own name for this request
    (Idempotency-Key): the same request again has no second effect and gets the same answer.
    """

    name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    seen_version: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Acted:
    """What came of one of several actions: the case afterwards, or the problem document."""

    case_id: UUID
    done: bool
    answer: Mapping[str, Any]
