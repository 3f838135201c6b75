"""Applications that are still being written: kept for whoever writes them, seen by nobody else, gone once sent.

What stands in a draft is what was typed, as it was typed; nothing of it is checked before it is sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from data import audit
from data.access import Actor, Matter, require
from data.cases.model import Casework
from data.cases.reading import require_signed_in
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import BadInput, Conflict, NotFound

KEEP = "application.draft"
MOST_DRAFTS = 20
#: A course with the most points as text, and the longest texts beside it.
MOST_CHARACTERS = 150_000
SAVE = text("""
    INSERT INTO diming.application_draft (id, account_id, title, said, saved_at)
    VALUES (:id, :account, :title, CAST(:said AS jsonb), :at)
    ON CONFLICT (id) DO UPDATE SET title = excluded.title, said = excluded.said, saved_at = excluded.saved_at
    WHERE diming.application_draft.account_id = excluded.account_id
    RETURNING id
""")
OF_ACCOUNT = text("""
    SELECT id, title, saved_at FROM diming.application_draft WHERE account_id = :account
    ORDER BY saved_at DESC, id LIMIT :most
""")
ONE = text("SELECT said FROM diming.application_draft WHERE id = :id AND account_id = :account")
DROP = text("DELETE FROM diming.application_draft WHERE id = :id AND account_id = :account RETURNING id")
COUNT = text("SELECT count(*) FROM diming.application_draft WHERE account_id = :account AND id <> :id")


def save_draft(casework: Casework, actor: Actor, draft: UUID, title: str, said: Mapping[str, Any]) -> None:
    """Keep a draft under its id, in the place of what stood there. Permission `application.draft`: one's own.

    BadInput `bad_application` where it is too long; Conflict `too_many_drafts`; NotFound `no_such_draft` for the
    id of another's.
    """
    kept = json.dumps(said, ensure_ascii=False)
    if len(kept) > MOST_CHARACTERS:
        raise BadInput(
            f"A draft has at most {MOST_CHARACTERS} characters. Nothing was stored.", code="bad_application", fields=[]
        )
    account = _own(casework, actor)
    with unit_of_work(casework.engine) as connection:
        if (connection.scalar(COUNT, {"account": account, "id": draft}) or 0) >= MOST_DRAFTS:
            raise Conflict(
                f"There are {MOST_DRAFTS} drafts already. Nothing was stored: send or delete one first.",
                code="too_many_drafts",
            )
        values = {"id": draft, "account": account, "title": title[:200], "said": kept, "at": casework.clock()}
        if connection.execute(SAVE, values).one_or_none() is None:
            raise _none()
        _write_down(connection, actor, "application.draft_saved", draft)


def drafts_of(casework: Casework, actor: Actor) -> list[Row]:
    """One's drafts with title and time, the latest first; at most `MOST_DRAFTS`."""
    account = _own(casework, actor)
    with reading(casework.engine) as connection:
        return fetch_all(connection, OF_ACCOUNT, {"account": account, "most": MOST_DRAFTS})


def find_draft(casework: Casework, actor: Actor, draft: UUID) -> Mapping[str, Any]:
    """What stands in one's draft. NotFound `no_such_draft`."""
    account = _own(casework, actor)
    with reading(casework.engine) as connection:
        row = fetch_one(connection, ONE, {"id": draft, "account": account})
    if row is None:
        raise _none()
    said: Mapping[str, Any] = row["said"]
    return said


def drop_draft(casework: Casework, actor: Actor, draft: UUID) -> bool:
    """Delete one's draft; whether there was one."""
    account = _own(casework, actor)
    with unit_of_work(casework.engine) as connection:
        if connection.execute(DROP, {"id": draft, "account": account}).one_or_none() is None:
            return False
        _write_down(connection, actor, "application.draft_dropped", draft)
        return True


def _own(casework: Casework, actor: Actor) -> UUID:
    require_signed_in(actor)
    assert actor.account_id is not None  # noqa: S101 -- whoever is signed in has an account
    require(actor, KEEP, Matter(relations={actor.account_id: frozenset({"self"})}), casework.permissions)
    return actor.account_id


def _write_down(connection: Connection, actor: Actor, action: str, draft: UUID) -> None:
    audit.append(connection, actor=actor.name, action=action, decision_id=None, details={"draft": str(draft)})


def _none() -> NotFound:
    return NotFound("You have no draft with this id; it may have been sent or deleted.", code="no_such_draft")
