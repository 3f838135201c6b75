"""How a good submission is damaged: each function gives a builder that writes the damaged file of a course."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tests.unit.intake.courses import Course
from tests.unit.intake.surveys import DEGREES, moved

Build = Callable[[Path, Course], Path]
Draw = Callable[[Course], Any]
Bytes = Callable[[bytearray], bytes | bytearray]

#: In a Shapefile of lines: header, record header, type, box, counts, one part; then 16 bytes a vertex.
FIRST_VERTEX = 100 + 8 + 4 + 32 + 8 + 4
#: The vertex of the first line that becomes nonsense.
SPOILT = 5


def whole(course: Course) -> BaseGeometry:
    """The line as it is."""
    return course.line


def pieces(course: Course) -> list[Any]:
    """The line in three pieces that meet."""
    return list(course.pieces())


# -- files ------------------------------------------------------------------------------------------------------------


def drawn(draw: Draw = whole, **options: Any) -> Build:
    """A Shapefile of what `draw` makes of the course."""

    def build(folder: Path, course: Course) -> Path:
        shapes = draw(course)
        return course.write(folder / "survey.shp", shapes if isinstance(shapes, list) else [shapes], **options)

    return build


def in_zone(attribute: str, draw: Draw = whole) -> Build:
    """A Shapefile in the system that the course calls so."""
    return lambda folder, course: drawn(draw, to=getattr(course, attribute))(folder, course)


def without(suffix: str, made: Build | None = None) -> Build:
    """A Shapefile one part of which was not packed."""

    def build(folder: Path, course: Course) -> Path:
        path = (made or drawn())(folder, course)
        path.with_suffix(suffix).unlink()
        return path

    return build


def with_side(suffix: str, text: str, **options: Any) -> Build:
    """A Shapefile one side file of which says something else."""

    def build(folder: Path, course: Course) -> Path:
        path = drawn(**options)(folder, course)
        path.with_suffix(suffix).write_text(text)
        return path

    return build


def declared_as(declared: str, made: Build | None = None) -> Build:
    """Numbers of one system under the .prj of another (an EPSG code, or what the course calls so)."""

    def build(folder: Path, course: Course) -> Path:
        path = (made or drawn())(folder, course)
        other = course.write(folder / "other.shp", [course.line], crs=getattr(course, declared, declared))
        other.with_suffix(".prj").replace(path.with_suffix(".prj"))
        return path

    return build


def patched(suffix: str, change: Bytes) -> Build:
    """A Shapefile of three pieces with the bytes of one part changed."""

    def build(folder: Path, course: Course) -> Path:
        path = drawn(pieces)(folder, course)
        part = path.with_suffix(suffix)
        part.write_bytes(change(bytearray(part.read_bytes())))
        return path

    return build


def vertex(value: float) -> Bytes:
    """The easting of a vertex replaced."""

    def change(raw: bytearray) -> bytearray:
        at = FIRST_VERTEX + 16 * SPOILT
        raw[at : at + 8] = struct.pack("<d", value)
        return raw

    return change


def row_count(number: int) -> Bytes:
    """Another number of rows in the head of the table."""

    def change(raw: bytearray) -> bytearray:
        raw[4:8] = struct.pack("<I", number)
        return raw

    return change


def half_a_character(course: Course) -> Build:
    """The last character of the line's name cut in its middle."""
    name = course.name.encode("gb18030")
    return patched(".dbf", lambda raw: raw.replace(name, name[:-2] + b"\xcf ", 1))


def archive(member: str, content: bytes) -> Build:
    """A zipped Shapefile with one more member."""

    def build(folder: Path, course: Course) -> Path:
        drawn()(folder, course)
        parts = sorted(folder.iterdir())
        with zipfile.ZipFile(folder / "survey.zip", "w", zipfile.ZIP_DEFLATED) as out:
            for part in parts:
                out.write(part, part.name)
            out.writestr(member, content)
        return folder / "survey.zip"

    return build


# -- coordinate systems -----------------------------------------------------------------------------------------------


def swapped(degrees: bool = False) -> Build:
    """Northing, or latitude, first."""

    def build(folder: Path, course: Course) -> Path:
        system = DEGREES if degrees else course.crs
        turned = shapely.transform(_in(course, system), lambda xy: xy[:, ::-1])
        return course.write(folder / "survey.shp", [turned], crs=system)

    return build


def on_web_map(move: Callable[[Any], Any]) -> Build:
    """The line drawn on a map of the web, in degrees."""
    return lambda folder, course: course.write(
        folder / "survey.shp", [shapely.transform(_in(course, DEGREES), move)], crs=DEGREES
    )


def _in(course: Course, system: str) -> BaseGeometry:
    shape: BaseGeometry = gpd.GeoSeries([course.line], crs=course.crs).to_crs(system).iloc[0]
    return shape


# -- lines ------------------------------------------------------------------------------------------------------------


def halves(course: Course) -> list[Any]:
    """The line in two pieces."""
    return [course.part(0, 300), course.part(300, 600)]


def extended(metres: float) -> Draw:
    """The line goes on so far beyond its end."""

    def draw(course: Course) -> BaseGeometry:
        last, before = np.array(course.line.coords[-1]), np.array(course.line.coords[-2])
        direction = (last - before) / np.hypot(*(last - before))
        return shapely.LineString([*course.line.coords, tuple(last + direction * metres)])

    return draw


