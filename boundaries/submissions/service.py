"""Handing in, and asking for what was handed in.

Handing in is one transaction: the row, its audit entry and the job that
checks it. The bytes are kept before it, under an intent that says so, so that
no row ever names bytes that are not there and no bytes stay that no row names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.findings.reach import beside, reach_of, require_beside
from boundaries.network.service import line_by_name, run_of
from boundaries.submissions import store
from boundaries.submissions.model import HandIn, check_file_name
from boundaries.submissions.visible import ORIGINAL, may_look_behind, reach_in_list, visible_submission
from boundaries.units.service import chain_of
from data import audit
from data.access import Actor, Matter, require
from data.blobs import Blobs, sha256_of
from data.clock import Clock
from data.db import Audience, Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import BadRequest, Conflict
from data.ids import derived_id, new_id
from data.paging import check_limit, decode_cursor, page
from data.queue import Job, enqueue, require_queue
from data.uploads import store as upload_store
from data.uploads.model import check_name, check_size

#: Submissions of one line are checked one after another: each is compared with the one before.
TASK = "diming:check_submission"
SUBMIT = "boundary.submit"


@dataclass(frozen=True, slots=True)
class Counter:
    """Where submissions are kept: the office's database, the store of bytes, what time it is."""

    engine: Engine
    blobs: Blobs
    clock: Clock


def may_submit(connection: Connection, actor: Actor) -> None:
    """Refuse whoever may hand in nothing anywhere, before a large file is read. Errors of `require`."""
    reach_of(connection, actor, SUBMIT)


def hand_in(
    counter: Counter, actor: Actor, path: Path, name: str, wanted: HandIn, key: str | None = None
) -> dict[str, Any]:
    """Keep the file at `path`, called `name`, and have it checked; the submission as `described` shows it.

    With `key` the same file handed in again for the same line is the first submission, and another one Conflict
    `idempotency_key_reused`. BadInput `file_too_large`, `file_empty`, `file_name_unsafe`; NotFound `no_such_line`,
    `line_not_standing`, `no_such_submission` (the earlier one); Conflict `not_the_same_line`; errors of `require`;
    Unavailable `queue_missing`.
    """
    name = check_file_name(check_name(name))
    size = check_size(path.stat().st_size)
    with reading(counter.engine) as connection:
        row = _row(connection, actor, wanted) | {"file_name": name, "bytes": size}
        require_queue(connection)
    row["id"] = _id_for(actor, key) if key else new_id()
    row["sha256"] = sha256_of(path)
    with unit_of_work(counter.engine) as connection:
        connection.execute(upload_store.INTEND, {"sha256": row["sha256"], "at": counter.clock()})
    counter.blobs.keep(path)
    return _record(counter, actor, row)


def _id_for(actor: Actor, key: str) -> UUID:
    return derived_id("submission", actor.name, key)


def handed_in_before(connection: Connection, actor: Actor, key: str) -> dict[str, Any] | None:
    """What `actor` has handed in under `key`; None for nothing."""
    row = fetch_one(connection, store.FIND, {"id": _id_for(actor, key)})
    return None if row is None else described(row)


def _row(connection: Connection, actor: Actor, wanted: HandIn) -> dict[str, Any]:
    """What will stand in the row; asks whether it may."""
    line = _line(connection, wanted.line, wanted.as_of)
    run = run_of(connection, line, wanted.as_of, Audience.STAFF)
    _require_submit(connection, actor, line, run.segments, wanted.side, run.day)
    return {
        "line_id": line,
        "round_id": wanted.round_id,
        "side": wanted.side,
        "note": wanted.note,
        "scale": wanted.scale,
        "profile": wanted.profile,
        "expect": wanted.expect,
        "as_of": run.day,
        "earlier_id": _earlier(connection, actor, line, wanted),
        "received_by": actor.name,
        "account_id": actor.account_id,
    }


def _line(connection: Connection, line: str, as_of: date | None) -> UUID:
    try:
        return UUID(line)
    except ValueError:
        return line_by_name(connection, line, as_of)


def _require_submit(
    connection: Connection, actor: Actor, line: UUID, segments: Any, side: str | None, day: date
) -> None:
    """Whose survey it is says in whose jurisdiction it lies; where nobody says, either side will do."""
    holder = _holder(segments[0], side) if side is not None and len(segments) else None
    where = beside(connection, line)
    chain = tuple(unit["id"] for unit in chain_of(connection, holder, day)) if holder else ()
    if chain:
        require(actor, SUBMIT, Matter(chain, where.both.level))
    else:
        require_beside(actor, SUBMIT, where)


def _holder(segment: Row, side: str) -> UUID | None:
    """The unit on one side of the line, the way the line goes."""
    as_stored = (side == "left") == segment["forward"]
    holder: UUID | None = segment["left_id" if as_stored else "right_id"]
    return holder


def _earlier(connection: Connection, actor: Actor, line: UUID, wanted: HandIn) -> UUID | None:
    if wanted.earlier is None:
        parameters = {"line": line, "side": wanted.side, "round": wanted.round_id}
        found: UUID | None = connection.execute(store.BEFORE, parameters).scalar_one_or_none()
        return found
    row = visible_submission(connection, actor, wanted.earlier)
    if row["line_id"] != line:
        raise Conflict(
            "The submission that this one is to take the place of is about another line. Nothing was stored.",
            code="not_the_same_line",
        )
    return wanted.earlier


