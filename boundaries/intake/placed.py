"""Layers with the coordinate system they are believed to be in, and groups of them that share one plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely

from boundaries.intake.cleaning import NO_BRIDGES, in_metres, missing_geometries, usable_of
from boundaries.intake.coordinates import Placement, judge_crs
from boundaries.intake.families import sort_out
from boundaries.intake.findings import Frame
from boundaries.intake.model import Array, CrsBelief, Layer, Observation
from boundaries.intake.numbers import look_at
from boundaries.intake.place import LegalPlace
from boundaries.intake.profiles import Family
from boundaries.intake.tolerances import Tolerances
from data.crs_plane import Plane

NOWHERE = CrsBelief(None, None, "none", "the layer has no coordinates", "图层没有坐标")


@dataclass(frozen=True, slots=True)
class PlacedLayer:
    """One layer after the judgement of its coordinate system.

    `geometries` are usable working copies, in the file's numbers; `features` their
    numbers (from 0); `plane` is None where nothing can be measured. `bridges` are steps
    over vertices that were left out.
    """

    layer: Layer
    family: Family | None
    geometries: Array
    features: Array
    belief: CrsBelief
    plane: Plane | None
    observations: tuple[Observation, ...]
    bridges: Array = field(default_factory=NO_BRIDGES.copy)

    @property
    def positioned(self) -> bool:
        """Whether it is known where on the Earth it lies."""
        return self.plane is not None and self.plane.to_stored is not None and self.belief.confidence != "none"


@dataclass(frozen=True, slots=True)
class Group:
    """Layers in one plane: `metres` are the geometries of each layer in it, `planes` the way from each file to it,
    `observations` what could not be measured.
    """

    layers: Sequence[PlacedLayer]
    metres: Sequence[Array]
    plane: Plane
    planes: Mapping[str, Plane]
    positioned: bool
    observations: tuple[Observation, ...] = ()

    def bridges(self) -> Array:
        """The steps of all layers over vertices that were left out, in the plane of the group."""
        return np.concatenate([in_metres(one.bridges, self.planes[one.layer.name]) for one in self.layers])

    def frame(self) -> Frame:
        """How places in the plane of the group are told."""
        to_file = {name: plane.to_file for name, plane in self.planes.items()}
        from_file = {name: plane.to_metres for name, plane in self.planes.items()}
        return Frame(self.plane.to_stored if self.positioned else None, to_file, from_file)


def placed(layer: Layer, legal: LegalPlace | None, expected: Family | None, limits: Tolerances) -> PlacedLayer:
    """`layer` with what it is, where it is, and what was observed on the way."""
    usable = usable_of(layer)
    observations = [*missing_geometries(layer), *usable.observations]
    sorted_out = sort_out(layer, usable.geometries, expected)
    numbers = look_at(shapely.get_coordinates(usable.geometries))
    placement = judge_crs(numbers, layer.crs_text, legal, limits) if numbers else Placement(NOWHERE, None)
    observations += [replace(seen, layer=layer.name) for seen in placement.observations]
    features = np.flatnonzero(sorted_out.fitting)
    return PlacedLayer(
        layer,
        sorted_out.family,
        usable.geometries[features],
        features,
        placement.belief,
        placement.plane,
        (*observations, *sorted_out.observations),
        usable.bridges,
    )


def grouped(layers: Sequence[PlacedLayer]) -> list[Group]:
    """`layers` in as few planes as can be: one for all whose position is known, and one for each other."""
    measured = [(one, one.plane) for one in layers if one.plane is not None]
    known = sorted((pair for pair in measured if pair[0].positioned), key=lambda pair: pair[0].family != "lines")
    groups = [_group(known, positioned=True)] if known else []
    return groups + [_group([pair], positioned=False) for pair in measured if not pair[0].positioned]


def _group(pairs: Sequence[tuple[PlacedLayer, Plane]], *, positioned: bool) -> Group:
    """`pairs` of a layer and its plane, measured in the plane of the first."""
    group = pairs[0][1]
    planes = {one.layer.name: _within(own, group) for one, own in pairs}
    measured = [_measured(one, planes[one.layer.name]) for one, _ in pairs]
    lost = tuple(seen for _, _, some in measured for seen in some)
    return Group(
        [one for one, _, _ in measured], [metres for _, metres, _ in measured], group, planes, positioned, lost
    )


def _measured(one: PlacedLayer, plane: Plane) -> tuple[PlacedLayer, Array, list[Observation]]:
    """`one` in metres, without features whose numbers the projection cannot place, and what was left out."""
    metres = in_metres(one.geometries, plane)
    coordinates, owner = shapely.get_coordinates(metres, return_index=True)
    bad = np.unique(owner[~np.isfinite(coordinates).all(axis=1)])
    if len(bad) == 0:
        return one, metres, []
    kept = np.setdiff1d(np.arange(len(metres)), bad)
    lost = [_unplaceable(one, int(at)) for at in bad]
    return replace(one, geometries=one.geometries[kept], features=one.features[kept]), metres[kept], lost


def _unplaceable(one: PlacedLayer, at: int) -> Observation:
    coordinates = shapely.get_coordinates(one.geometries[at])
    x, y = coordinates[np.argmax(np.abs(coordinates).max(axis=1))]
    facts = {"count": len(coordinates), "x": float(x), "y": float(y)}
    return Observation("out_of_area", "vertex", facts, one.layer.name, int(one.features[at]) + 1)


def _within(own: Plane, group: Plane) -> Plane:
    """`own` with its metres turned into those of `group`."""
    if own.key == group.key:
        return group
    to_stored, from_stored = own.to_stored, own.from_stored
    group_to, group_from = group.to_stored, group.from_stored
    if to_stored is None or from_stored is None or group_to is None or group_from is None:
        return own

    def to_metres(numbers: Array) -> Array:
        return group_from(to_stored(own.to_metres(numbers)))

    def to_file(metres: Array) -> Array:
        return own.to_file(from_stored(group_to(metres)))

    return Plane(f"{own.key} in {group.key}", to_metres, to_file, group_to, group_from)
