"""The plates of one street as an office's table (CSV): numbers, positions, which number a door had before. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.crs import check_position
from data.errors import DimingError
from data.tables import rows_of
from geonames.signs.numbering import RESERVED, STANDING, Door
from geonames.signs.numbering_table import COLUMNS, MOST_ROWS, NUMBER, columns_of, door_of, table_refused, text_of

#: Names under which columns are handed in; the first is ours.
PLATE_COLUMNS: Mapping[str, tuple[str, ...]] = {
    **COLUMNS, "longitude": ("longitude", "经度"), "latitude": ("latitude", "纬度"), "former": ("former", "原门牌号"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlateRow:
    """A line: the door with its number, its position (CGCS2000, degrees), and the number that it had before."""

    door: Door
    longitude: float | None = None
    latitude: float | None = None
    former: tuple[int, str] | None = None


def read_plates(raw: bytes) -> list[PlateRow]:
    """The plates of a table, UTF-8, else GB 18030. Raises `BadInput` `number_table`, which names the line."""
    try:
        rows = rows_of(text_of(raw))
    except ValueError as error:
        raise table_refused(str(error)) from error
    if not rows:
        raise table_refused("the table is empty")
    at = columns_of([cell.strip() for cell in rows[0]], PLATE_COLUMNS)
    body = [(line, row) for line, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    if not 1 <= len(body) <= MOST_ROWS:
        raise table_refused(f"a street has from 1 to {MOST_ROWS:,} numbers, not {len(body):,}")
    return [_row(line, {key: row[n].strip() if n < len(row) else "" for key, n in at.items()}) for line, row in body]


def _row(line: int, cells: Mapping[str, str]) -> PlateRow:
    door = door_of(line, cells)
    former = _number(line, cells["former"]) if cells.get("former") else None
    if former is not None and door.state == RESERVED:
        raise table_refused(f"line {line}: a number that is kept for later was no door's before")
    longitude, latitude = _position(line, cells.get("longitude", ""), cells.get("latitude", ""))
    if longitude is not None and door.state != STANDING:
        raise table_refused(f"line {line}: only a plate that stands has a position")
    return PlateRow(door, longitude, latitude, former)


def _number(line: int, said: str) -> tuple[int, str]:
    read = NUMBER.fullmatch(said)
    if read is None:
        raise table_refused(f"line {line}: {said[:20]!r} is no number such as 12 or 12-1")
    return int(read[1]), read[2] or ""


def _position(line: int, longitude: str, latitude: str) -> tuple[float | None, float | None]:
    if not longitude and not latitude:
        return None, None
    try:
        found = float(longitude), float(latitude)
        check_position(*found)
    except (ValueError, DimingError) as error:
        raise table_refused(f"line {line}: {longitude[:20]!r}, {latitude[:20]!r} is no position in degrees") from error
    return found
