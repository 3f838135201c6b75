"""PostgreSQL as the register needs it: reachable, suitable, safe, at this program's schema, with room for questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import psycopg
from sqlalchemy import Connection, text

from api.doctor.model import Finding, ok, warning, wrong
from data.db import READER_ROLE
from data.migrate import head_revision
from data.server.suitability import missing_in

#: Settings without which a power cut may lose what was acknowledged (PostgreSQL 15, sections 20.5 and 30.1).
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
#: Also kept: what a replica adds.
SAFER = {"synchronous_commit": {"on", "remote_write", "remote_apply", "local"}}
#: Seconds between the clocks of this machine and of the database.
CLOCK_S, CLOCK_WRONG_S = 5.0, 60.0
#: Share of the connections in use from which on others will soon be refused.
BUSY_SHARE = 0.8
#: A transaction that is open for so long keeps everything removed since from being cleaned away.
OPEN_S = 3600.0

SETTINGS = text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names) ORDER BY name")
NOW = text("SELECT clock_timestamp()")
LATEST = text("SELECT max(at) FROM (SELECT at FROM diming.audit ORDER BY seq DESC LIMIT 1) a")
CONNECTIONS = text("""
    SELECT count(*) FILTER (WHERE backend_type = 'client backend') AS used,
           current_setting('max_connections')::int AS most,
           max(extract(epoch FROM clock_timestamp() - xact_start)) FILTER (WHERE backend_type = 'client backend')
               AS oldest_s
    FROM pg_stat_activity
""")
#: Tables and views outside `published` that the public's role could read, whatever gave it the right.
READABLE = text("""
    SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('diming', 'jobs') AND c.relkind IN ('r', 'v', 'm', 'p')
      AND has_schema_privilege(:role, n.oid, 'USAGE')
      AND has_table_privilege(:role, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
    ORDER BY 1
""")
WRITABLE = text("""
    SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'published' AND c.relkind IN ('r', 'v', 'm', 'p')
      AND has_table_privilege(:role, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
    ORDER BY 1
""")
REVISION = text("SELECT version_num FROM public.schema_version")
REVISION_EXISTS = text("SELECT to_regclass('public.schema_version') IS NOT NULL")


def schema(connection: Connection) -> Finding:
    """Whether the schema is the one of this program."""
    current = connection.scalar(REVISION) if connection.scalar(REVISION_EXISTS) else None
    if current == head_revision():
        return ok("schema", f"schema {current}, as this version needs it")
    return wrong("schema", f"schema {current}, and this version needs {head_revision()}", "./diming up migrates it")


def examine(connection: Connection, now: datetime) -> Iterator[Finding]:
    """All that is asked of a server whose schema is right."""
    yield suitable(connection)
    yield durable(connection)
    yield clock(connection, now)
    yield from busy(connection)
    yield public_role(connection)


def suitable(connection: Connection) -> Finding:
    """Version and extensions."""
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)  # noqa: S101 -- the one driver there is
    missing = missing_in(raw)
    if missing:
        return wrong("extensions", "; ".join(missing), "an administrator of the database server installs it")
    return ok("extensions", f"PostgreSQL {raw.info.server_version // 10000} with the extensions")


def durable(connection: Connection) -> Finding:
    """Whether what is acknowledged survives a power cut."""
    found = {row.name: row.setting for row in connection.execute(SETTINGS, {"names": list(DURABLE)})}
    unsafe = [f"{n} = {v}" for n, v in found.items() if v not in SAFER.get(n, {DURABLE[n]})]
    if unsafe:
        return wrong(
            "durability", f"a power cut may lose decisions: {', '.join(unsafe)}", "set them to on, and restart"
        )
    return ok("durability", "what is acknowledged survives a power cut")


def clock(connection: Connection, now: datetime) -> Finding:
    """This machine's clock, the database's, and the last entry of the audit log, which none may be before."""
    theirs: datetime = connection.execute(NOW).scalar_one()
    apart = abs((theirs - now).total_seconds())
    latest: datetime | None = connection.scalar(LATEST)
    cure = "switch time synchronisation on (timedatectl set-ntp true); deadlines and signatures go by the clock"
    if latest is not None and (latest - min(now, theirs)).total_seconds() > CLOCK_S:
        return wrong(
            "clock", f"the audit log's last entry is of {latest:%Y-%m-%d %H:%M:%S} UTC, which is to come", cure
        )
    if apart > CLOCK_WRONG_S:
        return wrong("clock", f"this machine and the database differ by {apart:.0f} s", cure)
    if apart > CLOCK_S:
        return warning("clock", f"this machine and the database differ by {apart:.0f} s", cure)
    return ok("clock", "the clocks agree")


def busy(connection: Connection) -> Iterator[Finding]:
    """Connections in use, and how long the oldest transaction is open."""
    row = connection.execute(CONNECTIONS).one()
    said = f"{row.used} of {row.most} connections are in use"
    if row.used > row.most * BUSY_SHARE:
        yield warning(
            "connections", said, "fewer processes, or a smaller DIMING_POOL_SIZE, or a larger max_connections"
        )
    else:
        yield ok("connections", said)
    if (row.oldest_s or 0) > OPEN_S:
        cure = (
            "./diming psql -c 'SELECT pid, query FROM pg_stat_activity ORDER BY xact_start': end it if it is forgotten"
        )
        yield warning("transactions", f"a transaction is open for {row.oldest_s / 3600:.1f} h", cure)


def public_role(connection: Connection) -> Finding:
    """The role of the public reads the published views, and can do nothing else."""
    parameters = {"role": READER_ROLE}
    open_ = [*connection.execute(READABLE, parameters).scalars(), *connection.execute(WRITABLE, parameters).scalars()]
    if open_:
        cure = f"find out who granted it; REVOKE ALL ON {open_[0]} FROM {READER_ROLE}, PUBLIC"
        return wrong("public_role", f"the public's role has rights on {', '.join(open_[:5])}", cure)
    return ok("public_role", "the public's role reads published views and nothing else")
