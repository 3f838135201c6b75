"""Forty and more ways in which a good submission goes wrong, each with the one finding it must give.

Every case is built from the same invented survey: what is damaged is known,
because the test does the damage.
"""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.affinity import translate

from data.crs_offsets import to_bd09, to_gcj02
from tests.unit.intake.surveys import (
    CRS,
    DEGREES,
    NUMBERED,
    beside,
    cut,
    inserted,
    line,
    moved,
    origin,
    segments,
    write,
)

Build = Callable[[Path], Path]


@dataclass(frozen=True)
class Damage:
    """One case: how it is built, what must be found (kind and reason), and whether the legal line is given."""

    name: str
    build: Build
    expected: list[tuple[str, str]]
    against: bool = True
    options: dict[str, Any] = field(default_factory=dict)


def one_line(geometry: Any, **kwargs: Any) -> Build:
    return lambda folder: write(folder / "survey.shp", geometry if isinstance(geometry, list) else [geometry], **kwargs)


def without(suffix: str, **kwargs: Any) -> Build:
    def build(folder: Path) -> Path:
        path = write(folder / "survey.shp", [line()], **kwargs)
        path.with_suffix(suffix).unlink()
        return path

    return build


def with_side(suffix: str, text: str, **kwargs: Any) -> Build:
    def build(folder: Path) -> Path:
        path = write(folder / "survey.shp", [line()], **kwargs)
        path.with_suffix(suffix).write_text(text)
        return path

    return build


def declared_as(declared: str, **kwargs: Any) -> Build:
    """Numbers of one system under the .prj of another."""

    def build(folder: Path) -> Path:
        path = write(folder / "survey.shp", [line()], **kwargs)
        other = write(folder / "other.shp", [line()], crs=declared)
        other.with_suffix(".prj").replace(path.with_suffix(".prj"))
        return path

    return build


def swapped(**kwargs: Any) -> Build:
    def build(folder: Path) -> Path:
        import geopandas as gpd

        frame = gpd.GeoSeries([line()], crs=CRS).to_crs(kwargs.get("to", CRS))
        turned = shapely.transform(frame.iloc[0], lambda xy: xy[:, ::-1])
        return write(folder / "survey.shp", [turned], crs=kwargs.get("to", CRS))

    return build


def on_web_map(move: Callable[[Any], Any]) -> Build:
    def build(folder: Path) -> Path:
        import geopandas as gpd

        degrees = gpd.GeoSeries([line()], crs=CRS).to_crs(DEGREES).iloc[0]
        return write(folder / "survey.shp", [shapely.transform(degrees, move)], crs=DEGREES)

    return build


def patched(suffix: str, change: Callable[[bytearray], bytes | bytearray], **kwargs: Any) -> Build:
    def build(folder: Path) -> Path:
        path = write(folder / "survey.shp", segments(line()), **kwargs)
        part = path.with_suffix(suffix)
        part.write_bytes(change(bytearray(part.read_bytes())))
        return path

    return build


def nan_vertex(raw: bytearray) -> bytearray:
    # header 100, record header 8, type 4, box 32, counts 8, part 4, then 16 bytes a vertex: the eleventh easting
    at = 100 + 8 + 4 + 32 + 8 + 4 + 16 * 10
    raw[at : at + 8] = struct.pack("<d", float("nan"))
    return raw


def far_vertex(raw: bytearray) -> bytearray:
    at = 100 + 8 + 4 + 32 + 8 + 4 + 16 * 10
    raw[at : at + 8] = struct.pack("<d", 1e300)
    return raw


def row_count(number: int) -> Callable[[bytearray], bytearray]:
    def change(raw: bytearray) -> bytearray:
        raw[4:8] = struct.pack("<I", number)
        return raw

    return change


