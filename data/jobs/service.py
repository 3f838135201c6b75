"""Looking at jobs, and what may be done with them: try again what failed, cancel what waits.

One sees the jobs that one's own actions made necessary; administrators of the
whole country, auditors and whoever runs the installation see all.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data import audit
from data.access import Actor, Matter, Permit, decide, require
from data.access.model import COUNTRY
from data.db import Row, fetch_all, fetch_one
from data.errors import BadRequest, Conflict, NotFound
from data.jobs import store
from data.jobs.model import JobState, seconds_left
from data.paging import check_limit, decode_cursor, page
from data.queue import in_queue_schema, require_queue


def list_jobs(
    connection: Connection,
    actor: Actor,
    *,
    state: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """`{"items", "next", "all"}`: jobs, latest first; `all` says whether others' are among them.

    BadRequest `bad_job_state`; NotSignedIn; Unavailable `queue_missing`.
    """
    if state is not None and state not in list(JobState):
        raise BadRequest(f"state is one of {', '.join(JobState)}.", code="bad_job_state")
    everybodys = _sees_all(actor)
    count, query = check_limit(limit), {"list": "jobs", "for": actor.name, "state": state}
    after = decode_cursor(query, cursor, (int,))
    values = {
        "asked_by": None if everybodys else actor.account_id,
        "state": state,
        "after": after[0] if after else None,
        "limit": count + 1,
    }
    require_queue(connection)
    rows, following = page(fetch_all(connection, store.LIST, values), count, query, lambda row: [row["job"]])
    return {"items": [shown(row) for row in rows], "next": following, "all": everybodys}


def find_job(connection: Connection, actor: Actor, job: int) -> dict[str, Any]:
    """One job. NotFound `no_such_job`, also for one that is somebody else's."""
    everybodys = _sees_all(actor)
    require_queue(connection)
    row = fetch_one(connection, store.FIND, {"job": job})
    if row is None or not (everybodys or row["asked_by"] == actor.account_id):
        raise NotFound("There is no such job (any more), or it is somebody else's.", code="no_such_job")
    return shown(row)


def retry_job(connection: Connection, actor: Actor, job: int) -> dict[str, Any]:
    """Let a job that failed be done again, now. Conflict `job_not_failed`."""
    before = _to_change(connection, actor, "job.retry", job)
    if before["state"] != JobState.FAILED:
        raise Conflict("Only a job that failed is tried again. Nothing was changed.", code="job_not_failed")
    with in_queue_schema(connection):
        connection.execute(store.RETRY, {"job": job})
    return _changed(connection, actor, "job.retried", job)


def cancel_job(connection: Connection, actor: Actor, job: int) -> dict[str, Any]:
    """Take a job that waits out of the queue. Conflict `job_not_waiting`: one that runs is not stopped."""
    before = _to_change(connection, actor, "job.cancel", job)
    if before["state"] != JobState.WAITING:
        raise Conflict("Only a job that waits is cancelled. Nothing was changed.", code="job_not_waiting")
    with in_queue_schema(connection):
        connection.execute(store.CANCEL, {"job": job})
    return _changed(connection, actor, "job.cancelled", job)


def _to_change(connection: Connection, actor: Actor, action: str, job: int) -> dict[str, Any]:
    _sees_all(actor)
    require_queue(connection)
    connection.execute(store.LOCK_JOB, {"job": job})
    found = find_job(connection, actor, job)
    require(actor, action, _matter(found["asked_by"]["id"] if found["asked_by"] else None))
    return found


def _changed(connection: Connection, actor: Actor, action: str, job: int) -> dict[str, Any]:
    found = find_job(connection, actor, job)
    details = {"job": job, "task": found["task"]}
    audit.append(connection, actor=actor.name, action=action, decision_id=None, details=details)
    return found


def shown(row: Row) -> dict[str, Any]:
    """A job as the API shows it: no arguments, for they may name what others may not see."""
    state = JobState(row["state"])
    left = seconds_left(row["done"], row["total"], row["begun_with"], row["began_at"], row["now"])
    asked_by = {"id": row["asked_by"], "display_name": row["asked_by_name"]} if row["asked_by"] else None
    case = {"id": row["case_id"], "number": row["case_number"]} if row["case_id"] else None
    return {
        "id": row["job"],
        "task": row["task_name"].removeprefix("diming:"),
        "state": str(state),
        "done": row["done"],
        "total": row["total"],
        "note": row["note"],
        "seconds_left": round(left, 1) if left is not None and state is JobState.RUNNING else None,
        "asked_by": asked_by,
        "case": case,
        "asked_at": row["asked_at"],
        "began_at": row["began_at"],
        "told_at": row["told_at"],
        "ended_at": row["ended_at"],
        "attempts": row["attempts"],
        "next_attempt_at": row["scheduled_at"] if state is JobState.WAITING else None,
        "failure": row["failure"],
    }


def _sees_all(actor: Actor) -> bool:
    """Whether `actor` sees the jobs of everybody, or his own. NotSignedIn for nobody."""
    if isinstance(decide(actor, "job.read", COUNTRY), Permit):
        return True
    require(actor, "job.read", _matter(actor.account_id))
    return False


def _matter(asked_by: UUID | None) -> Matter:
    """A job is a matter of the whole country, and of whoever asked for it."""
    return Matter(relations={asked_by: frozenset({"self"})} if asked_by else {})
