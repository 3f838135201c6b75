"""The job of comparisons of files that were ordered."""

from __future__ import annotations

from uuid import UUID

import procrastinate
import structlog

from api.counter import make_counter
from api.settings import settings_from_environment
from boundaries.comparisons.orders.service import Office
from boundaries.comparisons.orders.working import work_order
from data.clock import system_clock
from data.db import make_engine, unit_of_work
from data.jobs import progress


def compare_files(context: procrastinate.JobContext, order: str) -> None:
    """Work out an order; done again it finds that it is done."""
    counter = make_counter(make_engine(settings_from_environment().database_url, pooled=False), system_clock)
    tell_and_work(Office(counter.engine, counter.blobs, counter.clock), UUID(order), context.job.id)


def tell_and_work(office: Office, order: UUID, job: int | None) -> str:
    """Work it out and say how far it is meanwhile; how the order stands then."""

    def tell(done: int, total: int, note: str) -> None:
        if job is not None:
            with unit_of_work(office.engine) as connection:
                progress(connection, job, done, total, note)

    state = work_order(office, order, tell)
    structlog.get_logger().info("comparison order", order=str(order), state=state)
    return state