def markers_beside(folder: Path, codes: list[Any], offsets: list[float], name: str = "code") -> Path:
    """A GeoPackage with the line and markers on it, each moved north by so many metres."""
    path = write(folder / "survey.gpkg", [line()], layer="lines")
    vertices = np.linspace(60, 540, len(codes)).astype(int)
    points = [shapely.Point(beside(int(at), 0, north)) for at, north in zip(vertices, offsets, strict=True)]
    return write(path, points, layer="markers", fields={name: codes})


def units(folder: Path, polygons: list[Any], codes: list[str] | None = None) -> Path:
    names = codes or [f"99010{number}" for number in range(len(polygons))]
    return write(folder / "units.gpkg", polygons, fields={"code": names})


def square(east: float, north: float, width: float = 4000.0, height: float = 4000.0) -> shapely.Polygon:
    x, y = origin(east, north)
    return shapely.Polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


def tri(*ends: tuple[float, float]) -> list[shapely.LineString]:
    """Three lines that should meet in one point, each ending beside it by metres."""
    x, y = origin(5000, 5000)
    away = [(-3000, 0), (2500, 2000), (1800, -2600)]
    middles = [(-1500, 90), (1200, 1060), (950, -1240)]
    return [
        shapely.LineString([(x + a[0], y + a[1]), (x + m[0], y + m[1]), (x + e[0], y + e[1])])
        for a, m, e in zip(away, middles, ends, strict=True)
    ]


def geojson(document: Any) -> Build:
    def build(folder: Path) -> Path:
        path = folder / "survey.geojson"
        path.write_text(json.dumps(document))
        return path

    return build


def archive(fill: Callable[[zipfile.ZipFile, Path], None]) -> Build:
    def build(folder: Path) -> Path:
        survey = write(folder / "survey.shp", [line()])
        with zipfile.ZipFile(folder / "survey.zip", "w", zipfile.ZIP_DEFLATED) as out:
            for part in sorted(folder.glob("survey.???")):
                if part.suffix != ".zip":
                    out.write(part, part.name)
            fill(out, survey)
        return folder / "survey.zip"

    return build


def end_cut(vertices: int) -> shapely.LineString:
    return cut(line(), 0, len(line().coords) - 1 - vertices)


def shortened(metres: float) -> Any:
    return shapely.ops.substring(line(), 0, line().length - metres)


def extended(metres: float) -> shapely.LineString:
    last, before = np.array(line().coords[-1]), np.array(line().coords[-3])
    direction = (last - before) / np.hypot(*(last - before))
    return shapely.LineString([*line().coords, tuple(last + direction * metres)])


def kicked_back() -> Any:
    """At vertex 200 the line goes 15 m back over its own ground and on again."""
    a, b = np.array(line().coords[199]), np.array(line().coords[200])
    back = b - (b - a) / np.hypot(*(b - a)) * 6
    return inserted(line(), 201, tuple(back), tuple(b))


def crossing_itself() -> Any:
    return inserted(line(), 301, beside(300, 40, 70), beside(300, -50, 60), beside(300, 30, -20))


def ring(east: float, north: float, radius: float = 150.0) -> shapely.LineString:
    x, y = origin(east, north)
    return shapely.LineString(shapely.Point(x, y).buffer(radius).exterior.coords)


def branch(metres: float) -> shapely.LineString:
    x, y = line().coords[300]
    return shapely.LineString([(x, y), (x + metres * 0.2, y + metres)])


LEFT, RIGHT = cut(line(), 0, 300), cut(line(), 300, 600)

