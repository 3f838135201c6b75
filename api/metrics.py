"""Numbers of the installation as a whole, asked for at each scrape: database, queue, worker, feed, audit log, backup.

Their labels have a handful of values that no request can add to. What cannot
be asked is left out, and `diming_database_up` says so: a gauge that is absent
is not zero.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from api.databases import Databases
from api.status import LAG
from data.db import reading
from data.errors import Unavailable
from data.server.home import LAST_BACKUP, Home
from data.version import version

HEADS = text("""
    SELECT (SELECT seq FROM diming.feed_head) AS feed, (SELECT seq FROM diming.audit_head) AS audit,
           (SELECT extract(epoch FROM now() - max(signed_at)) FROM diming.audit_signed_head) AS signed_s,
           (SELECT version_num FROM public.schema_version) AS schema
""")
CONNECTIONS = text("""
    SELECT coalesce(state, 'none') AS state, count(*) AS number FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND datname = current_database() GROUP BY 1
""")
OLDEST_TRANSACTION = text("""
    SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()
""")
SIZE = text("SELECT pg_database_size(current_database())")
QUEUE_EXISTS = text("SELECT to_regclass('jobs.procrastinate_jobs') IS NOT NULL")
QUEUE = text("""
    SELECT count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()) AS waiting,
           count(*) FILTER (WHERE status = 'todo' AND scheduled_at > now()) AS scheduled,
           count(*) FILTER (WHERE status = 'doing') AS running,
           count(*) FILTER (WHERE status = 'failed') AS failed
    FROM jobs.procrastinate_jobs
""")
SILENT = text("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM jobs.procrastinate_workers")

#: States of connections as PostgreSQL names them; others are added up as `other`.
STATES = ("active", "idle", "idle in transaction")


class Installation(Collector):
    """Collects what is true of the installation now; `now` is the moment of the scrape."""

    def __init__(self, databases: Databases, home: Home, now: datetime) -> None:
        self.databases, self.home, self.now = databases, home, now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """All families."""
        if self.home.root.exists():
            yield _gauge("diming_disk_free_bytes", "Free where the home is", shutil.disk_usage(self.home.root).free)
        age = self._backup_age()
        if age is not None:
            yield _gauge("diming_backup_age_seconds", "Since the last backup made on this machine", age)
        try:
            with reading(self.databases.office) as connection:
                found = [*_of_database(connection), *_of_queue(connection)]
        except (Unavailable, SQLAlchemyError):  # not reachable, no connection free, or of another version
            found = []
        yield _gauge("diming_database_up", "Whether the database answered as this version asks", float(bool(found)))
        yield from found
        yield _labelled("diming_replica_lag_seconds", "By how much a replica is behind", "replica", self._lags())
        yield _labelled("diming_replica_asked", "1 where a replica answers the public", "replica", self._asked())

    def _backup_age(self) -> float | None:
        try:
            note = json.loads((self.home.root / LAST_BACKUP).read_text("utf-8"))
            return (self.now - datetime.fromisoformat(note["at"])).total_seconds()
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _asked(self) -> dict[str, float]:
        """By the number of the replica in the settings: 0 where it is left out."""
        replicas = self.databases.replicas
        return {str(n): float(replicas.behind(one) is False) for n, one in enumerate(replicas.all)}

    def _lags(self) -> dict[str, float]:
        """By the number of the replica in the settings; one that does not answer is left out."""
        lags: dict[str, float] = {}
        for number, replica in enumerate(self.databases.replicas.all):
            try:
                with reading(replica.engine) as connection:
                    lag = connection.scalar(LAG)
            except (Unavailable, SQLAlchemyError):
                continue
            if lag is not None:
                lags[str(number)] = float(lag)
        return lags


def exposed(collector: Collector) -> bytes:
    """What a collector finds, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(collector)
    return generate_latest(registry)


def _of_database(connection: Connection) -> Iterable[GaugeMetricFamily]:
    heads = connection.execute(HEADS).one()
    states = {row.state: row.number for row in connection.execute(CONNECTIONS)}
    known = {state: states.pop(state, 0) for state in STATES}
    connections = {**known, "other": sum(states.values())}
    yield _gauge("diming_feed_entries", "Number of the last change", heads.feed)
    yield _gauge("diming_audit_entries", "Number of the last entry of the audit log", heads.audit)
    if heads.signed_s is not None:
        yield _gauge("diming_audit_signed_age_seconds", "Since the audit log's head was signed", heads.signed_s)
    yield _labelled("diming_database_connections", "Connections to the register", "state", connections)
    oldest = connection.scalar(OLDEST_TRANSACTION)
    yield _gauge("diming_database_oldest_transaction_seconds", "How long the oldest transaction is open", oldest)
    yield _gauge("diming_database_bytes", "Size of the database", connection.scalar(SIZE))
    build = GaugeMetricFamily("diming_build_info", "Version and schema", labels=["version", "schema"])
    build.add_metric([version(), str(heads.schema)], 1)
    yield build


def _of_queue(connection: Connection) -> Iterable[GaugeMetricFamily]:
    if not connection.scalar(QUEUE_EXISTS):
        return
    queue = connection.execute(QUEUE).mappings().one()
    yield _labelled("diming_jobs", "Jobs of the queue", "state", dict(queue))
    silent = connection.scalar(SILENT)
    if silent is not None:
        yield _gauge("diming_worker_silent_seconds", "Since a worker was last heard of", silent)


def _gauge(name: str, what: str, value: Any) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, value=float(value or 0))


def _labelled(name: str, what: str, label: str, values: Mapping[str, Any]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, what, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family
