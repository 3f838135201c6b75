"""The job that makes a bulk export: minutes for a register of millions."""

from __future__ import annotations

from uuid import UUID

import procrastinate
import structlog

from api.exchange import make_warehouse
from api.settings import settings_from_environment
from data.db import make_engine, unit_of_work
from data.jobs import progress
from geonames.exchange.orders import Warehouse, make_export


def make_bulk_export(context: procrastinate.JobContext, export: str) -> None:
    """Make an export that was ordered; done again it finds that it is done."""
    settings = settings_from_environment()
    house = make_warehouse(settings, make_engine(settings.database_url, pooled=False))
    tell_and_export(house, UUID(export), context.job.id)


def tell_and_export(house: Warehouse, export: UUID, job: int | None) -> str:
    """Make the export and say how far it is while it is made; how it stands then."""

    def tell(done: int, total: int | None, note: str) -> None:
        if job is not None:
            with unit_of_work(house.engine) as connection:
                progress(connection, job, done, total, note)

    state = make_export(house, export, tell)
    structlog.get_logger().info("export", export=str(export), state=state)
    return state
