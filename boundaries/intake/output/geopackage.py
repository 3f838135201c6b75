"""The report as a GeoPackage: one layer for each kind of finding, styled so that a GIS shows it as it is meant.

Layers are named by the kind; a kind of several geometries has a layer of each
(`overlap_area`, `overlap_line`). Findings without a known place are a table.
Styles stand in `layer_styles`, the table from which QGIS takes them.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
from shapely.geometry.base import BaseGeometry

from boundaries.geometry.qgis import Shape, of_finding, style, write_styles
from boundaries.intake.model import Finding, Report
from boundaries.intake.output.words import kind_words, message, rule_words, severity_words
from boundaries.intake.report import Language
from data.crs import STORED_SRID

WITHOUT_PLACE = "findings_without_place"
HANDED_IN = "handed_in"
#: The field that is written beside each finding: its number, as the report and its list have it.
NUMBER = "number"
#: By the dimension of a geometry, and as it is stored.
SHAPES: Mapping[str, tuple[Shape, str]] = {
    "Point": ("point", "Point"),
    "MultiPoint": ("point", "MultiPoint"),
    "LineString": ("line", "LineString"),
    "LinearRing": ("line", "LineString"),
    "MultiLineString": ("line", "MultiLineString"),
    "Polygon": ("area", "Polygon"),
    "MultiPolygon": ("area", "MultiPolygon"),
}

Rows = list[tuple[int, Finding, BaseGeometry]]


def to_geopackage(report: Report, language: Language = "zh") -> bytes:
    """The GeoPackage; longitude and latitude in CGCS2000 (EPSG:4490). At least the table of findings without place."""
    with tempfile.TemporaryDirectory(prefix="diming-report-") as folder:
        path = Path(folder) / "report.gpkg"
        _write_table(path, [(n, f) for n, f in enumerate(report.findings, 1) if f.geometry is None], language)
        styled = _write_drawn(path, report)
        for name, (shape, rows) in _layers(report.findings).items():
            _write_layer(path, name, rows, language)
            kind, severity = rows[0][1].kind, rows[0][1].severity
            styled.append((name, style(of_finding(shape, severity), NUMBER), kind_words(kind, language)))
        write_styles(path, styled)
        return path.read_bytes()


def _layers(findings: Sequence[Finding]) -> dict[str, tuple[Shape, Rows]]:
    """Findings with a place by the name of their layer, in the order of the report."""
    groups: dict[str, dict[Shape, Rows]] = defaultdict(lambda: defaultdict(list))
    for number, finding in enumerate(findings, 1):
        for shape, geometry in _parts(finding.geometry):
            groups[finding.kind][shape].append((number, finding, geometry))
    return {
        (kind if len(shapes) == 1 else f"{kind}_{shape}"): (shape, rows)
        for kind, shapes in groups.items()
        for shape, rows in shapes.items()
    }


def _parts(geometry: BaseGeometry | None) -> list[tuple[Shape, BaseGeometry]]:
    """A geometry as what one layer can hold; a mixed collection comes apart."""
    if geometry is None or geometry.is_empty:
        return []
    if geometry.geom_type == "GeometryCollection":
        return [part for one in getattr(geometry, "geoms", ()) for part in _parts(one)]
    return [(SHAPES[geometry.geom_type][0], geometry)]


def _write_layer(path: Path, name: str, rows: Rows, language: Language) -> None:
    records = [_record(number, finding, language) for number, finding, _ in rows]
    frame = gpd.GeoDataFrame(records, geometry=[geometry for *_, geometry in rows], crs=f"EPSG:{STORED_SRID}")
    pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", promote_to_multi=_mixed(rows), append=False)


def _mixed(rows: Rows) -> bool:
    """Whether single and multiple geometries of a kind must become multiple ones."""
    return len({SHAPES[geometry.geom_type][1] for *_, geometry in rows}) > 1


def _record(number: int, finding: Finding, language: Language) -> dict[str, Any]:
    return {
        "number": number,
        "severity": severity_words(finding.severity, language),
        "kind": finding.kind,
        "title": kind_words(finding.kind, language),
        "message": message(finding, language),
        "layer": finding.layer or "",
        "feature": pd.NA if finding.feature is None else finding.feature,
        "field": finding.field or "",
        "file_x": finding.at[0] if finding.at else float("nan"),
        "file_y": finding.at[1] if finding.at else float("nan"),
        **{name: float(value) for name, value in finding.measures.items()},
        "rule": rule_words(finding, language),
    }


def _write_table(path: Path, findings: Sequence[tuple[int, Finding]], language: Language) -> None:
    columns = ["number", "severity", "kind", "title", "message", "layer", "feature", "field", "rule"]
    records = [_record(number, finding, language) for number, finding in findings]
    frame = pd.DataFrame(records, columns=columns).astype({"number": "int64", "feature": "Int64"})
    pyogrio.write_dataframe(frame, path, layer=WITHOUT_PLACE, driver="GPKG")


def _write_drawn(path: Path, report: Report) -> list[tuple[str, str, str]]:
    """The layers as they were handed in, for the eye: thinned, so nothing is measured on them."""
    styled: list[tuple[str, str, str]] = []
    by_shape: dict[Shape, list[dict[str, Any]]] = defaultdict(list)
    for drawn in report.drawn:
        for shape, geometry in _parts(drawn.geometry):
            by_shape[shape].append({"layer": drawn.layer, "thinned_m": drawn.thinned_m, "geometry": geometry})
    for shape, rows in by_shape.items():
        name = f"{HANDED_IN}_{shape}"
        frame = gpd.GeoDataFrame(rows, crs=f"EPSG:{STORED_SRID}")
        pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", promote_to_multi=True)
        styled.append((name, style(of_finding(shape, None)), name))
    return styled
