"""Several workers share one queue: what is done by the clock is done once, whoever looks at the clock."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime

import procrastinate
from procrastinate.periodic import PeriodicDeferrer
from sqlalchemy import Engine, text

from api.jobs import schema
from api.jobs.queue import make_app
from api.settings import Settings
from data.db import reading, unit_of_work
from data.queue import in_queue_schema
from tests.threads import alone

#: The hours, in UTC, in which everything is due that is due once a day.
HOSTS, FIRST, HOURS = 2, datetime(2026, 3, 2, 18, tzinfo=UTC), 6
DEFERRED = text("SELECT task_name, args ->> 'timestamp' FROM jobs.procrastinate_jobs")
#: Done at once: the day's work is not what is looked at here.
DONE = text("UPDATE jobs.procrastinate_jobs SET status = 'succeeded' WHERE status = 'todo'")
#: What is done once a day, and every five minutes.
ONCE, OFTEN = 1, HOURS * 12 + 1


def test_workers_of_several_hosts_do_each_days_work_once(fresh_engine: Engine) -> None:
    schema.prepare(fresh_engine)
    url = fresh_engine.url.render_as_string(hide_password=False)
    alone(lambda: asyncio.run(_a_day([make_app(Settings(database_url=url)) for _ in range(HOSTS)], fresh_engine)))
    with reading(fresh_engine) as connection:
        deferred = Counter((row[0], row[1]) for row in connection.execute(DEFERRED))
    assert set(deferred.values()) == {1}
    by_task = Counter(name for name, _ in deferred)
    assert by_task.pop("diming:deliver_filings") == OFTEN
    assert len(by_task) >= 5
    assert set(by_task.values()) == {ONCE}


async def _a_day(apps: list[procrastinate.App], engine: Engine) -> None:
    """Every host looks at the clock every five minutes, all at the same moment."""
    deferrers = [PeriodicDeferrer(app.periodic_registry, max_delay=3600) for app in apps]
    for app in apps:
        await app.open_async()
    try:
        for seconds in range(0, HOURS * 3600 + 1, 300):
            now = FIRST.timestamp() + seconds + 1
            await asyncio.gather(*(one.defer_jobs(list(one.get_previous_tasks(at=now))) for one in deferrers))
            with unit_of_work(engine) as connection, in_queue_schema(connection):
                connection.execute(DONE)
    finally:
        for app in apps:
            await app.close_async()
