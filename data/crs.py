"""The only module that names a coordinate system or a datum.

Everything is stored in geographic coordinates of the China Geodetic Coordinate
System 2000 (2000国家大地坐标系, CGCS2000; EPSG:4490), longitude first. A file comes
in under the system that it declares and under no other: a file that declares
none is refused, and so is one on another datum, because the parameters between
the Beijing 1954 or Xi'an 1980 datum and CGCS2000 are classified and no open
transformation can be right about land.

WGS 84 and the ITRF realisations coincide with CGCS2000 to better than a metre
(CGCS2000 is ITRF97 at epoch 2000.0; the plate has moved since). They are taken
over unchanged, and the declared system is recorded with the layer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError

from data.errors import BadInput, BadRequest

#: EPSG code of the stored system; an integer because PostGIS is slow with text systems.
STORED_SRID = 4490
#: How the stored system is named to people.
STORED_NAME = "CGCS2000 (EPSG:4490)"
#: GeoJSON has no system of its own but WGS 84 (RFC 7946 section 4).
GEOJSON_DEFAULT = "OGC:CRS84"
#: Names of datums, as PROJ gives them, that coincide with CGCS2000 within `EQUIVALENCE_M`.
EQUIVALENT_DATUMS = (
    "China 2000",
    "World Geodetic System 1984",
    "International Terrestrial Reference Frame",
)
#: Metres within which those datums agree with CGCS2000 in China.
EQUIVALENCE_M = 1.0
#: The ellipsoid of CGCS2000: a = 6378137 m, f = 1/298.257222101 (国家测绘局公告 2008 年第 2 号), as GRS 1980.
ELLIPSOID = Geod(ellps="GRS80")
#: Mean Earth radius in metres (IUGG R1), for distances shown to people.
EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True, slots=True)
class DeclaredCrs:
    """The coordinate system that a file declares.

    `name` is for people (`EPSG:4528 …`), `wkt` what was declared, `exact` whether
    its datum is CGCS2000 itself, `note` what the difference may be.
    """

    name: str
    wkt: str
    exact: bool
    note: str


def declared_crs(value: str | None) -> DeclaredCrs:
    """The system called `value` (WKT, `EPSG:n`, URN).

    Raises `BadInput` `unknown_crs` where there is none or it is not known, and
    `crs_datum_needs_parameters` where its datum is not equivalent to CGCS2000.
    """
    if not value:
        raise BadInput(
            "The file declares no coordinate system (no .prj, no layer definition). Nothing was loaded. "
            "Ask the surveyor which system it is in; if you know it, name it with --crs EPSG:n.",
            code="unknown_crs",
        )
    crs = _parse(value)
    datum = _datum_name(crs)
    if not datum.startswith(EQUIVALENT_DATUMS):
        raise BadInput(
            f"The file is on the datum “{datum}” ({_name(crs)}). Its parameters to {STORED_NAME} are "
            "classified and are not in this program. Nothing was loaded. Have the file transformed by "
            "the survey office and hand in the CGCS2000 version.",
            code="crs_datum_needs_parameters",
        )
    exact = datum.startswith("China 2000")
    note = (
        "the stored datum itself"
        if exact
        else f"{datum} is treated as equivalent to CGCS2000 (within {EQUIVALENCE_M:g} m)"
    )
    return DeclaredCrs(name=_name(crs), wkt=crs.to_wkt(), exact=exact, note=note)


def _parse(value: str) -> CRS:
    try:
        return CRS.from_user_input(value)
    except CRSError as error:
        raise BadInput(
            f"The coordinate system “{value[:120]}” is not known. Nothing was loaded. "
            "Name it with --crs EPSG:n (EPSG:4490 is CGCS2000 in longitude and latitude).",
            code="unknown_crs",
        ) from error


def _name(crs: CRS) -> str:
    authority = crs.to_authority(min_confidence=70)
    return f"{':'.join(authority)} {crs.name}" if authority else crs.name


def _datum_name(crs: CRS) -> str:
    geodetic = crs.geodetic_crs
    if geodetic is None or geodetic.datum is None:
        return crs.name
    return str(geodetic.datum.name)


def to_stored(geometries: np.ndarray[Any, Any], declared: DeclaredCrs) -> np.ndarray[Any, Any]:
    """`geometries` (shapely, in x, y order of the file) in `STORED_NAME`, longitude first.

    Coordinates that cannot be transformed become infinite and are found by the checks.
    """
    source = CRS.from_wkt(declared.wkt)
    if source.is_geographic:
        # equivalent datum, degrees in longitude and latitude: nothing to compute
        return geometries
    transformer = Transformer.from_crs(source, CRS.from_epsg(STORED_SRID), always_xy=True)

    def move(coordinates: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        x, y = transformer.transform(coordinates[:, 0], coordinates[:, 1])
        return np.column_stack([x, y])

    moved: np.ndarray[Any, Any] = shapely.transform(geometries, move)
    return moved


def check_position(longitude: float, latitude: float) -> tuple[float, float]:
    """The position itself, where it is one. Raises `BadRequest` `coordinates_out_of_range`."""
    finite = math.isfinite(longitude) and math.isfinite(latitude)
    if not finite or not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise BadRequest(
            f"({longitude}, {latitude}) is not a position: longitude lies between -180 and 180, latitude "
            "between -90 and 90 degrees, longitude first.",
            code="coordinates_out_of_range",
        )
    return longitude, latitude


BBox = tuple[float, float, float, float]


def check_bbox(bbox: BBox) -> BBox:
    """`bbox` (west, south, east, north in degrees), where it is one box.

    Raises `BadRequest` `coordinates_out_of_range`, `bbox_antimeridian` where west
    is east of east, `bbox_empty` where south is north of north.
    """
    west, south, east, north = bbox
    check_position(west, south)
    check_position(east, north)
    if west > east:
        raise BadRequest(
            f"The box begins at {west}° and ends at {east}°: it would cross the antimeridian. Ask for its "
            "two halves separately. The order is west, south, east, north.",
            code="bbox_antimeridian",
        )
    if south > north:
        raise BadRequest(
            f"The box's south {south}° lies north of its north {north}°. The order is west, south, east, north.",
            code="bbox_empty",
        )
    return bbox


def haversine_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance in metres between two positions (longitude, latitude) in degrees."""
    lon1, lat1, lon2, lat2 = (math.radians(value) for value in (*a, *b))
    chord = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(chord))


