"""From observations to findings: into words, into longitude and latitude, into metres on the ellipsoid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.ellipsoid import area_m2, length_m
from boundaries.intake.catalogue import order_of, worded
from boundaries.intake.model import Array, Fact, Finding, Observation
from data.crs_plane import Move

#: Decimals of a degree that are kept: a tenth of a millimetre.
DEGREE_DECIMALS = 9
SEVERITIES = ("error", "warning", "info")
#: Measures are told to a millimetre.
MEASURE_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Frame:
    """How places of one group of layers are told.

    `to_stored`: from the group's plane to longitude and latitude, None where the
    position is not known; `to_file`: from the plane to the numbers of each layer's
    file; `from_file` the way back.
    """

    to_stored: Move | None
    to_file: Mapping[str, Move]
    from_file: Mapping[str, Move]


#: Nothing is known of positions: for what is said of a file as a whole.
NOWHERE = Frame(None, {}, {})


def describe(observation: Observation, frame: Frame) -> Finding:
    """`observation` as a finding."""
    place = _in_plane(observation, frame)
    geometry = _moved(place, frame.to_stored)
    measures = _measures(observation, place, geometry)
    facts: dict[str, Fact] = {**observation.facts, **{k: v for k, v in measures.items() if k in observation.facts}}
    texts, rule = worded(observation.kind, observation.reason, facts)
    return Finding(
        kind=observation.kind,
        reason=observation.reason,
        severity=texts.severity,
        message=texts.english,
        message_zh=texts.chinese,
        rule=rule,
        layer=observation.layer,
        feature=observation.feature,
        field=observation.field,
        geometry=geometry,
        at=_at(observation, place, frame),
        measures={name: round(float(value), MEASURE_DECIMALS) for name, value in measures.items()},
    )


def in_order(findings: list[Finding]) -> list[Finding]:
    """`findings` by severity, kind, layer, feature and place: the same for the same file, always."""
    return sorted(
        findings,
        key=lambda one: (
            SEVERITIES.index(one.severity),
            order_of(one.kind),
            one.layer or "",
            one.feature or 0,
            one.field or "",
            one.at or (0.0, 0.0),
            one.message,
        ),
    )


def _in_plane(observation: Observation, frame: Frame) -> BaseGeometry | None:
    place = observation.place
    if place is None or not observation.in_file:
        return place
    return _moved(place, frame.from_file.get(observation.layer or ""), None)


def _moved(
    place: BaseGeometry | None, move: Move | None, decimals: int | None = DEGREE_DECIMALS
) -> BaseGeometry | None:
    if place is None or move is None:
        return None
    moved: BaseGeometry = shapely.transform(place, _rounded(move, decimals))
    return moved if np.isfinite(shapely.get_coordinates(moved)).all() else None


def _rounded(move: Move, decimals: int | None) -> Callable[[Array], Array]:
    if decimals is None:
        return move
    return lambda coordinates: np.round(move(coordinates), decimals)


def _at(observation: Observation, place: BaseGeometry | None, frame: Frame) -> tuple[float, float] | None:
    """One point of the place, in the numbers of the file that it is in."""
    move = frame.to_file.get(observation.layer or "", next(iter(frame.to_file.values()), None))
    if place is None or place.is_empty or move is None:
        return None
    point = shapely.point_on_surface(place) if place.geom_type.endswith("Polygon") else shapely.get_coordinates(place)
    first = shapely.get_coordinates(point)[:1] if isinstance(point, BaseGeometry) else point[:1]
    x, y = move(first)[0].tolist()
    return (round(x, DEGREE_DECIMALS), round(y, DEGREE_DECIMALS))


def _measures(observation: Observation, place: BaseGeometry | None, geometry: BaseGeometry | None) -> dict[str, float]:
    """The measures of the plane, areas and lengths replaced by those on the ellipsoid where it is known where."""
    measures = dict(observation.measures)
    if place is None or geometry is None:
        return measures
    if "area_m2" in measures and place.area > 0:
        area = area_m2(geometry)
        if "width_m" in measures:
            measures["width_m"] *= float(np.sqrt(area / place.area))
        measures["area_m2"] = area
    if "length_m" in measures and geometry.geom_type.endswith("LineString"):
        measures["length_m"] = length_m(geometry)
    return measures
