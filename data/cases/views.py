"""A case as guards see it, as the permission question sees it, and as it is shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, TextClause

from data.access import Actor, Matter, Role
from data.access.question import Permit, decide
from data.cases import store
from data.cases.model import CaseFile, Casework, Whereabouts
from data.db import Row
from data.workflow.deeds import DEEDS
from data.workflow.model import CaseView, Finding, Opinion
from data.workflow.moves import possible


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case with everything that belongs to it, read in one transaction."""

    case: CaseFile
    whereabouts: Whereabouts
    steps: list[Row]
    participants: list[Row]
    findings: list[Row]
    opinions: list[Row]
    attachments: list[Row]
    clocks: list[Row]
    links: list[Row]


#: What belongs to a case, each read for many cases with one statement.
PARTS: Mapping[str, TextClause] = {
    "steps": store.STEPS,
    "participants": store.PARTICIPANTS,
    "findings": store.FINDINGS,
    "opinions": store.OPINIONS,
    "attachments": store.ATTACHMENTS,
    "clocks": store.CLOCKS,
    "links": store.LINKS,
}


def read_dossier(casework: Casework, connection: Connection, case: CaseFile) -> Dossier:
    """Everything that belongs to `case`."""
    return read_dossiers(casework, connection, [case])[0]


def read_dossiers(
    casework: Casework,
    connection: Connection,
    cases: Sequence[CaseFile],
    known: Mapping[UUID, Whereabouts] | None = None,
    without: Collection[str] = (),
) -> list[Dossier]:
    """Everything that belongs to each of `cases`, in their order, with as many statements as for one.

    `known`: where units lie, as far as that was asked already; `without`: parts that are not needed, left empty.
    """
    parameters = {"ids": [case.id for case in cases]}
    wanted = {name: statement for name, statement in PARTS.items() if name not in without}
    parts: dict[str, dict[UUID, list[Row]]] = {name: {} for name in without}
    parts |= {name: _by_case(connection, statement, parameters) for name, statement in wanted.items()}
    places = dict(known or {})
    for unit in {case.unit_id for case in cases if case.unit_id} - places.keys():
        places[unit] = casework.locate(connection, unit) or Whereabouts()
    return [
        Dossier(
            case=case,
            whereabouts=places[case.unit_id] if case.unit_id else Whereabouts(),
            **{name: rows.get(case.id, []) for name, rows in parts.items()},
        )
        for case in cases
    ]


def _by_case(connection: Connection, statement: TextClause, parameters: Row) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = {}
    for row in connection.execute(statement, parameters).mappings():
        values = dict(row)
        found.setdefault(values.pop("case_id"), []).append(values)
    return found


def matter_of(dossier: Dossier) -> Matter:
    """What the permission question is asked about: place, state, who has which part in it, who did what."""
    case = dossier.case
    relations: dict[UUID, set[str]] = {}
    for account, relation in _relations(dossier):
        relations.setdefault(account, set()).add(relation)
    deeds: dict[UUID, set[str]] = {}
    for step in dossier.steps:
        for account in (step["actor_id"], step["for_id"]):
            if account is not None:
                deeds.setdefault(account, set()).add(step["permission"])
    return Matter(
        chain=dossier.whereabouts.chain,
        level=dossier.whereabouts.level,
        state=case.state,
        relations={account: frozenset(names) for account, names in relations.items()},
        deeds={account: frozenset(names) for account, names in deeds.items()},
    )


def _relations(dossier: Dossier) -> Iterable[tuple[UUID, str]]:
    yield dossier.case.opened_by, "opener"
    if dossier.case.assignee_id is not None:
        yield dossier.case.assignee_id, "assignee"
    for row in dossier.participants:
        yield row["account_id"], row["relation"]


def accounts_with(dossier: Dossier, relations: Iterable[str]) -> list[UUID]:
    """The accounts that have one of `relations` to the case, each once."""
    wanted = set(relations)
    return list(dict.fromkeys(account for account, relation in _relations(dossier) if relation in wanted))


def view_of(dossier: Dossier) -> CaseView:
    """The case as guards see it."""
    entered = _entered(dossier.steps)
    return CaseView(
        state=dossier.case.state,
        facts=dossier.case.facts,
        findings=tuple(
            Finding(str(f["id"]), f["rule"], f["severity"], f["requested_at"] is not None, f["answered_at"] is not None)
            for f in dossier.findings
            if f["closed_at"] is None
        ),
        opinions=tuple(_opinion(row, entered) for row in dossier.opinions),
        attachments=len(dossier.attachments),
        assigned=dossier.case.assignee_id is not None,
    )


def _opinion(row: Row, entered: int) -> Opinion:
    offices = frozenset((body, unit) for body, _, unit in (said.partition("@") for said in row["offices"]))
    answers = _text(row["answers_id"])
    return Opinion(
        str(row["id"]), row["kind"], str(row["by_id"]), row["stance"], answers, row["seq"] > entered, offices
    )


