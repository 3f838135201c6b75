"""What one answer reads more than once, read once.

A reader's transaction sees one state of the register from its first statement to its end (data/db.py, repeatable read),
so that what was read in it need not be asked for again. Elsewhere nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection, text

#: Execution option of an engine whose transactions see one state.
ONE_STATE = "one_state"
_REMEMBERED = "remembered"
T = TypeVar("T")

STATE = text("""
    SELECT h.seq, r.register_from, r.register_through, g.through AS gazetteer_through
    FROM published.feed_head h LEFT JOIN published.register r ON true LEFT JOIN published.gazetteer g ON true
""").execution_options(prepared=True)


@dataclass(slots=True)
class _Remembered:
    transaction: Any
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """The number of the feed's last change; first and last day of the register (None before the first load).

    `gazetteer_through`: the last day for which a decision on a name speaks, None where there is none.
    """

    last_change: int
    register_from: date | None
    register_through: date | None
    gazetteer_through: date | None


def state_of(connection: Connection) -> State:
    """How far the register has come, as `connection` sees it."""
    return once(connection, "state", lambda: State(*connection.execute(STATE).one()))


def once(connection: Connection, key: str, ask: Callable[[], T]) -> T:
    """What `ask` answers; in a transaction that sees one state, asked once."""
    options = connection.get_execution_options()
    if not options.get(ONE_STATE):
        return ask()
    kept: _Remembered | None = options.get(_REMEMBERED)
    transaction = connection.get_transaction()
    if kept is not None and transaction is not None and kept.transaction is transaction and key in kept.values:
        found: T = kept.values[key]
        return found
    answer = ask()
    now = connection.get_transaction()  # the first statement of a connection begins it
    if kept is None or kept.transaction is not now:
        kept = _Remembered(now)
        connection.execution_options(**{_REMEMBERED: kept})
    kept.values[key] = answer
    return answer
