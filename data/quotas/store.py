"""All SQL of quotas and usage. Usage is kept; windows are forgotten when they are over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, text

from data.quotas.ledger import Count, moment
from data.quotas.tally import TallyKey, Used

#: Rows come ordered by holder, so that two processes never wait for one another in a ring.
TELL = text("""
    INSERT INTO diming.quota_window AS w (holder, span, began, asked)
    SELECT * FROM unnest(CAST(:holders AS bytea[]), CAST(:spans AS text[]),
                         CAST(:began AS timestamptz[]), CAST(:asked AS bigint[]))
    ON CONFLICT (holder, span, began) DO UPDATE SET asked = w.asked + EXCLUDED.asked
    RETURNING holder, span, began, asked
""")
#: Of two processes that tidy at once each takes what the other does not hold.
FORGET = text("""
    DELETE FROM diming.quota_window w USING (
        SELECT holder, span, began FROM diming.quota_window
        WHERE (span = 'minute' AND began < CAST(:now AS timestamptz) - interval '2 minutes')
           OR began < CAST(:now AS timestamptz) - interval '2 days'
        FOR UPDATE SKIP LOCKED) old
    WHERE (w.holder, w.span, w.began) = (old.holder, old.span, old.began)
""")
ADD_USED = text("""
    INSERT INTO diming.service_usage AS u (key_id, day, class, asked, refused, failed)
    SELECT * FROM unnest(CAST(:keys AS uuid[]), CAST(:days AS date[]), CAST(:classes AS text[]),
                         CAST(:asked AS bigint[]), CAST(:refused AS bigint[]), CAST(:failed AS bigint[]))
    ON CONFLICT (key_id, day, class) DO UPDATE
    SET asked = u.asked + EXCLUDED.asked, refused = u.refused + EXCLUDED.refused, failed = u.failed + EXCLUDED.failed
""")


def tell_windows(connection: Connection, counts: Sequence[Count]) -> list[Count]:
    """Add `counts` to what all processes counted; the sums."""
    if not counts:
        return []
    columns = {
        "holders": [count.holder for count in counts],
        "spans": [count.span for count in counts],
        "began": [moment(count.began) for count in counts],
        "asked": [count.asked for count in counts],
    }
    return [
        Count(bytes(row.holder), row.span, int(row.began.timestamp()), row.asked)
        for row in connection.execute(TELL, columns)
    ]


def forget_windows(connection: Connection, now: datetime) -> None:
    """Remove windows that are over."""
    connection.execute(FORGET, {"now": now})


def add_used(connection: Connection, used: Mapping[TallyKey, Used]) -> None:
    """Add to the usage of keys by day and class."""
    if not used:
        return
    rows = sorted(used.items(), key=lambda item: (str(item[0][0]), item[0][1], item[0][2]))
    connection.execute(
        ADD_USED,
        {
            "keys": [key for (key, _, _), _ in rows],
            "days": [day for (_, day, _), _ in rows],
            "classes": [class_ for (_, _, class_), _ in rows],
            "asked": [one.asked for _, one in rows],
            "refused": [one.refused for _, one in rows],
            "failed": [one.failed for _, one in rows],
        },
    )
