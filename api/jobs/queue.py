"""The queue on the register's database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import procrastinate
from sqlalchemy import Engine

from api.jobs.schema import SCHEMA
from api.jobs.tasks import nightly
from api.jobs.watch import watching
from api.settings import Settings
from data.errors import DimingError
from data.jobs.store import ATTEMPT_BEGINS, ATTEMPT_FAILED

#: How often a worker says that it lives, in seconds.
HEARTBEAT_S = 10.0
#: A worker that has missed so many is gone.
SILENT_HEARTBEATS = 3


def make_app(settings: Settings, *more: procrastinate.Blueprint) -> procrastinate.App:
    """The queue as a worker or an enqueuer opens it, with the tasks of `more` besides the program's own."""
    connector = procrastinate.PsycopgConnector(
        conninfo=settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1),
        kwargs={"options": f"-c search_path={SCHEMA},public"},
    )
    app = procrastinate.App(connector=connector)
    for tasks in (nightly(), *more):
        app.add_tasks_from(tasks, namespace="diming")
    return app


def work(engine: Engine, app: procrastinate.App, heartbeat_s: float = HEARTBEAT_S, **options: Any) -> None:
    """Do jobs until told to stop, and those of workers that are gone.

    Each attempt is written down when it begins, and why it failed.
    """
    silent_after_s = SILENT_HEARTBEATS * heartbeat_s
    with watching(engine, silent_after_s):
        app.run_worker(
            name="diming",
            concurrency=2,
            update_heartbeat_interval=heartbeat_s,
            stalled_worker_timeout=silent_after_s,
            worker_middleware=[_written_down],
            **options,
        )


async def _written_down(
    call_next: Callable[[], Awaitable[Any]], context: procrastinate.JobContext, _worker: Any
) -> Any:
    connector, job = context.app.connector, context.job.id
    await connector.execute_query_async(ATTEMPT_BEGINS, job=job)
    try:
        return await call_next()
    except Exception as error:
        failure = error.code if isinstance(error, DimingError) else type(error).__name__
        await connector.execute_query_async(ATTEMPT_FAILED, job=job, failure=failure)
        raise
