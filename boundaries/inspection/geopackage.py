"""The findings of a comparison as GeoPackage: a layer for land, one for stretches, one for places; and the lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
from shapely import MultiLineString, MultiPoint, MultiPolygon
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.qgis import LEGAL, Shape, Symbol, of_finding, style_by, write_styles
from boundaries.inspection.model import Comparison, Finding
from boundaries.inspection.report import finding_document
from data.crs import STORED_SRID
from data.errors import BadInput

#: The layer of each type of geometry; a finding of several parts is a multi-geometry.
LAYERS = {"MultiPolygon": "land", "MultiLineString": "stretches", "MultiPoint": "places"}
#: What a layer of findings is, and how its signs are shaped.
SIGNS: Mapping[str, tuple[str, Shape]] = {
    "land": ("土地", "area"),
    "stretches": ("线段", "line"),
    "places": ("点位", "point"),
}
#: How grave a finding is, in words.
SEVERITIES: Mapping[str, str] = {"error": "错误", "warning": "警告", "info": "提示"}
#: The lines that were compared, as `Comparison.courses` names them: claims in the colours of their sides, 0.3 mm.
COURSES: Mapping[str, tuple[str, Symbol]] = {
    "legal": ("法定线", LEGAL),
    "a": ("甲方线", Symbol("line", "192,40,31,255", 0.3)),
    "b": ("乙方线", Symbol("line", "31,95,191,255", 0.3)),
}
MULTI: Mapping[str, Callable[[list[Any]], BaseGeometry]] = {
    "Polygon": MultiPolygon,
    "LineString": MultiLineString,
    "Point": MultiPoint,
}


def write_geopackage(comparison: Comparison, path: Path) -> None:
    """Write `path` anew, in CGCS2000; `BadInput` `cannot_write` where that is not possible."""
    _write(path, [_row(number, finding) for number, finding in enumerate(comparison.findings, 1)], _lines(comparison))


def write_several_geopackage(lines: Mapping[str, Comparison], meetings: Sequence[Finding], path: Path) -> None:
    """The same of several lines: each row says of which `boundary` it is; findings about meetings say of none."""
    rows = [
        _of(name, _row(number, finding))
        for name, comparison in lines.items()
        for number, finding in enumerate(comparison.findings, 1)
    ]
    rows += [_of("", _row(number, finding)) for number, finding in enumerate(meetings, 1)]
    drawn = [{"boundary": name, **row} for name, comparison in lines.items() for row in _lines(comparison)]
    _write(path, rows, drawn)


def _of(name: str, row: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if row is None else {"boundary": name, **row}


def _lines(comparison: Comparison) -> list[dict[str, Any]]:
    return [{"line": name, "geometry": course} for name, course in comparison.courses.items() if course.length]


def _write(path: Path, found: Sequence[dict[str, Any] | None], lines: Sequence[dict[str, Any]]) -> None:
    by_layer: dict[str, list[dict[str, Any]]] = {name: [] for name in LAYERS.values()}
    for row in found:
        if row is not None:
            by_layer[LAYERS[row["geometry"].geom_type]].append(row)
    path.unlink(missing_ok=True)
    try:
        for name, rows in by_layer.items():
            if rows:
                gpd.GeoDataFrame(rows, crs=STORED_SRID).to_file(path, layer=name, driver="GPKG")
        gpd.GeoDataFrame(list(lines), crs=STORED_SRID).to_file(path, layer="lines", driver="GPKG")
        write_styles(path, _styles([name for name, rows in by_layer.items() if rows]))
    except (OSError, RuntimeError) as error:
        raise BadInput(f"{path.name} cannot be written: {error}.", code="cannot_write") from error


def _styles(layers: list[str]) -> list[tuple[str, str, str]]:
    """Findings by how grave they are, with their numbers; lines by whose they are."""
    found = []
    for name in layers:
        words, shape = SIGNS[name]
        signs = {severity: (said, of_finding(shape, severity)) for severity, said in SEVERITIES.items()}
        found.append((name, style_by("severity", signs, "number"), words))
    return [*found, ("lines", style_by("line", COURSES), "比较的界线")]


def _row(number: int, finding: Finding) -> dict[str, Any] | None:
    """A finding as a row, its measures as columns; None of one without a place."""
    if finding.geometry is None:
        return None
    document = finding_document(finding)
    flat = {name: document[name] for name in ("kind", "severity", "side", "message", "message_zh", "rule")}
    measures = {name: np.nan if value is None else value for name, value in document["measures"].items()}
    between = dict(zip(("marker_before", "marker_after"), document["between"], strict=True))
    facts = {"facts": json.dumps(document["facts"], ensure_ascii=False, sort_keys=True)}
    one = MULTI.get(finding.geometry.geom_type)
    geometry = one([finding.geometry]) if one else finding.geometry
    return {"number": number, **flat, **between, **measures, **facts, "geometry": geometry}
