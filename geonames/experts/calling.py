"""Experts as a step of a case: drawn and called, and what they found put together for the report."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.cases import store as cases
from data.cases.deadlines import notify
from data.cases.model import Deciding
from data.db import fetch_all
from data.errors import BadInput, Conflict
from data.ids import new_id
from geonames.experts import store
from geonames.experts.drawing import Candidate, Matter, Ticket, draw
from geonames.experts.rules import expert_rules

#: 128 bits of the system's randomness: nobody tries seeds until he likes the draw.
SEED_BYTES = 16
STANCES = {"for": "同意", "against": "不同意", "abstain": "弃权", "conditional": "附条件同意", None: "未表决"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many are drawn, of which fields (any of them; empty: of all), for whose application, from whose pools."""

    number: int
    fields: frozenset[str]
    applicant: str
    chain: Sequence[UUID]


def draw_for(deciding: Deciding, wanted: Wanted) -> dict[str, Any]:
    """Draw experts for a case and call them; `{"id", "chosen"}` as the case keeps it.

    BadInput `bad_draw`; Conflict `too_few_experts` where the pool has fewer than the least number for this case.
    """
    connection, case = deciding.connection, deciding.case
    rules = expert_rules()
    _check(wanted)
    seed = secrets.token_hex(SEED_BYTES)
    tickets = draw(seed, _pool(connection, wanted.chain), _matter(connection, case.id, wanted), wanted.number)
    chosen = [ticket.candidate for ticket in tickets if ticket.chosen]
    if len(chosen) < min(wanted.number, rules.least):
        raise Conflict(
            f"The pool has {len(chosen)} experts for this case and {wanted.number} are to be drawn. Nothing was "
            "changed: enter more, or ask for other fields.",
            code="too_few_experts",
            excluded=[ticket.excluded for ticket in tickets if ticket.excluded],
        )
    identity = _store(deciding, wanted, seed, tickets)
    _call(deciding, [candidate.account for candidate in chosen])
    return {"id": str(identity), "chosen": len(chosen)}


def _check(wanted: Wanted) -> None:
    rules = expert_rules()
    unknown = sorted(wanted.fields - rules.fields.keys())
    tests = (
        ("number", f"is from 1 to {rules.most}", not 1 <= wanted.number <= rules.most),
        ("fields", f"are of {', '.join(rules.fields)}", bool(unknown)),
    )
    found = [(field, why) for field, why, wrong in tests if wrong]
    if found:
        told = "; ".join(f"{field} {why}" for field, why in found)
        raise BadInput(f"{told}. Nothing was changed.", code="bad_draw", fields=[field for field, _ in found])


def _pool(connection: Connection, chain: Sequence[UUID]) -> list[Candidate]:
    return [
        Candidate(
            id=row["id"],
            account=row["account_id"],
            name=row["name"],
            employer=row["employer"],
            fields=frozenset(row["fields"]),
            interests=frozenset(row["interests"]),
        )
        for row in fetch_all(connection, store.POOL, {"chain": list(chain)})
    ]


def _matter(connection: Connection, case_id: UUID, wanted: Wanted) -> Matter:
    values = {"case_id": case_id}
    called = frozenset(connection.execute(store.CALLED, values).scalars())
    took_part = frozenset(connection.execute(store.TOOK_PART, values).scalars())
    return Matter(wanted.applicant, took_part - called, called, wanted.fields)


def _store(deciding: Deciding, wanted: Wanted, seed: str, tickets: Sequence[Ticket]) -> UUID:
    identity = new_id()
    values = {
        "id": identity, "case_id": deciding.case.id, "seed": seed, "wanted": wanted.number,
        "fields": sorted(wanted.fields), "by": deciding.actor.account_id, "at": deciding.at,
        "tickets": json.dumps([_as_kept(ticket) for ticket in tickets], ensure_ascii=False),
    }  # fmt: skip
    deciding.connection.execute(store.ADD_DRAW, values)
    return identity


def _as_kept(ticket: Ticket) -> dict[str, Any]:
    candidate = ticket.candidate
    return {
        "expert": str(candidate.id),
        "name": candidate.name,
        "fields": sorted(candidate.fields),
        "digest": ticket.digest,
        "excluded": ticket.excluded,
        "chosen": ticket.chosen,
    }


def _call(deciding: Deciding, accounts: Collection[UUID]) -> None:
    for account in accounts:
        values = {"id": deciding.case.id, "account": account, "relation": "expert", "at": deciding.at}
        deciding.connection.execute(cases.ADD_PARTICIPANT, values)
    told = {"state": deciding.case.state}
    notify(deciding.connection, deciding.case, accounts, "case_call_expert", told, deciding.at)


def findings_of(deciding: Deciding) -> Mapping[str, Any]:
    """What those who were called found, as a report prints it: rows and counts.

    Conflict `experts_missing` where nobody was called or fewer voted than the quorum asks.
    """
    rows = fetch_all(deciding.connection, store.FOUND, {"case_id": deciding.case.id})
    voted = [row for row in rows if row["vote"]]
    needed = expert_rules().votes_needed(len(rows))
    if not rows or len(voted) < needed:
        raise Conflict(
            f"Of {len(rows)} experts called {len(voted)} have voted; {max(needed, 1)} votes are needed. "
            "Nothing was changed: wait for the votes, or draw more experts.",
            code="experts_missing",
        )
    listed = [
        {"name": r["name"], "employer": r["employer"], "vote": STANCES[r["vote"]], "opinion": r["opinion"] or "—"}
        for r in rows
    ]
    count = {stance: str(sum(r["vote"] == stance for r in rows)) for stance in ("for", "against", "abstain")}
    return {
        "experts_called": str(len(rows)), "experts_for": count["for"], "experts_against": count["against"],
        "experts_abstain": count["abstain"], "experts_rows": listed,
    }  # fmt: skip
