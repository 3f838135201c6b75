"""Counts requests against plans, in memory: a request costs two additions and no question to the database.

Several processes share their counts through the database, each telling what it
has counted and learning the sum: `take` gives what is to be told, `learn` takes
the sums over. Between two tellings a process knows of the others' requests
what they told last, so that all together may answer more than a plan allows
by what they answer in that time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from data.clock import CIVIL_ZONE
from data.quotas.plans import Plan

MINUTE = "minute"
DAY = "day"
MINUTE_S, DAY_S = 60, 86_400
#: Holders that are remembered; whoever has not asked for longest is forgotten first, and learned again when told.
MOST_HOLDERS = 50_000


@dataclass(frozen=True, slots=True)
class Count:
    """How many requests `holder` made in the span that began at `began` (seconds since 1970)."""

    holder: bytes
    span: str
    began: int
    asked: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """One span of a plan at one moment: how much is left of `limit`, and seconds until it begins anew."""

    span: str
    limit: int
    left: int
    reset_s: int
    window_s: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer to one request. `refused_by` is the span of which nothing was left, None where it may go on."""

    plan: Plan
    allowances: tuple[Allowance, ...]
    refused_by: Allowance | None


@dataclass(slots=True)
class _Window:
    """Requests in one span: told by the database, on their way there, and since."""

    began: int = -1
    known: int = 0
    sent: int = 0
    fresh: int = 0

    @property
    def used(self) -> int:
        return self.known + self.sent + self.fresh

    def roll(self, began: int) -> None:
        if began != self.began:
            self.began, self.known, self.sent, self.fresh = began, 0, 0, 0


class Ledger:
    """The counts of one process. Not for several threads at once: one event loop asks it."""

    def __init__(self, most_holders: int = MOST_HOLDERS) -> None:
        self._windows: OrderedDict[bytes, tuple[_Window, _Window]] = OrderedDict()
        self._touched: set[bytes] = set()
        self._most = most_holders

    def ask(self, holder: bytes, plan: Plan, now: datetime) -> Standing:
        """Count one request of `holder` at `now` if its plan allows it."""
        minute, day = self._of(holder)
        began, midnight = _minute(now), _day(now)
        minute.roll(began)
        day.roll(midnight)
        at = int(now.timestamp())
        ends_in = began + MINUTE_S - at, midnight + DAY_S - at
        if minute.used < plan.per_minute and day.used < plan.per_day:
            minute.fresh += 1
            day.fresh += 1
            self._touched.add(holder)
            return Standing(plan, _allowances(plan, minute, day, ends_in), None)
        found = _allowances(plan, minute, day, ends_in)
        return Standing(plan, found, next(one for one in reversed(found) if one.left == 0))

    def _of(self, holder: bytes) -> tuple[_Window, _Window]:
        found = self._windows.get(holder)
        if found is None:
            found = self._windows[holder] = (_Window(), _Window())
            if len(self._windows) > self._most:
                forgotten, _ = self._windows.popitem(last=False)
                self._touched.discard(forgotten)
        else:
            self._windows.move_to_end(holder)
        return found

    def take(self) -> list[Count]:
        """What is to be told, ordered by holder; told again the next time unless it is learned in between."""
        taken = []
        for holder in sorted(self._touched):
            for span, window in zip((DAY, MINUTE), reversed(self._windows[holder]), strict=True):
                window.sent, window.fresh = window.sent + window.fresh, 0
                if window.sent:
                    taken.append(Count(holder, span, window.began, window.sent))
        self._touched = set()
        return taken

    def learn(self, sums: Iterable[Count]) -> None:
        """Take over what all processes have told of the spans taken last."""
        for told in sums:
            windows = self._windows.get(told.holder)
            window = windows[told.span == DAY] if windows else None
            if window is not None and window.began == told.began:
                window.known, window.sent = told.asked, 0

    def keep(self, taken: Iterable[Count]) -> None:
        """What was taken was not told: it is taken again."""
        self._touched.update(count.holder for count in taken if count.holder in self._windows)


def _minute(now: datetime) -> int:
    return int(now.timestamp()) // MINUTE_S * MINUTE_S


def _day(now: datetime) -> int:
    """Midnight in China; days there have all the same length since 1991 (no summer time)."""
    shift = int((now.astimezone(CIVIL_ZONE).utcoffset() or timedelta()).total_seconds())
    return (int(now.timestamp()) + shift) // DAY_S * DAY_S - shift


def moment(began: int) -> datetime:
    """When a span began."""
    return datetime.fromtimestamp(began, UTC)


def _allowances(plan: Plan, minute: _Window, day: _Window, ends_in: tuple[int, int]) -> tuple[Allowance, ...]:
    return (
        Allowance(MINUTE, plan.per_minute, max(0, plan.per_minute - minute.used), ends_in[0], MINUTE_S),
        Allowance(DAY, plan.per_day, max(0, plan.per_day - day.used), ends_in[1], DAY_S),
    )
