"""Where a case stands, for whoever has its number and the code beside it: nothing personal, and nothing to guess.

The code is made from the case's identifier with a key of this installation, so that it is stored nowhere. A number
that does not exist, and a code that does not fit, get the same answer.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data.access import Role
from data.cases import store
from data.cases.model import CaseFile, Casework
from data.cases.records import case_of
from data.cases.views import read_dossier
from data.clock import civil_date
from data.db import fetch_one, reading
from data.errors import NotFound
from data.secrets import Keyring
from data.workflow.model import Label, Procedure, Transition

#: 60 bits: with a number of 50 bits nobody comes upon a case by trying.
CODE_CHARACTERS = 12
GROUP = 4
#: What may be done at any time before the decision, and so says nothing about whose turn it is.
WITHDRAW = "withdraw"
#: Who does the step that comes next, where it is not the office.
APPLICANTS = frozenset({Role.SIGNED_IN, Role.APPLICANT})


def status_code(keys: Keyring, case: UUID) -> str:
    """The code of a case, such as `K3QM-7RWD-X2TP`."""
    letters = base64.b32encode(keys.mac("status-codes", str(case))).decode()[:CODE_CHARACTERS]
    return "-".join(letters[n : n + GROUP] for n in range(0, CODE_CHARACTERS, GROUP))


def public_status(casework: Casework, keys: Keyring, number: str, code: str) -> dict[str, Any]:
    """The state of a case, who has it, until when, and what the applicant must do; NotFound `no_such_status`."""
    with reading(casework.engine) as connection:
        row = fetch_one(connection, store.FIND_NUMBER, {"number": number.strip().upper()})
        # a code is compared in any case, so that a number that exists takes as long as one that does not
        case_id = row["id"] if row else UUID(int=0)
        fits = hmac.compare_digest(_plain(status_code(keys, case_id)), _plain(code))
        if row is None or not fits:
            raise NotFound(
                "No case has this number with this code. Compare both with the receipt.", code="no_such_status"
            )
        return _status(casework, connection, case_id)


def _plain(code: str) -> bytes:
    return "".join(c for c in code.upper() if c.isalnum()).encode()


def _status(casework: Casework, connection: Connection, case_id: UUID) -> dict[str, Any]:
    row = fetch_one(connection, store.FIND_CASE, {"id": case_id})
    assert row is not None  # noqa: S101 -- it was just found
    dossier = read_dossier(casework, connection, case_of(casework, row))
    case, today = dossier.case, civil_date(casework.clock())
    state = case.procedure.states[case.state]
    due = min((row["due_on"] for row in dossier.clocks if row["due_on"]), default=None)
    return {
        "number": case.number,
        "kind": case.procedure.key,
        "kind_label": _label(case.procedure.label),
        "state": case.state,
        "state_label": _label(state.label),
        "ended": state.ends,
        "place": dossier.whereabouts.names[-1] if dossier.whereabouts.names else None,
        "opened_on": civil_date(case.opened_at),
        "since": civil_date(max((step["at"] for step in dossier.steps), default=case.opened_at)),
        "with": [] if state.ends else with_whom(case.procedure, case.state),
        "due_on": due,
        "days_left": None if due is None else (due - today).days,
        "to_do": [] if state.ends else to_do(case),
    }


def with_whom(procedure: Procedure, state: str) -> list[str]:
    """The roles that can move a case out of a state: never a person."""
    ways = [way for way in _ways(procedure, state) if way.action != WITHDRAW]
    roles = {str(role) for way in ways for role in way.roles if role is not Role.SIGNED_IN}
    theirs = {"applicant"} if any(Role.SIGNED_IN in way.roles for way in ways) else set()
    return sorted(roles | theirs)


def to_do(case: CaseFile) -> list[Mapping[str, str]]:
    """What the applicant can do now: the steps that are his, in words."""
    return [_label(way.label) for way in _ways(case.procedure, case.state) if set(way.roles) & APPLICANTS]


def _ways(procedure: Procedure, state: str) -> list[Transition]:
    return [way for way in procedure.transitions_from(state) if way.next != state]


def _label(label: Label) -> Mapping[str, str]:
    return {"zh": label.zh, "en": label.en}
