"""Bars side by side with what reaches beyond them: days in a state, cases of a region. Numbers in, places out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, ROW, LEFT, RIGHT, TOP = 720, 30, 190, 70, 8
BAR = 14


@dataclass(frozen=True)
class Bar:
    """One line: its words, the length of the bar and of the thin line beyond it, the numbers said at its end."""

    label: str
    y: int
    length: float
    beyond: float
    text: str


@dataclass(frozen=True)
class Bars:
    """The drawing in its own units."""

    bars: list[Bar]
    width: int
    height: int
    left: int = LEFT
    bar: int = BAR


def draw_bars(rows: Sequence[tuple[str, float | None, float | None]]) -> Bars | None:
    """A bar for each row (label, value, larger value); None where there is nothing to draw."""
    if not rows:
        return None
    largest = max((max(value or 0, more or 0) for _, value, more in rows), default=0) or 1
    scale = (WIDTH - LEFT - RIGHT) / largest
    bars = [_bar(number, row, scale) for number, row in enumerate(rows)]
    return Bars(bars, WIDTH, TOP * 2 + len(rows) * ROW)


def _bar(number: int, row: tuple[str, float | None, float | None], scale: float) -> Bar:
    label, value, more = row
    length, beyond = (round((one or 0) * scale, 1) for one in (value, more))
    return Bar(label, TOP + number * ROW, length, beyond, _said(value, more))


def _said(value: float | None, more: float | None) -> str:
    return f"{value or 0:g} / {more or 0:g}"
