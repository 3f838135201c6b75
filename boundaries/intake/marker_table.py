"""Markers as a table of text (CSV): a line of names, then one marker a line, in UTF-8 or GB 18030.

In Chinese surveying the northing is called X (纵坐标) and the easting Y (横坐标),
elsewhere it is the other way round; columns called only x and y are therefore
told apart by their numbers. A table names no coordinate system.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import shapely

from boundaries.intake.encoding import Texts, judge
from boundaries.intake.model import Array, EncodingBelief, Layer, Observation
from boundaries.intake.numbers import look_at
from data.tables import rows_of

#: The names under which eastings or longitudes, and northings or latitudes, are handed in.
EAST = ("经度", "东经", "横坐标", "东坐标", "lon", "long", "longitude", "lng", "easting", "east")
NORTH = ("纬度", "北纬", "纵坐标", "北坐标", "lat", "latitude", "northing", "north")
EITHER = ("x", "y", "x坐标", "y坐标")
#: Units behind a name: `经度(°)`, `X（m）`.
UNIT = re.compile(r"\s*[(\uff08][^)\uff09]*[)\uff09]\s*$")

Read = tuple[list[Layer], list[Observation]]


def read_marker_table(path: Path, name: str) -> Read:
    """The markers of the table at `path`. Raises `ValueError` where it is no table with positions."""
    raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    lines = np.array(raw.split(b"\n"), dtype=bytes)
    belief, observations = judge(Texts({b"line": lines}, None, None), name)
    text = raw.decode(belief.believed or "utf-8", errors="replace")
    rows = rows_of(text)
    if not rows:
        raise ValueError("the table has no line of names")
    header, body = [cell.strip() for cell in rows[0]], [row for row in rows[1:] if any(cell.strip() for cell in row)]
    return [_layer(name, header, body, belief)], observations


def _layer(name: str, header: Sequence[str], body: Sequence[Sequence[str]], belief: EncodingBelief) -> Layer:
    first, second = _columns(header)
    values = [[_cell(row, at) for row in body] for at in range(len(header))]
    numbers = np.array([[_number(values[at][row]) for at in (first, second)] for row in range(len(body))])
    positions = numbers.reshape(-1, 2)
    if header[first].strip().lower()[:1] in ("x", "y"):
        positions = _told_apart(positions)
    fields = {title: values[at] for at, title in enumerate(header)}
    return Layer(name, shapely.points(positions), fields, None, belief)  # type: ignore[arg-type]


def _columns(header: Sequence[str]) -> tuple[int, int]:
    """The columns of easting and northing; of x and y where there are no plainer names."""
    plain = [UNIT.sub("", title).strip().lower() for title in header]
    east = next((at for at, title in enumerate(plain) if title in EAST), None)
    north = next((at for at, title in enumerate(plain) if title in NORTH), None)
    if east is not None and north is not None:
        return east, north
    either = [at for at, title in enumerate(plain) if title in EITHER]
    if len(either) == 2:
        return either[0], either[1]
    raise ValueError(f"no columns of positions among {', '.join(header)[:120]}")


def _told_apart(positions: Array) -> Array:
    """`positions` with easting or longitude first, as their numbers say."""
    numbers = look_at(positions)
    return positions[:, ::-1] if numbers is not None and numbers.swapped else positions


def _cell(row: Sequence[str], at: int) -> str:
    return row[at].strip() if at < len(row) else ""


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
