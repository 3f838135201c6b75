"""The job that makes the files of a document that was issued."""

from __future__ import annotations

from uuid import UUID

import procrastinate
import structlog

from api.casework import make_casework
from api.documents import make_workshop
from api.settings import settings_from_environment
from data.clock import system_clock
from data.db import make_engine, unit_of_work
from data.documents.making import Workshop, make_document
from data.documents.model import Documents
from data.documents.service import number_of
from data.jobs import progress


def make_document_files(context: procrastinate.JobContext, document: str) -> None:
    """Make Word and PDF of a document; done again it finds that it is done."""
    settings = settings_from_environment()
    engine = make_engine(settings.database_url, pooled=False)
    casework = make_casework(engine, system_clock)
    workshop = make_workshop(engine, casework.documents or Documents(()), system_clock)
    tell_and_make(workshop, UUID(document), context.job.id)


def tell_and_make(workshop: Workshop, document_id: UUID, job: int | None) -> None:
    """Make the document and say so while it is made."""
    _tell(workshop, job, 0, document_id)
    state = make_document(workshop, document_id)
    structlog.get_logger().info("document", document=str(document_id), state=state)
    _tell(workshop, job, 1, document_id)


def _tell(workshop: Workshop, job: int | None, done: int, document_id: UUID) -> None:
    if job is None:
        return
    with unit_of_work(workshop.engine) as connection:
        progress(connection, job, done, 1, number_of(connection, document_id))
