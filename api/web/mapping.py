"""From the service's map to what the map component draws. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from api.web.short_names import short_name

Feature = dict[str, Any]
Layer = dict[str, Any]
#: West, south, east, north in degrees.
Box = tuple[float, float, float, float]

#: Share of a part's extent that is drawn round it, and the least of it in degrees.
MARGIN = 0.35
LEAST_MARGIN = 0.3


def own_kind(feature: Feature, wanted: Collection[str] | None, focus: str | None) -> Feature | None:
    """`feature` with the kind that the component knows.

    `unit` and `point` can be chosen, an `outline` is ground; `focus` says whether
    the map should be fitted to it, `short` is the name for a map of the country.
    Points beside the part that is looked at are None.
    """
    properties = feature["properties"]
    if properties["kind"] == "display_line":
        return {**feature, "properties": {**properties, "kind": "line"}}
    inside = wanted is None or properties["code"] in wanted
    is_point = properties["kind"] == "unit_point"
    if is_point and not inside:
        return None
    kind = "point" if is_point else "unit" if inside else "outline"
    looked_at = inside if focus is None else properties["code"] == focus
    short = short_name(properties["name"])
    return {**feature, "properties": {**properties, "short": short, "kind": kind, "focus": looked_at}}


def component_layer(found: Layer, features: list[Feature], wanted: Collection[str] | None) -> Layer:
    """One collection with what the lines under the map need."""
    past = found["shows"] == "points"
    drawn = {f["properties"]["code"] for f in features if f["properties"]["kind"] == "point"}
    missing = len(set(wanted) - drawn) if past and wanted is not None else found["units_without_position"]
    return {
        "type": "FeatureCollection",
        "features": features,
        "past": past,
        "as_of": found["as_of"],
        "without_position": missing,
        "sources": merged_sources(found["layers"]),
    }


def merged_sources(layers: Iterable[Layer]) -> list[dict[str, Any]]:
    """What stands under the map: layers that came from one source under one licence are one entry with their titles."""
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for layer in layers:
        common = {key: layer[key] for key in ("source", "licence", "dated", "provenance")}
        entry = merged.setdefault(tuple(common.values()), {"titles": {"zh": [], "en": []}, **common})
        for language, titles in entry["titles"].items():
            titles.append(layer[f"title_{language}"])
    return list(merged.values())


def bounds_of(features: Iterable[Feature]) -> Box | None:
    """The extent of all coordinates, or None where there are none."""
    points = [point for feature in features for point in _positions(feature["geometry"]["coordinates"])]
    if not points:
        return None
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    return min(lons), min(lats), max(lons), max(lats)


def _positions(coordinates: Any) -> Iterator[list[float]]:
    if coordinates and isinstance(coordinates[0], int | float):
        yield coordinates
        return
    for part in coordinates:
        yield from _positions(part)


def around(box: Box | None) -> Box | None:
    """`box` with its surroundings, within the globe."""
    if box is None:
        return None
    west, south, east, north = box
    x = max((east - west) * MARGIN, LEAST_MARGIN)
    y = max((north - south) * MARGIN, LEAST_MARGIN)
    return max(west - x, -180.0), max(south - y, -90.0), min(east + x, 180.0), min(north + y, 90.0)
