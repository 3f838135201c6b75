"""Tasks of the schedule: one run at a time, whatever number of workers and machines share the register.

The queue gives out each time of the schedule once (its table of times has one row for each) and keeps a run waiting
while one of the same task is under way. A worker that was silent and lives (halted, or cut off for a while) has lost
its job and still works on it: that is what the lock in the database is for, which lasts as long as its connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any

import procrastinate
from sqlalchemy import Engine, text

from api.settings import settings_from_environment
from data.db import make_engine, reading
from data.errors import Unavailable

#: The first key of these advisory locks; any number that no other lock of this project uses.
LOCK_SPACE = 4_490_052
TRY_HOLD = text("SELECT pg_try_advisory_lock(:space, hashtext(:task))")
LET_GO = text("SELECT pg_advisory_unlock(:space, hashtext(:task))")
#: A run that finds another one under way comes back after so long, and so often.
COME_BACK = procrastinate.RetryStrategy(max_attempts=10, wait=60, retry_exceptions=[Unavailable])


@contextmanager
def alone(engine: Engine, task: str) -> Iterator[None]:
    """Hold `task` against all other machines. Raises `Unavailable` (`task_runs_elsewhere`) where another holds it."""
    which = {"space": LOCK_SPACE, "task": task}
    with reading(engine) as connection:
        held = connection.execution_options(isolation_level="AUTOCOMMIT")
        if not held.scalar(TRY_HOLD, which):
            raise Unavailable(
                f"Another worker is at {task}; it is tried again in a minute. Nothing is lost.",
                code="task_runs_elsewhere",
            )
        try:
            yield
        finally:
            held.execute(LET_GO, which)


def scheduled(
    tasks: procrastinate.Blueprint, task: Callable[..., Any], cron: str, *, pass_context: bool = False
) -> None:
    """Put `task` on the schedule at `cron` (UTC), under its own name, as what runs once for each time and alone.

    Without a queueing lock: a run that comes back would not get past one that waits already.
    """
    name = task.__name__
    options = {"name": name, "lock": name, "retry": COME_BACK, "pass_context": pass_context}
    made = tasks.task(**options)(_held(task))  # type: ignore[call-overload]  # its overloads want literals
    tasks.periodic(cron=cron)(made)


def _held(task: Callable[..., Any]) -> Callable[..., Any]:
    return _held_async(task) if asyncio.iscoroutinefunction(task) else _held_sync(task)


def _held_sync(task: Callable[..., None]) -> Callable[..., None]:
    @wraps(task)
    def run(*args: Any, **values: Any) -> None:
        with alone(_register(), task.__name__):
            task(*args, **values)

    return run


def _held_async(task: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @wraps(task)
    async def run(*args: Any, **values: Any) -> None:
        stack = ExitStack()  # the database is waited for beside the worker's loop, which says that it lives
        await asyncio.to_thread(stack.enter_context, alone(_register(), task.__name__))
        try:
            await task(*args, **values)
        finally:
            await asyncio.to_thread(stack.close)

    return run


def _register() -> Engine:
    return make_engine(settings_from_environment().database_url, pooled=False)
