"""The paper of one sheet: where the frame stands on it, and the ways from the plane to its millimetres. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from boundaries.sheets.division import Format
from boundaries.sheets.model import Order, Window
from boundaries.sheets.settings import papers, settings

MM_PER_M = 1000.0


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper at a scale. Lengths end in `_mm`; the frame's upper left corner is (`left_mm`, `top_mm`)."""

    width_mm: float
    height_mm: float
    left_mm: float
    top_mm: float
    inner_width_mm: float
    inner_height_mm: float
    scale: float

    @classmethod
    def of(cls, order: Order) -> Paper:
        """The paper that an order asks for."""
        width, height = papers()[order.paper]
        frame = settings()["frame"]
        side, head, foot = (float(frame[key]) for key in ("side_mm", "head_mm", "foot_mm"))
        return cls(width, height, side, head, width - 2 * side, height - head - foot, float(order.scale))

    @property
    def metres_per_mm(self) -> float:
        """Metres on the ground for a millimetre of paper."""
        return self.scale / MM_PER_M

    def format(self) -> Format:
        """The inside of the frame on the ground, for dividing a line."""
        frame, ratio = settings()["frame"], self.metres_per_mm
        return Format(
            self.inner_width_mm * ratio,
            self.inner_height_mm * ratio,
            frame["inner_mm"] * ratio,
            frame["snap_mm"] * ratio,
        )

    def place(self, window: Window, vertices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Eastings and northings as millimetres right and down of the paper's corner."""
        x = self.left_mm + (vertices[:, 0] - window.west) / self.metres_per_mm
        y = self.top_mm + (window.north - vertices[:, 1]) / self.metres_per_mm
        return np.column_stack([x, y])

    def inside(self, window: Window, geometry: BaseGeometry) -> list[BaseGeometry]:
        """The parts of a geometry of the plane that lie within the frame, on the paper."""
        if geometry.is_empty:
            return []
        cut = shapely.clip_by_rect(geometry, window.west, window.south, window.east, window.north)
        parts = shapely.get_parts(cut)
        moved = shapely.transform(parts, lambda c: self.place(window, c))
        return [part for part in moved.tolist() if not part.is_empty]
