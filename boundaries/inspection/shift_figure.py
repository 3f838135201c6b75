"""A survey that lies elsewhere as a whole, close up: both courses, the move from one to the other, its cause in words.

What the comparison keeps of such a survey is its course without the move; here it is put back where the file had it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point, affinity
from shapely.geometry.base import BaseGeometry

from boundaries.inspection.drawing import CLOSE, LEAST_M, MARGIN_PX, View, text_of, view_of, width_of
from boundaries.inspection.model import Shift
from boundaries.inspection.report import wording
from boundaries.inspection.words import Words

#: Across the drawing go so many lengths of the move: the arrow is seen, and so are the lines beside it.
SHOWN_LENGTHS = 2.6
#: Where along the line the move is looked at, as shares: the place is taken where it leads farthest off the line.
PLACES = np.linspace(0.05, 0.95, 37)
SECONDS = 3_600
HEAD_PX, HEAD_DEG = 11.0, 24.0


def handed_in(course: BaseGeometry, shift: Shift, about: Point) -> BaseGeometry:
    """A course where the file had it, of one without its shift; `about`: what it turned around. In the plane."""
    moved = course
    if shift.scale_ppm is not None and shift.turn_arcsec is not None:
        factor = 1 + shift.scale_ppm / 1_000_000
        moved = affinity.rotate(affinity.scale(moved, factor, factor, origin=about), shift.turn_arcsec / SECONDS, about)
    return affinity.translate(moved, shift.dx_m, shift.dy_m)


def shown_at(legal: BaseGeometry, shift: Shift) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A place of the legal line and where the shift has it: where the two are seen best apart."""
    line = max(shapely.get_parts(legal), key=lambda part: (part.length, part.wkb))
    places = shapely.get_coordinates(shapely.line_interpolate_point(line, PLACES, normalized=True))
    vector = np.array([shift.dx_m, shift.dy_m])
    off = shapely.distance(shapely.points(places + vector), legal)
    # among those that are about as far off the one nearest to the middle of the line
    good = np.flatnonzero(off >= 0.9 * off.max())
    begin = places[good[np.argmin(np.abs(PLACES[good] - 0.5))]]
    return begin, begin + vector


def shift_view(shift: Shift, legal: BaseGeometry, moved: BaseGeometry, size: tuple[int, int] = CLOSE) -> View:
    """The part of the plane around the move; all of both courses where the move is longer than they are."""
    begin, end = shown_at(legal, shift)
    length = math.hypot(shift.dx_m, shift.dy_m)
    whole = shapely.union_all([legal, moved]).bounds
    half = max(SHOWN_LENGTHS * length, LEAST_M) / 2
    middle = (begin + end) / 2
    around = (*(middle - half), *(middle + half))
    if max(whole[2] - whole[0], whole[3] - whole[1]) < 2 * half:
        west, south, east, north = whole
        edge = max(east - west, north - south) / 10
        around = (west - edge, south - edge, east + edge, north + edge)
    return view_of(around, size)


def shift_parts(view: View, shift: Shift, legal: BaseGeometry, name: str, words: Words) -> Iterator[str]:
    """The arrow with its length and direction, and over the drawing what happened and the likely cause."""
    begin, end = shown_at(legal, shift)
    (x1, y1), (x2, y2) = ((view.x(x), view.y(y)) for x, y in (begin, end))
    yield from arrow(x1, y1, x2, y2)
    length = math.hypot(shift.dx_m, shift.dy_m)
    direction = math.degrees(math.atan2(shift.dx_m, shift.dy_m)) % 360
    said = f"{words.length(length)} · {words.direction(direction)}"
    yield beside_arrow(x1, y1, x2, y2, said)
    cause = wording()["causes"][f"{shift.cause}_{words.language}"]
    yield from caption(
        view, (words["drawn_shift"].format(side=name), words["drawn_cause"].format(cause=cause)), words.language
    )


def arrow(x1: float, y1: float, x2: float, y2: float) -> Iterator[str]:
    """From one place of the drawing to another, in pixels, its head at the second."""
    back = math.atan2(y1 - y2, x1 - x2)
    head = min(HEAD_PX, math.hypot(x2 - x1, y2 - y1))
    sides = [
        (x2 + head * math.cos(back + turn), y2 + head * math.sin(back + turn))
        for turn in (math.radians(HEAD_DEG), -math.radians(HEAD_DEG))
    ]
    tip = "".join(f"L{x:.1f} {y:.1f}" for x, y in sides)
    yield f'<circle cx="{x1:.1f}" cy="{y1:.1f}" r="3.2" fill="#111"/>'
    yield f'<path class="arrow" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="#111" stroke-width="2.4"/>'
    yield f'<path d="M{x2:.1f} {y2:.1f}{tip}Z" fill="#111"/>'


def beside_arrow(x1: float, y1: float, x2: float, y2: float, said: str) -> str:
    """Words in the middle of an arrow and beside it: above a flat one, to the right of a steep one."""
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    if abs(x2 - x1) > 2 * abs(y2 - y1):
        rise = abs((y2 - y1) / (x2 - x1)) * min(width_of(said), abs(x2 - x1)) / 2
        return text_of(x, y - 8 - rise, said, "figure", "middle")
    # to the right of a steep arrow, and on that half of it that leans away
    return text_of(x + 12, y + (14 if (x2 - x1) * (y2 - y1) < 0 else -6), said, "figure")


#: Height of a line of the caption, and how wide a sign is at its size: as wide as high in Chinese.
LINE_PX, SIGN_PX = 19, {"zh": 14.0, "en": 7.4}


def caption(view: View, lines: tuple[str, ...], language: str) -> Iterator[str]:
    """Words in the upper left corner on a ground of their own, broken where the drawing is narrow."""
    fitting = max(8, int((view.size[0] - 2 * MARGIN_PX) / SIGN_PX[language]))
    broken = [piece for line in lines for piece in _broken(line, fitting, language)]
    high = LINE_PX * len(broken) + 8
    yield f'<rect x="0" y="0" width="{view.size[0]}" height="{high}" fill="#fff" fill-opacity=".88"/>'
    for number, piece in enumerate(broken, 1):
        yield text_of(MARGIN_PX, LINE_PX * number, piece, "figure")


def _broken(line: str, fitting: int, language: str) -> Iterator[str]:
    """Pieces of at most `fitting` signs: anywhere in Chinese, between words in English."""
    parts, between = (list(line), "") if language == "zh" else (line.split(" "), " ")
    piece = parts[0]
    for part in parts[1:]:
        if len(piece) + len(between) + len(part) > fitting:
            yield piece
            piece = part
        else:
            piece += between + part
    yield piece
