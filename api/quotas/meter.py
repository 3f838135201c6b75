"""The counting of one process: asks the ledger, remembers keys for seconds, tells the database once a second.

No request writes. What was counted is written together by `tell`, in one
transaction for all holders; at an orderly stop once more. A process that is
killed loses what it counted since it last told: a second's requests, as a rule.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool

from data.clock import civil_date
from data.db import reading, unit_of_work
from data.errors import DimingError
from data.quotas import store
from data.quotas.ledger import Count, Ledger, moment
from data.quotas.plans import Plan, Quotas
from data.quotas.tally import Tally, TallyKey, Used
from data.service_keys.model import Held, prefix_of
from data.service_keys.service import held

#: How often a process tells what it counted; with several processes a quota may be passed by so long.
TELL_EVERY_S = 1.0
#: A key that was revoked, or given another plan, is treated so within this time.
REMEMBER_KEYS_S = 5.0
MOST_KEYS = 10_000
#: Windows that are over are removed this often.
TIDY_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class _Remembered:
    found: Held | None
    until: float


class Meter:
    """Belongs to one event loop; only `tell`'s database work and the look-up of a key leave it."""

    def __init__(self, engine: Engine, quotas: Quotas) -> None:
        self.quotas = quotas
        self.ledger = Ledger()
        self.tally = Tally()
        self._engine = engine
        self._keys: OrderedDict[str, _Remembered] = OrderedDict()
        self._task: asyncio.Task[None] | None = None
        self._tidied = 0.0

    async def key(self, shown: str, now: datetime) -> Held | None:
        """The key that was shown, None where it is none that serves. Raises `Unavailable`."""
        prefix = prefix_of(shown)
        if prefix is None:
            return None
        found = await self._remembered(prefix)
        return found if found is not None and found.admits(shown, now) else None

    async def _remembered(self, prefix: str) -> Held | None:
        known, at = self._keys.get(prefix), time.monotonic()
        if known is None or at >= known.until:
            known = _Remembered(await run_in_threadpool(self._asked, prefix), at + REMEMBER_KEYS_S)
            self._keys[prefix] = known
            self._keys.move_to_end(prefix)
            if len(self._keys) > MOST_KEYS:
                self._keys.popitem(last=False)
        return known.found

    def _asked(self, prefix: str) -> Held | None:
        with reading(self._engine) as connection:
            return held(connection, prefix)

    def plan_of(self, key: Held) -> Plan:
        """The plan of a key; one that the file no longer has is the first plan."""
        return self.quotas.plans.get(key.plan) or self.quotas.plans[self.quotas.keys.first_plan]

    def count(self, key: UUID, class_: str, status: int, now: datetime) -> None:
        """An answer to a key; 0: broken off without a status."""
        self.tally.count(key, civil_date(now), class_, status)

    def start(self) -> None:
        """Tell from now on, by itself."""
        self._task = asyncio.get_running_loop().create_task(self._telling())

    async def stop(self) -> None:
        """Tell once more and no longer; what is under way is waited for."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        await self.tell()

    async def _telling(self) -> None:
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            await asyncio.shield(self.tell())

    async def tell(self) -> None:
        """Write what was counted and learn what the others counted; where that fails it is told the next time."""
        counts, used = self.ledger.take(), self.tally.take()
        if not counts and not used:
            return
        try:
            self.ledger.learn(await run_in_threadpool(self._write, counts, used))
        except DimingError as error:
            self.ledger.keep(counts)
            self.tally.give_back(used)
            structlog.get_logger().warning("usage was not written yet", code=error.code)

    def _write(self, counts: Sequence[Count], used: Mapping[TallyKey, Used]) -> list[Count]:
        with unit_of_work(self._engine) as connection:
            sums = store.tell_windows(connection, counts)
            store.add_used(connection, used)
            if counts and time.monotonic() - self._tidied > TIDY_EVERY_S:
                self._tidied = time.monotonic()
                store.forget_windows(connection, moment(max(count.began for count in counts)))
        return sums
