"""What the bench asks: drawn by a seed from the register itself, so that every run asks the same."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, text

SEED = 20_101_126

VERSIONS = text("""
    SELECT v.code, lower(v.valid), coalesce(upper(v.valid), r.register_through)
    FROM published.unit_version v CROSS JOIN published.register r ORDER BY v.id
""")
DECISIONS = text("SELECT id FROM published.decision ORDER BY id")
POINTS = text("SELECT ST_X(geom), ST_Y(geom) FROM published.place ORDER BY id")


@dataclass(frozen=True, slots=True)
class Questions:
    """`decisions`: primary keys; `on_days`: a code and a day on which it stood; `points`: lon, lat in degrees."""

    decisions: list[str]
    on_days: list[tuple[str, date]]
    points: list[tuple[float, float]]


def draw(connection: Connection, count: int) -> Questions:
    """`count` questions of each kind."""
    chance = random.Random(SEED)
    versions = connection.execute(VERSIONS).all()
    decisions = connection.execute(DECISIONS).scalars().all()
    points = connection.execute(POINTS).all()
    drawn = [chance.choice(versions) for _ in range(count)]
    on_days = [(code, _day(chance, first, end)) for code, first, end in drawn]
    # within some kilometres of a settlement: where people ask
    near = [
        (round(x + chance.uniform(-0.05, 0.05), 5), round(y + chance.uniform(-0.05, 0.05), 5))
        for x, y in (chance.choice(points) for _ in range(count))
    ]
    return Questions([str(chance.choice(decisions)) for _ in range(count)], on_days, near)


def _day(chance: random.Random, first: date, end: date) -> date:
    return first + timedelta(days=chance.randrange(max(1, (end - first).days)))
