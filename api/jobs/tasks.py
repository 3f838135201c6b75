"""The tasks: what is done every night and every morning."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import procrastinate
import structlog
from sqlalchemy import Engine

from api.jobs.alone import scheduled
from api.jobs.archives import make_line_archive
from api.jobs.cases import look_at_cases
from api.jobs.comparison_orders import compare_files
from api.jobs.comparisons import compare_surveys
from api.jobs.documents import make_document_files
from api.jobs.exports import make_bulk_export
from api.jobs.filings import deliver_filings
from api.jobs.geocoding import geocode_table
from api.jobs.imports import check_handed_in_places
from api.jobs.mail import TryAgain, send_digests, send_mail
from api.jobs.submissions import check_handed_in, tidy_the_counter
from api.jobs.webhooks import deliver_webhook, redeliver_webhook
from api.packages import audit_key_folder
from api.settings import settings_from_environment
from boundaries.archive.orders import forget_archives
from boundaries.comparisons.orders.service import forget_orders as forget_comparisons
from data import audit
from data.access.model import operator
from data.audit_proof.service import check, sign_head
from data.clock import Clock, system_clock
from data.db import make_engine, reading, unit_of_work
from data.jobs.stalled import forget_records
from data.notices.outbox import forget_mail
from data.secrets import keyring
from data.webhooks.delivering import forget_attempts
from geonames.exchange.orders import forget_exports
from geonames.geocode.tables.service import forget_orders
from geonames.personal.service import tend
from geonames.search.tiers import recut

#: Finished jobs are kept for two weeks, so that "did it run last week?" has an answer.
KEEP_JOBS_HOURS = 14 * 24

#: Every night in China (02:30 and 03:00), in UTC as procrastinate counts.
VERIFY_AT = "30 18 * * *"
HOUSEKEEPING_AT = "0 19 * * *"
#: The tiers of the search index, where the register has outgrown them (04:00).
TIERS_AT = "0 20 * * *"
#: And what nobody claimed (03:30).
COUNTER_AT = "30 19 * * *"
#: Every morning in China (06:30), before the offices open.
CASES_AT = "30 22 * * *"
#: And when they open (08:00): what is still unread goes out as one mail.
DIGESTS_AT = "0 0 * * *"
#: Filings go out soon after they were made, and again and again until they have arrived.
FILINGS_AT = "*/5 * * * *"


def nightly() -> procrastinate.Blueprint:
    """The tasks with their schedule; a new object each time, because an app renames what it takes over."""
    tasks = procrastinate.Blueprint()
    scheduled(tasks, verify_audit_chain, VERIFY_AT)
    scheduled(tasks, housekeeping, HOUSEKEEPING_AT, pass_context=True)
    scheduled(tasks, tidy_the_counter, COUNTER_AT)
    scheduled(tasks, recut_search_tiers, TIERS_AT)
    scheduled(tasks, look_at_cases, CASES_AT)
    scheduled(tasks, send_digests, DIGESTS_AT)
    scheduled(tasks, deliver_filings, FILINGS_AT)
    tasks.task(name="make_document", pass_context=True)(make_document_files)
    tasks.task(name="check_submission", pass_context=True)(check_handed_in)
    tasks.task(name="make_archive", pass_context=True)(make_line_archive)
    tasks.task(name="check_import", pass_context=True)(check_handed_in_places)
    tasks.task(name="make_export", pass_context=True)(make_bulk_export)
    tasks.task(name="compare_surveys", pass_context=True)(compare_surveys)
    tasks.task(name="geocode_table", pass_context=True)(geocode_table)
    tasks.task(name="compare_files", pass_context=True)(compare_files)
    tasks.task(name="send_mail", pass_context=True, retry=TryAgain())(send_mail)
    tasks.task(name="deliver_webhook")(deliver_webhook)
    tasks.task(name="redeliver_webhook")(redeliver_webhook)
    return tasks


def recut_search_tiers(timestamp: int) -> None:
    """Cut the tiers of the search index again where they have drifted; no answer changes by it."""
    moved = recut(make_engine(settings_from_environment().database_url, pooled=False))
    structlog.get_logger().info("search_tiers", scheduled_at=timestamp, moved=moved)


def verify_audit_chain(timestamp: int) -> None:
    """Recompute the audit chain, record the result in it, and sign its head where it is whole."""
    engine = make_engine(settings_from_environment().database_url, pooled=False)
    if record_verification(engine, scheduled_at=timestamp):
        signed = sign_head(engine, audit_key_folder(), operator("system:worker"), system_clock)
        structlog.get_logger().info("audit head signed", entries=signed["size"], root=signed["root"], key=signed["key"])


async def housekeeping(context: procrastinate.JobContext, timestamp: int) -> None:
    """Remove finished jobs that nobody will ask about any more, and old mail; failed jobs stay to be seen."""
    structlog.get_logger().info("housekeeping", scheduled_at=timestamp, keep_hours=KEEP_JOBS_HOURS)
    await context.app.job_manager.delete_old_jobs(nb_hours=KEEP_JOBS_HOURS)
    await asyncio.to_thread(tidy, make_engine(settings_from_environment().database_url, pooled=False), system_clock)


def tidy(engine: Engine, clock: Clock) -> None:
    """Forget jobs that are gone, archives, comparisons, tables of addresses, old mail and attempts of webhooks.

    And who sent what, when its purpose is served.
    """
    with unit_of_work(engine) as connection:
        records = forget_records(connection, clock() - timedelta(hours=KEEP_JOBS_HOURS))
    archives, exports, tables = (
        forget_archives(engine, clock),
        forget_exports(engine, clock),
        forget_orders(engine, clock),
    )
    comparisons = forget_comparisons(engine, clock)
    structlog.get_logger().info(
        "tidied",
        job_records=records,
        mails=forget_mail(engine, clock),
        archives=archives,
        exports=exports,
        geocode_tables=tables,
        comparisons=comparisons,
    )
    structlog.get_logger().info("tended_personal_data", **tend(engine, keyring(), operator("system:worker"), clock))
    structlog.get_logger().info("tidied_webhooks", attempts=forget_attempts(engine, clock))


def record_verification(engine: Engine, scheduled_at: int) -> bool:
    """Verify the chain and append the outcome to it; False (and an error in the log) where it is broken."""
    with reading(engine) as connection:
        found = check(connection)
    entries, broken_at = found.entries, found.broken_at
    details = {
        "entries": entries,
        "broken_at": broken_at,
        "heads": found.heads,
        "head_broken": found.head_broken,
        "scheduled_at": scheduled_at,
    }
    with unit_of_work(engine) as connection:
        audit.append(connection, actor="system:worker", action="audit.verified", decision_id=None, details=details)
    log = structlog.get_logger()
    if found.is_whole:
        log.info("audit chain is whole", entries=entries)
        return True
    log.error("audit chain is broken", entries=entries, broken_at=broken_at, head_broken=found.head_broken)
    return False
