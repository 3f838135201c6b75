"""The lines of a round on a small map, each in the state of its inspection: an outline, not to measure on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, MARGIN = 520, 320, 16


@dataclass(frozen=True)
class BoardLine:
    """One line: its path in CSS pixels, the state that it is drawn in, where it leads, what it is called."""

    path: str
    state: str
    address: str
    title: str


@dataclass(frozen=True)
class Board:
    """The drawing."""

    lines: Sequence[BoardLine]
    width: int = WIDTH
    height: int = HEIGHT


def draw_board(items: Sequence[tuple[Mapping[str, Any], str, str, str]]) -> Board | None:
    """GeoJSON geometries with state, address and title as a drawing; None where there is nothing to draw."""
    every = [position for geometry, *_ in items for part in _parts(geometry) for position in part]
    if not every:
        return None
    west, east = min(p[0] for p in every), max(p[0] for p in every)
    south, north = min(p[1] for p in every), max(p[1] for p in every)
    along = math.cos(math.radians((south + north) / 2))
    across, down = max((east - west) * along, 1e-4), max(north - south, 1e-4)
    scale = min((WIDTH - 2 * MARGIN) / across, (HEIGHT - 2 * MARGIN) / down)

    def place(position: Sequence[float]) -> str:
        x = WIDTH / 2 + ((position[0] - (west + east) / 2) * along) * scale
        y = HEIGHT / 2 - (position[1] - (south + north) / 2) * scale
        return f"{x:.1f} {y:.1f}"

    return Board(
        [
            BoardLine(" ".join("M" + " L".join(map(place, part)) for part in _parts(geometry)), state, address, title)
            for geometry, state, address, title in items
        ]
    )


def _parts(geometry: Mapping[str, Any]) -> Iterator[Sequence[Sequence[float]]]:
    """The lines of a geometry."""
    if geometry["type"] == "LineString":
        yield geometry["coordinates"]
    elif geometry["type"] == "MultiLineString":
        yield from geometry["coordinates"]
    elif geometry["type"] == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from _parts(part)
