"""Markers as an office's table (CSV): one stone a line, into registrations, or into what is wrong with the line. Pure.

Positions are degrees of CGCS2000, or metres of one of its grids, named beside
the table; a table names no coordinate system itself. In Chinese surveying X
(纵坐标) is the northing, so that columns called only x and y are refused here:
who imports says which is which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args
from uuid import UUID

from boundaries.markers.coding import MarkerCode, parse_code
from boundaries.markers.faults import Fault, Faulty, fault
from boundaries.markers.model import PARTS, Kind, Marker, PartCode, Witness, check_marker
from boundaries.markers.registration import TEXTS, number, witness
from boundaries.markers.schemes import schemes
from boundaries.markers.vocabulary import words
from data.crs import STORED_SRID, check_position, projected
from data.errors import BadInput, DimingError
from data.ids import new_id
from data.tables import rows_of

#: Names under which the columns of a table are handed in; the first is ours.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "界桩编号", "界桩号", "编号"),
    "kind": ("kind", "类型", "界桩类型"),
    "faces": ("faces", "面数"),
    "material": ("material", "材质", "材料"),
    "longitude": ("longitude", "经度", "东经", "lon"),
    "latitude": ("latitude", "纬度", "北纬", "lat"),
    "easting": ("easting", "横坐标", "东坐标"),
    "northing": ("northing", "纵坐标", "北坐标"),
    "accuracy_m": ("accuracy_m", "中误差", "点位中误差"),
    "method": ("method", "施测方法", "测量方法"),
    "elevation_m": ("elevation_m", "高程"),
    "height_datum": ("height_datum", "高程基准"),
    "place": ("place", "所在地", "位置"),
    "custodian": ("custodian", "管护人", "管护单位"),
    "shape": ("shape", "形制"),
    "set_on": ("set_on", "埋设日期"),
    "surveyed_on": ("surveyed_on", "施测日期"),
    "witness_1": ("witness_1", "方位物1"),
    "witness_2": ("witness_2", "方位物2"),
    "witness_3": ("witness_3", "方位物3"),
}
#: Without these a registration would be half guessed.
NEEDED = ("code", "faces", "material")
WITNESSES = ("witness_1", "witness_2", "witness_3")
MOST_ROWS = 100_000
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: its number in the file, the marker where it can be read, else what is wrong."""

    line: int
    code: str
    marker: Marker | None
    faults: tuple[Fault, ...] = ()


