"""A worker with a job that takes long enough to be killed in: `python -m tests.samples.worker`.

The job writes a file under the hash of its content and enters it into a table,
waiting where its arguments say so as long as a file `hold` lies in its folder.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import procrastinate
from sqlalchemy import Engine, text

from api.jobs.queue import make_app, work
from api.jobs.schema import prepare
from api.settings import settings_from_environment
from data.db import make_engine, unit_of_work
from data.jobs import once, progress

HEARTBEAT_S = 0.2
STAMPS = text("CREATE TABLE public.stamp (number text NOT NULL, sha256 text NOT NULL)")
ADD = text("INSERT INTO public.stamp VALUES (:number, :sha256)")


def samples() -> procrastinate.Blueprint:
    """The tasks of the samples."""
    tasks = procrastinate.Blueprint()
    tasks.task(name="stamp", pass_context=True)(stamp)
    return tasks


def stamp(context: procrastinate.JobContext, folder: str, number: str, hold_at: str) -> None:
    """Write the stamp `number` into `folder` and enter it; hold before the effect or after it."""
    job, place = context.job.id, Path(folder)
    assert job is not None
    engine = make_engine(settings_from_environment().database_url, pooled=False)
    content = f"灯杆 {number}".encode()
    digest = hashlib.sha256(content).hexdigest()
    (place / f".{job}.{context.job.attempts}").write_bytes(content)
    (place / f".{job}.{context.job.attempts}").rename(place / digest)
    _tell(engine, job, 1, "before")
    _hold(place, hold_at == "before")
    with unit_of_work(engine) as connection:
        if once(connection, job):
            connection.execute(ADD, {"number": number, "sha256": digest})
    _tell(engine, job, 2, "after")
    _hold(place, hold_at == "after")


def _tell(engine: Engine, job: int, done: int, note: str) -> None:
    with unit_of_work(engine) as connection:
        progress(connection, job, done, 2, note)


def _hold(place: Path, here: bool) -> None:
    while here and (place / "hold").exists():
        time.sleep(0.02)


def main() -> None:
    """Work until killed."""
    settings = settings_from_environment()
    engine = make_engine(settings.database_url, pooled=False)
    prepare(engine)
    work(engine, make_app(settings, samples()), HEARTBEAT_S, fetch_job_polling_interval=HEARTBEAT_S)


if __name__ == "__main__":
    main()
