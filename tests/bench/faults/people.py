"""People at naming cases who do not give up: what was not answered is sent again with the same key, as by a client.

An answer that never came may have been a success; the same key asks for it. What was answered is what the model at the
end holds the database against.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.bench.applications import NamingPerson
from tests.bench.office_people import Seen

#: Answers by which a server says that it cannot just now: the request is sent again.
UNAVAILABLE = {502, 503, 504}
#: Seconds for which a request is sent again, and between two attempts.
PATIENCE_S, AGAIN_S = 90.0, 0.25


@dataclass
class Outages(Seen):
    """What people saw, and how often they had to ask again: by what was said, or by what broke."""

    again: Counter[str] = field(default_factory=Counter)
    #: Set when the work is over.
    over: bool = False


class PatientPerson(NamingPerson):
    """Somebody at naming cases who asks again until there is an answer; works until `seen.over`."""

    async def work(self, until: float) -> None:
        """Go on until the work is over."""
        await asyncio.sleep(self.chance.random() * self.pause_s)
        while not _outages(self.seen).over:
            await self._round()

    async def _timed(self, kind: str, method: str, path: str, **options: Any) -> httpx.Response | None:
        begun = time.perf_counter()
        while True:
            said = await self._once(method, path, **options)
            if isinstance(said, httpx.Response):
                self.seen.times_ms.setdefault(kind, []).append((time.perf_counter() - begun) * 1000)
                return said
            _outages(self.seen).again[said] += 1
            if time.perf_counter() - begun > PATIENCE_S:
                self.seen.errors.append(f"{kind}: no answer in {PATIENCE_S:.0f} s, last {said}")
                return None
            await asyncio.sleep(AGAIN_S)

    async def _once(self, method: str, path: str, **options: Any) -> httpx.Response | str:
        try:
            answer = await self.client.request(method, path, **options)
        except httpx.HTTPError as error:
            return type(error).__name__
        return str(answer.status_code) if answer.status_code in UNAVAILABLE else answer


def _outages(seen: Seen) -> Outages:
    assert isinstance(seen, Outages)
    return seen
