"""From a checked source to layers: GDAL reads geometries, this module decides what the bytes of texts mean.

Coordinates stay as they are in the file. Of a Shapefile only the fields are read
that a profile names; all its texts are judged on the bytes of the table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from boundaries.intake.dbf import read_header, texts_of
from boundaries.intake.encoding import Texts, decoded, judge, shortened, text_damage
from boundaries.intake.kinds import SourceKind
from boundaries.intake.marker_table import read_marker_table
from boundaries.intake.model import Array, EncodingBelief, Layer, Observation
from boundaries.intake.received import Source
from boundaries.intake.shapefile import check_shapefile

#: Carries every byte through GDAL unchanged (ISO 8859-1 maps bytes to the first 256 characters).
TRANSPARENT = "ISO-8859-1"
#: The formats that are UTF-8 by their definition.
UNICODE = EncodingBelief("UTF-8", "UTF-8", "the format is UTF-8 by its definition")
#: GeoPackage's names for no coordinate system (OGC 12-128r18, requirement 11).
UNDEFINED = ("Undefined geographic SRS", "Undefined Cartesian SRS", "Undefined SRS")
FAILURES = (DataSourceError, DataLayerError, ValueError, UnicodeError, RuntimeError, MemoryError)

Read = tuple[list[Layer], list[Observation]]


def read_source(source: Source, interesting: Collection[str]) -> Read:
    """The layers with geometry in `source`, and what was wrong with reading them.

    `interesting` are the field names (in any case) whose values a Shapefile is asked for.
    """
    if source.kind is SourceKind.SHAPEFILE:
        wrong = check_shapefile(source.path, source.name)
        return ([], [wrong]) if wrong else _caught(source, lambda: _shapefile(source, interesting))
    if source.kind is SourceKind.GEOJSON:
        recoded = _recode(source)
        layers, observations = _caught(source, lambda: _others(source))
        return layers, [*recoded, *observations]
    if source.kind is SourceKind.CSV:
        return _caught(source, lambda: read_marker_table(source.path, source.name))
    return _caught(source, lambda: _others(source))


def _caught(source: Source, read: Any) -> Read:
    try:
        layers, observations = read()
    except FAILURES as error:
        return [], [_unreadable(source, str(error) or type(error).__name__)]
    return layers, observations


def _unreadable(source: Source, why: str) -> Observation:
    # the library speaks of our private copy; people know only their own file
    shown = why.replace(str(source.path), source.name).replace(source.path.name, source.name)
    return Observation("unreadable", "library", {"stem": source.name, "why": shown[:200]}, layer=source.name)


def _shapefile(source: Source, interesting: Collection[str]) -> Read:
    table = read_header(source.path.with_suffix(".dbf"))
    if table is None:
        raise ValueError("its .dbf has no header")
    texts = Texts(texts_of(source.path.with_suffix(".dbf"), table), _side_text(source, ".cpg"), table.declared)
    belief, observations = judge(texts, source.name)
    encoding = belief.believed or "UTF-8"
    names = {field.name.decode("latin-1"): decoded(field.name, encoding) for field in table.fields}
    wanted = [raw for raw, name in names.items() if is_named(name, interesting)]
    prj = _side_text(source, ".prj")
    # the declaration is judged here; the library would refuse the whole file for one that it does not know
    source.path.with_suffix(".prj").unlink(missing_ok=True)
    layer, more = _layer(source, None, source.name, wanted, belief)
    fields = {names[raw]: _decode_all(values, encoding) for raw, values in layer.fields.items()}
    whole = Layer(
        source.name, layer.geometries, fields, prj, belief, layer.heights, layer.unreadable, tuple(names.values())
    )
    return [whole], [*observations, *more]


def is_named(name: str, wanted: Collection[str]) -> bool:
    """Whether `name` is one of `wanted`, in any case, or one that a .dbf cut off at ten bytes."""
    lowered = name.strip().lower()
    for other in wanted:
        cut = decoded(other.encode()[:10], "utf-8").lower()
        if lowered in (other.lower(), cut):
            return True
    return False


def _side_text(source: Source, suffix: str) -> str | None:
    """The text of a part, with what is no ASCII in it kept visible; None where there is none."""
    if suffix not in source.parts:
        return None
    raw = source.path.with_suffix(suffix).read_bytes()[: 1 << 16]
    return raw.decode("utf-8-sig", errors="replace").strip("\0 \r\n\t") or None


def _decode_all(values: Sequence[Any], encoding: str) -> list[Any]:
    return [decoded(value.encode("latin-1"), encoding) if isinstance(value, str) else value for value in values]


def _others(source: Source) -> Read:
    layers: list[Layer] = []
    observations: list[Observation] = []
    for name, kind in pyogrio.list_layers(source.path):
        if kind is None:
            continue
        layer, wrong = _layer(source, str(name), _shown(source, str(name)), None, UNICODE)
        layers.append(layer)
        observations += [*wrong, *_text_damages(layer)]
    if not layers:
        observations.append(Observation("empty", "layer", {"layer": source.name}, layer=source.name))
    return layers, observations


def _shown(source: Source, layer: str) -> str:
    """A GeoJSON file is one layer, which the library names after our private copy."""
    return source.name if source.kind in (SourceKind.GEOJSON, SourceKind.DXF) else layer


def _layer(
    source: Source, layer: str | None, shown: str, columns: list[str] | None, belief: EncodingBelief
) -> tuple[Layer, list[Observation]]:
    raw = TRANSPARENT if source.kind is SourceKind.SHAPEFILE else None
    info = pyogrio.read_info(source.path, layer=layer, encoding=raw)
    if info["driver"] != source.kind.value:
        raise ValueError(f"it looks like {source.kind.value} and reads as {info['driver']}")
    meta, _, wkb, values = pyogrio.raw.read(source.path, layer=layer, columns=columns, encoding=raw)
    # some formats do not know before reading how many features they have
    if wkb is None or len(wkb) == 0:
        nothing = Layer(shown, np.empty(0, dtype=object), {}, _crs_text(info, source), belief)
        return nothing, [Observation("empty", "layer", {"layer": shown}, layer=shown)]
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    there = np.array([one is not None for one in wkb])
    broken = tuple((np.flatnonzero(there & shapely.is_missing(shapes)) + 1).tolist())
    three = bool(shapely.has_z(shapes).any())
    fields = {str(name): column.tolist() for name, column in zip(meta["fields"], values, strict=True)}
    flat = shapely.force_2d(shapes) if three or _measured(shapes) else shapes
    return Layer(shown, flat, fields, _crs_text(info, source), belief, three and _heights(shapes), broken), []


def _heights(shapes: Array) -> bool:
    """Whether any height is a number other than the nought that formats with room for one write."""
    heights = shapely.get_coordinates(shapes, include_z=True)[:, 2]
    return bool((np.isfinite(heights) & (heights != 0)).any())


def _measured(shapes: Array) -> bool:
    return bool((shapely.get_coordinate_dimension(shapes) > 2).any())


def _crs_text(info: Mapping[str, Any], source: Source) -> str | None:
    declared = info["crs"]
    if declared is None or any(name in str(declared) for name in UNDEFINED):
        return None
    if source.kind in (SourceKind.GEOJSON, SourceKind.KML) and declared == "EPSG:4326":
        return "OGC:CRS84"
    return str(declared)


def _text_damages(layer: Layer) -> list[Observation]:
    found: list[Observation] = []
    for name, values in layer.fields.items():
        first: dict[str, int] = {}
        for number, value in enumerate(values, 1):
            if isinstance(value, str) and not value.isascii():
                first.setdefault(value, number)
        seen = (text_damage(value, name, number, layer.name) for value, number in first.items())
        found += [damage for damage in seen if damage is not None]
    return shortened(found, layer.name)


def _recode(source: Source) -> list[Observation]:
    """Where a GeoJSON is not UTF-8: its private copy is written anew from GB 18030, or left to fail."""
    raw = source.path.read_bytes()
    try:
        raw.decode("utf-8-sig")
        return []
    except UnicodeDecodeError as error:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError:
            facts = {"field": "?", "feature": "?", "believed": "UTF-8", "bytes": raw[error.start :][:12].hex(" ")}
            return [Observation("encoding_damaged", "value", facts, layer=source.name)]
    source.path.write_text(text, encoding="utf-8")
    facts = {"declared": "UTF-8 (RFC 8259)", "believed": "GB18030"}
    return [Observation("encoding_conflict", "bytes", facts, layer=source.name)]
