"""Columns side by side: so many on each day, part of them of another kind. Numbers in, places out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 180, 64, 14, 26
#: Labels under the axis stand at most this close.
LABEL_EVERY = 76


@dataclass(frozen=True)
class Column:
    """One column: its place, the height of the whole and of the part at its foot, its words (empty: none)."""

    x: float
    y: float
    height: float
    part: float
    label: str


@dataclass(frozen=True)
class Columns:
    """The drawing in its own units; `largest` is what the full height stands for."""

    columns: list[Column]
    column_width: float
    largest: int
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    top: int = TOP
    foot: int = HEIGHT - BOTTOM


def draw_columns(rows: Sequence[tuple[str, int, int]]) -> Columns | None:
    """A column for each row (label, whole, part of it); None where there is nothing to draw."""
    largest = max((whole for _, whole, _ in rows), default=0)
    if largest == 0:
        return None
    step = (WIDTH - LEFT) / len(rows)
    scale = (HEIGHT - TOP - BOTTOM) / largest
    every = max(1, round(LABEL_EVERY / step))
    columns = [_column(number, row, step, scale, every) for number, row in enumerate(rows)]
    return Columns(columns, round(max(1.0, step * 0.8), 2), largest)


def _column(number: int, row: tuple[str, int, int], step: float, scale: float, every: int) -> Column:
    label, whole, part = row
    height = round(whole * scale, 2)
    y = round(HEIGHT - BOTTOM - height, 2)
    return Column(round(LEFT + number * step, 2), y, height, round(part * scale, 2), "" if number % every else label)
