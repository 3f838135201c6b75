"""The job that makes the archive of a line: hundreds of forms for a long one."""

from __future__ import annotations

from uuid import UUID

import procrastinate
import structlog

from api.casework import make_casework
from api.documents import make_workshop
from api.settings import settings_from_environment
from boundaries.archive.orders import make_archive
from data.cases.model import Casework
from data.clock import system_clock
from data.db import make_engine, unit_of_work
from data.documents.making import Workshop
from data.documents.model import Documents
from data.jobs import progress


def make_line_archive(context: procrastinate.JobContext, order: str) -> None:
    """Make an archive that was ordered; done again it finds that it is done."""
    engine = make_engine(settings_from_environment().database_url, pooled=False)
    casework = make_casework(engine, system_clock)
    workshop = make_workshop(engine, casework.documents or Documents(()), system_clock)
    tell_and_make(workshop, casework, UUID(order), context.job.id)


def tell_and_make(workshop: Workshop, casework: Casework, order: UUID, job: int | None) -> str:
    """Make the archive and say how far it is while it is made; how its order stands then."""

    def tell(done: int, total: int, note: str) -> None:
        if job is not None:
            with unit_of_work(workshop.engine) as connection:
                progress(connection, job, done, total, note)

    state = make_archive(workshop, casework, order, tell)
    structlog.get_logger().info("archive", order=str(order), state=state)
    return state
