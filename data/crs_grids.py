"""The zones of the national grids, and what a declared coordinate system is in their terms.

A plane file of a surveyor is in a Gauss-Krüger zone (高斯-克吕格投影带): a transverse
Mercator projection with scale 1 and a false easting of 500 km, before which the
number of the zone may stand. The codes are data (`data/reference/crs/grids.csv`);
a declaration is understood by its parameters and not by its name, because the
names that programs write differ.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from data.crs import EQUIVALENT_DATUMS, STORED_SRID

GRIDS_FILE = Path(__file__).parent / "reference" / "crs" / "grids.csv"
#: Metres added to eastings (国家三角测量和精密导线测量规范; the same in all three national systems).
FALSE_EASTING_M = 500_000.0
#: What stands before the easting: the number of the zone times this many metres.
ZONE_FACTOR_M = 1_000_000.0
#: The datum of the register, and those whose parameters to it are classified.
NATIONAL_DATUM = "China 2000"
FORMER_DATUMS = ("Xian 1980", "Beijing 1954")
#: Degrees and metres within which a declared parameter is that of a zone.
SAME_DEGREE, SAME_METRE, SAME_SCALE = 1e-6, 0.5, 1e-9

Kind = Literal["geographic", "grid", "other"]


@dataclass(frozen=True, slots=True)
class Grid:
    """One zone: `zone` is the number before the easting, None where there is none; meridian in degrees."""

    epsg: int
    datum: str
    width_deg: int
    central_meridian: float
    zone: int | None

    @property
    def name(self) -> str:
        """`EPSG:n`."""
        return f"EPSG:{self.epsg}"

    @property
    def false_easting_m(self) -> float:
        """Metres added to eastings, the number of the zone among them."""
        return FALSE_EASTING_M + ZONE_FACTOR_M * (self.zone or 0)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A coordinate system as a file declares it.

    `name` is for people, `text` what was declared, `datum` PROJ's name of it;
    meridian (degrees) and false easting (metres) are None unless `kind` is `grid`.
    `equivalent` says that the datum agrees with CGCS2000 within a metre.
    """

    name: str
    text: str
    kind: Kind
    datum: str
    equivalent: bool
    central_meridian: float | None = None
    false_easting_m: float | None = None

    @property
    def zone(self) -> int | None:
        """The number of the zone that stands before eastings."""
        if self.false_easting_m is None:
            return None
        return round((self.false_easting_m - FALSE_EASTING_M) / ZONE_FACTOR_M) or None


@cache
def grids() -> tuple[Grid, ...]:
    """All zones of `grids.csv`, in its order."""
    with GRIDS_FILE.open(encoding="utf-8", newline="") as file:
        return tuple(grid for row in csv.DictReader(file) for grid in _run(row))


def _run(row: dict[str, str]) -> list[Grid]:
    width, first = int(row["width_deg"]), int(row["first_epsg"])
    zone = int(row["first_zone"]) if row["numbered"] == "yes" else None
    return [
        Grid(
            epsg=first + step,
            datum=row["datum"],
            width_deg=width,
            central_meridian=float(int(row["first_meridian"]) + step * width),
            zone=None if zone is None else zone + step,
        )
        for step in range(int(row["count"]))
    ]


def find_grid(central_meridian: float, zone: int | None, datum: str = NATIONAL_DATUM) -> Grid | None:
    """The zone with this meridian (degrees) and number before the easting; of two the one of 3 degrees."""
    for grid in grids():
        same = abs(grid.central_meridian - central_meridian) < SAME_DEGREE
        if same and grid.zone == zone and grid.datum == datum:
            return grid
    return None


def grid_of_zone(zone: int, datum: str = NATIONAL_DATUM) -> Grid | None:
    """The zone whose number stands before the easting: 13 to 23 are of 6 degrees, 25 to 45 of 3."""
    return next((grid for grid in grids() if grid.zone == zone and grid.datum == datum), None)


def unnumbered_grids(datum: str = NATIONAL_DATUM) -> list[Grid]:
    """The zones without a number before the easting, one for each meridian: an easting alone does not tell them."""
    return [grid for grid in grids() if grid.zone is None and grid.width_deg == 3 and grid.datum == datum]


def understand(text: str | None) -> Declaration | None:
    """What the declaration `text` (WKT of any kind, `EPSG:n`, URN) says; None where it says nothing known."""
    if not text or not text.strip():
        return None
    try:
        crs = CRS.from_user_input(text.strip())
        declared = _declaration(crs, text)
        if declared.kind == "other":
            # what has no way to longitude and latitude is no system of positions on the Earth
            Transformer.from_crs(crs, CRS.from_epsg(STORED_SRID), always_xy=True)
    except ProjError:
        return None
    return declared if crs.is_projected or crs.is_geographic else None


def _declaration(crs: CRS, text: str) -> Declaration:
    geodetic = crs.geodetic_crs
    datum = str(geodetic.datum.name) if geodetic is not None and geodetic.datum is not None else "unknown"
    meridian, easting = _gauss_krueger(crs)
    kind: Kind = "geographic" if crs.is_geographic else "grid" if meridian is not None else "other"
    return Declaration(
        name=_name(crs, kind, datum, meridian, easting),
        text=text,
        kind=kind,
        datum=datum,
        equivalent=datum.startswith(EQUIVALENT_DATUMS),
        central_meridian=meridian,
        false_easting_m=easting,
    )


def _name(crs: CRS, kind: Kind, datum: str, meridian: float | None, easting: float | None) -> str:
    """`EPSG:n` where the parameters are those of one, else the name that was declared."""
    if meridian is not None and easting is not None:
        zone = round((easting - FALSE_EASTING_M) / ZONE_FACTOR_M) or None
        grid = find_grid(meridian, zone, datum)
        if grid is not None and abs(grid.false_easting_m - easting) < SAME_METRE:
            known = crs.to_epsg()
            return f"EPSG:{known}" if known else grid.name
    if kind == "geographic" and datum.startswith(NATIONAL_DATUM):
        return f"EPSG:{STORED_SRID}"
    authority = crs.to_authority(min_confidence=70)
    return ":".join(authority) if authority else crs.name


def _gauss_krueger(crs: CRS) -> tuple[float | None, float | None]:
    """Central meridian and false easting where `crs` is a Gauss-Krüger projection, else twice None."""
    operation = crs.coordinate_operation
    if not crs.is_projected or operation is None or operation.method_name != "Transverse Mercator":
        return None, None
    values = {parameter.name: float(parameter.value) for parameter in operation.params}
    scale = values.get("Scale factor at natural origin", 0.0)
    if abs(scale - 1.0) > SAME_SCALE or values.get("False northing", 0.0) != 0.0:
        return None, None
    # other names of these two: a transverse Mercator of another make, which is measured like any projection
    meridian, easting = values.get("Longitude of natural origin"), values.get("False easting")
    return (None, None) if meridian is None or easting is None else (meridian, easting)
