"""From a layer of polygons to a view: any format of the counter, any system that can be placed."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from boundaries.inspection.reading import InputFile, read_layers, stored_geometries
from boundaries.inspection.views.model import View
from boundaries.intake.placed import PlacedLayer
from boundaries.intake.profiles import DEFAULT, profile
from boundaries.intake.schema import as_text, values_of
from data.errors import BadInput

AREAS = ("Polygon", "MultiPolygon")


def read_view(path: Path, code_field: str | None, accuracy_m: float | None) -> tuple[View, InputFile]:
    """The units of a file: features with one code are one unit. `code_field` None: a field that the profile knows.

    Raises `BadInput` `file_missing`, `survey_unfit`, `code_field_missing`.
    """
    file, layers = read_layers(path)
    by_code: dict[str, list[BaseGeometry]] = defaultdict(list)
    names: dict[str, str] = {}
    without = 0
    for layer in layers:
        codes, called = _fields(layer, code_field, path)
        for at, geometry in zip(layer.features, stored_geometries(layer), strict=True):
            if geometry is None or geometry.geom_type not in AREAS:
                continue
            code = codes[at]
            if code is None:
                without += 1
                continue
            by_code[code].append(geometry)
            name = called[at]
            if name:
                names.setdefault(code, name)
    if without:
        raise BadInput(
            f"{path.name} has {without} polygons without a code. Nothing was compared.", code="code_field_missing"
        )
    return _view(by_code, names, accuracy_m), file


def _view(by_code: dict[str, list[BaseGeometry]], names: dict[str, str], accuracy_m: float | None) -> View:
    codes = tuple(sorted(by_code))
    polygons, mended = [], []
    for code in codes:
        parts = _in_order(by_code[code])
        if not shapely.is_valid(parts).all():
            parts = shapely.make_valid(parts, method="structure", keep_collapsed=False)
            mended.append(code)
        polygons.append(parts[0] if len(parts) == 1 else shapely.union_all(parts))
    named = tuple(names.get(code) for code in codes)
    return View(codes, named, np.array(polygons, dtype=object), accuracy_m, tuple(mended))


def _in_order(polygons: list[BaseGeometry]) -> NDArray[np.object_]:
    """The features of one unit in an order that does not depend on the file's."""
    normal = shapely.normalize(np.array(polygons, dtype=object))
    return np.array(sorted(normal, key=shapely.to_wkb), dtype=object)


def read_condominiums(path: Path) -> list[BaseGeometry]:
    """The polygons of land that several units are known to hold together (共管地)."""
    _, layers = read_layers(path)
    found = [geometry for layer in layers for geometry in stored_geometries(layer) if geometry.geom_type in AREAS]
    if not found:
        raise BadInput(f"{path.name} has no polygons. Nothing was compared.", code="survey_unfit")
    return list(shapely.make_valid(np.array(found, dtype=object), method="structure", keep_collapsed=False))


def _fields(layer: PlacedLayer, wanted: str | None, path: Path) -> tuple[list[str | None], list[str | None]]:
    rules = profile(DEFAULT)
    names = values_of(layer.layer, rules.rule("units", "name"))
    if wanted is None:
        codes = values_of(layer.layer, rules.rule("units", "code"))
        if any(codes):
            return codes, names
    elif wanted in layer.layer.fields:
        return [as_text(value) for value in layer.layer.fields[wanted]], names
    known = ", ".join(sorted(layer.layer.fields)) or "none"
    raise BadInput(
        f"{path.name} has no field {wanted or 'code'!r} with codes; it has {known}. Name it with --code-field.",
        code="code_field_missing",
    )
