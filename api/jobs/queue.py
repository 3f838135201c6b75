"""The queue on the register's database."""

from __future__ import annotations

import procrastinate

from api.jobs.schema import SCHEMA
from api.jobs.tasks import nightly
from api.settings import Settings


def make_app(settings: Settings) -> procrastinate.App:
    """The queue as a worker or an enqueuer opens it."""
    connector = procrastinate.PsycopgConnector(
        conninfo=settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1),
        kwargs={"options": f"-c search_path={SCHEMA},public"},
    )
    app = procrastinate.App(connector=connector)
    app.add_tasks_from(nightly(), namespace="diming")
    return app
