"""How a job stands, and how long it may still take. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

#: Below these an estimate would say more than is known.
LEAST_ELAPSED = timedelta(seconds=3)
LEAST_SHARE = 0.02


class JobState(StrEnum):
    """Where a job is, in the queue's own words."""

    WAITING = "todo"
    RUNNING = "doing"
    DONE = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ABORTED = "aborted"


#: In these a job moves by itself: whoever looks at it looks again.
MOVING = (JobState.WAITING, JobState.RUNNING)


def seconds_left(
    done: int, total: int | None, begun_with: int, began_at: datetime | None, now: datetime
) -> float | None:
    """How many seconds the rest takes at the pace of this attempt; None where that cannot be said yet."""
    if total is None or began_at is None or done >= total:
        return None
    elapsed, since = now - began_at, done - begun_with
    if elapsed < LEAST_ELAPSED or since <= 0 or since < LEAST_SHARE * total:
        return None
    return elapsed.total_seconds() / since * (total - done)
