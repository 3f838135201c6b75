"""Files as a surveyor of 甲县 might hand them in: one good, five each bad for another reason.

`python -m tests.samples.yunxi.handed_in` writes them into `data/samples/yunxi/handed_in`, where the counter's page
takes them from; `handed_in.csv` there says what each is and what the check must find.
"""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.geometry import LineString

from boundaries.geometry.plane import LocalPlane
from boundaries.network.export import Wanted, written
from tests.samples.yunxi.draw import FOLDER, MERIDIAN

OUT = FOLDER / "handed_in"
#: CGCS2000, 3-degree zone 40 with its number, and the zone beside it.
SRID, WRONG_SRID = 4528, 4527
#: What dBASE writes as the day of its last change: fixed, so that the same content gives the same bytes.
DBF_DATE = bytes([126, 1, 1])
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
#: At which shares of its vertices the missing stretch is, and where the line turns back on itself.
MISSING, CROSSED = (0.46, 0.5), 0.219
CROSSED_M = 45.0
Parts = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Sample:
    """One file: `kind` is what the check finds, and nothing else; None: nothing."""

    file: str
    kind: str | None
    title_zh: str
    title_en: str
    make: Callable[[LineString], Parts]


def legal_course(folder: Path = FOLDER) -> LineString:
    """甲乙线 as it is in force, from west to east, in degrees."""
    pieces = {**_features(folder / "line.geojson"), **_features(folder / "line_later.geojson")}
    merged = shapely.line_merge(shapely.MultiLineString([pieces[key] for key in sorted(pieces)]), directed=True)
    if not isinstance(merged, LineString):
        raise TypeError(f"the segments of the line make a {merged.geom_type}")
    return merged


def _features(path: Path) -> dict[str, LineString]:
    body = json.loads(path.read_text("utf-8"))
    found = {f["properties"]["segment"]: LineString(f["geometry"]["coordinates"]) for f in body["features"]}
    return {key: course for key, course in found.items() if key.startswith("甲乙")}


def packed(*pieces: LineString, srid: int = SRID) -> Parts:
    """The parts of a Shapefile of `pieces` (degrees) by their suffixes."""
    records = [
        {"line": "甲乙线", "ordinal": number, "left_name": "甲县", "right_name": "乙县", "remark": "松林乡至云溪街道段"}
        for number, _ in enumerate(pieces, 1)
    ]
    archive = zipfile.ZipFile(io.BytesIO(written("甲乙线", records, pieces, Wanted("shp", srid)).content))
    parts = {Path(name).suffix: archive.read(name) for name in archive.namelist()}
    return {**parts, ".dbf": parts[".dbf"][:1] + DBF_DATE + parts[".dbf"][4:]}


def good(course: LineString) -> Parts:
    """The line as agreed."""
    return packed(course)


def without_prj(course: LineString) -> Parts:
    """The declaration of the coordinate system was not packed."""
    return {suffix: content for suffix, content in packed(course).items() if suffix != ".prj"}


def wrong_zone(course: LineString) -> Parts:
    """The declaration is that of the zone beside it, from another project."""
    return {**packed(course), ".prj": packed(course, srid=WRONG_SRID)[".prj"]}


def crossed(course: LineString) -> Parts:
    """Two vertices were put in the wrong order by hand, so that the line makes a loop."""
    plane = LocalPlane(MERIDIAN)
    points = shapely.get_coordinates(plane.to_plane(course))
    at = round(CROSSED * len(points))
    (x1, y1), (x2, y2) = points[at], points[at + 1]
    along, across = ((x2 - x1) / 2, (y2 - y1) / 2), (y1 - y2, x2 - x1)
    far = max(CROSSED_M / math.hypot(*across), 1.0)  # a loop as wide as it is long, and no spike
    middle = ((x1 + x2) / 2 + across[0] * far, (y1 + y2) / 2 + across[1] * far)
    off = [(middle[0] + turn * along[0], middle[1] + turn * along[1]) for turn in (1.6, -1.6)]
    drawn = [*map(tuple, points[: at + 1].tolist()), *off, *map(tuple, points[at + 1 :].tolist())]
    return packed(plane.to_degrees(LineString(drawn)))


def with_a_gap(course: LineString) -> Parts:
    """A stretch between two sheets was not digitised."""
    first, until = (round(share * len(course.coords)) for share in MISSING)
    last = max(first + 1, until)
    return packed(LineString(course.coords[: first + 1]), LineString(course.coords[last:]))


def damaged_text(course: LineString) -> Parts:
    """A program that does not know Chinese has cut a character in half."""
    parts = packed(course)
    whole, half = "松林乡至".encode("gb18030"), "松林乡".encode("gb18030") + b"\xd6 "
    if whole not in parts[".dbf"]:
        raise ValueError("the remark is not in the table")
    return {**parts, ".dbf": parts[".dbf"].replace(whole, half)}


SAMPLES = (
    Sample(
        "good.zip", None,
        "合格：EPSG:4528，GB18030，.prj 和 .cpg 齐全", "good: EPSG:4528, GB18030, with .prj and .cpg", good,
    ),
    Sample(
        "no-prj.zip", "crs_missing",
        "没有 .prj，未声明坐标系", "no .prj: no coordinate system is declared", without_prj,
    ),
    Sample(
        "wrong-zone.zip", "crs_zone_mismatch",
        ".prj 是 39 带，坐标在 40 带", ".prj of zone 39, coordinates of zone 40", wrong_zone,
    ),
    Sample("crossed.zip", "self_intersection", "界线自相交", "the line crosses itself", crossed),
    Sample("gap.zip", "missing_stretch", "图幅接边处缺一段", "a stretch between two sheets is missing", with_a_gap),
    Sample(
        "damaged-text.zip", "encoding_damaged",
        "属性中有半个汉字", "half a Chinese character in a field", damaged_text,
    ),
)  # fmt: skip


def write(folder: Path = OUT) -> None:
    """Write all of them into `folder`, and the table that says what they are."""
    folder.mkdir(parents=True, exist_ok=True)
    course = legal_course()
    for sample in SAMPLES:
        (folder / sample.file).write_bytes(zipped(sample.make(course)))
    with (folder / "handed_in.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["file", "kind", "title_zh", "title_en"])
        table.writerows([s.file, s.kind or "", s.title_zh, s.title_en] for s in SAMPLES)


def zipped(parts: Parts) -> bytes:
    """The parts of a Shapefile as one archive, the same content as the same bytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for suffix in sorted(parts):
            out.writestr(zipfile.ZipInfo(f"甲乙线{suffix}", ZIP_DATE), parts[suffix], zipfile.ZIP_DEFLATED, 9)
    return archive.getvalue()


if __name__ == "__main__":
    write()
