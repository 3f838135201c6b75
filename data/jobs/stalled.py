"""Jobs whose worker is gone: killed, or on a machine that stopped. They are done again, and not for ever.

A worker says every few seconds that it lives. A job of one that has been silent
is put back into the queue; what it had done before it died is had once, by
`data.jobs.once`. A job that has lost its worker several times may be what kills
them: it is marked as failed and left for a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from data.db import fetch_all
from data.jobs import store
from data.jobs.model import JobState
from data.queue import in_queue_schema, require_queue

#: So many attempts may end without a word.
MOST_ATTEMPTS = 5
#: Why a job failed that lost its worker too often.
WORKER_LOST = "worker_lost"


@dataclass(frozen=True, slots=True)
class Stalled:
    """The numbers of jobs put back, and of those given up."""

    retried: tuple[int, ...]
    given_up: tuple[int, ...]


def recover_stalled(connection: Connection, silent_after_s: float) -> Stalled:
    """Put jobs of silent workers back into the queue, or give them up, in the caller's transaction."""
    require_queue(connection)
    rows = fetch_all(connection, store.STALLED, {"after_s": silent_after_s})
    again = tuple(row["id"] for row in rows if row["attempts"] < MOST_ATTEMPTS)
    enough = tuple(row["id"] for row in rows if row["attempts"] >= MOST_ATTEMPTS)
    with in_queue_schema(connection):
        for job in again:
            connection.execute(store.RETRY, {"job": job})
        for job in enough:
            connection.execute(store.FINISH, {"job": job, "state": str(JobState.FAILED)})
    for row in rows:
        connection.execute(store.FAILED, {"job": row["id"], "failure": WORKER_LOST})
    return Stalled(again, enough)


def forget_records(connection: Connection, before: datetime) -> int:
    """Forget what is known of jobs that the queue itself has forgotten; how many."""
    return connection.execute(store.FORGET, {"before": before}).rowcount
