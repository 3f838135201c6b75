"""The job that geocodes a table of addresses."""

from __future__ import annotations

from uuid import UUID

import procrastinate
import structlog

from api.counter import make_counter
from api.settings import settings_from_environment
from data.clock import system_clock
from data.db import make_engine, unit_of_work
from data.jobs import progress
from geonames.geocode.tables.service import Geocoding, work


def geocode_table(context: procrastinate.JobContext, order: str) -> None:
    """Geocode what is left of a table; done again it finds that it is done."""
    counter = make_counter(make_engine(settings_from_environment().database_url, pool_size=2), system_clock)
    tell_and_geocode(Geocoding(counter.engine, counter.blobs, system_clock), UUID(order), context.job.id)


def tell_and_geocode(geocoding: Geocoding, order: UUID, job: int | None) -> str:
    """Geocode the table and say how far it is; how it stands then."""

    def tell(done: int, total: int) -> None:
        if job is not None:
            with unit_of_work(geocoding.engine) as connection:
                progress(connection, job, done, total)

    state = work(geocoding, order, tell)
    structlog.get_logger().info("geocoded", order=str(order), state=state)
    return state
