"""Tasks of the schedule: one run at a time, whatever number of workers and machines share the register.

The queue gives out each time of the schedule once and keeps a run waiting while one of the same task is under way. It
forgets a time with the next one, though: a machine that was halted and looks late enqueues it again, and what was done
for that time already is looked for here. A worker that was silent and lives (halted, or cut off for a while) has lost
its job and still works on it: that is what the lock in the database is for, which lasts as long as its connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any

import procrastinate
from procrastinate.jobs import Job
from sqlalchemy import Engine, text

from api.settings import settings_from_environment
from data.db import make_engine, reading
from data.errors import Unavailable

#: The first key of these advisory locks; any number that no other lock of this project uses.
LOCK_SPACE = 4_490_052
TRY_HOLD = text("SELECT pg_try_advisory_lock(:space, hashtext(:task))")
LET_GO = text("SELECT pg_advisory_unlock(:space, hashtext(:task))")
ELSEWHERE = "task_runs_elsewhere"
#: Within the two weeks for which finished jobs are kept. 0 is no time of the schedule: a run that somebody asked for.
DONE = text("""
    SELECT EXISTS (SELECT FROM jobs.procrastinate_jobs
                   WHERE task_name = :task AND args->>'timestamp' = :at AND status = 'succeeded') AND :at <> '0'
""")
#: A run that finds another one under way comes back after so long, and so often at most.
COMES_BACK_S = 60
MOST_ATTEMPTS = 10


class ComeBack(procrastinate.BaseRetryStrategy):
    """A run comes back where another one is under way, and where it fails it has failed."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision | None:
        """When, or None for never."""
        if not isinstance(exception, Unavailable) or exception.code != ELSEWHERE or job.attempts >= MOST_ATTEMPTS:
            return None
        return procrastinate.RetryDecision(retry_in={"seconds": COMES_BACK_S})


@contextmanager
def alone(engine: Engine, task: str, timestamp: int = 0) -> Iterator[bool]:
    """Hold `task` against all other machines; whether its work for `timestamp` (s since 1970) is still to be done.

    Raises `Unavailable` (`task_runs_elsewhere`) where another one holds it.
    """
    which = {"space": LOCK_SPACE, "task": task}
    with reading(engine) as connection:
        held = connection.execution_options(isolation_level="AUTOCOMMIT")
        if not held.scalar(TRY_HOLD, which):
            raise Unavailable(
                f"Another worker is at {task}; it is tried again in a minute. Nothing is lost.",
                code=ELSEWHERE,
            )
        try:
            yield not held.scalar(DONE, {"task": f"diming:{task}", "at": str(timestamp)})
        finally:
            held.execute(LET_GO, which)


def scheduled(
    tasks: procrastinate.Blueprint, task: Callable[..., Any], cron: str, *, pass_context: bool = False
) -> None:
    """Put `task` on the schedule at `cron` (UTC), under its own name, as what runs once for each time and alone.

    Without a queueing lock: a run that comes back would not get past one that waits already.
    """
    name = task.__name__
    options = {"name": name, "lock": name, "retry": ComeBack(), "pass_context": pass_context}
    made = tasks.task(**options)(_held(task))  # type: ignore[call-overload]  # its overloads want literals
    tasks.periodic(cron=cron)(made)


def _held(task: Callable[..., Any]) -> Callable[..., Any]:
    return _held_async(task) if asyncio.iscoroutinefunction(task) else _held_sync(task)


def _held_sync(task: Callable[..., None]) -> Callable[..., None]:
    @wraps(task)
    def run(*args: Any, timestamp: int) -> None:
        with alone(_register(), task.__name__, timestamp) as is_due:
            if is_due:
                task(*args, timestamp=timestamp)

    return run


def _held_async(task: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @wraps(task)
    async def run(*args: Any, timestamp: int) -> None:
        stack = ExitStack()  # the database is waited for beside the worker's loop, which says that it lives
        is_due = await asyncio.to_thread(stack.enter_context, alone(_register(), task.__name__, timestamp))
        try:
            if is_due:
                await task(*args, timestamp=timestamp)
        finally:
            await asyncio.to_thread(stack.close)

    return run


def _register() -> Engine:
    return make_engine(settings_from_environment().database_url, pooled=False)
