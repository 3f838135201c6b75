"""Jobs whose worker is gone: killed, or on a machine that stopped. They are done again, and not for ever.

A worker says every few seconds that it lives. A job of one that has been silent
is put back into the queue; what it had done before it died is had once, by
`data.jobs.once`. A job that has lost its worker several times may be what kills
them: it is marked as failed and left for a person. One whose like was enqueued
meanwhile is ended, because the other one does its work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from data.db import fetch_all
from data.jobs import store
from data.jobs.model import JobState
from data.queue import in_queue_schema, require_queue

#: So many attempts may end without a word.
MOST_ATTEMPTS = 5
#: Why a job failed that lost its worker too often.
WORKER_LOST = "worker_lost"
#: Why one was ended: a job of the same `unique` waits, and the queue holds one of them only.
OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Stalled:
    """The numbers of jobs put back, of those given up, and of those whose work another job does."""

    retried: tuple[int, ...]
    given_up: tuple[int, ...]
    overtaken: tuple[int, ...] = ()


def recover_stalled(connection: Connection, silent_after_s: float) -> Stalled:
    """Put jobs of silent workers back into the queue, or give them up, in the caller's transaction."""
    require_queue(connection)
    rows = fetch_all(connection, store.STALLED, {"after_s": silent_after_s})
    again = [row["id"] for row in rows if row["attempts"] < MOST_ATTEMPTS]
    enough = tuple(row["id"] for row in rows if row["attempts"] >= MOST_ATTEMPTS)
    retried = tuple(job for job in again if _put_back(connection, job))
    overtaken = tuple(job for job in again if job not in retried)
    for job in (*retried, *enough):
        connection.execute(store.FAILED, {"job": job, "failure": WORKER_LOST})
    for job in enough:
        _end(connection, job, JobState.FAILED)
    for job in overtaken:
        _end(connection, job, JobState.ABORTED)
        connection.execute(store.FAILED, {"job": job, "failure": OVERTAKEN})
    return Stalled(retried, enough, overtaken)


def _put_back(connection: Connection, job: int) -> bool:
    """Whether it waits again; not where one of the same `unique` does."""
    try:
        with connection.begin_nested(), in_queue_schema(connection):
            connection.execute(store.RETRY, {"job": job})
    except IntegrityError:
        return False
    return True


def _end(connection: Connection, job: int, state: JobState) -> None:
    with in_queue_schema(connection):
        connection.execute(store.FINISH, {"job": job, "state": str(state)})


def forget_records(connection: Connection, before: datetime) -> int:
    """Forget what is known of jobs that the queue itself has forgotten; how many."""
    return connection.execute(store.FORGET, {"before": before}).rowcount
