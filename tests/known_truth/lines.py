"""Lines like surveyed boundaries, and what surveying does to them. In a plane, metres; from a seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from shapely import LineString

Coordinates = NDArray[np.float64]
Random = np.random.Generator


def winding_line(random: Random, length_m: float, spacing_m: float) -> Coordinates:
    """A line that winds as ridges and rivers do and never meets itself: west to east, octaves of bends on it."""
    count = max(20, int(length_m / spacing_m))
    x = np.linspace(0.0, length_m, count)
    x[1:-1] += random.uniform(-0.3, 0.3, count - 2) * spacing_m
    y = np.zeros(count)
    wave, height = length_m / 2, length_m / 12
    while wave > 6 * spacing_m:
        y += height * random.uniform(0.4, 1.0) * np.sin(2 * np.pi * (x / wave + random.uniform()))
        wave, height = wave / 2.3, height / 2.3
    return np.column_stack([x, y])


def surveyed(random: Random, line: Coordinates, accuracy_m: float, density: float) -> Coordinates:
    """The line surveyed anew: other vertices, each off by a normal error of point RMSE `accuracy_m`, at most thrice it.

    `density`: vertices for each of the line's; below one the survey is coarser and only
    drops what lies within a quarter of the accuracy of the chord.
    """
    if density >= 1:
        # turning points are surveyed, whoever surveys; more vertices stand between them
        at = np.arange(0, len(line) - 1 + 1e-9, 1 / density)
        vertices = np.column_stack([np.interp(at, np.arange(len(line)), line[:, i]) for i in (0, 1)])
    else:
        vertices = np.array(LineString(line).simplify(accuracy_m / 4).coords)
    error = random.normal(0, accuracy_m / np.sqrt(2), vertices.shape)
    size = np.maximum(np.hypot(*error.T) / (3 * accuracy_m), 1.0)
    shown: Coordinates = vertices + error / size[:, None]
    return shown