def _record(counter: Counter, actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    with unit_of_work(counter.engine) as connection:
        row["received_at"] = counter.clock()
        if connection.execute(store.INSERT, row).one_or_none() is None:
            return _the_same(connection, row)
        connection.execute(upload_store.SETTLE, {"sha256": row["sha256"]})
        details = {"submission": str(row["id"]), "line": str(row["line_id"]), "sha256": row["sha256"].hex(),
                   "bytes": row["bytes"]}  # fmt: skip
        audit.append(connection, actor=actor.name, action="submission.received", decision_id=None, details=details)
        job = Job(TASK, {"submission": str(row["id"])}, lock=f"line:{row['line_id']}")
        enqueue(connection, job, asked_by=actor.account_id)
        return described(_found(connection, row["id"]))


def _found(connection: Connection, submission: UUID) -> Row:
    return dict(connection.execute(store.FIND, {"id": submission}).mappings().one())


def _the_same(connection: Connection, row: Row) -> dict[str, Any]:
    known = _found(connection, row["id"])
    if bytes(known["sha256"]) != row["sha256"] or known["line_id"] != row["line_id"]:
        raise Conflict(
            "This Idempotency-Key was used for another file or line. Nothing was stored: take a new key.",
            code="idempotency_key_reused",
        )
    return described(known)


def described(row: Row) -> dict[str, Any]:
    """A submission as the API shows it; `verdict` is null until it is checked."""
    units = [{"code": row[f"unit_{u}_code"], "name": row[f"unit_{u}_name"]} for u in "ab" if row[f"unit_{u}_code"]]
    return {
        "id": row["id"],
        "line": {"id": row["line_id"], "name": row["line_name"], "units": sorted(units, key=lambda u: u["code"])},
        "round": row["round_id"],
        "side": row["side"],
        "file_name": row["file_name"],
        "bytes": row["bytes"],
        "sha256": bytes(row["sha256"]).hex(),
        "received_at": row["received_at"],
        "by": row["display_name"] or row["received_by"],
        "note": row["note"],
        "scale": row["scale"],
        "profile": row["profile"],
        "expect": row["expect"],
        "as_of": row["as_of"],
        "earlier": row["earlier_id"],
        "state": row["state"],
        "checked_at": row["checked_at"],
        "verdict": row["verdict"],
        "problem": row["problem"],
        "counts": row["counts"],
        "severities": row["severities"],
        "report": f"/v1/submissions/{row['id']}/report",
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """Which submissions are asked for; None asks nothing. `mine`: one's own only."""

    line: UUID | None = None
    round_id: UUID | None = None
    side: str | None = None
    state: str | None = None
    verdict: str | None = None
    mine: bool = False


def list_submissions(
    connection: Connection,
    actor: Actor,
    asked: Asked | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the submissions that `actor` may see, the latest first; a page may be short and still have a next one.

    NotSignedIn `sign_in_needed`.
    """
    asked, limit = asked or Asked(), check_limit(limit)
    units, levels = reach_in_list(connection, actor)
    filters = {"line": asked.line, "round": asked.round_id, "side": asked.side, "state": asked.state,
               "verdict": asked.verdict, "mine": asked.mine}  # fmt: skip
    query = {"list": "submissions", "for": actor.name, **filters}
    after = decode_cursor(query, cursor, (datetime.fromisoformat, UUID)) or (None, None)
    parameters = {**filters, "me": actor.name, "units": list(units), "levels": list(levels), "at": after[0],
                  "after": after[1], "limit": limit + 1}  # fmt: skip
    rows = fetch_all(connection, store.LIST, parameters)
    shown, following = page(rows, limit, query, lambda row: (row["received_at"].isoformat(), row["id"]))
    seen = [row for row in shown if may_look_behind(connection, actor, row)]
    return {"items": [described(row) for row in seen], "next": following}


def find_submission(connection: Connection, actor: Actor, submission: UUID) -> dict[str, Any]:
    """A submission, what became of the findings of the one before, and what was handed in after it."""
    row = visible_submission(connection, actor, submission)
    later = fetch_all(connection, store.AFTER, {"id": submission})
    return {**described(row), "compared": compared(connection, row), "later": [dict(one) for one in later]}


def compared(connection: Connection, row: Row) -> dict[str, int] | None:
    """How many findings were cured since the submission before, still stand, and are new; None where there is none."""
    if row["earlier_id"] is None or row["state"] != "checked":
        return None
    found = connection.execute(store.TALLY, {"id": row["id"], "earlier": row["earlier_id"]}).mappings().one()
    return dict(found)


@contextmanager
def open_original(counter: Counter, actor: Actor, submission: UUID) -> Iterator[tuple[Row, BinaryIO]]:
    """The bytes as they were received, for those who may have them; it is written down who took them."""
    with unit_of_work(counter.engine) as connection:
        row = visible_submission(connection, actor, submission, ORIGINAL)
        details = {"submission": str(submission)}
        audit.append(connection, actor=actor.name, action="submission.original_read", decision_id=None, details=details)
    with counter.blobs.open(bytes(row["sha256"])) as file:
        yield row, file


def require_not_refused(row: Mapping[str, Any]) -> None:
    """Conflict `submission_refused` where the check could not be made."""
    if row["state"] == "refused":
        raise Conflict(f"This submission could not be checked: {row['problem']['detail']}", code="submission_refused")


def require_checked(row: Mapping[str, Any]) -> None:
    """Conflict `not_checked_yet` while there is no report, `submission_refused` where there will be none."""
    require_not_refused(row)
    if row["state"] != "checked":
        raise Conflict("This submission is still being checked; ask again in a moment.", code="not_checked_yet")


def check_filter(value: str | None, name: str, known: tuple[str, ...]) -> str | None:
    """`value` where it is one of `known`; BadRequest `bad_parameter`."""
    if value is not None and value not in known:
        raise BadRequest(f"{name} is one of {', '.join(known)}.", code="bad_parameter")
    return value
