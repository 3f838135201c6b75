"""The jobs of the counter: a submission is checked; what nobody claimed is forgotten."""

from __future__ import annotations

from uuid import UUID

import procrastinate
import structlog

from api.counter import make_counter, make_uploads
from api.settings import settings_from_environment
from boundaries.submissions.checking import check_submission, enqueue_forgotten
from boundaries.submissions.service import Counter
from data.clock import system_clock
from data.db import make_engine, unit_of_work
from data.jobs import progress
from data.uploads.service import Uploads
from data.uploads.tidy import tidy_uploads


def check_handed_in(context: procrastinate.JobContext, submission: str) -> None:
    """Check a submission; done again it finds that it is done."""
    engine = make_engine(settings_from_environment().database_url, pooled=False)
    tell_and_check(make_counter(engine, system_clock), UUID(submission), context.job.id)


def tell_and_check(counter: Counter, submission: UUID, job: int | None) -> None:
    """Check the submission and say how far it is while it is checked."""

    def tell(done: int, total: int) -> None:
        if job is not None:
            with unit_of_work(counter.engine) as connection:
                progress(connection, job, done, total)

    state = check_submission(counter, submission, tell)
    structlog.get_logger().info("submission", submission=str(submission), state=state)


def tidy_the_counter(timestamp: int) -> None:
    """Forget what nobody claimed, and have checked what lost its job."""
    del timestamp
    engine = make_engine(settings_from_environment().database_url, pooled=False)
    tidy(make_uploads(engine, system_clock), make_counter(engine, system_clock))


def tidy(uploads: Uploads, counter: Counter) -> None:
    """Do it and say what was done."""
    tidied, again = tidy_uploads(uploads, counter.blobs), enqueue_forgotten(counter)
    structlog.get_logger().info(
        "counter tidied",
        uploads=tidied.uploads,
        attachments=tidied.attachments,
        blobs=tidied.blobs,
        checked_again=again,
    )
