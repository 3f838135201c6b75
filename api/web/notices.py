"""Notices in words: a row says what happened by keys, the procedure's table and the catalogues say how it is called."""

from __future__ import annotations

from typing import Any

from api.web.i18n import Translator, catalogue
from data.cases.model import Casework
from data.db import Row
from data.notices.model import LANGUAGES
from data.workflow.deeds import DEEDS
from data.workflow.model import Label, Procedure

#: Kinds of notices that are named after a deed.
DEED_PREFIX = "case_"


def described(casework: Casework, row: Row) -> dict[str, Any]:
    """A notice as the API shows it, with a sentence in each language."""
    absent = {"id": row["for_id"], "display_name": row["for_name"]} if row["for_id"] else None
    case = {"id": row["case_id"], "number": row["number"], "title": row["title"], "kind": row["procedure"]}
    return {
        "id": row["id"],
        "at": row["at"],
        "kind": row["kind"],
        "read_at": row["read_at"],
        "for": absent,
        "case": case if row["case_id"] else None,
        "due_on": row["body"].get("due_on"),
        "text": {language: sentence(casework, row, language) for language in LANGUAGES},
    }


def sentence(casework: Casework, row: Row, language: str) -> str:
    """What happened, in one sentence without the case's title."""
    body, procedure = row["body"], _procedure(casework, row)
    t, key = Translator(language), f"notice.{row['kind']}"
    words = {
        "state": _said(_state(procedure, body.get("state")), body.get("state"), language),
        "action": _said(_action(procedure, body.get("action")), body.get("action"), language),
        "clock": _said(_clock(procedure, body.get("clock")), body.get("clock"), language),
        "deed": _said(_deed(row["kind"]), row["kind"], language),
        "due_on": t.day(body.get("due_on")),
        "why": body.get("why") or "",
        "n": body.get("n", ""),
    }
    return t(key if key in catalogue(language) else "notice.other", **words)


def heading(row: Row) -> str | None:
    """What the notice is about: the case's title, or the name of the thing."""
    found: str | None = row["title"] or row["body"].get("name")
    return found


def onward(row: Row) -> str:
    """The page of what the notice is about."""
    if row["case_id"]:
        return f"/cases/{row['case_id']}"
    return f"/account/webhooks/{row['body']['webhook']}" if "webhook" in row["body"] else "/inbox"


def _procedure(casework: Casework, row: Row) -> Procedure | None:
    return casework.procedure(row["procedure"], row["procedure_day"]) if row["procedure"] else None


def _state(procedure: Procedure | None, key: str | None) -> Label | None:
    state = procedure.states.get(key) if procedure and key else None
    return state.label if state else None


def _action(procedure: Procedure | None, key: str | None) -> Label | None:
    found = [t.label for t in procedure.transitions if t.action == key] if procedure else []
    return found[0] if found else None


def _clock(procedure: Procedure | None, key: str | None) -> Label | None:
    found = [c.label for c in procedure.clocks if c.key == key] if procedure else []
    return found[0] if found else None


def _deed(kind: str) -> Label | None:
    deed = DEEDS.get(kind.removeprefix(DEED_PREFIX))
    return deed.label if deed else None


def _said(label: Label | None, key: str | None, language: str) -> str:
    """The label in `language`; the key itself where no table names it any more."""
    return str(getattr(label, language)) if label else key or ""
