"""Placing a picture by four points of it whose coordinates are known. Pure.

Two fits are made in the plane of the 3-degree zone. The affine one (平移、旋转、缩放与
切变) has six parameters for eight equations: what is left over says how far paper
and scanner have distorted the sheet, or that a number was mistyped. The
projective one goes through all four points and is what the map draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import MultiPoint

from boundaries.sheets.plane import plane_of
from data.crs import check_position
from data.errors import BadInput

Numbers = NDArray[np.float64]
#: Corners are four.
CORNERS = 4
#: The least sine of a turn at a corner: under a degree and a half three points are as good as on one line.
FLATTEST = 0.025


@dataclass(frozen=True, slots=True)
class Corner:
    """A point of the picture, pixels right and down of its upper left corner, and where it is in degrees (CGCS2000)."""

    x_px: float
    y_px: float
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a picture lies.

    `outline`: longitude and latitude of its own four corners, clockwise from the upper left. `residuals_m`: for each
    point how far the affine fit misses it; `metres_per_pixel` of that fit.
    """

    outline: tuple[tuple[float, float], ...]
    residuals_m: tuple[float, ...]
    metres_per_pixel: float

    @property
    def rmse_m(self) -> float:
        """The root mean square of the residuals."""
        return float(np.sqrt(np.mean(np.square(self.residuals_m))))


def place(corners: Sequence[Corner], width_px: int, height_px: int) -> Placing:
    """Place a picture of so many pixels.

    Raises `BadInput` `corners_malformed` where the four do not make a quadrangle that runs round as the picture's do,
    `BadRequest` `coordinates_out_of_range`.
    """
    pixels = np.array([(c.x_px, c.y_px) for c in corners], dtype=np.float64)
    _check(corners, pixels, width_px, height_px)
    plane = plane_of([MultiPoint([(c.longitude, c.latitude) for c in corners])])
    ground = plane.moved(np.array([(c.longitude, c.latitude) for c in corners]))
    centre = ground.mean(axis=0)
    metres = ground - centre
    affine, residuals = _affine(pixels, metres)
    own = np.array([(0, 0), (width_px, 0), (width_px, height_px), (0, height_px)], dtype=np.float64)
    outline = _projected(_projective(pixels, metres), own) + centre
    x, y = plane.transformer.transform(outline[:, 0], outline[:, 1], direction="INVERSE")
    size = float(np.sqrt(abs(np.linalg.det(affine[:2].T))))
    return Placing(tuple(zip(x.tolist(), y.tolist(), strict=True)), tuple(residuals.tolist()), size)


def _check(corners: Sequence[Corner], pixels: Numbers, width_px: int, height_px: int) -> None:
    if len(corners) != CORNERS:
        raise _malformed(f"{len(corners)} points are given; a sheet is placed by four")
    for corner in corners:
        check_position(corner.longitude, corner.latitude)
    if (pixels < 0).any() or (pixels > (width_px, height_px)).any():
        raise _malformed(f"a point lies outside the picture of {width_px} × {height_px} pixels")
    on_paper = _turns(pixels)
    on_ground = _turns(np.array([(c.longitude, c.latitude) for c in corners]))
    for turns in (on_paper, on_ground):
        if not (np.all(turns > FLATTEST) or np.all(turns < -FLATTEST)):
            raise _malformed("the four points do not go round: two are exchanged, or three lie on one line")
    # rows of pixels run down and latitudes up: seen alike, the two run round in opposite senses
    if (on_paper[0] > 0) == (on_ground[0] > 0):
        raise _malformed("the points run round the other way on the ground: left and right are exchanged")


def _turns(points: Numbers) -> Numbers:
    """The sine of the turn at each point of a closed course; 0 where two points are the same."""
    along = np.roll(points, -1, axis=0) - points
    onward = np.roll(along, -1, axis=0)
    lengths = np.hypot(*along.T) * np.hypot(*onward.T)
    cross = along[:, 0] * onward[:, 1] - along[:, 1] * onward[:, 0]
    sines: Numbers = np.divide(cross, lengths, out=np.zeros(len(points)), where=lengths > 0)
    return sines


def _malformed(why: str) -> BadInput:
    return BadInput(
        f"The sheet cannot be placed: {why}. Give upper left, upper right, lower right and lower left. "
        "Nothing was stored.",
        code="corners_malformed",
    )


def _affine(pixels: Numbers, metres: Numbers) -> tuple[Numbers, Numbers]:
    """The least-squares affine map as a 3×2 matrix, and the distance by which it misses each point."""
    design = np.column_stack([pixels, np.ones(len(pixels))])
    matrix: Numbers = np.linalg.lstsq(design, metres, rcond=None)[0].astype(np.float64)
    return matrix, np.hypot(*(design @ matrix - metres).T)


def _projective(pixels: Numbers, metres: Numbers) -> Numbers:
    """The projective map through four points as a 3×3 matrix (eight equations, eight unknowns)."""
    rows = []
    for (x, y), (u, v) in zip(pixels, metres, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    found = np.linalg.solve(np.array(rows), metres.reshape(-1))
    return np.append(found, 1.0).reshape(3, 3)


def _projected(matrix: Numbers, points: Numbers) -> Numbers:
    moved = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    plane: Numbers = moved[:, :2] / moved[:, 2:]
    return plane
