"""The changes of cases: opening one, acting in one, acting in many.

Every change is one transaction with one step and one audit entry: the row that
is moved is locked first, then who asks is checked, then what is asked. What an
effect does to the register, its decision, the feed and the jobs belong to the
same transaction; a failure in any of it writes nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data import audit, feed, queue
from data.access import Actor, Grant, Matter
from data.access.question import Permit, Reason, Refusal, decide
from data.cases import deeds, store
from data.cases.deadlines import notify, set_clocks
from data.cases.effects import ENGINE_EFFECTS
from data.cases.issuing import issue_of_step, reserve_for_step
from data.cases.model import Acted, Action, CaseFile, Casework, Deciding, Effect, Opening, Outcome
from data.cases.reading import load_case, may_see
from data.cases.records import case_of, new_number
from data.cases.refusals import changed, not_possible, not_ready, refused, unknown_procedure
from data.cases.requests import earlier_answer, fingerprint, remember_answer, written
from data.cases.views import Dossier, accounts_with, matter_of, permit, read_dossier, show, view_of
from data.clock import civil_date
from data.documents.asking import Reserved
from data.errors import BadInput, BadRequest, DimingError, NotPermitted
from data.ids import new_id
from data.workflow.deeds import DEEDS
from data.workflow.model import Transition
from data.workflow.moves import OPEN, missing, missing_fields

LOG = logging.getLogger("diming.cases")
#: How many cases one request may act on.
MAX_AT_ONCE = 200
MAX_TITLE = 300
MAX_FACTS_BYTES = 100_000
OPEN_PERMISSION = "case.open"


@dataclass(frozen=True, slots=True)
class _Step:
    """A step about to be written."""

    case: CaseFile
    seq: int
    actor: Actor
    grant: Grant
    action: str
    permission: str
    from_state: str | None
    to_state: str
    fields: Mapping[str, Any]
    at: datetime
    document: str | None = None
    reserved: Reserved | None = None


def open_case(casework: Casework, actor: Actor, opening: Opening, key: str | None = None) -> dict[str, Any]:
    """Open a case and return it as the API shows it.

    BadInput: `unknown_procedure`, `bad_case`, `no_such_attachment`, and what the subject finds in the facts.
    NotPermitted outside one's roles and jurisdiction. With `key` the same request again returns the first answer.
    """
    by = _account(actor)
    request = fingerprint(OPEN, opening.procedure, opening.title, opening.unit_id, opening.facts, opening.attachments)
    with written(casework, key) as connection:
        earlier = earlier_answer(connection, by, key, request)
        if earlier is not None:
            return earlier
        at = casework.clock()
        case, grant = _new_case(casework, connection, actor, opening, at)
        for attachment in opening.attachments:
            deeds.claim(connection, case.id, attachment, by)
        fields = {"attachments": [str(a) for a in opening.attachments]}
        step = _Step(case, 1, actor, grant, OPEN, OPEN_PERMISSION, None, case.state, fields, at)
        set_clocks(casework, connection, case, case.state, at)
        outcome = casework.subject(case.procedure.key).opened(Deciding(connection, case, {}, actor, at))
        if outcome.facts:
            _keep_facts(connection, case, outcome.facts)
        return _finish(casework, connection, step, outcome, key, request)


def act(casework: Casework, actor: Actor, case_id: UUID, action: Action) -> dict[str, Any]:
    """Take a transition or do a deed in a case, and return the case afterwards.

    NotFound `no_such_case` (also for a case that one may not see); NotPermitted; Conflict `case_changed`
    (somebody acted since `seen_version`: `changes` says what), `action_not_possible` (`state` says where the
    case is), `not_ready` (`needs` says what is missing), `idempotency_key_reused`; BadInput `bad_fields`.
    Unavailable `outcome_unknown`: ask again with the same key.
    """
    by = _account(actor)
    request = fingerprint(action.name, case_id, action.fields, action.seen_version)
    with written(casework, action.key) as connection:
        earlier = earlier_answer(connection, by, action.key, request)
        if earlier is not None:
            return earlier
        dossier = load_case(casework, connection, actor, case_id, lock=True)
        if action.seen_version is not None and action.seen_version != dossier.case.version:
            raise changed(dossier, action.seen_version)
        transition = dossier.case.procedure.transition(dossier.case.state, action.name)
        if transition is not None:
            step, outcome = _take(casework, connection, actor, dossier, transition, action)
        else:
            step, outcome = _do(casework, connection, actor, dossier, action)
        return _finish(casework, connection, step, outcome, action.key, request)


def act_on_many(casework: Casework, actor: Actor, case_ids: Iterable[UUID], action: Action) -> list[Acted]:
    """The same action in many cases: each is a transaction of its own and has a result of its own.

    A key is made for each case from the one given, so that the whole request can be sent again.
    """
    _account(actor)
    wanted = list(dict.fromkeys(case_ids))
    if not 1 <= len(wanted) <= MAX_AT_ONCE:
        raise BadRequest(f"Name from 1 to {MAX_AT_ONCE} cases at once.", code="too_many_cases")
    return [_one_of_many(casework, actor, case_id, action) for case_id in wanted]


def _one_of_many(casework: Casework, actor: Actor, case_id: UUID, action: Action) -> Acted:
    key = None if action.key is None else hashlib.sha256(f"{action.key}\x1f{case_id}".encode()).hexdigest()
    try:
        answer = act(casework, actor, case_id, Action(action.name, action.fields, None, key))
    except DimingError as error:
        return Acted(case_id, False, error.problem())
    return Acted(case_id, True, answer)


# -- opening ---------------------------------------------------------------------------------------------------------


def _new_case(
    casework: Casework, connection: Connection, actor: Actor, opening: Opening, at: datetime
) -> tuple[CaseFile, Grant]:
    today = civil_date(at)
    procedure = casework.procedure(opening.procedure, today)
    if procedure is None:
        raise unknown_procedure(opening.procedure, casework.procedures)
    grant = _may_open(casework, connection, actor, opening, procedure.opening.roles)
    title = opening.title.strip()
    if not 1 <= len(title) <= MAX_TITLE:
        raise BadInput(f"A case has a title of 1 to {MAX_TITLE} characters. Nothing was stored.", code="bad_case")
    facts = json.dumps(casework.subject(procedure.key).check_facts(opening.facts), ensure_ascii=False)
    if len(facts.encode()) > MAX_FACTS_BYTES:
        raise BadInput(f"The facts are larger than {MAX_FACTS_BYTES} bytes. Nothing was stored.", code="bad_case")
    case_id = new_id()
    values = {
        "id": case_id,
        "number": new_number(procedure.opening.prefix, today),
        "procedure": procedure.key,
        "procedure_day": today,
        "state": procedure.opening.state,
        "title": title,
        "unit_id": opening.unit_id,
        "opened_by": _account(actor),
        "opened_at": at,
        "facts": facts,
    }
    connection.execute(store.INSERT_CASE, values)
    row = connection.execute(store.FIND_CASE, {"id": case_id}).mappings().one()
    return case_of(casework, dict(row)), grant


def _keep_facts(connection: Connection, case: CaseFile, facts: Mapping[str, Any]) -> None:
    """What the subject adds to the facts of a case that is being opened."""
    values = {"id": case.id, "state": case.state, "version": case.version, "closed_at": None}
    connection.execute(store.MOVE_CASE, {**values, "facts": json.dumps(dict(facts), ensure_ascii=False)})


def _may_open(casework: Casework, connection: Connection, actor: Actor, opening: Opening, roles: Any) -> Grant:
    place = casework.locate(connection, opening.unit_id) if opening.unit_id else None
    if opening.unit_id is not None and place is None:
        raise BadInput("The unit does not stand (any more). Nothing was stored.", code="bad_case")
    matter = Matter(place.chain, place.level) if place else Matter()
    found = permit(casework, actor, roles, OPEN_PERMISSION, matter)
    if found is None:
        raise _denied(actor, OPEN_PERMISSION, decide(actor, OPEN_PERMISSION, matter, casework.permissions), None)
    return found.grant


# -- acting ----------------------------------------------------------------------------------------------------------


def _take(
    casework: Casework,
    connection: Connection,
    actor: Actor,
    dossier: Dossier,
    transition: Transition,
    action: Action,
) -> tuple[_Step, Outcome]:
    """Leave the state by `transition`."""
    case, at = dossier.case, casework.clock()
    grant = _may(casework, actor, dossier, transition.roles, transition.permission)
    _check_fields(missing_fields(transition.fields, action.fields))
    needs = missing(transition, view_of(dossier), casework.conditions(case.procedure.key))
    if needs:
        raise not_ready(dossier, action.name, needs)
    reserved = reserve_for_step(casework, connection, dossier, transition, at)
    doc_no = reserved.number.text if reserved else None
    outcome = _effect(casework, case, transition)(Deciding(connection, case, action.fields, actor, at, doc_no))
    closed_at = at if case.procedure.states[transition.next].ends else None
    connection.execute(
        store.MOVE_CASE,
        {
            "id": case.id,
            "state": transition.next,
            "version": case.version + 1,
            "closed_at": closed_at,
            "facts": json.dumps(dict(outcome.facts), ensure_ascii=False),
        },
    )
    # a step may set the very term that begins with it
    moved = replace(case, facts={**case.facts, **outcome.facts})
    set_clocks(casework, connection, moved, transition.next, at)
    told = [account for account in accounts_with(dossier, transition.tells) if account != actor.account_id]
    notify(connection, case, told, "case_moved", {"action": transition.action, "state": transition.next}, at)
    step = _Step(
        case=case,
        seq=case.version + 1,
        actor=actor,
        grant=grant,
        action=transition.action,
        permission=transition.permission,
        from_state=case.state,
        to_state=transition.next,
        fields=action.fields,
        at=at,
        document=transition.document,
        reserved=reserved,
    )
    return step, outcome


def _do(
    casework: Casework, connection: Connection, actor: Actor, dossier: Dossier, action: Action
) -> tuple[_Step, Outcome]:
    """Do a deed that leaves the case where it is."""
    case, at = dossier.case, casework.clock()
    if action.name not in case.procedure.states[case.state].allows:
        raise not_possible(dossier, action.name)
    deed = DEEDS[action.name]
    grant = _may(casework, actor, dossier, None, deed.permission)
    _check_fields(missing_fields(deed.fields, action.fields))
    seq = case.version + 1
    doing = deeds.Doing(
        connection=connection,
        dossier=dossier,
        seq=seq,
        by=grant.for_id or _account(actor),
        actor_id=_account(actor),
        fields=action.fields,
        at=at,
        may_see=lambda other: may_see(casework, connection, actor, other),
        grounds=casework.subject(case.procedure.key).grounds,
    )
    told = [account for account in deeds.HANDLERS[deed.key](doing) if account != actor.account_id]
    notify(connection, case, told, f"case_{deed.key}", {"state": case.state}, at)
    connection.execute(
        store.MOVE_CASE,
        {"id": case.id, "state": case.state, "version": seq, "closed_at": None, "facts": "{}"},
    )
    fields = {name: value for name, value in action.fields.items() if name not in deeds.TOLD_ELSEWHERE}
    step = _Step(case, seq, actor, grant, deed.key, deed.permission, case.state, case.state, fields, at)
    return step, Outcome(details={name: action.fields[name] for name in deeds.AUDITED.get(deed.key, ())})


def _may(casework: Casework, actor: Actor, dossier: Dossier, roles: Any, permission: str) -> Grant:
    """The grant by which `actor` may do this in this case; NotPermitted, logged, where there is none."""
    matter = matter_of(dossier)
    if roles is not None:
        found = permit(casework, actor, roles, permission, matter)
        if found is not None:
            return found.grant
    answer = decide(actor, permission, matter, casework.permissions)
    if roles is None and isinstance(answer, Permit):
        return answer.grant
    raise _denied(actor, permission, answer, dossier.case)


def _denied(actor: Actor, permission: str, answer: Permit | Refusal, case: CaseFile | None) -> NotPermitted:
    LOG.warning("refused: %s asked for %s in %s", actor.name, permission, case.id if case else "a new case")
    return refused(permission, answer)


def _check_fields(findings: Any) -> None:
    if findings:
        said = " ".join(f.message for f in findings)
        raise BadInput(
            f"{said} Nothing was changed.",
            code="bad_fields",
            needs=[{"code": f.code, "message": f.message} for f in findings],
        )


def _effect(casework: Casework, case: CaseFile, transition: Transition) -> Effect:
    """What the transition does beside moving the case: the engine's effect, or the subject's own."""
    if transition.effect is None:
        return lambda _deciding: Outcome()
    return {**casework.subject(case.procedure.key).effects, **ENGINE_EFFECTS}[transition.effect]


# -- the end of every change -----------------------------------------------------------------------------------------


def _finish(
    casework: Casework, connection: Connection, step: _Step, outcome: Outcome, key: str | None, request: bytes
) -> dict[str, Any]:
    """Write jobs, step, the answer that a retry will get, feed and audit entry; the answer."""
    for job in outcome.jobs:
        queue.enqueue(connection, job, asked_by=step.actor.account_id, case_id=step.case.id)
    row = _step_row(step, outcome)
    written_down = json.dumps(dict(step.fields), ensure_ascii=False)
    connection.execute(store.INSERT_STEP, {**row, "fields": written_down})
    issued = issue_of_step(casework, connection, step.case, {**row, "fields": step.fields}, outcome, step.reserved)
    answer = _answer(casework, connection, step)
    if key is not None:
        remember_answer(connection, row, key, request, answer)
    seen = feed.publish(connection, outcome.changes)
    audit.append(
        connection,
        actor=step.actor.name,
        action=f"case.{step.action}",
        decision_id=outcome.decision_id,
        details={
            "case": str(step.case.id),
            "step": step.seq,
            "procedure": step.case.procedure.key,
            "from": step.from_state,
            "to": step.to_state,
            "role": step.grant.role,
            "for": None if step.grant.for_id is None else str(step.grant.for_id),
            **issued,
            **outcome.details,
        },
        rows_hash=audit.hash_rows([{**row, "fields": dict(step.fields)}]),
        feed=seen,
    )
    return answer


def _step_row(step: _Step, outcome: Outcome) -> dict[str, Any]:
    return {
        "id": new_id(),
        "case_id": step.case.id,
        "seq": step.seq,
        "at": step.at,
        "actor_id": _account(step.actor),
        "for_id": step.grant.for_id,
        "role": step.grant.role,
        "action": step.action,
        "from_state": step.from_state,
        "to_state": step.to_state,
        "permission": step.permission,
        "document": step.document,
        "decision_id": outcome.decision_id,
    }


def _answer(casework: Casework, connection: Connection, step: _Step) -> dict[str, Any]:
    """The case after the step, in JSON values: what is kept for a retry is what is answered now."""
    stored = connection.execute(store.FIND_CASE, {"id": step.case.id}).mappings().one()
    dossier = read_dossier(casework, connection, case_of(casework, dict(stored)))
    shown = show(casework, dossier, step.actor, civil_date(step.at))
    answer: dict[str, Any] = json.loads(json.dumps(shown, ensure_ascii=False, default=_plain))
    return answer


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _account(actor: Actor) -> UUID:
    """The account of whoever acts: cases are moved by people with an account, never by a command."""
    if actor.account_id is None:
        raise refused("case.act", Refusal(Reason.NOT_SIGNED_IN))
    return actor.account_id
