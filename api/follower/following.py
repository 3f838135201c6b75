"""Following: the snapshot, then the changes, for ever or until there are no more."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx

from api.follower.copy import LocalCopy, Progress
from data.errors import BadInput, Unavailable

#: Things of a snapshot and changes asked for at once.
PAGE = 1000
#: Seconds that an answer without changes may wait for one.
WAIT_S = 30
#: Seconds after the first, second … failure in a row; with the last of them it goes on.
AGAIN_S = (0.2, 0.5, 1, 2, 5, 10, 30)

Tell = Callable[[Progress], None]


class Source:
    """A register at an address. A server that is away or busy is asked again, one that refuses is not."""

    def __init__(self, address: str, collections: Sequence[str] | None = None, attempts: int | None = None) -> None:
        self._client = httpx.Client(base_url=address, timeout=WAIT_S + 30)
        self._filter = {"collection": ",".join(sorted(collections))} if collections else {}
        #: What a copy is a copy of: the address and the collections.
        self.name = str(httpx.URL(address, params=self._filter)) if self._filter else address
        self._attempts = attempts

    def snapshot(self, seq: int | None, cursor: str | None) -> dict[str, Any]:
        """A page of what stands."""
        asked = {"limit": PAGE, "seq": seq, "cursor": cursor}
        return self._ask("/v1/snapshot", {key: value for key, value in asked.items() if value is not None})

    def changes(self, since: int, wait: int) -> dict[str, Any]:
        """A page of changes."""
        return self._ask("/v1/changes", {"since": since, "limit": PAGE, "wait": wait})

    def _ask(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        failures = 0
        while True:
            try:
                return self._once(path, asked)
            except Unavailable:
                failures += 1
                if self._attempts is not None and failures >= self._attempts:
                    raise
                time.sleep(AGAIN_S[min(failures, len(AGAIN_S)) - 1])

    def _once(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = self._client.get(path, params=asked | self._filter)
            if answer.status_code < httpx.codes.BAD_REQUEST:
                found: dict[str, Any] = answer.json()
                return found
        except (httpx.TransportError, ValueError) as error:
            raise Unavailable(f"{self._client.base_url} does not answer: {error}", code="source_away") from error
        if answer.status_code in (httpx.codes.TOO_MANY_REQUESTS, *range(500, 600)):
            raise Unavailable(f"{self._client.base_url} answers {answer.status_code}.", code="source_away")
        raise BadInput(f"{self._client.base_url} refuses: {answer.text[:300]}", code="source_refuses")


def follow(source: Source, copy: LocalCopy, *, once: bool = False, tell: Tell = lambda _: None) -> None:
    """Bring `copy` in step and keep it so; with `once` return when there are no further changes."""
    while (progress := copy.progress).seq is None:
        copy.take(source.snapshot(progress.snapshot, progress.cursor))
        tell(copy.progress)
    while True:
        page = source.changes(progress.seq, 0 if once else WAIT_S)
        copy.apply(page)
        progress = copy.progress
        tell(progress)
        if once and page["through"] >= page["last"]:
            return
