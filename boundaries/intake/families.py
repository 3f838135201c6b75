"""Lines, markers or units: which a layer is, and which of its features are something else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from boundaries.intake.model import Array, Fact, Layer, Observation
from boundaries.intake.profiles import FAMILIES, Family

#: GEOS type ids: point, line, linear ring, polygon, their multiples, collection.
TYPES: dict[Family, tuple[int, ...]] = {"markers": (0, 4), "lines": (1, 2, 5), "units": (3, 6)}
WANTED = {"markers": ("points", "点"), "lines": ("lines", "线"), "units": ("polygons", "面")}
SEEN = {"markers": ("point", "点"), "lines": ("line", "线"), "units": ("polygon", "面")}
MIXED = ("collection", "几何集合")


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a layer is taken for (None: nothing that was asked for), and which of its features are that."""

    family: Family | None
    fitting: Array
    observations: list[Observation]


def sort_out(layer: Layer, geometries: Array, expected: Family | None) -> Sorted:
    """The family of `layer`: points are markers always; else what is `expected`, else what most features are."""
    types = np.asarray(shapely.get_type_id(geometries))
    counts = {family: int(np.isin(types, TYPES[family]).sum()) for family in FAMILIES}
    heights = [Observation("geometry_type", "heights", layer=layer.name)] if layer.heights else []
    present = int((types >= 0).sum())
    if present == 0:
        return Sorted(None, types >= 0, heights)
    most = max(FAMILIES, key=lambda family: counts[family])
    wanted = "markers" if counts["markers"] == present else expected or most
    fitting = np.isin(types, TYPES[wanted])
    wrong = np.flatnonzero(~fitting & (types >= 0))
    if counts[wanted] == 0:
        return Sorted(None, fitting, [*heights, _all_wrong(layer, int(types[wrong[0]]), len(wrong), wanted)])
    return Sorted(wanted, fitting, [*heights, *(_wrong(layer, int(at), int(types[at]), wanted) for at in wrong)])


def _seen(type_id: int) -> tuple[str, str]:
    return next((SEEN[family] for family in FAMILIES if type_id in TYPES[family]), MIXED)


def _facts(type_id: int, wanted: Family) -> dict[str, Fact]:
    seen, words = _seen(type_id), WANTED[wanted]
    return {"seen": seen[0], "seen_zh": seen[1], "wanted": words[0], "wanted_zh": words[1]}


def _wrong(layer: Layer, at: int, type_id: int, wanted: Family) -> Observation:
    place = layer.geometries[at]
    return Observation("geometry_type", "plain", _facts(type_id, wanted), layer.name, at + 1, place=place, in_file=True)


def _all_wrong(layer: Layer, type_id: int, count: int, wanted: Family) -> Observation:
    return Observation("geometry_type", "layer", {"count": count, **_facts(type_id, wanted)}, layer.name)
