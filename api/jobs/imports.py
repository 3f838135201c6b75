"""The job that checks a file of places that was handed in."""

from __future__ import annotations

from uuid import UUID

import procrastinate
import structlog

from api.importing import make_desk
from api.settings import settings_from_environment
from data.clock import system_clock
from data.db import make_engine, unit_of_work
from data.jobs import progress
from geonames.exchange.incoming.desk import Desk
from geonames.exchange.incoming.receiving import check_import


def check_handed_in_places(context: procrastinate.JobContext, file: str) -> None:
    """Check a file; done again it checks it again."""
    engine = make_engine(settings_from_environment().database_url, pooled=False)
    tell_and_check(make_desk(engine, system_clock), UUID(file), context.job.id)


def tell_and_check(desk: Desk, file: UUID, job: int | None) -> str:
    """Check the file and say how far it is; how it stands then."""

    def tell(done: int, total: int | None, note: str) -> None:
        if job is not None:
            with unit_of_work(desk.engine) as connection:
                progress(connection, job, done, total, note)

    state = check_import(desk, file, tell)
    structlog.get_logger().info("import", file=str(file), state=state)
    return state