def plane_around(central_meridian: float) -> tuple[Transformer, Transformer]:
    """From the stored system to a Gauss-Krüger plane of its own and back: x east, y north, in metres.

    The plane touches the ellipsoid of CGCS2000 along `central_meridian` (degrees, scale 1, false easting 0),
    so that a line that crosses a zone's edge is measured in one plane. Lengths are long by less than
    1.4 parts in ten thousand within a degree of longitude of it.
    """
    plane = CRS.from_dict({"proj": "tmerc", "lon_0": central_meridian, "k": 1, "ellps": "GRS80", "units": "m"})
    degrees = CRS.from_dict({"proj": "longlat", "ellps": "GRS80"})
    return (
        Transformer.from_crs(degrees, plane, always_xy=True),
        Transformer.from_crs(plane, degrees, always_xy=True),
    )


def projected(srid: int) -> Transformer:
    """From the stored system to the system EPSG:`srid` on the same datum, x east (or longitude) first.

    Raises `BadRequest` `bad_crs` where there is no such system or its datum is not CGCS2000 itself.
    """
    try:
        crs = CRS.from_epsg(srid)
    except CRSError as error:
        raise BadRequest(f"There is no coordinate system EPSG:{srid}.", code="bad_crs") from error
    if not _datum_name(crs).startswith("China 2000"):
        raise BadRequest(
            f"EPSG:{srid} ({crs.name}) is on another datum. Boundaries are given out in CGCS2000 only: "
            "EPSG:4490 in degrees, EPSG:4491 to 4554 in metres.",
            code="bad_crs",
        )
    return Transformer.from_crs(CRS.from_epsg(STORED_SRID), crs, always_xy=True)
