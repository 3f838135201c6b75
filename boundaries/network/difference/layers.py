"""A difference as layers for a map: GeoJSON, and a GeoPackage with styles that QGIS finds by itself.

Layers: `before` and `after` (the segments that differ), `unchanged`, `land`
(pieces that changed hands) and `slivers`. Longitude and latitude, CGCS2000.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import pyogrio
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from boundaries.network.difference.model import Difference
from boundaries.network.displacement import Ceded
from boundaries.network.model import Segment
from data.crs import STORED_NAME, STORED_SRID

#: Colours of the layers: what was is grey, what is to be is red, land is yellow; told apart without colour by their
#: lines, which are dashed for what was.
STYLES: Mapping[str, tuple[str, str, str]] = {
    "unchanged": ("line", "120,120,120,255", "solid"),
    "before": ("line", "90,90,90,255", "dash"),
    "after": ("line", "190,30,30,255", "solid"),
    "land": ("area", "240,190,60,150", "solid"),
    "slivers": ("area", "150,150,150,150", "solid"),
}
#: The table from which QGIS takes styles, as its own writer makes it.
LAYER_STYLES = """
    CREATE TABLE layer_styles (
        id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
        f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
        useAsDefault BOOLEAN, description TEXT(256), owner TEXT(30), ui TEXT(30), update_time DATETIME
    )
"""
CONTENTS = """
    INSERT INTO gpkg_contents (table_name, data_type, identifier, description)
    VALUES ('layer_styles', 'attributes', 'layer_styles', '')
"""
INSERT_STYLE = """
    INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,
        styleSLD, useAsDefault, description, owner, ui, update_time)
    VALUES ('', '', ?, 'geom', ?, ?, '', 1, '', '', '', '2000-01-01T00:00:00.000Z')
"""
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
        _style(path, list(found))
        return path.read_bytes()


def _write(path: Path, name: str, features: Sequence[Feature]) -> None:
    columns = list(features[0][0]) if features else ["segment"]
    frame = gpd.GeoDataFrame(
        {column: [properties[column] for properties, _ in features] for column in columns},
        geometry=[geometry for _, geometry in features],
        crs=f"EPSG:{STORED_SRID}",
    )
    kind = "LineString" if STYLES[name][0] == "line" else "Polygon"
    pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", geometry_type=kind)


def _style(path: Path, names: Sequence[str]) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(LAYER_STYLES)
        connection.execute(CONTENTS)
        connection.executemany(INSERT_STYLE, [(name, name, style(name)) for name in names])
    connection.close()


def style(name: str) -> str:
    """The style of a layer in the language of QGIS."""
    shape, colour, dash = STYLES[name]
    options = {"line_color": colour, "line_style": dash, "line_width": "0.4"}
    kind, layer = "line", "SimpleLine"
    if shape == "area":
        options = {"color": colour, "outline_width": "0.2"}
        kind, layer = "fill", "SimpleFill"
    said = "".join(f'<Option name="{key}" value="{value}" type="QString"/>' for key, value in options.items())
    return (
        '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM">'
        '<qgis styleCategories="Symbology"><renderer-v2 type="singleSymbol"><symbols>'
        f'<symbol type="{kind}" name="0"><layer class="{layer}" enabled="1"><Option type="Map">{said}</Option>'
        "</layer></symbol></symbols></renderer-v2></qgis>"
    )
