"""Lays out the plate of a street: name above, Pinyin below, each as large as its band and the width allow. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geonames.romanize.syllables import toneless
from geonames.signs.model import Line, Plate, Size


def lay_out(han: str, roman: str, direction: str, size: Size, rules: Mapping[str, Any]) -> Plate:
    """The plate that says `han` and `roman`, in the colours of the direction in which the street runs."""
    layout, colours = rules["layout"], rules["direction"][direction]
    share = size.height * layout["han_share"]
    spelt = toneless(roman).upper() if layout["capitals"] else roman
    return Plate(
        size=size,
        ground=colours["ground"],
        letters=colours["letters"],
        han=_line(han, "han", (0.0, share), size.width, layout),
        roman=_line(spelt, "roman", (share, float(size.height)), size.width, layout),
    )


def _line(words: str, kind: str, band: tuple[float, float], width: int, layout: Mapping[str, Any]) -> Line:
    """One line in the middle of its band, from its upper to its lower edge."""
    top, bottom = band
    by_height = (bottom - top) * layout[f"{kind}_fill"]
    by_width = width * layout["width_fill"] / (len(words) * layout[f"{kind}_advance"])
    letters = min(by_height, by_width)
    return Line(words, letters, width / 2, (top + bottom) / 2 + letters * layout[f"{kind}_drop"])
