"""What was handed in as a picture of itself: the courses of its layers, thinned until a map can show them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from boundaries.intake.model import Array, Drawn
from boundaries.intake.placed import PlacedLayer

#: Vertices of one layer that a map is given; a line of 60 km has some three thousand.
MOST_VERTICES = 20_000
#: Thinning begins at a metre, which nobody sees on a sheet of 1:10,000 (0.1 mm), and doubles.
FIRST_STEP_M = 1.0
#: A file that is not thin by then has too many features, and is drawn with all of them.
COARSEST_M = 256.0
DEGREE_DECIMALS = 7


def drawn(layers: Sequence[PlacedLayer]) -> tuple[Drawn, ...]:
    """Those of `layers` whose position is known."""
    pictures = (_drawn(layer) for layer in layers)
    return tuple(picture for picture in pictures if picture is not None)


def _drawn(one: PlacedLayer) -> Drawn | None:
    plane = one.plane
    if plane is None or plane.to_stored is None or not one.positioned or len(one.geometries) == 0:
        return None
    thinned, step = _thinned(shapely.transform(one.geometries, plane.to_metres))
    to_stored = plane.to_stored
    collected = shapely.GeometryCollection(list(thinned[~shapely.is_empty(thinned)]))

    def place(metres: Array) -> Array:
        rounded: Array = np.round(to_stored(metres), DEGREE_DECIMALS)
        return rounded

    stored = shapely.transform(collected, place)
    whole = not stored.is_empty and np.isfinite(shapely.get_coordinates(stored)).all()
    return Drawn(one.layer.name, stored, step) if whole else None


def _thinned(metres: Array) -> tuple[Array, float]:
    """As many vertices as a map can show, and by how many metres the course may differ for it."""
    step = 0.0
    thinned = metres
    while shapely.get_num_coordinates(thinned).sum() > MOST_VERTICES and step < COARSEST_M:
        step = step * 2 or FIRST_STEP_M
        thinned = shapely.simplify(metres, step, preserve_topology=False)
    return thinned, step