DAMAGES: list[Damage] = [
    # -- archive and files
    Damage("no shx", without(".shx"), [("archive_incomplete", "parts")]),
    Damage("no dbf", without(".dbf"), [("archive_incomplete", "parts")]),
    Damage("shp cut off", patched(".shp", lambda raw: raw[: len(raw) // 2]), [("unreadable", "shp_truncated")]),
    Damage("shx cut off", patched(".shx", lambda raw: raw[:105]), [("unreadable", "shx_damaged")]),
    Damage("dbf cut off", patched(".dbf", lambda raw: raw[:120]), [("unreadable", "dbf_truncated")]),
    Damage("rows and shapes differ", patched(".dbf", row_count(2)), [("unreadable", "counts")]),
    Damage("four billion rows", patched(".dbf", row_count(4_000_000_000)), [("unreadable", "counts")]),
    Damage("path outside", archive(lambda z, _: z.writestr("../x.shp", b"")), [("archive_unsafe", "outside")]),
    Damage("bomb", archive(lambda z, _: z.writestr("x.dbf", bytes(80 << 20))), [("archive_unsafe", "ratio")]),
    Damage("no features", one_line([]), [("empty", "layer")]),
    Damage("feature without geometry", one_line([line(), None]), [("empty", "feature")]),
    # -- encoding
    Damage("cpg says UTF-8", with_side(".cpg", "UTF-8"), [("encoding_conflict", "bytes")]),
    Damage("cpg says GBK, texts UTF-8", with_side(".cpg", "GBK", encoding="UTF-8"), [("encoding_conflict", "bytes")]),
    Damage("cpg says Latin-1", with_side(".cpg", "ISO-8859-1"), [("encoding_conflict", "bytes")]),
    Damage("cpg says nonsense", with_side(".cpg", "汉字"), [("encoding_conflict", "unknown")]),
    Damage(
        "text cut in a character",
        patched(".dbf", lambda raw: raw.replace("甲乙线".encode("gb18030"), "甲乙".encode("gb18030") + b"\xcf ", 1)),
        [("encoding_damaged", "value")],
    ),
    Damage("decoded wrongly before", one_line(line(), fields={"line": ["é•¿å®‰çº¿"]}), [("encoding_damaged", "twice")]),
    Damage("replaced before", one_line(line(), fields={"line": ["甲锟斤拷线"]}), [("encoding_damaged", "lost")]),
    # -- coordinate system
    Damage("no prj, zone in easting", without(".prj", to=NUMBERED), [("crs_missing", "believed")]),
    Damage("no prj, no zone, legal line", without(".prj"), [("crs_missing", "believed")]),
    Damage("no prj, no zone, nothing", without(".prj"), [("crs_missing", "unknown")], against=False),
    Damage("no prj, degrees", without(".prj", to=DEGREES), [("crs_missing", "believed")]),
    Damage("prj without zone, zone in easting", declared_as(CRS, to=NUMBERED), [("crs_conflict", "number")]),
    Damage("prj with zone, none in easting", declared_as(NUMBERED), [("crs_conflict", "number")]),
    Damage("prj in degrees, metres", declared_as(DEGREES), [("crs_conflict", "unit")]),
    Damage("prj in metres, degrees", declared_as(CRS, to=DEGREES), [("crs_conflict", "unit")]),
    Damage("prj of another zone", declared_as("EPSG:4528", to=NUMBERED), [("crs_zone_mismatch", "number")]),
    Damage("prj of another meridian", declared_as("EPSG:4549"), [("crs_zone_mismatch", "legal")]),
    Damage("prj not understood", with_side(".prj", 'PROJCS["dunno"'), [("crs_conflict", "text")]),
    Damage("axes exchanged", swapped(), [("crs_axis_swapped", "plain")]),
    Damage("latitude first", swapped(to=DEGREES), [("crs_axis_swapped", "plain")]),
    Damage("declared Xi'an 1980", declared_as("EPSG:2382"), [("datum_suspect", "wrongly_declared")]),
    Damage(
        "declared and on Beijing 1954",
        one_line(translate(line(), 62, -48), crs="EPSG:2436"),
        [("datum_suspect", "declared")],
    ),
    Damage("shifted as a whole", one_line(translate(line(), 104, 37)), [("datum_suspect", "constant")]),
    Damage("drawn on a GCJ-02 map", on_web_map(to_gcj02), [("datum_suspect", "gcj02")]),
    Damage("drawn on a BD-09 map", on_web_map(to_bd09), [("datum_suspect", "bd09")]),
    Damage("another county", one_line(translate(line(), 60_000, 40_000)), [("out_of_area", "legal")]),
    Damage(
        "abroad",
        one_line([shapely.LineString([(10.1, 50.2), (10.2, 50.3)])], crs=DEGREES),
        [("out_of_area", "country")],
        against=False,
    ),
    Damage("a vertex at the end of the world", patched(".shp", far_vertex), [("out_of_area", "vertex")]),
    Damage("a vertex that is no number", patched(".shp", nan_vertex), [("coordinate_nonfinite", "plain")]),
    # -- schema
    Damage(
        "no code", lambda f: markers_beside(f, ["x", "y"], [0, 0], name="note"), [("schema_missing_field", "plain")]
    ),
    Damage("empty code", lambda f: markers_beside(f, ["12530010", None], [0, 0]), [("schema_bad_value", "empty")]),
    Damage(
        "code out of form",
        lambda f: markers_beside(f, ["1253001Q", "1253002X"], [0, 0]),
        [("schema_bad_value", "pattern")],
        options={"profile": "provincial-markers"},
    ),
    Damage("code twice", lambda f: markers_beside(f, ["001", "002", "002"], [0, 0, 0]), [("duplicate_key", "plain")]),
    # -- geometry
    Damage("polygons where lines belong", one_line(square(0, 0)), [("geometry_type", "layer")]),
    Damage(
        "line of no length",
        one_line([*segments(line()), shapely.LineString([line().coords[9]] * 2)]),
        [("geometry_invalid", "no_length"), ("duplicate_vertices", "vertices")],
    ),
    Damage("crossing itself", one_line(crossing_itself()), [("self_intersection", "line")]),
    Damage("vertex twice", one_line(inserted(line(), 50, line().coords[50])), [("duplicate_vertices", "vertices")]),
    Damage(
        "spike",
        one_line(inserted(line(), 101, beside(100, 3, 120), beside(100, 0.2, 0.1))),
        [("spike", "plain")],
    ),
    Damage("kick-back", one_line(kicked_back()), [("spike", "plain"), ("spike", "plain")]),
    # -- topology
    Damage("short of its node", one_line(shortened(20)), [("dangling_end", "short")]),
    Damage("loose branch", one_line([LEFT, RIGHT, branch(400)]), [("dangling_end", "loose")]),
    Damage("spur", one_line([LEFT, RIGHT, branch(12)]), [("dangling_end", "spur")]),
    Damage("first kilometres missing", one_line(cut(line(), 100, 600)), [("missing_stretch", "legal")]),
    Damage(
        "hole in the middle", one_line([cut(line(), 0, 250), cut(line(), 290, 600)]), [("missing_stretch", "legal")]
    ),
    Damage(
        "vertices left out",
        one_line(shapely.LineString([*line().coords[:250], *line().coords[290:]])),
        [("missing_stretch", "jump")],
    ),
    Damage(
        "hole in a named line",
        one_line([cut(line(), 0, 250), cut(line(), 290, 600)]),
        [("missing_stretch", "gap")],
        against=False,
    ),
    Damage("beyond its node", one_line(extended(18)), [("overshoot", "legal")]),
    Damage("beside its node", one_line(moved(line(), -1, 1, 8)), [("node_mismatch", "legal")]),
    Damage("pieces do not meet", one_line([LEFT, moved(RIGHT, 0, 0.4, 0.3)]), [("node_mismatch", "pair")]),
    Damage("against the direction", one_line(line().reverse()), [("direction", "legal")]),
    Damage("a piece against the direction", one_line([LEFT, RIGHT.reverse()]), [("direction", "legal")]),
    Damage("handed in twice", one_line([line(), cut(line(), 100, 200)]), [("overlap", "lines")]),
    Damage("unknown ring", one_line([line(), ring(3000, 4000)]), [("enclave_new", "line")]),
    Damage(
        "three ends, not one point",
        one_line(tri((0, 0), (0.6, 0), (0, 0.5))),
        [("tripoint_mismatch", "ends")],
        against=False,
    ),
    Damage(
        "an end far from the other two",
        one_line(tri((0, 0), (0, 0), (14, -21))),
        [("tripoint_mismatch", "ends")],
        against=False,
    ),
    Damage(
        "far before another line",
        one_line([line(), shapely.LineString([beside(300, 0, 28), beside(300, 40, 900)])]),
        [("dangling_end", "line")],
        against=False,
    ),
    Damage(
        "before another line",
        one_line(
            [
                line(),
                shapely.LineString([beside(300, 0, 3), beside(300, 40, 900)]),
            ]
        ),
        [("dangling_end", "line")],
        against=False,
    ),
    Damage(
        "across another line",
        one_line(
            [
                line(),
                shapely.LineString([beside(300, 0, -9), beside(300, 40, 900)]),
            ]
        ),
        [("overshoot", "crossing")],
        against=False,
    ),
    Damage(
        "two lines cross",
        one_line(
            [
                line(),
                shapely.LineString([beside(300, 0, -900), beside(300, 40, 900)]),
            ]
        ),
        [("self_intersection", "lines")],
        against=False,
    ),
    # -- markers
    Damage(
        "marker off the line",
        lambda f: markers_beside(f, ["001", "002", "003"], [0, 9, 0]),
        [("marker_off_line", "plain")],
    ),
    Damage(
        "markers out of order",
        lambda f: markers_beside(f, ["001", "004", "003", "005", "006"], [0] * 5),
        [("marker_order", "plain")],
    ),
    Damage("both of a pair on one side", lambda f: pair(f, 6, 8), [("marker_off_line", "side")]),
    # -- units
    Damage("overlap", lambda f: units(f, [square(0, 0), square(3940, 0)]), [("overlap", "polygons")], against=False),
    Damage(
        "gap",
        lambda f: units(f, [square(0, 0), square(4000, 0), square(0, 4000, 8000), hole()]),
        [("gap", "plain")],
        against=False,
    ),
    Damage("slivers", lambda f: units(f, [square(0, 0), square(3998.5, 0)]), [("sliver", "plain")], against=False),
    Damage("bow-tie", lambda f: units(f, [bow_tie()]), [("self_intersection", "polygon")], against=False),
    Damage(
        "hole outside its shell", lambda f: units(f, [outside_hole()]), [("geometry_invalid", "plain")], against=False
    ),
]


def pair(folder: Path, first: float, second: float) -> Path:
    path = write(folder / "survey.gpkg", [line()], layer="lines")
    x, y = line().coords[300]
    points = [shapely.Point(x, y + first), shapely.Point(x, y + second)]
    return write(path, points, layer="markers", fields={"code": ["1253007A", "1253007B"]})


def hole() -> shapely.Polygon:
    """A unit south of the first two, from which a strip beside them is missing in the middle."""
    x, y = origin(0, 0)
    return shapely.Polygon(
        [
            (x, y),
            (x + 3000, y),
            (x + 3000, y - 60),
            (x + 5000, y - 60),
            (x + 5000, y),
            (x + 8000, y),
            (x + 8000, y - 4000),
            (x, y - 4000),
        ]
    )


def bow_tie() -> shapely.Polygon:
    x, y = origin(0, 0)
    return shapely.Polygon([(x, y), (x + 4000, y + 3000), (x + 4000, y), (x, y + 3000)])


def outside_hole() -> shapely.Polygon:
    return shapely.Polygon(square(0, 0).exterior, [square(6000, 0, 500, 500).exterior.coords])
