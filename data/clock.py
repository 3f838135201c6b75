"""The only place that asks what time it is, so that tests can move the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

#: Civil time of the People's Republic: deadlines and document dates are counted in it.
CIVIL_ZONE = ZoneInfo("Asia/Shanghai")

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def civil_date(moment: datetime) -> date:
    """The calendar date in China at `moment`."""
    return moment.astimezone(CIVIL_ZONE).date()


def civil_time(moment: datetime) -> datetime:
    """`moment` as clocks in China show it."""
    return moment.astimezone(CIVIL_ZONE)
