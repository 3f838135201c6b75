"""From the workbench's values to what its map draws: GeoJSON features that say `kind` and from when to when. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry import LineString, mapping

from boundaries.geometry.plane import LocalPlane
from boundaries.workbench.model import CourseVersion, MarkerState, Neighbour

Feature = dict[str, Any]
#: The end of what still holds, so that the map compares days as text.
OPEN_END = "9999-12-31"
#: The name of a unit stands this share of the line's extent beside it.
LABEL_SHARE = 0.14


def feature(kind: str, geometry: Mapping[str, Any], **properties: Any) -> Feature:
    """One feature; what holds for ever has neither `from` nor `to`."""
    return {"type": "Feature", "properties": {"kind": kind, **properties}, "geometry": geometry}


def course_features(versions: Iterable[CourseVersion]) -> list[Feature]:
    """The courses of all versions, with the runs of vertices that each document put there (`blame`)."""
    return [
        feature(
            "course",
            mapping(v.course),
            id=str(v.version),
            segment=str(v.segment),
            ordinal=v.ordinal,
            status=v.legal_status,
            document=str(v.document),
            blame=[[count, str(document) if document else None] for count, document in v.stretches()],
            **{"from": v.begin.isoformat(), "to": v.end.isoformat() if v.end else OPEN_END},
        )
        for v in versions
    ]


def marker_features(markers: Iterable[MarkerState]) -> list[Feature]:
    """Markers at their places, for staff."""
    return [
        feature(
            "marker",
            {"type": "Point", "coordinates": [m.longitude, m.latitude]},
            id=str(m.id),
            code=m.code,
            stones=m.kind,
            state=m.state,
            **{"from": m.begin.isoformat(), "to": m.end.isoformat() if m.end else OPEN_END},
        )
        for m in markers
    ]


def neighbour_features(found: Iterable[Neighbour]) -> list[Feature]:
    """Other lines nearby, as ground."""
    return [feature("neighbour", mapping(n.course), line=str(n.line) if n.line else None, name=n.name) for n in found]


def side_labels(standing: Sequence[CourseVersion]) -> list[Feature]:
    """The names of the units left and right of the line, beside the middle of its longest segment."""
    if not standing:
        return []
    longest = max(standing, key=lambda v: v.length_m)
    places = beside(longest.course, [v.course for v in standing])
    return [
        feature("side", {"type": "Point", "coordinates": list(place)}, name=holder.name, code=holder.code)
        for holder, place in zip((longest.left, longest.right), places, strict=True)
        if holder is not None
    ]


def beside(course: LineString, whole: Sequence[LineString]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Places left and right of the middle of `course` (degrees), off it by a share of the extent of `whole`."""
    plane = LocalPlane.of(*whole)
    line = plane.to_plane(course)
    west, south, east, north = shapely.total_bounds(plane.to_plane(np.array(whole, dtype=object))).tolist()
    off = max(east - west, north - south) * LABEL_SHARE
    middle = shapely.get_coordinates(shapely.line_interpolate_point(line, 0.5, normalized=True))[0]
    ends = shapely.get_coordinates(line)[[0, -1]]
    along = (ends[1] - ends[0]) / (np.hypot(*(ends[1] - ends[0])) or 1.0)
    left = np.array([-along[1], along[0]]) * off
    places = shapely.points([middle + left, middle - left])
    degrees = shapely.get_coordinates(plane.to_degrees(np.asarray(places, dtype=object))).tolist()
    return (degrees[0][0], degrees[0][1]), (degrees[1][0], degrees[1][1])


def land_features(lands: Iterable[Mapping[str, Any]]) -> list[Feature]:
    """Exclaves, condominiums and open ends of the units of a line (`boundaries.network.parts`), each once."""
    found: list[Feature] = []
    for land in lands:
        found += [feature("exclave", part["geometry"], name=land["name"]) for part in land["parts"]
                  if part["kind"] == "exclave"]  # fmt: skip
        found += [feature("condominium", one["geometry"], name=one["name"]) for one in land["condominiums"]
                  if one["geometry"]]  # fmt: skip
        found += [
            feature("open_end", {"type": "Point", "coordinates": end["at"]}, name=land["name"])
            for end in land["open_ends"]
        ]
    return [one for at, one in enumerate(found) if one not in found[:at]]


def brief(decisions: Mapping[UUID, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Number, title and date of each document, by its id, for the map's captions."""
    keys = ("doc_no", "title", "effective_on")
    return {str(identity): {key: row.get(key) for key in keys} for identity, row in decisions.items()}