def _entered(steps: list[Row]) -> int:
    """The number of the step by which the case came into its present state."""
    return max((s["seq"] for s in steps if s["from_state"] != s["to_state"]), default=0)


def show(casework: Casework, dossier: Dossier, actor: Actor, today: date) -> dict[str, Any]:
    """The case as the API shows it to `actor`. JSON values; people by the id of their account only."""
    case = dossier.case
    return {
        "id": case.id,
        "number": case.number,
        "kind": case.procedure.key,
        "title": case.title,
        "state": case.state,
        "state_label": _label(case.procedure.states[case.state].label),
        "closed": case.closed_at is not None,
        "version": case.version,
        "unit_id": case.unit_id,
        "opened_by": case.opened_by,
        "assignee": case.assignee_id,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "facts": case.facts,
        "findings": [_finding(casework, dossier, f) for f in dossier.findings],
        "clocks": [clock_state(dossier, row, today) for row in dossier.clocks],
        "next": ways_out(casework, dossier, actor),
        "deeds": own_deeds(casework, dossier, actor),
        "opinions": [{key: value for key, value in row.items() if key != "offices"} for row in dossier.opinions],
        "attachments": [{**row, "sha256": bytes(row["sha256"]).hex()} for row in dossier.attachments],
        "links": dossier.links,
        "participants": dossier.participants,
        "history": [history_line(step) for step in dossier.steps],
    }


def history_line(step: Row) -> dict[str, Any]:
    """One step as the API shows it."""
    return {
        "seq": step["seq"],
        "at": step["at"],
        "by": step["actor_id"],
        "for": step["for_id"],
        "role": step["role"],
        "action": step["action"],
        "from": step["from_state"],
        "to": step["to_state"],
        "fields": step["fields"],
        "document": step["document"],
        "decision": step["decision_id"],
    }


def permit(casework: Casework, actor: Actor, roles: Iterable[Role], permission: str, matter: Matter) -> Permit | None:
    """Yes, where the table of permissions says so for one of `roles` and `actor` holds it."""
    wanted = frozenset(roles)
    narrowed = Actor(actor.name, actor.account_id, tuple(g for g in actor.grants if g.role in wanted), actor.via)
    answer = decide(narrowed, permission, matter, casework.permissions)
    return answer if isinstance(answer, Permit) and answer.grant.role in wanted else None


def ways_out(casework: Casework, dossier: Dossier, actor: Actor) -> list[dict[str, Any]]:
    """All ways out of the state with what is missing, and whether `actor` may take them."""
    case, matter = dossier.case, matter_of(dossier)
    spent = casework.subject(case.procedure.key).spent(case.facts, actor)
    dues = [row["due_on"] for row in dossier.clocks if row["due_on"] is not None]
    return [
        {
            "action": p.transition.action,
            "label": _label(p.transition.label),
            "role": p.transition.roles[0],
            "roles": p.transition.roles,
            "yours": p.transition.effect not in spent
            and permit(casework, actor, p.transition.roles, p.transition.permission, matter) is not None,
            "needs": [m.told() for m in p.needs],
            "fields": [
                {
                    "name": f.name,
                    "required": f.required,
                    "max_length": f.max_length,
                    "label": _label(f.label) if f.label else None,
                    "choices": [{"key": key, "label": _label(label)} for key, label in f.choices],
                }
                for f in p.transition.fields
            ],
            "document": p.transition.document,
            "article": p.transition.article,
            "due": min(dues, default=None),
        }
        for p in possible(case.procedure, view_of(dossier), casework.conditions(case.procedure.key))
    ]


def own_deeds(casework: Casework, dossier: Dossier, actor: Actor) -> list[str]:
    """What `actor` may do without moving the case."""
    matter = matter_of(dossier)
    allowed = dossier.case.procedure.states[dossier.case.state].allows
    return sorted(d for d in allowed if permit(casework, actor, Role, DEEDS[d].permission, matter) is not None)


def clock_state(dossier: Dossier, row: Row, today: date) -> dict[str, Any]:
    """A clock as the API shows it."""
    rule = next(c for c in dossier.case.procedure.clocks if c.key == row["key"])
    running = row["runs"][-1][1] is None
    return {
        "key": rule.key,
        "label": _label(rule.label),
        "article": rule.article,
        "running": running,
        "due_on": row["due_on"],
        "overdue": row["due_on"] is not None and row["due_on"] < today,
        "near": row["warn_on"] is not None and row["warn_on"] <= today,
        "verified": row["verified"],
        "missing_year": row["missing_year"],
    }


def _finding(casework: Casework, dossier: Dossier, row: Row) -> dict[str, Any]:
    """A finding without the office's own words; `grounds`: on which it may be settled as weighing less."""
    known = casework.subject(dossier.case.procedure.key).grounds(row["rule"])
    grounds = [{"key": key, "label": _label(known[key].label), "severity": known[key].severity} for key in known]
    taken = known.get(row["ground"])
    return {
        **_without(row, "closed_why"),
        "grounds": grounds if row["closed_at"] is None else [],
        "ground_label": _label(taken.label) if taken else None,
    }


def _label(label: Any) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
