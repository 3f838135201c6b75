"""The findings of two views as GeoPackage: a layer for land, one for places, and the sums of every pair of units."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from boundaries.geometry.qgis import of_finding, style_by, write_styles
from boundaries.inspection.geopackage import LAYERS, MULTI, SEVERITIES, SIGNS
from boundaries.inspection.views.model import ViewComparison, ViewFinding
from boundaries.inspection.views.report import finding_document
from data.crs import STORED_SRID
from data.errors import BadInput


def write_views_geopackage(found: ViewComparison, path: Path) -> None:
    """Write `path` anew, in CGCS2000; `BadInput` `cannot_write` where that is not possible."""
    by_layer: dict[str, list[dict[str, Any]]] = {name: [] for name in LAYERS.values()}
    for number, finding in enumerate(found.findings, 1):
        row = _row(number, finding)
        if row is not None:
            by_layer[LAYERS[row["geometry"].geom_type]].append(row)
    path.unlink(missing_ok=True)
    try:
        for name, rows in by_layer.items():
            if rows:
                gpd.GeoDataFrame(rows, crs=STORED_SRID).to_file(path, layer=name, driver="GPKG")
        # a table without places: a GeoPackage of a comparison that found nothing is one all the same
        gpd.GeoDataFrame(_pairs(found), geometry=[None] * len(found.pairs), crs=STORED_SRID).to_file(
            path, layer="pairs", driver="GPKG", geometry_type="MultiPolygon"
        )
        write_styles(path, _styles([name for name, rows in by_layer.items() if rows]))
    except (OSError, RuntimeError) as error:
        raise BadInput(f"{path.name} cannot be written: {error}.", code="cannot_write") from error


def _pairs(found: ViewComparison) -> pd.DataFrame:
    columns = ("disputed", "disputed_m2", "widest_m", "slivers", "slivers_m2")
    rows = {name: [getattr(pair, name) for pair in found.pairs] for name in columns}
    units = {f"unit_{side}": [pair.units[at] for pair in found.pairs] for at, side in enumerate("ab")}
    return pd.DataFrame({**units, **rows})


def _styles(layers: list[str]) -> list[tuple[str, str, str]]:
    found = []
    for name in layers:
        words, shape = SIGNS[name]
        drawn = {severity: (said, of_finding(shape, severity)) for severity, said in SEVERITIES.items()}
        found.append((name, style_by("severity", drawn, "number"), words))
    return found


def _row(number: int, finding: ViewFinding) -> dict[str, Any] | None:
    """A finding as a row, its measures as columns; None of one without a place."""
    if finding.geometry is None:
        return None
    document = finding_document(finding)
    flat = {name: document[name] for name in ("kind", "severity", "message", "message_zh", "rule")}
    measures = {name: np.nan if value is None else value for name, value in document["measures"].items()}
    facts = json.dumps(document["facts"], ensure_ascii=False, sort_keys=True)
    one = MULTI.get(finding.geometry.geom_type)
    geometry = one([finding.geometry]) if one else finding.geometry
    units = ", ".join(finding.units)
    return {"number": number, **flat, "units": units, **measures, "facts": facts, "geometry": geometry}
