"""How this installation stands, for anybody to look at: what runs, what the data cover, how far the feed is.

Numbers only: no address of a machine, no name of a person. What waits in the queue and when a backup was made is for
staff.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text
from starlette.requests import Request

from api.databases import Databases
from api.replicas import Replica, Replicas
from data.db import reading
from data.errors import Unavailable
from data.migrate import head_revision
from data.server.home import LAST_BACKUP, configured_root, home_at
from data.version import version

SCHEMA = text("SELECT version_num FROM public.schema_version")
REGISTER = text("""
    SELECT r.register_from, r.register_through, greatest(r.register_through, g.through) AS names_through
    FROM published.register r LEFT JOIN published.gazetteer g ON true
""")
FEED = text("""
    SELECT h.seq, (SELECT c.at FROM published.change c WHERE c.seq = h.seq) AS at FROM published.feed_head h
""")
LAYERS = text("SELECT key, title_zh, title_en, source, licence, dated FROM published.layer ORDER BY key")
#: Seconds by which a replica is behind; null on a server that is none.
LAG = text("""
    SELECT CASE WHEN pg_is_in_recovery() THEN coalesce(extract(epoch FROM clock_timestamp()
        - CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN clock_timestamp()
               ELSE pg_last_xact_replay_timestamp() END), 0) END
""")
QUEUE_EXISTS = text("SELECT to_regclass('jobs.procrastinate_jobs') IS NOT NULL")
QUEUE = text("""
    SELECT count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()) AS waiting,
           count(*) FILTER (WHERE status = 'doing') AS running,
           count(*) FILTER (WHERE status = 'failed') AS failed
    FROM jobs.procrastinate_jobs
""")


def status_of(request: Request, *, staff: bool) -> dict[str, Any]:
    """The state of the installation that answers `request`. Raises `Unavailable` where its database does not answer."""
    databases: Databases = request.app.state.databases
    with databases.reading() as connection:
        public = _public(connection)
    with reading(databases.office) as connection:
        schema = connection.scalar(SCHEMA)
        office = _office(connection) if staff else {}
    return {
        "version": version(),
        "schema": {"present": schema, "needed": head_revision()},
        **public,
        "replicas": [_replica(databases.replicas, one) for one in databases.replicas.all],
        **office,
        "state": "ready" if schema == head_revision() and public["register"] else "not_ready",
    }


def _public(connection: Connection) -> dict[str, Any]:
    register, feed = (connection.execute(statement).mappings().first() for statement in (REGISTER, FEED))
    return {
        "register": dict(register) if register else None,
        "feed": {"seq": feed["seq"] if feed else 0, "at": feed["at"] if feed else None},
        "layers": [dict(row) for row in connection.execute(LAYERS).mappings()],
    }


def _office(connection: Connection) -> dict[str, Any]:
    queue = connection.execute(QUEUE).mappings().one() if connection.scalar(QUEUE_EXISTS) else None
    return {"queue": dict(queue) if queue else None, "backup_at": _last_backup()}


def _last_backup() -> str | None:
    """When `./diming backup` was last run on this machine; None where nobody knows of one."""
    try:
        note = json.loads((home_at(configured_root()).root / LAST_BACKUP).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return str(note.get("at")) if isinstance(note, dict) else None


def _replica(replicas: Replicas, replica: Replica) -> dict[str, Any]:
    """How far one replica is behind, by its number in the settings: its address is nobody's business."""
    try:
        with reading(replica.engine) as connection:
            lag = connection.scalar(LAG)
    except Unavailable:
        return {"answers": False, "asked": False, "lag_s": None}
    asked = replicas.behind(replica) is False
    return {"answers": True, "asked": asked, "lag_s": None if lag is None else round(float(lag), 3)}
