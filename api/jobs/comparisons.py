"""The job of comparisons: every pair of surveys of a batch beside its legal line."""

from __future__ import annotations

import os
from uuid import UUID

import procrastinate
import structlog
from sqlalchemy import Engine

from api.counter import make_counter
from api.settings import settings_from_environment
from boundaries.comparisons.working import compare_batch
from boundaries.inspection.views.nation import in_processes
from data.blobs import Blobs
from data.clock import system_clock
from data.db import make_engine, reading, unit_of_work
from data.jobs import progress

#: A batch of fewer is worked out in this process: to begin others takes longer than the work.
WORTH_PROCESSES = 8


def compare_surveys(context: procrastinate.JobContext, batch: str) -> None:
    """Work out a batch; done again it does what is left."""
    engine = make_engine(settings_from_environment().database_url, pooled=False)
    tell_and_compare(engine, make_counter(engine, system_clock).blobs, UUID(batch), context.job.id)


def tell_and_compare(engine: Engine, blobs: Blobs, batch: UUID, job: int | None) -> None:
    """Work out the batch and say how far it is."""

    def tell(done: int, total: int, note: str) -> None:
        if job is not None:
            with unit_of_work(engine) as connection:
                progress(connection, job, done, total, note)

    with in_processes(_processes(engine, batch)) as mapped:
        done = compare_batch(engine, blobs, batch, tell, mapped)
    structlog.get_logger().info("compared", batch=str(batch), comparisons=done)


def _processes(engine: Engine, batch: UUID) -> int:
    from boundaries.comparisons.store import BATCH

    with reading(engine) as connection:
        row = connection.execute(BATCH, {"batch": batch}).one()
    return (os.cpu_count() or 1) if row.of - row.done >= WORTH_PROCESSES else 1
