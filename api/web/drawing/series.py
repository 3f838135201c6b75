"""Columns of one indicator through its periods, those after the change apart. Numbers in, places out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP, FOOT = 180, 56, 4, 14


@dataclass(frozen=True)
class Column:
    """One period: its place and size, whether it lies after the change, its label; without a value no height."""

    x: float
    y: float
    width: float
    height: float
    after: bool
    label: str


@dataclass(frozen=True)
class Series:
    """The drawing in its own units; `zero`: where the line of nought lies."""

    columns: list[Column]
    zero: float
    width: int = WIDTH
    height: int = HEIGHT


def draw_series(rows: Sequence[tuple[str, float | None, bool]]) -> Series | None:
    """A column for each period (label, value, after the change); None where there is no value."""
    values = [value for _, value, _ in rows if value is not None]
    if not values:
        return None
    low, high = min(0.0, *values), max(0.0, *values)
    scale = (HEIGHT - FOOT) / (high - low or 1.0)
    zero, step = high * scale, WIDTH / len(rows)
    columns = [
        Column(
            round(n * step + GAP / 2, 2), round(min(zero, zero - (value or 0) * scale), 2), round(step - GAP, 2),
            round(abs(value or 0) * scale, 2), after, label,
        )
        for n, (label, value, after) in enumerate(rows)
    ]  # fmt: skip
    return Series(columns, round(zero, 2))
