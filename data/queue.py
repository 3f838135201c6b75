"""Enqueues work by the name of its task, in the transaction that makes it necessary.

A job that is enqueued here exists exactly if the transaction is committed. The
queue is procrastinate's; its tables stand in a schema of their own, made by
the worker (`api.jobs`), which also knows the tasks. Here only names are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import procrastinate
from sqlalchemy import Connection, text

from data.errors import Unavailable
from data.jobs import recording

SCHEMA = "jobs"
EXISTS = text("SELECT to_regclass(:name) IS NOT NULL")
READ_PATH = text("SELECT current_setting('search_path')")
SET_PATH = text("SELECT set_config('search_path', :path, true)")


@dataclass(frozen=True, slots=True)
class Job:
    """Work to be done: the task by name (`diming:make_document`), its arguments as JSON values.

    Jobs of the same `lock` are done one after another. `unique`: while a job of that name waits, a further
    one is not enqueued.
    """

    task: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    lock: str | None = None
    unique: str | None = None
    queue: str = "default"


def enqueue(
    connection: Connection, job: Job, *, asked_by: UUID | None = None, case_id: UUID | None = None
) -> int | None:
    """The number of the job, enqueued in the caller's transaction; None where `unique` waits already.

    `asked_by` is the account that is shown how far it is (`data.jobs`), `case_id` the case that it is about.
    Raises `Unavailable` (`queue_missing`) where no worker has ever made the queue.
    """
    require_queue(connection)
    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
    task = app.configure_task(
        job.task,
        lock=job.lock,
        queueing_lock=job.unique,
        queue=job.queue,
        connection=connection.connection.driver_connection,
    )
    try:
        with connection.begin_nested(), in_queue_schema(connection):
            number: int = task.defer(**job.arguments)
    except procrastinate.exceptions.AlreadyEnqueued:
        return None
    recording.enqueued(connection, number, asked_by, case_id)
    return number


def require_queue(connection: Connection) -> None:
    """Raise `Unavailable` (`queue_missing`) where no worker has ever made the queue."""
    if not connection.scalar(EXISTS, {"name": f"{SCHEMA}.procrastinate_jobs"}):
        raise Unavailable(
            "The queue of jobs has not been made yet: start Diming with `./diming up`. Nothing was changed.",
            code="queue_missing",
        )


@contextmanager
def in_queue_schema(connection: Connection) -> Iterator[None]:
    """The queue's functions name their tables without a schema; a failure is undone with the savepoint around."""
    before = connection.scalar(READ_PATH)
    connection.execute(SET_PATH, {"path": f"{SCHEMA}, public"})
    yield
    connection.execute(SET_PATH, {"path": before})