def kicked_back(course: Course) -> BaseGeometry:
    """The line goes 6 m back over its own ground and on again."""
    back, again = course.beside(200, 0, 0), course.beside(200, 0, 0)
    before = np.array(course.line.coords[course.at(200) - 1])
    here = np.array(again)
    back = tuple((here - (here - before) / np.hypot(*(here - before)) * 6).tolist())
    return course.inserted(200, back, again)


def branch(metres: float) -> Draw:
    """The line in two pieces, and a line that leaves it between them and ends nowhere."""

    def draw(course: Course) -> list[Any]:
        ends = [course.beside(300, 0, 0), course.beside(300, metres * 0.2, metres)]
        return [*halves(course), shapely.LineString(ends)]

    return draw


def across(low: float, high: float = 300.0) -> Draw:
    """The line, and another from so many metres left of it to `high` metres left of it."""
    return lambda course: [
        course.line,
        shapely.LineString([course.beside(300, 0, low), course.beside(300, 10, high)]),
    ]


def ring(course: Course) -> list[Any]:
    """The line, and a closed line far from it."""
    x, y = course.line.coords[0]
    return [course.line, shapely.LineString(shapely.Point(x + 3000, y + 4000).buffer(150).exterior.coords)]


def jump(course: Course) -> BaseGeometry:
    """Some vertices were left out: one straight step instead of them."""
    points = course.line.coords
    return shapely.LineString([*points[: course.at(250)], *points[course.at(290) :]])


def tri(*ends: tuple[float, float]) -> Draw:
    """The line and two others that should end where it ends, each beside that by metres; then the line itself."""
    away, middles = [(2500, 2000), (1800, -2600)], [(1200, 1060), (950, -1240)]

    def draw(course: Course) -> list[Any]:
        x, y = course.line.coords[-1]
        others = [
            shapely.LineString([(x + a[0], y + a[1]), (x + m[0], y + m[1]), (x + e[0], y + e[1])])
            for a, m, e in zip(away, middles, ends[:2], strict=True)
        ]
        return [moved(course.line, -1, *ends[2]), *others]

    return draw


# -- markers and units ------------------------------------------------------------------------------------------------


def markers(codes: Sequence[Any], offsets: Sequence[float] | None = None, name: str = "code") -> Build:
    """A GeoPackage with the line and markers on it, each moved to its left by so many metres."""

    def build(folder: Path, course: Course) -> Path:
        path = course.write(folder / "survey.gpkg", [course.line], layer="lines")
        shares = np.linspace(60, 540, len(codes)).astype(int).tolist()
        points = [
            shapely.Point(course.beside(at, 0, off))
            for at, off in zip(shares, offsets or [0] * len(codes), strict=True)
        ]
        return course.write(path, points, layer="markers", fields={name: list(codes)})

    return build


def pair(first: float, second: float) -> Build:
    """The line, and a double marker with its stones so many metres to its left."""

    def build(folder: Path, course: Course) -> Path:
        path = course.write(folder / "survey.gpkg", [course.line], layer="lines")
        points = [shapely.Point(course.beside(300, 0, off)) for off in (first, second)]
        return course.write(path, points, layer="markers", fields={"code": ["1253007A", "1253007B"]})

    return build


def units(change: Callable[[Course], list[Any]]) -> Build:
    """A GeoPackage of units."""

    def build(folder: Path, course: Course) -> Path:
        polygons = change(course)
        codes = [f"99010{number}" for number in range(len(polygons))]
        return course.write(folder / "units.gpkg", polygons, fields={"code": codes})

    return build


def _pond(course: Course) -> BaseGeometry:
    return shapely.Point(course.line.interpolate(0.5, normalized=True)).buffer(60)


def overlapping(course: Course) -> list[Any]:
    """The first unit takes a round piece of the second."""
    one, other = course.units
    return [shapely.union(one, _pond(course)), other]


def parted(course: Course) -> list[Any]:
    """Both leave a round piece between them to nobody."""
    return [shapely.difference(unit, _pond(course)) for unit in course.units]


def slivered(course: Course) -> list[Any]:
    """One vertex of the common line lies a metre off in the second unit: a strip that is no disagreement."""
    one, other = course.units
    spot = np.array(course.beside(300, 0, 0))
    off = np.array(course.beside(300, 0, 1.0)) - spot

    def shifted(xy: Any) -> Any:
        return xy + np.where(np.hypot(*(xy - spot).T)[:, None] < 0.001, off, 0.0)

    return [one, shapely.transform(other, shifted)]


def crossed(course: Course) -> list[Any]:
    """Two corners of the first unit, far from the second, in the wrong order: its outline crosses itself."""
    one, other = course.units
    # clockwise, so that what is left of an edge is outside
    shell = shapely.orient_polygons(max(shapely.get_parts(one), key=shapely.area), exterior_cw=True)
    points = list(shell.exterior.coords)
    at = int(np.argmax(shapely.distance(shapely.points(points[:-1]), other)))
    a, b = np.array(points[at]), np.array(points[at + 1])
    across_it = np.array([-(b - a)[1], (b - a)[0]]) / 10
    loop = [tuple(b + across_it), tuple(a + across_it)]
    return [shapely.Polygon([*points[: at + 1], *loop, *points[at + 1 :]]), other]


def hole_outside(course: Course) -> list[Any]:
    """A hole that lies outside the shell of its unit."""
    one, other = course.units
    west, south, _, _ = shapely.union(one, other).bounds
    hole = shapely.box(west - 2000, south - 2000, west - 1500, south - 1500)
    shell = max(shapely.get_parts(one), key=shapely.area)
    return [shapely.Polygon(shell.exterior, [hole.exterior.coords]), other]
