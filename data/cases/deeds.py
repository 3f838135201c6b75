"""What is done in a case without moving it: assigning, findings, opinions, votes, consultation, links, documents.

Each handler writes the rows of one deed in the step's transaction. It raises
`BadInput` (`bad_fields`) where a value means nothing and `Conflict` where the
deed is not possible (any more).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, TextClause

from data.cases import store
from data.cases.model import Grounds, no_grounds
from data.cases.views import Dossier, view_of
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id
from data.workflow.moves import STANCES

OVERRIDE = "override_finding"
#: What of a deed the audit keeps in words, beside the hash of its step: against which law's letter, on which basis.
AUDITED: Mapping[str, tuple[str, ...]] = {OVERRIDE: ("finding", "basis", "reason")}
SEVERITIES = ("block", "warn", "ask", "info")


@dataclass(frozen=True, slots=True)
class Doing:
    """One deed being done: the case, the number of the step, with what, when.

    `by`: in whose name, the absent person where `actor_id` is a deputy.
    `may_see`: whether the actor may see another case, by id; None where there is none that he may see.
    `grounds`: those of the case's subject.
    """

    connection: Connection
    dossier: Dossier
    seq: int
    by: UUID
    actor_id: UUID
    fields: Mapping[str, str]
    at: datetime
    may_see: Callable[[UUID], bool]
    grounds: Grounds = no_grounds

    @property
    def case_id(self) -> UUID:
        """The case."""
        return self.dossier.case.id

    def id(self, name: str) -> UUID:
        """The identifier in field `name`."""
        try:
            return UUID(self.fields[name])
        except ValueError as error:
            raise bad_field(name, "is no identifier (UUID)") from error

    def choice(self, name: str, allowed: tuple[str, ...]) -> str | None:
        """The value of field `name`, one of `allowed`; None where it was not given."""
        value = self.fields.get(name)
        if value is not None and value not in allowed:
            raise bad_field(name, f"is none of {', '.join(allowed)}")
        return value

    def account(self, name: str) -> UUID:
        """The account in field `name`, which must stand."""
        account = self.id(name)
        if self.connection.scalar(store.ACCOUNT_STANDS, {"id": account}) is None:
            raise bad_field(name, "is no account that can sign in")
        return account


def bad_field(name: str, why: str) -> BadInput:
    """The refusal of a field's value."""
    return BadInput(f"The field {name} {why}. Nothing was changed.", code="bad_fields", fields=[name])


def assign(doing: Doing) -> list[UUID]:
    """Make somebody answerable for the case."""
    account = doing.account("to")
    doing.connection.execute(store.ASSIGN, {"id": doing.case_id, "to": account})
    return [account]


def attach(doing: Doing) -> list[UUID]:
    """Hand in a document that was uploaded before."""
    claim(doing.connection, doing.case_id, doing.id("attachment"), doing.actor_id)
    return []


def claim(connection: Connection, case_id: UUID, attachment: UUID, by: UUID) -> None:
    """Let an uploaded document belong to the case; `BadInput` (`no_such_attachment`) where it cannot."""
    parameters = {"id": case_id, "attachment": attachment, "by": by}
    if connection.execute(store.CLAIM_ATTACHMENT, parameters).one_or_none() is None:
        raise BadInput(
            "There is no document with this identifier that you uploaded and have not handed in yet. "
            "Nothing was changed: upload it first.",
            code="no_such_attachment",
        )


def link(doing: Doing) -> list[UUID]:
    """Name another case that belongs with this one."""
    other = doing.id("case")
    if other == doing.case_id:
        raise bad_field("case", "is this case itself")
    if not doing.may_see(other):
        raise NotFound("There is no such case for you.", code="no_such_case")
    parameters = {"id": doing.case_id, "other": other, "relation": doing.fields["relation"]}
    if doing.connection.execute(store.INSERT_LINK, parameters).one_or_none() is None:
        raise Conflict("The cases are linked in this way already. Nothing was changed.", code="already_done")
    return []


def find(doing: Doing) -> list[UUID]:
    """Record something that has to be put right or answered."""
    severity = doing.choice("severity", SEVERITIES)
    values = {name: doing.fields.get(name) for name in ("rule", "message", "article", "cure")}
    doing.connection.execute(
        store.INSERT_FINDING,
        {
            "id": new_id(), "case_id": doing.case_id, "severity": severity, "at": doing.at, "by": doing.by, **values,
        },
    )  # fmt: skip
    return []


def answer_finding(doing: Doing) -> list[UUID]:
    """Answer a finding that was asked about."""
    return _on_finding(doing, store.ANSWER_FINDING, {"text": doing.fields["text"]})


def settle_finding(doing: Doing) -> list[UUID]:
    """Close a finding, with the reason; on a ground that its rule knows, that too.

    Conflict `needs_supervisor` where it blocks, no ground lowers it, and the procedure leaves that to a supervisor.
    """
    ground = doing.fields.get("ground")
    if _severity(doing, ground) == "block" and OVERRIDE in _allowed(doing):
        raise Conflict(
            "This finding blocks: it is cured, lowered by a ground that its rule knows, or overridden by a supervisor "
            "with the legal basis. Nothing was changed.",
            code="needs_supervisor",
        )
    return _settle(doing, "justified", ground=ground)


