"""What a plate says and looks like. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in millimetres."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of writing: size of its letters and position of the middle of its foot, millimetres from the top left."""

    words: str
    letters_mm: float
    middle: float
    foot: float


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate: size, colours as `#rrggbb`, the name in Han characters above and in Pinyin below."""

    size: Size
    ground: str
    letters: str
    han: Line
    roman: Line
