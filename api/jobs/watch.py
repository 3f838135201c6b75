"""Looks for jobs of workers that are gone, beside the work: a job that looked would wait behind the long ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import structlog
from sqlalchemy import Engine

from data.db import unit_of_work
from data.errors import Unavailable
from data.jobs.stalled import Stalled, recover_stalled


def recover(engine: Engine, silent_after_s: float) -> Stalled:
    """Put jobs of workers that were silent so long back into the queue; said in the log where there were any."""
    with unit_of_work(engine) as connection:
        found = recover_stalled(connection, silent_after_s)
    if found != Stalled((), ()):
        structlog.get_logger().warning("jobs of workers that are gone", **asdict(found))
    return found


@contextmanager
def watching(engine: Engine, silent_after_s: float) -> Iterator[None]:
    """Look now, and as often as a worker may be silent, until the work ends."""
    ended = threading.Event()
    watch = threading.Thread(target=_watch, args=(engine, silent_after_s, ended), name="stalled-jobs", daemon=True)
    watch.start()
    try:
        yield
    finally:
        ended.set()
        watch.join(timeout=10)


def _watch(engine: Engine, silent_after_s: float, ended: threading.Event) -> None:
    while True:
        try:
            recover(engine, silent_after_s)
        except Unavailable as error:  # the database is away for a while; so are the jobs
            structlog.get_logger().warning("stalled jobs were not looked for", code=error.code)
        if ended.wait(silent_after_s):
            return
