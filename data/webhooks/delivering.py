"""One run of one webhook: the entries after the last that arrived, in the feed's order, one after another.

A run is put off before it begins and moves the webhook after every entry that arrived. Killed anywhere it is begun
again from there: what was sent and not yet noted is sent twice, with the same id. Nothing is passed over: an entry
that does not arrive stops the run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection, Engine

from data import audit, feed
from data.clock import Clock
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import DimingError
from data.notices.model import Notice
from data.notices.telling import tell
from data.queue import Job, enqueue
from data.secrets import Keyring
from data.webhooks import signing, store
from data.webhooks.model import GONE, KEEP_ATTEMPTS, SWITCHED_OFF_AFTER, Answered, Hook, Message, Wanted, wait_after
from data.webhooks.service import DELIVER, QUEUE
from data.webhooks.wanting import Entry, chosen

#: A run ends after so long, so that the webhooks take turns; the next one follows at once.
RUN_S = 20.0
#: A run that was killed is taken up again after so long. Longer than a run with its last attempt.
TAKEN = timedelta(seconds=45)
PIECE = 200
#: The first key of the advisory locks of runs; any number that no other lock of this project uses.
LOCK_SPACE = 4_490_037


class Line(Protocol):
    """A line to one receiver (`transport.Line`)."""

    def post(self, body: bytes, headers: dict[str, str]) -> Answered:
        """One attempt."""


@dataclass(frozen=True, slots=True)
class Delivering:
    """What a run works with. `line` opens one to an address, `encode` makes JSON as the API does."""

    engine: Engine
    keys: Keyring
    line: Callable[[str], AbstractContextManager[Line]]
    encode: Callable[[Any], bytes]
    clock: Clock


def start_due(engine: Engine, now: datetime) -> int:
    """Enqueue a run of every webhook for which the feed has moved; how many."""
    with unit_of_work(engine) as connection:
        due = list(connection.scalars(store.DUE, {"now": now}))
        started = [enqueue(connection, _job(webhook)) for webhook in due]
    return sum(number is not None for number in started)


def _job(webhook: UUID) -> Job:
    key = f"webhook:{webhook}"
    return Job(DELIVER, {"webhook": str(webhook)}, lock=key, unique=key, queue=QUEUE)


def run(delivering: Delivering, webhook: UUID) -> int:
    """One run; how many entries arrived. 0 where another run holds the webhook, or it is not its time."""
    with _held(delivering.engine, webhook) as is_ours:
        hook = _taken(delivering, webhook) if is_ours else None
        if hook is None:
            return 0
        with delivering.line(hook.url) as line:
            return _Run(delivering, hook, line).go()


@contextmanager
def _held(engine: Engine, webhook: UUID) -> Iterator[bool]:
    """Whether nobody else runs this webhook: a lock that lasts as long as its connection."""
    with reading(engine) as connection:
        held = connection.execution_options(isolation_level="AUTOCOMMIT")
        which = {"space": LOCK_SPACE, "id": str(webhook)}
        is_ours = bool(held.scalar(store.TRY_HOLD, which))
        try:
            yield is_ours
        finally:
            if is_ours:
                held.execute(store.LET_GO, which)


def _taken(delivering: Delivering, webhook: UUID) -> Hook | None:
    now = delivering.clock()
    with unit_of_work(delivering.engine) as connection:
        row = fetch_one(connection, store.TAKE, {"id": webhook, "now": now, "again": now + TAKEN})
    return _hook(delivering, row) if row else None


def _hook(delivering: Delivering, row: Row) -> Hook | None:
    """The webhook with its secrets; None, and put off as a failure, where the key to them is not there."""
    wanted = Wanted(*(tuple(row[key]) for key in ("collections", "kinds", "classes", "within")))
    hook = Hook(
        row["id"], row["account_id"], row["url"], wanted, row["delivered_seq"], row["sent_seq"], row["failures"]
    )
    sealed = [bytes(row[key]) for key in ("secret", "former_secret") if row[key] is not None]
    try:
        return replace(hook, secrets=[delivering.keys.open("webhooks", s, str(hook.id)) for s in sealed])
    except DimingError as error:
        _failed(delivering, hook, Answered(None, error.code, 0), delivering.clock())
        return None


class _Run:
    """The state of one run: how far the webhook is."""

    def __init__(self, delivering: Delivering, hook: Hook, line: Line) -> None:
        self._with, self._hook, self._line = delivering, hook, line
        self._ends = time.monotonic() + RUN_S
        self._arrived = 0

    def go(self) -> int:
        """Send until nothing is left, something does not arrive, or the time is over."""
        while time.monotonic() < self._ends:
            entries, through = self._next()
            if not self._send(entries):
                return self._arrived
            if through == self._hook.delivered_seq and not entries:
                break
            if through > self._hook.delivered_seq and not self._moved(through, None):
                return self._arrived
        with unit_of_work(self._with.engine) as connection:
            connection.execute(store.RELEASE, {"id": self._hook.id, "at": self._with.clock()})
        return self._arrived

    def _next(self) -> tuple[list[Entry], int]:
        """The next entries that are wanted, and up to where everything was looked at."""
        hook, since = self._hook, self._hook.delivered_seq
        with reading(self._with.engine) as connection:
            found, last = feed.changes_since(connection, since, PIECE, hook.wanted.collections or None)
            return chosen(connection, hook.wanted, found), feed.passed(found, PIECE, since, last)

    def _send(self, entries: list[Entry]) -> bool:
        for entry in entries:
            if time.monotonic() >= self._ends:
                return self._release()
            answered, at = _post(self._with, self._line, self._hook, Message(entry, self._hook.sent_seq))
            if not answered.arrived:
                _failed(self._with, self._hook, answered, at)
                return False
            if not self._moved(entry["seq"], entry["seq"]):
                return False
            self._arrived += 1
        return True

    def _release(self) -> bool:
        with unit_of_work(self._with.engine) as connection:
            connection.execute(store.RELEASE, {"id": self._hook.id, "at": self._with.clock()})
        return False

    def _moved(self, to: int, sent: int | None) -> bool:
        """Note how far it is; False where its owner has changed it meanwhile, and this run is over."""
        values = {"id": self._hook.id, "from": self._hook.delivered_seq, "to": to, "sent": sent}
        with unit_of_work(self._with.engine) as connection:
            moved = connection.execute(store.MOVE, {**values, "again": self._with.clock() + TAKEN}).rowcount == 1
        self._hook = replace(self._hook, delivered_seq=to, sent_seq=sent or self._hook.sent_seq)
        return moved


def _post(delivering: Delivering, line: Line, hook: Hook, message: Message) -> tuple[Answered, datetime]:
    """One attempt, with its line in the log."""
    at, body = delivering.clock(), delivering.encode(message.body())
    answered = line.post(body, signing.headers(hook.secrets, str(message.seq), int(at.timestamp()), body))
    values = {
        "id": hook.id, "seq": message.seq, "at": at, "duration_ms": answered.duration_ms, "status": answered.status,
        "problem": answered.problem, "arrived": answered.arrived, "by_hand": message.by_hand,
    }  # fmt: skip
    with unit_of_work(delivering.engine) as connection:
        connection.execute(store.ATTEMPTED, values)
    return answered, at


def _failed(delivering: Delivering, hook: Hook, answered: Answered, at: datetime) -> None:
    """Put it off; after too long a time, or where the receiver says that it is gone, switch it off and say so."""
    again = at + wait_after(hook.failures + 1, answered.retry_after_s)
    with unit_of_work(delivering.engine) as connection:
        row = fetch_one(connection, store.FAILED, {"id": hook.id, "at": at, "again": again, "from": hook.delivered_seq})
        if row is None:
            return
        if answered.status == GONE or at - row["failing_since"] >= SWITCHED_OFF_AFTER:
            _switch_off(connection, hook, answered, row["name"], at)


def _switch_off(connection: Connection, hook: Hook, answered: Answered, name: str, at: datetime) -> None:
    why = answered.problem or f"status_{answered.status}"
    connection.execute(store.SWITCH_OFF, {"id": hook.id, "why": why})
    details = {"webhook": str(hook.id), "why": why}
    audit.append(connection, actor="system:worker", action="webhook.switched_off", decision_id=None, details=details)
    body = {"webhook": str(hook.id), "name": name, "why": why}
    tell(connection, Notice(None, "webhook_off", body), [hook.account_id], at)


def send_again(delivering: Delivering, webhook: UUID, seq: int) -> bool:
    """Send one entry by hand; whether it arrived. The order of the others, and how far they are, stays."""
    with reading(delivering.engine) as connection:
        row = fetch_one(connection, store.TAKE_BY_HAND, {"id": webhook, "now": delivering.clock()})
        entries = fetch_all(connection, store.ENTRY, {"seq": seq})
    hook = _hook(delivering, row) if row else None
    if hook is None or not entries:
        return False
    with delivering.line(hook.url) as line:
        answered, _ = _post(delivering, line, hook, Message(dict(entries[0]), by_hand=True))
    return answered.arrived


def forget_attempts(engine: Engine, clock: Clock) -> int:
    """Forget attempts of more than `KEEP_ATTEMPTS` ago; how many."""
    with unit_of_work(engine) as connection:
        return connection.execute(store.FORGET, {"before": clock() - KEEP_ATTEMPTS}).rowcount
