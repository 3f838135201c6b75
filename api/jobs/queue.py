"""The queue on the register's database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import procrastinate
from sqlalchemy import Engine

from api.jobs.schema import SCHEMA
from api.jobs.tasks import nightly
from api.jobs.watch import watching
from api.jobs.webhooks import starting_webhooks
from api.settings import Settings
from data.clock import system_clock
from data.errors import DimingError
from data.jobs.store import ATTEMPT_BEGINS, ATTEMPT_FAILED
from data.webhooks.service import QUEUE as WEBHOOKS

#: How often a worker says that it lives, in seconds.
HEARTBEAT_S = 10.0
#: A worker that has missed so many is gone.
SILENT_HEARTBEATS = 3
#: They wait for receivers more than they work.
WEBHOOKS_AT_ONCE = 4


def make_app(settings: Settings, *more: procrastinate.Blueprint) -> procrastinate.App:
    """The queue as a worker or an enqueuer opens it, with the tasks of `more` besides the program's own."""
    connector = procrastinate.PsycopgConnector(
        conninfo=settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1),
        kwargs={"options": f"-c search_path={SCHEMA},public"},
        max_size=8,  # two workers, each of which keeps one to listen
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
    options |= {
        "update_heartbeat_interval": heartbeat_s,
        "stalled_worker_timeout": silent_after_s,
        "worker_middleware": [_written_down],
    }
    with watching(engine, silent_after_s), starting_webhooks(engine, system_clock):
        asyncio.run(_work(app, options))


async def _work(app: procrastinate.App, options: dict[str, Any]) -> None:
    """Two workers in one process: a receiver that answers slowly keeps no document waiting."""
    async with app.open_async():
        posting = app.run_worker_async(
            name="diming-webhooks",
            queues=[WEBHOOKS],
            concurrency=WEBHOOKS_AT_ONCE,
            **options | {"install_signal_handlers": False},
        )
        beside = asyncio.create_task(posting)
        await app.run_worker_async(name="diming", queues=["default"], concurrency=2, **options)
        if options.get("wait", True):
            beside.cancel()
        with suppress(asyncio.CancelledError):
            await beside


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
