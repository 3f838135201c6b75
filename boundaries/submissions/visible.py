"""Who may see a submission: one function answers, for every page, list, file and report.

Whoever may read submissions beside either side of the line, and whoever handed it in. The bytes as received are for
the keepers of both sides and for whoever brought them. While an inspection of the line has separate records, neither
side sees what the other surveyed before both have handed in or the day has passed: the answer is that of its records.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from boundaries.findings.reach import beside, reach_of, require_beside
from boundaries.records.reading import reader_of
from boundaries.records.visibility import EVERY, sides_seen
from boundaries.submissions import store
from data.access import Actor, Matter, Permit, decide
from data.db import Row, fetch_all, fetch_one
from data.errors import NotFound, NotPermitted, NotSignedIn

READ, ORIGINAL, OWN = "submission.read", "submission.original", "submission.read_own"


def visible_submission(connection: Connection, actor: Actor, submission: UUID, action: str = READ) -> Row:
    """The row of a submission that `actor` may see.

    NotFound `no_such_submission` for one that there is not and for one that he may not see, NotPermitted
    `not_permitted` for the original of one that he may see, NotSignedIn `sign_in_needed`.
    """
    row = fetch_one(connection, store.FIND, {"id": submission})
    if row is None or not _may(connection, actor, row, READ):
        if actor.is_nobody:
            raise NotSignedIn("Sign in first.", code="sign_in_needed")
        raise NotFound("There is no such submission, or it is not for you to see.", code="no_such_submission")
    if action != READ and not _may(connection, actor, row, action):
        raise NotPermitted(
            "The file as it was handed in is for the keepers of both sides of the line and for whoever brought it.",
            code="not_permitted",
        )
    return row


def may_take(connection: Connection, actor: Actor, submission: UUID) -> bool:
    """Whether `actor` may have the bytes of a submission as they were received."""
    row = fetch_one(connection, store.FIND, {"id": submission})
    return row is not None and _may(connection, actor, row, READ) and _may(connection, actor, row, ORIGINAL)


def _may(connection: Connection, actor: Actor, row: Row, action: str) -> bool:
    if row["received_by"] == actor.name and not actor.is_nobody:
        return True
    if row["account_id"] is not None:  # a deputy sees what the absent person handed in
        own = Matter(relations={row["account_id"]: frozenset({"opener"})})
        if isinstance(decide(actor, OWN, own), Permit):
            return True
    try:
        require_beside(actor, action, beside(connection, row["line_id"]))
    except NotPermitted:
        return False
    return may_look_behind(connection, actor, row)


def may_look_behind(connection: Connection, actor: Actor, row: Row) -> bool:
    """Whether nothing veils a submission from `actor`: of separate records each sees his own side's, until shown."""
    if not row["veiled"] or (row["received_by"] == actor.name and not actor.is_nobody):
        return True
    wanted = EVERY if row["side"] is None else {row["side"]}
    veiling = fetch_all(connection, store.VEILING, {"id": row["id"]})
    return all(wanted <= sides_seen(reader_of(connection, actor, one), revealed=False) for one in veiling)


def reach_in_list(connection: Connection, actor: Actor) -> tuple[Sequence[UUID | None], Sequence[str | None]]:
    """Beside which units the submissions of others are listed; NotSignedIn for nobody."""
    try:
        return reach_of(connection, actor, READ)
    except NotSignedIn:
        raise
    except NotPermitted:
        return [], []
