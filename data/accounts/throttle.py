"""How long to wait after failed attempts to sign in. Pure: counts in, seconds out.

Two counts: by name, so that one account's password is not guessed from many
places, and by address, so that one place does not try many names. Both are
kept in the database, for names that exist and names that do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Attempts older than this are forgotten.
WINDOW = timedelta(minutes=15)
#: Failures that cost nothing: people mistype. An office of many people may share one address.
FREE_BY_NAME = 5
FREE_BY_ADDRESS = 30
#: The wait doubles with each further failure, up to the window.
FIRST_WAIT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed attempts within the window: how many, and when the last one was."""

    count: int
    last_at: datetime | None


def wait_seconds(by_name: Failures, by_address: Failures, now: datetime) -> int:
    """For how many seconds no attempt is looked at; 0: go on."""
    return max(_remaining(by_name, FREE_BY_NAME, now), _remaining(by_address, FREE_BY_ADDRESS, now))


def _remaining(failures: Failures, free: int, now: datetime) -> int:
    if failures.count < free or failures.last_at is None:
        return 0
    # 2**10 times the first wait is beyond the window: no need for larger numbers
    wait = min(FIRST_WAIT * 2 ** min(failures.count - free, 10), WINDOW)
    remaining = (failures.last_at + wait - now).total_seconds()
    return max(0, -int(-remaining // 1))


def failures_of(moments: Sequence[datetime], now: datetime) -> Failures:
    """The failures among `moments` that still count at `now`."""
    counted = [moment for moment in moments if moment > now - WINDOW]
    return Failures(len(counted), max(counted, default=None))
