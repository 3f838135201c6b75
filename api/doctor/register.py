"""What is kept: the register, the feed, the audit log; and whether anybody works on the queue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from api.doctor.machine import hours
from api.doctor.model import Finding, ok, warning, wrong
from api.jobs.queue import HEARTBEAT_S, SILENT_HEARTBEATS
from data.audit_proof.service import check

#: A job that waits for so long although a worker lives: more comes in than is done, or one kind blocks.
WAITING_S = 600.0
#: A head is signed every night; half a day more, for a machine that slept.
SIGNED_AGE = timedelta(hours=36)

UNITS = text("SELECT count(*) FROM diming.unit")
FEED = text("""
    SELECT h.seq AS head, coalesce(max(c.seq), 0) AS last, count(c.seq) AS entries
    FROM diming.feed_head h LEFT JOIN diming.change c ON true GROUP BY h.seq
""")
FEED_END = text("""
    SELECT h.seq AS head, coalesce((SELECT max(seq) FROM diming.change), 0) AS last, h.seq AS entries
    FROM diming.feed_head h
""")
AUDIT_END = text("""
    SELECT h.seq AS head, h.hash AS head_hash, a.seq AS last, a.hash AS last_hash
    FROM diming.audit_head h LEFT JOIN LATERAL (SELECT seq, hash FROM diming.audit ORDER BY seq DESC LIMIT 1) a ON true
""")
SIGNED = text("SELECT max(signed_at) FROM diming.audit_signed_head")
FIRST_ENTRY = text("SELECT at FROM diming.audit WHERE seq = 1")
QUEUE_EXISTS = text("SELECT to_regclass('jobs.procrastinate_jobs') IS NOT NULL")
QUEUE = text("""
    SELECT count(*) FILTER (WHERE j.status = 'todo' AND coalesce(j.scheduled_at, now()) <= now()) AS waiting,
           count(*) FILTER (WHERE j.status = 'failed') AS failed,
           extract(epoch FROM now() - min(greatest(coalesce(j.scheduled_at, e.at), e.at))
               FILTER (WHERE j.status = 'todo' AND coalesce(j.scheduled_at, now()) <= now())) AS oldest_s
    FROM jobs.procrastinate_jobs j
    LEFT JOIN LATERAL (SELECT max(at) AS at FROM jobs.procrastinate_events WHERE job_id = j.id) e ON true
    WHERE j.status IN ('todo', 'failed')
""")
HEARTBEAT = text("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM jobs.procrastinate_workers")


def examine(connection: Connection, now: datetime, *, thorough: bool) -> Iterator[Finding]:
    """All of them; `thorough` reads the whole feed and the whole audit log, which takes time on a large register."""
    yield register(connection)
    yield feed(connection, thorough=thorough)
    yield audit(connection, thorough=thorough)
    yield signed(connection, now)
    yield from queue(connection)


def register(connection: Connection) -> Finding:
    """Whether there is anything in it."""
    units: int = connection.execute(UNITS).scalar_one()
    if units:
        return ok("register", f"{units:,} administrative units")
    return warning("register", "the division register is empty", "./diming load divisions")


def feed(connection: Connection, *, thorough: bool) -> Finding:
    """The change feed ends where its head says, and thoroughly: has no hole."""
    row = connection.execute(FEED if thorough else FEED_END).one()
    if row.head == row.last == row.entries:
        return ok("feed", f"{row.head:,} changes" + (" without a hole" if thorough else ""))
    cure = "stop the server, keep the database as it is, restore the last backup elsewhere and compare"
    return wrong("feed", f"its head is {row.head}, its last change {row.last}, and {row.entries} are there", cure)


def audit(connection: Connection, *, thorough: bool) -> Finding:
    """The audit log ends where its head says, and thoroughly: every hash and every signed head agree."""
    cure = "./diming audit verify; keep the database as it is, see docs/operations.md"
    row = connection.execute(AUDIT_END).one()
    if (row.last or 0) != row.head or (row.head and bytes(row.last_hash) != bytes(row.head_hash)):
        return wrong("audit", f"its head is at entry {row.head}, its last entry is {row.last}", cure)
    if not thorough:
        return ok("audit", f"{row.head:,} entries; --thorough recomputes every hash")
    found = check(connection)
    if found.is_whole:
        return ok("audit", f"{found.entries:,} entries and {found.heads} signed heads agree")
    return wrong("audit", f"broken at entry {found.broken_at or found.head_good + 1}", cure)


def signed(connection: Connection, now: datetime) -> Finding:
    """How old the last signed head is."""
    last: datetime | None = connection.scalar(SIGNED)
    began: datetime | None = connection.scalar(FIRST_ENTRY)
    cure = "./diming audit sign says why not; the worker signs every night"
    if began is None or (last is None and now - began < SIGNED_AGE):
        return ok("signed_head", "none is due yet")
    if last is None:
        return warning("signed_head", "the audit log's head was never signed", cure)
    said = f"the audit log's head was signed {hours(now - last)} ago"
    return ok("signed_head", said) if now - last <= SIGNED_AGE else warning("signed_head", said, cure)


def queue(connection: Connection) -> Iterator[Finding]:
    """Whether a worker lives, how long the first job waits, and what failed."""
    if not connection.scalar(QUEUE_EXISTS):
        yield wrong("worker", "the queue of jobs was never made", "./diming up makes it and starts a worker")
        return
    silent: float | None = connection.scalar(HEARTBEAT)
    if silent is None or silent > HEARTBEAT_S * SILENT_HEARTBEATS:
        said = "no worker runs" if silent is None else f"the last worker was heard of {silent:.0f} s ago"
        yield wrong("worker", said, "./diming up --detach starts it; ./diming logs shows what ended it")
    else:
        yield ok("worker", f"heard of {silent:.0f} s ago")
    row = connection.execute(QUEUE).one()
    waits = f"{row.waiting} jobs wait" + (f", the first for {row.oldest_s:.0f} s" if row.waiting else "")
    late = (row.oldest_s or 0) > WAITING_S
    yield (
        warning("queue", waits, "./diming jobs list --state doing shows what holds them up")
        if late
        else ok("queue", waits)
    )
    if row.failed:
        yield warning(
            "failed_jobs", f"{row.failed} jobs failed", "./diming jobs list --state failed, then retry or cancel"
        )