def read_table(raw: bytes, scheme: str, line: UUID | None, srid: int = STORED_SRID) -> list[Row]:
    """The rows of a table of `scheme`; positions in degrees, or in the grid `srid` of CGCS2000 in metres.

    UTF-8, else GB 18030. Raises `BadInput` `marker_table` for what is no such table; what is wrong with a row is said
    of the row.
    """
    try:
        rows = rows_of(text_of(raw))
    except ValueError as error:
        raise wrong(str(error)) from error
    if not rows:
        raise wrong("the table is empty")
    at = _columns([cell.strip() for cell in rows[0]], srid)
    body = [(n, row) for n, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    if not 1 <= len(body) <= MOST_ROWS:
        raise wrong(f"a table has from 1 to {MOST_ROWS:,} markers, not {len(body):,}")
    found = [_row(n, _cells(row, at), scheme, line, srid) for n, row in body]
    return _without_twins(found)


def text_of(raw: bytes) -> str:
    """The table as text, from UTF-8 or GB 18030; `BadInput` `marker_table`."""
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise wrong("its text is neither UTF-8 nor GB 18030")


def _columns(header: Sequence[str], srid: int) -> dict[str, int]:
    at = {key: header.index(name) for key, names in COLUMNS.items() for name in names if name in header}
    places = ("longitude", "latitude") if srid == STORED_SRID else ("easting", "northing")
    missing = [COLUMNS[key][1] for key in (*NEEDED, *places) if key not in at]
    if missing:
        raise wrong(f"the columns {', '.join(missing)} are missing; the table has {', '.join(header)[:160]}")
    unknown = [name for name in header if name and not any(name in names for names in COLUMNS.values())]
    if unknown:
        raise wrong(f"nobody knows the columns {', '.join(unknown)[:160]}: rename or remove them")
    return at


def _cells(row: Sequence[str], at: Mapping[str, int]) -> dict[str, str]:
    cells = {key: row[column].strip() for key, column in at.items() if column < len(row)}
    return {key: value for key, value in cells.items() if value}


def _row(line_number: int, cells: Mapping[str, str], scheme: str, line: UUID | None, srid: int) -> Row:
    code = cells.get("code", "")
    try:
        marker = _marker(cells, scheme, line, srid)
    except Faulty as error:
        return Row(line_number, code, None, (error.fault,))
    return Row(line_number, code, marker, tuple(check_marker(marker)))


def _marker(cells: Mapping[str, str], scheme: str, line: UUID | None, srid: int) -> Marker:
    parsed = _parsed(cells, scheme)
    part = cast(PartCode, parsed.part or "Q")
    longitude, latitude = _position(cells, srid)
    return Marker(
        id=new_id(), code=cells["code"], scheme=scheme, kind=_kind(cells.get("kind"), parsed.part), part=part,
        faces=_faces(cells), material=_material(cells), longitude=longitude, latitude=latitude, line=line,
        accuracy_m=_numbered(cells, "accuracy_m"),
        elevation_m=_numbered(cells, "elevation_m"),
        witnesses=tuple(_witness(cells, key) for key in WITNESSES if key in cells),
        **_texts(cells),
    )  # fmt: skip


def _parsed(cells: Mapping[str, str], scheme: str) -> MarkerCode:
    code = cells.get("code", "")
    if not code:
        raise _blank("code")
    known = schemes().get(scheme)
    try:
        return parse_code(code, scheme)
    except BadInput as error:
        if known is None:
            raise
        told = {"scheme_en": known.label_en, "scheme_zh": known.label_zh, "source": known.source}
        raise Faulty(fault("code", "code", code=code[:40], **told)) from error


def _witness(cells: Mapping[str, str], key: str) -> Witness:
    try:
        return witness(cells[key])
    except BadInput as error:
        raise Faulty(fault("witness", "witnesses", column=COLUMNS[key][1], value=cells[key][:60])) from error


def _texts(cells: Mapping[str, str]) -> dict[str, Any]:
    """What is written as it stands."""
    names = (*TEXTS, "set_on", "surveyed_on")
    return {name: cells[name] for name in names if name in cells and name != "material"}


def _faces(cells: Mapping[str, str]) -> int:
    """Two or three; anything else is left to `check_marker` to name, but for what is no whole number."""
    found = _required(cells, "faces")
    if found != int(found):
        raise Faulty(fault("whole", "faces", column=COLUMNS["faces"][1], value=cells["faces"][:20]))
    return int(found)


def _position(cells: Mapping[str, str], srid: int) -> tuple[float, float]:
    if srid == STORED_SRID:
        place = _required(cells, "longitude"), _required(cells, "latitude")
    else:
        east, north = _required(cells, "easting"), _required(cells, "northing")
        longitude, latitude = projected(srid).transform(east, north, direction="INVERSE")
        place = round(float(longitude), 9), round(float(latitude), 9)
    try:
        return check_position(*place)
    except DimingError as error:
        raise Faulty(fault("position", "position", longitude=place[0], latitude=place[1])) from error


def _required(cells: Mapping[str, str], name: str) -> float:
    found = _numbered(cells, name)
    if found is None:
        raise _blank(name)
    return found


def _blank(name: str) -> Faulty:
    return Faulty(fault("blank", name, column=COLUMNS[name][1]))


def _numbered(cells: Mapping[str, str], name: str) -> float | None:
    if name not in cells:
        return None
    try:
        return number(cells[name], COLUMNS[name][1])
    except BadInput as error:
        raise Faulty(fault("number", name, column=COLUMNS[name][1], value=cells[name][:40])) from error


def _kind(said: str | None, part: str | None) -> Kind:
    """What the table says, in our words or in Chinese; else the one whose stones bear this letter."""
    by_word: dict[str, str] = {key: key for key in PARTS}
    by_word |= {label.zh: key for key, label in words("marker_kind").items()}
    if said is None and part is None:
        raise Faulty(fault("kind_blank", "kind", column=COLUMNS["kind"][1]))
    if said is None:
        return next(kind for kind, parts in PARTS.items() if part in parts)
    found = by_word.get(said)
    if found not in get_args(Kind):
        raise Faulty(fault("kind", "kind", value=said[:20], known=", ".join(by_word)))
    return cast(Kind, found)


def _material(cells: Mapping[str, str]) -> str:
    """The key of a material, given by key or Chinese word; one that no list has is kept, and doubted elsewhere."""
    if "material" not in cells:
        raise _blank("material")
    by_word = {label.zh: key for key, label in words("marker_material").items()}
    return by_word.get(cells["material"], cells["material"])


def _without_twins(rows: Sequence[Row]) -> list[Row]:
    """A code that stands twice is wrong in every row but the first."""
    first: dict[str, int] = {}
    found = []
    for row in rows:
        before = first.setdefault(row.code, row.line)
        twin = fault("twice", "code", line=before) if before != row.line else None
        found.append(Row(row.line, row.code, row.marker, (*row.faults, twin)) if twin else row)
    return found


def wrong(why: str) -> BadInput:
    """The refusal of a table, or of a row."""
    return BadInput(f"{why}. Nothing was changed.", code="marker_table")


def told(row: Row, outcome: str, **more: Any) -> dict[str, Any]:
    """A row of the report."""
    said = {"faults": [one.message for one in row.faults], "faults_zh": [one.message_zh for one in row.faults]}
    return {"line": row.line, "code": row.code, "outcome": outcome, **said, **more}
