"""What tasks write about themselves."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from data.jobs import store

#: A note is a line, as the database checks it too.
MAX_NOTE = 200


def progress(connection: Connection, job: int, done: int, total: int | None, note: str = "") -> None:
    """Say that `done` of `total` (None: nobody knows how many) are done; for whoever waits and looks.

    `job` is the number of the job (`context.job.id` in a task). `note` says what is being worked on in words
    of no language (a document's number, a file's name), never personal data. Others see it when the
    transaction ends: give it one of its own, apart from the work.
    """
    if not 0 <= done <= (done if total is None else total):
        raise ValueError(f"{done} of {total} is no progress")
    values = {"job": job, "done": done, "total": total, "note": note[:MAX_NOTE]}
    connection.execute(store.PROGRESS, values)


def once(connection: Connection, job: int) -> bool:
    """Whether the effect of `job` is still to be had; asked in the transaction that has it.

    A worker may be killed after its effect and before the queue heard of it: the job is then done again. The
    second time this is False and the task ends without doing anything. Of two attempts at the same moment
    the second waits for the first.
    """
    return connection.execute(store.TAKE_EFFECT, {"job": job}).first() is not None


def enqueued(connection: Connection, job: int, asked_by: UUID | None, case_id: UUID | None) -> None:
    """Keep who asked for a job; written with the job itself."""
    connection.execute(store.ENQUEUED, {"job": job, "asked_by": asked_by, "case_id": case_id})
