"""Forty and more ways in which a good submission goes wrong, each with the one finding it must give.

Every case is built from one course (`courses.py`), the invented line or the real one: what is damaged is known,
because the test does the damage (`damaging.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely.affinity import translate
from shapely.ops import substring

from data.crs_offsets import to_bd09, to_gcj02
from tests.unit.intake import damaging as do
from tests.unit.intake.courses import Course
from tests.unit.intake.damaging import Build, drawn
from tests.unit.intake.surveys import DEGREES, moved

Found = tuple[str, str]


@dataclass(frozen=True)
class Damage:
    """One case: how it is built, what must be found (kind and reason), and whether the legal line is given."""

    name: str
    build: Build
    expected: list[Found]
    against: bool = True
    options: dict[str, Any] = field(default_factory=dict)


def case(name: str, build: Build, *expected: Found, against: bool = True, **options: Any) -> Damage:
    """A damage, checked against the legal line unless `against` is false; `options` are those of the check."""
    return Damage(name, build, list(expected), against, options)


def shifted(east: float, north: float) -> do.Draw:
    """The whole line so many metres off."""
    return lambda course: translate(course.line, east, north)


def shortened(metres: float) -> do.Draw:
    """The line ends so much before its end."""
    return lambda course: substring(course.line, 0, course.line.length - metres)


def looped(course: Course) -> Any:
    """The line makes a loop."""
    return course.inserted(300, course.beside(300, 40, 70), course.beside(300, -50, 60), course.beside(300, 30, -20))


def spiked(course: Course) -> Any:
    """One vertex lies far off, and the line comes back to where it was."""
    return course.inserted(100, course.beside(100, 3, 120), course.beside(100, 0.2, 0.1))


def with_a_point(course: Course) -> list[Any]:
    """One more feature that has no length."""
    return [*course.pieces(), shapely.LineString([course.beside(9, 0, 0)] * 2)]


def with_a_hole(course: Course) -> list[Any]:
    """A stretch in the middle was not drawn."""
    return [course.part(0, 250), course.part(290, 600)]


def unjoined(course: Course) -> list[Any]:
    """The second half begins half a metre beside where the first ends."""
    first, second = do.halves(course)
    return [first, moved(second, 0, 0.4, 0.3)]


def second_reversed(course: Course) -> list[Any]:
    """The second half runs against the first."""
    first, second = do.halves(course)
    return [first, second.reverse()]


def on_beijing54(folder: Any, course: Course) -> Any:
    """Declared as what it is: in a datum of which the parameters are not public."""
    return drawn(shifted(62, -48), crs=course.beijing54)(folder, course)


ARCHIVES = [
    case("no shx", do.without(".shx"), ("archive_incomplete", "parts")),
    case("no dbf", do.without(".dbf"), ("archive_incomplete", "parts")),
    case("shp cut off", do.patched(".shp", lambda raw: raw[: len(raw) // 2]), ("unreadable", "shp_truncated")),
    case("shx cut off", do.patched(".shx", lambda raw: raw[:105]), ("unreadable", "shx_damaged")),
    case("dbf cut off", do.patched(".dbf", lambda raw: raw[:120]), ("unreadable", "dbf_truncated")),
    case("rows and shapes differ", do.patched(".dbf", do.row_count(2)), ("unreadable", "counts")),
    case("four billion rows", do.patched(".dbf", do.row_count(4_000_000_000)), ("unreadable", "counts")),
    case("path outside", do.archive("../x.shp", b""), ("archive_unsafe", "outside")),
    case("bomb", do.archive("x.dbf", bytes(80 << 20)), ("archive_unsafe", "ratio")),
    case("no features", drawn(lambda _: []), ("empty", "layer")),
    case("feature without geometry", drawn(lambda course: [course.line, None]), ("empty", "feature")),
]

ENCODINGS = [
    case("cpg says UTF-8", do.with_side(".cpg", "UTF-8"), ("encoding_conflict", "bytes")),
    case("cpg says GBK, texts UTF-8", do.with_side(".cpg", "GBK", encoding="UTF-8"), ("encoding_conflict", "bytes")),
    case("cpg says Latin-1", do.with_side(".cpg", "ISO-8859-1"), ("encoding_conflict", "bytes")),
    case("cpg says nonsense", do.with_side(".cpg", "汉字"), ("encoding_conflict", "unknown")),
    case(
        "text cut in a character",
        lambda folder, course: do.half_a_character(course)(folder, course),
        ("encoding_damaged", "value"),
    ),
    case("decoded wrongly before", drawn(fields={"line": ["é•¿å®‰çº¿"]}), ("encoding_damaged", "twice")),
    case("replaced before", drawn(fields={"line": ["甲锟斤拷线"]}), ("encoding_damaged", "lost")),
]

SYSTEMS = [
    case("no prj, zone in easting", do.without(".prj", do.in_zone("numbered")), ("crs_missing", "believed")),
    case("no prj, no zone, legal line", do.without(".prj"), ("crs_missing", "believed")),
    case("no prj, no zone, nothing", do.without(".prj"), ("crs_missing", "unknown"), against=False),
    case("no prj, degrees", do.without(".prj", drawn(to=DEGREES)), ("crs_missing", "believed")),
    case(
        "prj without zone, zone in easting",
        do.declared_as("crs", do.in_zone("numbered")),
        ("crs_conflict", "number"),
    ),
    case("prj with zone, none in easting", do.declared_as("numbered"), ("crs_conflict", "number")),
    case("prj in degrees, metres", do.declared_as(DEGREES), ("crs_conflict", "unit")),
    case("prj in metres, degrees", do.declared_as("crs", drawn(to=DEGREES)), ("crs_conflict", "unit")),
    case(
        "prj of another zone",
        do.declared_as("other_numbered", do.in_zone("numbered")),
        ("crs_zone_mismatch", "number"),
    ),
    case("prj of another meridian", do.declared_as("other_crs"), ("crs_zone_mismatch", "legal")),
    case("prj not understood", do.with_side(".prj", 'PROJCS["dunno"'), ("crs_conflict", "text")),
    case("axes exchanged", do.swapped(), ("crs_axis_swapped", "plain")),
    case("latitude first", do.swapped(degrees=True), ("crs_axis_swapped", "plain")),
    case("declared Xi'an 1980", do.declared_as("xian80"), ("datum_suspect", "wrongly_declared")),
    case("declared and on Beijing 1954", on_beijing54, ("datum_suspect", "declared")),
    case("shifted as a whole", drawn(shifted(104, 37)), ("datum_suspect", "constant")),
    case("drawn on a GCJ-02 map", do.on_web_map(to_gcj02), ("datum_suspect", "gcj02")),
    case("drawn on a BD-09 map", do.on_web_map(to_bd09), ("datum_suspect", "bd09")),
    case("another county", drawn(shifted(60_000, 40_000)), ("out_of_area", "legal")),
    case(
        "abroad",
        drawn(lambda _: shapely.LineString([(10.1, 50.2), (10.2, 50.3)]), crs=DEGREES),
        ("out_of_area", "country"),
        against=False,
    ),
    case("a vertex at the end of the world", do.patched(".shp", do.vertex(1e300)), ("out_of_area", "vertex")),
    case("a vertex that is no number", do.patched(".shp", do.vertex(float("nan"))), ("coordinate_nonfinite", "plain")),
]

SCHEMA = [
    case("no code", do.markers(["x", "y"], name="note"), ("schema_missing_field", "plain")),
    case("empty code", do.markers(["12530010", None]), ("schema_bad_value", "empty")),
    case(
        "code out of form",
        do.markers(["1253001Q", "1253002X"]),
        ("schema_bad_value", "pattern"),
        profile="provincial-markers",
    ),
    case("code twice", do.markers(["001", "002", "002"]), ("duplicate_key", "plain")),
]

GEOMETRY = [
    case("polygons where lines belong", drawn(lambda course: list(course.units)), ("geometry_type", "layer")),
    case(
        "line of no length",
        drawn(with_a_point),
        ("geometry_invalid", "no_length"),
        ("duplicate_vertices", "vertices"),
    ),
    case("crossing itself", drawn(looped), ("self_intersection", "line")),
    case(
        "vertex twice",
        drawn(lambda course: course.inserted(50, course.beside(50, 0, 0))),
        ("duplicate_vertices", "vertices"),
    ),
    case("spike", drawn(spiked), ("spike", "plain")),
    case("kick-back", drawn(do.kicked_back), ("spike", "plain"), ("spike", "plain")),
]

TOPOLOGY = [
    case("short of its node", drawn(shortened(20)), ("dangling_end", "short")),
    case("loose branch", drawn(do.branch(400)), ("dangling_end", "loose")),
    case("spur", drawn(do.branch(12)), ("dangling_end", "spur")),
    case("first kilometres missing", drawn(lambda course: course.part(100, 600)), ("missing_stretch", "legal")),
    case("hole in the middle", drawn(with_a_hole), ("missing_stretch", "legal")),
    case("vertices left out", drawn(do.jump), ("missing_stretch", "jump")),
    case("hole in a named line", drawn(with_a_hole), ("missing_stretch", "gap"), against=False),
    case("beyond its node", drawn(do.extended(18)), ("overshoot", "legal")),
    case("beside its node", drawn(lambda course: moved(course.line, -1, 1, 8)), ("node_mismatch", "legal")),
    case("pieces do not meet", drawn(unjoined), ("node_mismatch", "pair")),
    case("against the direction", drawn(lambda course: course.line.reverse()), ("direction", "legal")),
    case("a piece against the direction", drawn(second_reversed), ("direction", "legal")),
    case("handed in twice", drawn(lambda course: [course.line, course.part(100, 200)]), ("overlap", "lines")),
    case("unknown ring", drawn(do.ring), ("enclave_new", "line")),
    case(
        "three ends, not one point",
        drawn(do.tri((0.6, 0), (0, 0.5), (0, 0))),
        ("tripoint_mismatch", "ends"),
        against=False,
    ),
    case(
        "an end far from the other two",
        drawn(do.tri((0, 0), (14, -21), (0, 0))),
        ("tripoint_mismatch", "ends"),
        against=False,
    ),
    case("far before another line", drawn(do.across(28)), ("dangling_end", "line"), against=False),
    case("before another line", drawn(do.across(3)), ("dangling_end", "line"), against=False),
    case("across another line", drawn(do.across(-9)), ("overshoot", "crossing"), against=False),
    case("two lines cross", drawn(do.across(-300)), ("self_intersection", "lines"), against=False),
]

MARKERS = [
    case("marker off the line", do.markers(["001", "002", "003"], [0, 9, 0]), ("marker_off_line", "plain")),
    case("markers out of order", do.markers(["001", "004", "003", "005", "006"]), ("marker_order", "plain")),
    case("both of a pair on one side", do.pair(6, 8), ("marker_off_line", "side")),
]

UNITS = [
    case("overlap", do.units(do.overlapping), ("overlap", "polygons"), against=False),
    case("gap", do.units(do.parted), ("gap", "plain"), against=False),
    case("slivers", do.units(do.slivered), ("sliver", "plain"), against=False),
    case("outline crosses itself", do.units(do.crossed), ("self_intersection", "polygon"), against=False),
    case("hole outside its shell", do.units(do.hole_outside), ("geometry_invalid", "plain"), against=False),
]

DAMAGES: list[Damage] = [*ARCHIVES, *ENCODINGS, *SYSTEMS, *SCHEMA, *GEOMETRY, *TOPOLOGY, *MARKERS, *UNITS]
