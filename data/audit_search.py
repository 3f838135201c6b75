"""Reading the audit log: by who, what, about what and when; and one entry with what its hash covers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, text

from data.access import Actor, require
from data.access.model import COUNTRY
from data.audit import Entry
from data.clock import CIVIL_ZONE
from data.db import Row, fetch_all, fetch_one
from data.errors import NotFound
from data.paging import check_limit, decode_cursor, page

READ = "audit.read"
#: Before the id of an account in `actor`.
ACCOUNT = "account:"

_ENTRY = """
    SELECT seq, at, actor, action, decision_id, details, rows_hash, feed_from, feed_to, prev_hash, hash
    FROM diming.audit
"""
LIST = text(f"""
    {_ENTRY}
    WHERE (CAST(:actor AS text) IS NULL OR actor = :actor)
      AND (CAST(:pattern AS text) IS NULL OR action LIKE :pattern)
      AND (CAST(:subject AS text) IS NULL
           OR diming.audit_subjects(details, decision_id) @> ARRAY[CAST(:subject AS text)])
      AND (CAST(:first AS timestamptz) IS NULL OR at >= :first)
      AND (CAST(:last AS timestamptz) IS NULL OR at < :last)
      AND (CAST(:after AS bigint) IS NULL OR seq < :after)
    ORDER BY seq DESC LIMIT :limit
""")
FIND = text(f"{_ENTRY} WHERE seq = :seq")
LAST = text("SELECT seq FROM diming.audit_head")
ACCOUNT_NAMED = text("SELECT id FROM diming.account WHERE username = :name")


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted.

    `actor`: a username, or the actor as it stands in the log (`account:…`, `cli:…`, `system:…`). `action`:
    the beginning of the action's name. `subject`: an id or another word that stands among the details, or
    the id of the decision. `first`, `last`: civil days in China, both included.
    """

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    first: date | None = None
    last: date | None = None


def list_entries(
    connection: Connection, actor: Actor, wanted: AuditFilter, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """`{"items", "next"}`: a page of the log, the latest first.

    NotPermitted for whoever may not read it; BadRequest (`limit_out_of_range`, `bad_cursor`).
    """
    require(actor, READ, COUNTRY)
    limit = check_limit(limit)
    query = {"list": "audit", **asdict(wanted)}
    after = decode_cursor(query, cursor, (int,))
    parameters = {
        "actor": _actor(connection, wanted.actor),
        "pattern": _beginning(wanted.action),
        "subject": wanted.subject,
        "first": _midnight(wanted.first),
        "last": _midnight(wanted.last + timedelta(days=1)) if wanted.last else None,
        "after": after[0] if after else None,
        "limit": limit + 1,
    }
    rows = fetch_all(connection, LIST, parameters)
    shown, following = page(rows, limit, query, lambda row: [row["seq"]])
    return {"items": [entry_shown(row) for row in shown], "next": following}


def find_entry(connection: Connection, actor: Actor, seq: int) -> dict[str, Any]:
    """One entry, with `covered` (the text under the hash), `intact` (whether the hash is that of the text).

    NotFound `no_such_entry`. Whether the chain as a whole is unbroken `./diming audit verify` says.
    """
    require(actor, READ, COUNTRY)
    row = fetch_one(connection, FIND, {"seq": seq})
    if row is None:
        raise NotFound(f"The audit log has no entry {seq}.", code="no_such_entry")
    entry = Entry(**{name: row[name] for name in Entry.__dataclass_fields__})
    previous = fetch_one(connection, FIND, {"seq": seq - 1})
    linked = previous is None if seq == 1 else previous is not None and previous["hash"] == row["prev_hash"]
    return {
        **entry_shown(row),
        "covered": entry.covered().decode(),
        "intact": linked and entry.hash_after(bytes(row["prev_hash"])) == bytes(row["hash"]),
        "last": connection.scalar(LAST),
    }


def entry_shown(row: Row) -> dict[str, Any]:
    """An entry as the API shows it."""
    return {
        "seq": row["seq"],
        "at": row["at"],
        "actor": row["actor"],
        "action": row["action"],
        "decision": row["decision_id"],
        "details": row["details"],
        "rows_sha256": bytes(row["rows_hash"]).hex() if row["rows_hash"] else None,
        "feed": None if row["feed_from"] is None else [row["feed_from"], row["feed_to"]],
        "previous": bytes(row["prev_hash"]).hex(),
        "hash": bytes(row["hash"]).hex(),
    }


def _actor(connection: Connection, wanted: str | None) -> str | None:
    """The actor as it stands in the log; a username is that of an account."""
    if wanted is None or ":" in wanted:
        return wanted
    account = connection.scalar(ACCOUNT_NAMED, {"name": wanted.lower()})
    return f"{ACCOUNT}{account}" if account else wanted


def _beginning(text_: str | None) -> str | None:
    if text_ is None:
        return None
    return text_.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), CIVIL_ZONE) if day else None
