"""The tiers of the index: names cut by rank (importance, name, thing), so that the first ones answer most questions.

A new name goes into the tier of its rank. When the register has grown so much that the first
tiers are no longer what they were cut to be, a job cuts them again; no answer changes by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from data.db import unit_of_work
from geonames.search.importance import tier_sizes

#: Cut again when the first tiers hold this many times more or fewer names than they were cut to.
DRIFT = 2.0
#: Where a row of the keys has its importance, name, thing and tier.
IMPORTANCE, NAME, THING, TIER = 11, 2, 0, 17

Cut = tuple[int, str, UUID]

CUTS = text("SELECT -importance, name, subject_id FROM diming.search_tier ORDER BY tier")
FOLLOW = text("SELECT diming.follow_search_tiers()")
CUT = text("SELECT diming.cut_search_tiers(CAST(:table AS regclass), :sizes)")


def cut(connection: Connection, table: str) -> None:
    """Cut the tiers anew by the rank of the names in `table` (of ours, never a user's word)."""
    connection.execute(CUT, {"table": table, "sizes": tier_sizes()})


def cuts(connection: Connection) -> list[Cut]:
    """The last rank of each tier but the last."""
    return [(row[0], row[1], row[2]) for row in connection.execute(CUTS)]


def placed(row: Sequence[Any], cuts: Sequence[Cut]) -> tuple[Any, ...]:
    """A row of the keys in the tier of its rank; until then its tier is its space."""
    rank = (-row[IMPORTANCE], row[NAME], row[THING])
    return (*row[:TIER], row[TIER] + sum(last < rank for last in cuts), *row[TIER + 1 :])


def recut(engine: Engine) -> int | None:
    """Cut the tiers again if they have drifted; how many names changed tier, None for no need."""
    with unit_of_work(engine) as connection:
        if not _drifted(connection):
            return None
        connection.execute(text("LOCK TABLE diming.search_name IN SHARE ROW EXCLUSIVE MODE"))
        cut(connection, "diming.search_name")
        return int(connection.scalar(FOLLOW) or 0)


def _drifted(connection: Connection) -> bool:
    """Whether the first tier, or the names after all tiers that were cut, are not what they should be."""
    sizes = tier_sizes()
    total: int = connection.scalar(text("SELECT count(*) FROM diming.search_name")) or 0
    held: int = connection.scalar(text("SELECT count(*) FROM diming.search_name WHERE tier % 10 = 0")) or 0
    expected = min(total, sizes[0])
    if len(cuts(connection)) < sum(total > sum(sizes[: n + 1]) for n in range(len(sizes))):
        return True
    return not expected / DRIFT <= held <= expected * DRIFT
