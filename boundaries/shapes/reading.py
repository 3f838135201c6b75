"""From a checked file to features: GDAL reads, this module decides what the bytes mean.

Texts of a Shapefile are read as bytes and decoded here, strictly, because GDAL
replaces what it cannot decode. Coordinates stay in the file's own system.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from boundaries.shapes.model import SourceFeature, SourceLayer
from boundaries.shapes.text import decide_encoding, decode_all
from data.crs import GEOJSON_DEFAULT, declared_crs
from data.errors import BadInput
from data.limits import FileKind, SafeFile

#: Carries every byte through GDAL unchanged (ISO 8859-1 maps bytes to the first 256 characters).
TRANSPARENT = "ISO-8859-1"


def read_layer(
    file: SafeFile,
    *,
    code_field: str,
    name_field: str,
    source_layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
) -> SourceLayer:
    """The features of one layer of `file`.

    Raises `BadInput`: `file_unreadable`, `file_not_what_it_says`, `layer_ambiguous`,
    `layer_missing`, `layer_empty`, `field_missing`, `unknown_crs`,
    `crs_datum_needs_parameters`, `encoding_unknown`, `encoding_conflict`, `encoding_damaged`.
    """
    layer = _choose_layer(file, source_layer)
    info = _info(file, layer)
    _check_driver(file, info)
    _check_fields(file, [str(name) for name in info["fields"]], code_field, name_field)
    declared = declared_crs(_crs_text(file, info, crs))
    shapefile = file.kind.driver == "ESRI Shapefile"
    raw_encoding = TRANSPARENT if shapefile else None
    meta, _, geometry, columns = _read(file, layer, [code_field, name_field], raw_encoding)
    fields = dict(zip([str(name) for name in meta["fields"]], columns, strict=True))
    codes, names = fields[code_field], fields[name_field]
    used = "UTF-8"
    if shapefile:
        used = decide_encoding(file, [*_texts(codes), *_texts(names)], encoding)
        codes, names = decode_all(codes, used), decode_all(names, used)
    shapes = shapely.from_wkb(geometry, on_invalid="ignore")
    features = [
        SourceFeature(number, _code(code), _text(name), shape)
        for number, (code, name, shape) in enumerate(zip(codes, names, shapes, strict=True), 1)
    ]
    return SourceLayer(name=layer, crs=declared, encoding=used, features=features)


def _choose_layer(file: SafeFile, wanted: str | None) -> str:
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(file.path) if kind is not None]
    except DataSourceError as error:
        raise _unreadable(file, error) from error
    if wanted is not None:
        if wanted not in layers:
            raise BadInput(f"{file.name} has no layer “{wanted}”; it has {', '.join(layers)}.", code="layer_missing")
        return wanted
    if len(layers) != 1:
        raise BadInput(
            f"{file.name} has {len(layers)} layers with geometry ({', '.join(layers)}): name one with --source-layer.",
            code="layer_ambiguous",
        )
    return layers[0]


def _info(file: SafeFile, layer: str) -> dict[str, Any]:
    try:
        info: dict[str, Any] = pyogrio.read_info(file.path, layer=layer)
    except (DataSourceError, DataLayerError) as error:
        raise _unreadable(file, error) from error
    if info["features"] == 0:
        raise BadInput(f"The layer “{layer}” of {file.name} has no features.", code="layer_empty")
    return info


def _check_driver(file: SafeFile, info: dict[str, Any]) -> None:
    if info["driver"] != file.kind.driver:
        raise BadInput(
            f"{file.name} looks like {file.kind.driver} and reads as {info['driver']}. Nothing was loaded.",
            code="file_not_what_it_says",
        )


def _check_fields(file: SafeFile, fields: list[str], *wanted: str) -> None:
    missing = [name for name in wanted if name not in fields]
    if missing:
        raise BadInput(
            f"{file.name} has no field {', '.join(f'“{name}”' for name in missing)}; "
            f"its fields are {', '.join(fields)}.",
            code="field_missing",
        )


def _crs_text(file: SafeFile, info: dict[str, Any], given: str | None) -> str | None:
    declared = info["crs"]
    if file.kind is FileKind.GEOJSON and not _geojson_names_crs(file):
        declared = GEOJSON_DEFAULT
    if given and declared and file.kind is not FileKind.GEOJSON:
        raise BadInput(
            f"{file.name} declares its coordinate system ({str(declared)[:80]}); --crs is for files that declare none.",
            code="crs_conflict",
        )
    return given or (str(declared) if declared else None)


def _geojson_names_crs(file: SafeFile) -> bool:
    """Whether the old `crs` member (GeoJSON 2008) is there; RFC 7946 has none."""
    with file.path.open(encoding="utf-8-sig", errors="replace") as text:
        try:
            return bool(json.load(text).get("crs"))
        except (ValueError, RecursionError, AttributeError):
            return False


def _read(file: SafeFile, layer: str, columns: list[str], encoding: str | None) -> Any:
    try:
        return pyogrio.raw.read(file.path, layer=layer, columns=columns, encoding=encoding, force_2d=True)
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise _unreadable(file, error) from error


def _unreadable(file: SafeFile, error: Exception) -> BadInput:
    return BadInput(
        f"{file.name} cannot be read as {file.kind.value}: {error}. Nothing was loaded.", code="file_unreadable"
    )


def _texts(column: np.ndarray[Any, Any]) -> list[str]:
    return [value for value in column if isinstance(value, str)]


def _code(value: Any) -> str | None:
    """A code as text; numeric fields hold codes too, and a missing number is NaN."""
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return str(value).strip() or None


def _text(value: Any) -> str | None:
    return None if value is None else str(value).strip() or None
