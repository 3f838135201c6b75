"""What 甲县 and 乙县 surveyed for the fifth inspection of 甲乙线: one disagreement for each of the three routes.

`python -m tests.samples.yunxi.surveys` writes them into `data/samples/yunxi/surveys`, from where the demonstration
hands them in. 乙县's whole survey lies elsewhere: its numbers are on the Xi'an 1980 datum, and nobody transformed them.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyproj import CRS
from shapely.geometry import LineString, Point

from boundaries.geometry.plane import LocalPlane
from tests.samples.yunxi.draw import FOLDER, MERIDIAN
from tests.samples.yunxi.handed_in import DBF_DATE, SRID, ZIP_DATE, legal_course

OUT = FOLDER / "surveys"
#: Xi'an 1980, 3-degree zone 40 with its number.
XIAN80_SRID = 2364
#: From where things are to where 乙县's numbers show them, in metres east and north: the size of the offset between
#: both datums, its direction invented.
OFFSET_M = (-98.0, 41.0)
NOISE_M, MARKER_NOISE_M, SEED = 0.3, 0.04, 5
#: The marker that neither side found.
LOST = "990121990122012Q"


@dataclass(frozen=True, slots=True)
class Apart:
    """Between which shares of the line's vertices the surveys of 甲县 and 乙县 lie so many metres north of it."""

    begin: float
    end: float
    jia_m: float
    yi_m: float


#: On the ridge 乙县 reads the agreement higher up; at the river bank each claims the far branch; at the dam both have
#: drawn a line that they agreed on between themselves.
DISAGREEMENTS = (
    Apart(0.245, 0.262, 0.0, 38.0),
    Apart(0.505, 0.53, -36.0, 33.0),
    Apart(0.83, 0.845, -55.0, -55.0),
)


def surveyed(course: LineString, side: str) -> LineString:
    """The line as one side (`jia`, `yi`) drew it, in metres of the plane."""
    vertices = shapely.get_coordinates(LocalPlane(MERIDIAN).to_plane(course))
    share = np.linspace(0.0, 1.0, len(vertices))
    for apart in DISAGREEMENTS:
        within = (share - apart.begin) / (apart.end - apart.begin)
        form = np.clip(4 * np.minimum(within, 1 - within), 0.0, 1.0)
        vertices[:, 1] += form * getattr(apart, f"{side}_m")
    random = np.random.default_rng(SEED + (side == "yi"))
    return LineString(vertices + random.normal(0.0, NOISE_M, vertices.shape))


def markers(side: str, folder: Path = FOLDER) -> list[tuple[str, Point]]:
    """The markers that one side found, in metres of the plane."""
    with (folder / "markers.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] != LOST]
    random = np.random.default_rng(SEED + 10 + (side == "yi"))
    points = LocalPlane(MERIDIAN).to_plane(
        np.array([Point(float(row["longitude"]), float(row["latitude"])) for row in rows])
    )
    noise = random.normal(0.0, MARKER_NOISE_M, (len(rows), 2))
    return [(row["code"], Point(p.x + dx, p.y + dy)) for row, p, (dx, dy) in zip(rows, points, noise, strict=True)]


def survey_file(side: str) -> bytes:
    """One side's survey as it is handed in: an archive of two Shapefiles."""
    line, found = surveyed(legal_course(), side), markers(side)
    east, north = OFFSET_M if side == "yi" else (0.0, 0.0)
    shift = np.array([40_500_000.0 + east, north])
    srid = XIAN80_SRID if side == "yi" else SRID
    layers: dict[str, tuple[dict[str, list[str]], list[LineString] | list[Point], str]] = {
        "界线": ({"line": ["甲乙线"]}, [shapely.transform(line, lambda c: c + shift)], "LineString"),
        "界桩": (
            {"code": [code for code, _ in found]},
            [shapely.transform(point, lambda c: c + shift) for _, point in found],
            "Point",
        ),
    }
    parts: dict[str, bytes] = {}
    for name, (fields, geometries, kind) in layers.items():
        parts |= _shapefile(name, fields, geometries, kind, srid)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for name in sorted(parts):
            out.writestr(zipfile.ZipInfo(name, ZIP_DATE), parts[name], zipfile.ZIP_DEFLATED, 9)
    return archive.getvalue()


def _shapefile(
    name: str, fields: dict[str, list[str]], geometries: Sequence[LineString | Point], kind: str, srid: int
) -> dict[str, bytes]:
    """The parts of one Shapefile; the day of its table is fixed, so that the same content gives the same bytes."""
    frame = gpd.GeoDataFrame(fields, geometry=list(geometries))
    with TemporaryDirectory(prefix="diming-sample-") as folder:
        path = Path(folder) / f"{name}.shp"
        pyogrio.write_dataframe(frame, path, driver="ESRI Shapefile", geometry_type=kind, encoding="GB18030")
        parts = {f"{name}{suffix}": path.with_suffix(suffix).read_bytes() for suffix in (".shp", ".shx", ".dbf")}
    table = parts[f"{name}.dbf"]
    parts[f"{name}.dbf"] = table[:1] + DBF_DATE + table[4:]
    parts[f"{name}.prj"] = CRS(srid).to_wkt("WKT1_ESRI").encode("ascii")
    parts[f"{name}.cpg"] = b"GB18030"
    return parts


def write(folder: Path = OUT) -> None:
    """Write both files."""
    folder.mkdir(parents=True, exist_ok=True)
    for side in ("jia", "yi"):
        (folder / f"{side}.zip").write_bytes(survey_file(side))


if __name__ == "__main__":
    write()
