"""A case as guards see it, as the permission question sees it, and as it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.access import Actor, Matter, Role
from data.access.question import Permit, decide
from data.cases import store
from data.cases.model import CaseFile, Casework, Whereabouts
from data.db import Row, fetch_all
from data.workflow.deeds import DEEDS
from data.workflow.model import CaseView, Finding, Missing, Opinion
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


def read_dossier(casework: Casework, connection: Connection, case: CaseFile) -> Dossier:
    """Everything that belongs to `case`."""
    found = casework.locate(connection, case.unit_id) if case.unit_id else Whereabouts()
    parameters = {"id": case.id}
    return Dossier(
        case=case,
        whereabouts=found or Whereabouts(),
        steps=fetch_all(connection, store.STEPS, parameters),
        participants=fetch_all(connection, store.PARTICIPANTS, parameters),
        findings=fetch_all(connection, store.FINDINGS, parameters),
        opinions=fetch_all(connection, store.OPINIONS, parameters),
        attachments=fetch_all(connection, store.ATTACHMENTS, parameters),
        clocks=fetch_all(connection, store.CLOCKS, parameters),
        links=fetch_all(connection, store.LINKS, parameters),
    )


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
        opinions=tuple(
            Opinion(str(o["id"]), o["kind"], str(o["by_id"]), o["stance"], _text(o["answers_id"]), o["seq"] > entered)
            for o in dossier.opinions
        ),
        attachments=len(dossier.attachments),
        assigned=dossier.case.assignee_id is not None,
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
        "findings": [_without(f, "closed_why") for f in dossier.findings],
        "clocks": [_clock(dossier, row, today) for row in dossier.clocks],
        "next": _next(casework, dossier, actor),
        "deeds": _deeds(casework, dossier, actor),
        "opinions": dossier.opinions,
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


def _next(casework: Casework, dossier: Dossier, actor: Actor) -> list[dict[str, Any]]:
    """All ways out of the state with what is missing, and whether `actor` may take them."""
    case, matter = dossier.case, matter_of(dossier)
    dues = [row["due_on"] for row in dossier.clocks if row["due_on"] is not None]
    return [
        {
            "action": p.transition.action,
            "label": _label(p.transition.label),
            "role": p.transition.roles[0],
            "roles": p.transition.roles,
            "yours": permit(casework, actor, p.transition.roles, p.transition.permission, matter) is not None,
            "needs": [_missing(m) for m in p.needs],
            "fields": [
                {"name": f.name, "required": f.required, "max_length": f.max_length} for f in p.transition.fields
            ],
            "document": p.transition.document,
            "article": p.transition.article,
            "due": min(dues, default=None),
        }
        for p in possible(case.procedure, view_of(dossier), casework.conditions(case.procedure.key))
    ]


def _deeds(casework: Casework, dossier: Dossier, actor: Actor) -> list[str]:
    """What `actor` may do without moving the case."""
    matter = matter_of(dossier)
    allowed = dossier.case.procedure.states[dossier.case.state].allows
    return sorted(d for d in allowed if permit(casework, actor, Role, DEEDS[d].permission, matter) is not None)


def _clock(dossier: Dossier, row: Row, today: date) -> dict[str, Any]:
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


def _missing(missing: Missing) -> dict[str, str]:
    return {"code": missing.code, "message": missing.message}


def _label(label: Any) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