def override_finding(doing: Doing) -> list[UUID]:
    """Close a finding against its rule: a supervisor by name, with reason and legal basis."""
    return _settle(doing, "overridden", basis=doing.fields["basis"])


def _settle(doing: Doing, how: str, *, ground: str | None = None, basis: str | None = None) -> list[UUID]:
    values = {"reason": doing.fields["reason"], "how": how, "by": doing.by, "ground": ground, "basis": basis}
    return _on_finding(doing, store.SETTLE_FINDING, values)


def _allowed(doing: Doing) -> frozenset[str]:
    case = doing.dossier.case
    return case.procedure.states[case.state].allows


def _severity(doing: Doing, ground: str | None) -> str | None:
    """How much the finding weighs, on a ground; None where the case has no such finding."""
    finding = doing.id("finding")
    found = next((f for f in doing.dossier.findings if f["id"] == finding), None)
    if found is None:
        return None
    severity: str = found["severity"]
    if ground is None:
        return severity
    known = doing.grounds(found["rule"])
    if ground not in known:
        raise bad_field("ground", f"is none that {found['rule']} knows: {', '.join(known) or 'it knows none'}")
    return min(severity, known[ground].severity, key=SEVERITIES[::-1].index)


def _on_finding(doing: Doing, statement: TextClause, values: Mapping[str, Any]) -> list[UUID]:
    parameters = {"id": doing.case_id, "finding": doing.id("finding"), "at": doing.at, **values}
    if doing.connection.execute(statement, parameters).one_or_none() is None:
        raise Conflict(
            "The case has no such finding that is open (and, for an answer, was asked about). Nothing was changed.",
            code="no_such_finding",
        )
    return []


def call_expert(doing: Doing) -> list[UUID]:
    """Let somebody give opinions and vote in this case."""
    return [_take_part(doing, doing.account("to"), "expert")]


def opine(doing: Doing) -> list[UUID]:
    """Give an opinion."""
    return _opinion(doing, "opinion", stance=doing.choice("stance", STANCES))


def object_to(doing: Doing) -> list[UUID]:
    """Object to how the case goes."""
    return _opinion(doing, "objection")


def vote(doing: Doing) -> list[UUID]:
    """Vote, once in each round."""
    if any(o.kind == "vote" and o.present and o.by == str(doing.by) for o in view_of(doing.dossier).opinions):
        raise Conflict("You have voted in this round already; a vote stands. Nothing was changed.", code="already_done")
    return _opinion(doing, "vote", stance=doing.choice("stance", STANCES[:3]))


def consult(doing: Doing) -> list[UUID]:
    """Ask somebody for his view, perhaps by a day."""
    account = doing.account("to")
    _opinion(doing, "consultation", to=account, due_on=_day(doing, "due_on"))
    return [_take_part(doing, account, "consulted")]


def reply(doing: Doing) -> list[UUID]:
    """Answer a consultation: the one who was asked, once."""
    question = doing.id("answers")
    asked = [o for o in doing.dossier.opinions if o["id"] == question and o["kind"] == "consultation"]
    if not asked or asked[0]["to_id"] != doing.by:
        raise Conflict("You were not asked this in this case. Nothing was changed.", code="not_consulted")
    if any(o["answers_id"] == question for o in doing.dossier.opinions):
        raise Conflict("This was answered already; a reply stands. Nothing was changed.", code="already_done")
    _opinion(doing, "reply", stance=doing.choice("stance", STANCES), answers=question)
    return [asked[0]["by_id"]]


def _day(doing: Doing, name: str) -> date | None:
    try:
        return date.fromisoformat(doing.fields[name]) if name in doing.fields else None
    except ValueError as error:
        raise bad_field(name, "is no date such as 2026-06-01") from error


def _take_part(doing: Doing, account: UUID, relation: str) -> UUID:
    parameters = {"id": doing.case_id, "account": account, "relation": relation, "at": doing.at}
    doing.connection.execute(store.ADD_PARTICIPANT, parameters)
    return account


def _opinion(
    doing: Doing,
    kind: str,
    *,
    stance: str | None = None,
    to: UUID | None = None,
    answers: UUID | None = None,
    due_on: date | None = None,
) -> list[UUID]:
    doing.connection.execute(
        store.INSERT_OPINION,
        {
            "id": new_id(),
            "case_id": doing.case_id,
            "seq": doing.seq,
            "at": doing.at,
            "by": doing.by,
            "to": to,
            "kind": kind,
            "stance": stance,
            "text": doing.fields.get("text", ""),
            "answers": answers,
            "due_on": due_on,
        },
    )
    return []


#: What does each deed of `data.workflow.deeds`; the accounts returned are notified.
HANDLERS: Mapping[str, Callable[[Doing], list[UUID]]] = {
    "assign": assign,
    "attach": attach,
    "link": link,
    "find": find,
    "answer_finding": answer_finding,
    "settle_finding": settle_finding,
    OVERRIDE: override_finding,
    "call_expert": call_expert,
    "opine": opine,
    "vote": vote,
    "consult": consult,
    "reply": reply,
    "object": object_to,
}

#: Fields whose words stand in the row that the deed wrote; the step does not repeat them.
TOLD_ELSEWHERE = frozenset({"text", "message", "reason", "cure"})
