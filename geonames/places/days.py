"""The last day for which the gazetteer speaks: that of the register, or of a later decision on a name in effect."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text

from boundaries.units.service import RegisterSpan, register_span
from data.snapshot import state_of

#: Kept in a setting, because it is asked with every search: the latest day on which an announced decision takes effect.
REACH = text("""
    INSERT INTO diming.setting (key, value, changed_by)
    VALUES ('gazetteer', jsonb_build_object('through', CAST(:day AS text)), :actor)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, changed_by = excluded.changed_by,
        changed_at = transaction_timestamp()
    WHERE (diming.setting.value ->> 'through') < (excluded.value ->> 'through')
""")


def gazetteer_span(connection: Connection) -> RegisterSpan:
    """From when and through which day names are known. Unavailable `register_empty` before the first load.

    Divisions are known through the register's own last day; what stood then is taken to stand after it.
    """
    span = register_span(connection)
    through = state_of(connection).gazetteer_through
    return RegisterSpan(span.register_from, max(span.register_through, through or span.register_through))


def recorded_day(connection: Connection, as_of: date | None, today: date) -> date:
    """`as_of`, or today, for what is recorded day by day after the divisions' own last day: lists of heritage, signs.

    BadRequest `as_of_after_register` beyond today and beyond every decision that is known to take effect later.
    """
    through = state_of(connection).gazetteer_through
    return RegisterSpan(date.min, max(today, through or today)).day(as_of or today)


def reach(connection: Connection, day: date, actor: str) -> None:
    """Note that a decision on a name takes effect on a day."""
    connection.execute(REACH, {"day": day.isoformat(), "actor": actor})
