"""The displacement strip as a drawing: metres over chainage, with the tolerance band. Numbers in, path data out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from boundaries.workbench.strip import Strip

WIDTH, HEIGHT = 1000, 190
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 12, 34
#: Points that a drawing of this width can show; of the stations between two of them the outermost are kept.
COLUMNS = 480
#: Marks on an axis, about.
MARKS = 5


@dataclass(frozen=True)
class Mark:
    """A mark on an axis: where, and what it says (km along, metres across)."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """The strip in its own units: path data, the height of zero and of the band, the marks of both axes."""

    path: str
    zero: float
    band_top: float
    band_height: float
    along: list[Mark]
    across: list[Mark]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def draw_strip(strip: Strip, tolerance_m: float) -> Chart | None:
    """The drawing of a strip; None where there is nothing to draw."""
    if strip.length_m <= 0:
        return None
    reach = max(strip.largest_m, tolerance_m) * 1.15
    x_scale = (WIDTH - LEFT - RIGHT) / strip.length_m
    y_scale = (HEIGHT - TOP - BOTTOM) / (2 * reach)
    zero = (TOP + HEIGHT - BOTTOM) / 2
    points = [(LEFT + x * x_scale, zero - y * y_scale) for x, y in _outermost(strip)]
    return Chart(
        path="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points),
        zero=round(zero, 1),
        band_top=round(zero - tolerance_m * y_scale, 1),
        band_height=round(2 * tolerance_m * y_scale, 1),
        along=[Mark(round(LEFT + m * x_scale, 1), f"{m / 1000:g}") for m in _steps(0, strip.length_m)],
        across=[Mark(round(zero - m * y_scale, 1), f"{m:+g}" if m else "0") for m in _steps(-reach, reach)],
    )


def _outermost(strip: Strip) -> Iterable[Sequence[float]]:
    """The stations, and where there are more than can be drawn the highest and the lowest of each column."""
    pairs = np.column_stack([strip.chainage_m, strip.offset_m])
    if len(pairs) <= 2 * COLUMNS:
        return [(float(x), float(y)) for x, y in pairs]
    kept = {0, len(pairs) - 1}
    for block in np.array_split(np.arange(len(pairs)), COLUMNS):
        offsets = pairs[block, 1]
        kept |= {int(block[offsets.argmax()]), int(block[offsets.argmin()])}
    return [(float(x), float(y)) for x, y in pairs[sorted(kept)]]


def _steps(low: float, high: float) -> list[float]:
    """Round values between `low` and `high`, about `MARKS` of them."""
    step = nice_step((high - low) / MARKS)
    first = int(np.ceil(low / step))
    return [round(n * step, 9) for n in range(first, int(np.floor(high / step)) + 1)]


def nice_step(rough: float) -> float:
    """1, 2 or 5 times a power of ten, the nearest that is not below `rough`."""
    power = 10.0 ** np.floor(np.log10(rough))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= rough * (1 - 1e-9)))
