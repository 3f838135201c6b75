"""A difference as layers for a map: GeoJSON, and a GeoPackage with styles that QGIS finds by itself.

Layers: `before` and `after` (the segments that differ), `unchanged`, `land`
(pieces that changed hands) and `slivers`. Longitude and latitude, CGCS2000.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import pyogrio
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.qgis import Symbol, style, write_styles
from boundaries.network.difference.model import Difference
from boundaries.network.displacement import Ceded
from boundaries.network.model import Segment
from data.crs import STORED_NAME, STORED_SRID

#: How each layer is drawn: what was is dashed grey, what is to be a red line, land yellow; told apart without colour.
SIGNS: Mapping[str, tuple[str, Symbol]] = {
    "unchanged": ("未变的界线", Symbol("line", "120,120,120,255", 0.4)),
    "before": ("原界线", Symbol("line", "90,90,90,255", 0.4, dash_mm=(3, 2))),
    "after": ("新界线", Symbol("line", "190,30,30,255", 0.4)),
    "land": ("易属土地", Symbol("area", "240,190,60,255", 0.2)),
    "slivers": ("容差内窄条", Symbol("area", "150,150,150,255", 0.2)),
}
Feature = tuple[dict[str, Any], BaseGeometry]


def layers(difference: Difference) -> dict[str, list[Feature]]:
    """The features of each layer that has any."""
    rows = {row["segment"]: row for row in difference.segments()}
    changed = [(rows[change.segment], change) for change in difference.changes]
    found: dict[str, list[Feature]] = {
        "unchanged": [({"segment": str(s.id)}, s.geometry) for s in difference.unchanged],
        "before": [_line(row, c.before) for row, c in changed if c.before is not None],
        "after": [_line(row, c.after) for row, c in changed if c.after is not None],
        "land": [_piece(difference, piece) for piece in difference.land.pieces],
        "slivers": [_piece(difference, piece) for piece in difference.land.slivers],
    }
    return {name: features for name, features in found.items() if features}


def _line(row: Mapping[str, Any], segment: Segment) -> Feature:
    far = row["displacement"] or {}
    return {
        "segment": str(segment.id),
        "kind": row["kind"],
        "left": _shown(row["left"]),
        "right": _shown(row["right"]),
        "legal": segment.legal_status,
        "document": str(segment.document) if segment.document else "",
        "p50_m": far.get("p50_m"),
        "p95_m": far.get("p95_m"),
        "max_m": far.get("max_m"),
    }, segment.geometry


def _piece(difference: Difference, piece: Ceded) -> Feature:
    return {
        "from": _shown(difference.name(piece.giver)),
        "to": _shown(difference.name(piece.taker)),
        "area_m2": round(piece.area_m2, 4),
        "width_m": round(piece.width_m, 3),
    }, piece.geometry


def _shown(unit: Mapping[str, Any] | None) -> str:
    return "" if unit is None else " ".join(part for part in (unit["code"], unit["name"]) if part)


def to_geojson(difference: Difference) -> dict[str, Any]:
    """A FeatureCollection (RFC 7946); each feature names its layer."""
    return {
        "type": "FeatureCollection",
        "name": f"{difference.before_label} – {difference.after_label}",
        "crs_name": STORED_NAME,
        "features": [
            {"type": "Feature", "properties": {"layer": name, **properties}, "geometry": mapping(geometry)}
            for name, features in layers(difference).items()
            for properties, geometry in features
        ],
    }


def to_geopackage(difference: Difference) -> bytes:
    """The layers as a GeoPackage; a difference of nothing has the layer `unchanged` at least, empty where need be."""
    found = layers(difference) or {"unchanged": []}
    with TemporaryDirectory(prefix="diming-diff-") as folder:
        path = Path(folder) / "difference.gpkg"
        for name, features in found.items():
            _write(path, name, features)
        write_styles(path, [(name, style(SIGNS[name][1]), SIGNS[name][0]) for name in found])
        return path.read_bytes()


def _write(path: Path, name: str, features: Sequence[Feature]) -> None:
    columns = list(features[0][0]) if features else ["segment"]
    frame = gpd.GeoDataFrame(
        {column: [properties[column] for properties, _ in features] for column in columns},
        geometry=[geometry for _, geometry in features],
        crs=f"EPSG:{STORED_SRID}",
    )
    kind = "LineString" if SIGNS[name][1].shape == "line" else "Polygon"
    pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", geometry_type=kind)
