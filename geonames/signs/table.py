"""Signs as an office's table (CSV): one sign a line, into signs, or into what is wrong with the line. Pure.

Positions are degrees of CGCS2000. The place is named by its id, or by its name in the division of the inventory; which
place that is, `importing` looks up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from data.crs import check_position
from data.errors import BadInput, DimingError
from data.partial_date import parse_iso
from data.tables import rows_of
from data.workflow.model import Label
from geonames.signs.rules import directions
from geonames.signs.words import words

#: Names under which the columns of a table are handed in; the first is ours.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "标志编号", "编号"),
    "place": ("place", "地名标识"),
    "name": ("name", "标准地名", "地名"),
    "type": ("type", "标志类型", "类型"),
    "state": ("state", "状态", "现状"),
    "direction": ("direction", "走向"),
    "model": ("model", "型号"),
    "han": ("han", "版面汉字"),
    "roman": ("roman", "版面拼音", "版面罗马字母"),
    "longitude": ("longitude", "经度"),
    "latitude": ("latitude", "纬度"),
    "maker": ("maker", "制作单位", "生产厂家"),
    "set_on": ("set_on", "设置日期"),
    "warranty_until": ("warranty_until", "质保截止日期"),
    "device": ("device", "设备编号"),
}
NEEDED = ("code", "type", "longitude", "latitude")
#: What is written as it stands, with its longest text.
TEXTS = {"code": 60, "model": 60, "han": 200, "roman": 300, "maker": 200, "device": 100, "name": 200}
MOST_ROWS = 100_000
ENCODINGS = ("utf-8-sig", "gb18030")
#: Directions in the words of offices.
DIRECTIONS = {"东西": "east_west", "东西走向": "east_west", "南北": "north_south", "南北走向": "north_south"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, in both languages."""

    message: str
    message_zh: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table as it reads: its number in the file, its cells by our names, and what is wrong."""

    line: int
    cells: Mapping[str, str]
    place: UUID | None = None
    type: str = ""
    state: str = "standing"
    direction: str | None = None
    longitude: float = 0.0
    latitude: float = 0.0
    set_on: str | None = None
    warranty_until: date | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def code(self) -> str:
        """The sign's number, "" where the row has none."""
        return self.cells.get("code", "")


def read_table(raw: bytes) -> list[Row]:
    """The rows of a table, UTF-8, else GB 18030; what is wrong with a row is said of the row.

    Raises `BadInput` `sign_table` for what is no such table.
    """
    try:
        rows = rows_of(_text_of(raw))
    except ValueError as error:
        raise wrong(str(error)) from error
    if not rows:
        raise wrong("the table is empty")
    at = _columns([cell.strip() for cell in rows[0]])
    body = [(n, row) for n, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    if not 1 <= len(body) <= MOST_ROWS:
        raise wrong(f"a table has from 1 to {MOST_ROWS:,} signs, not {len(body):,}")
    return _without_twins([_row(n, _cells(row, at)) for n, row in body])


def wrong(why: str) -> BadInput:
    """The refusal of a table."""
    return BadInput(f"This is no table of signs: {why}. Nothing was changed.", code="sign_table")


def _text_of(raw: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise wrong("its text is neither UTF-8 nor GB 18030")


def _columns(header: Sequence[str]) -> dict[str, int]:
    at = {key: header.index(name) for key, names in COLUMNS.items() for name in names if name in header}
    missing = [COLUMNS[key][1] for key in NEEDED if key not in at]
    if "place" not in at and "name" not in at:
        missing.append(COLUMNS["name"][1])
    if missing:
        raise wrong(f"the columns {', '.join(missing)} are missing; the table has {', '.join(header)[:160]}")
    unknown = [name for name in header if name and not any(name in names for names in COLUMNS.values())]
    if unknown:
        raise wrong(f"nobody knows the columns {', '.join(unknown)[:160]}: rename or remove them")
    return at


def _cells(row: Sequence[str], at: Mapping[str, int]) -> dict[str, str]:
    cells = {key: row[column].strip() for key, column in at.items() if column < len(row)}
    return {key: value for key, value in cells.items() if value}


class _Faulty(Exception):
    """A cell that cannot be read."""

    def __init__(self, message: str, message_zh: str) -> None:
        super().__init__(message)
        self.fault = Fault(message, message_zh)


def _row(number: int, cells: Mapping[str, str]) -> Row:
    try:
        return _read(number, cells)
    except _Faulty as error:
        return Row(number, cells, faults=(error.fault,))


def _read(number: int, cells: Mapping[str, str]) -> Row:
    for name in NEEDED:
        if name not in cells:
            raise _Faulty(f"{name} is blank", f"“{COLUMNS[name][1]}”为空")
    _check_texts(cells)
    longitude, latitude = _position(cells)
    return Row(
        number, cells, place=_place(cells),
        type=_word("type", cells["type"], words("type")),
        state=_word("state", cells["state"], words("state")) if "state" in cells else "standing",
        direction=_direction(cells.get("direction")),
        longitude=longitude, latitude=latitude,
        set_on=_day(cells, "set_on"), warranty_until=_whole_day(cells, "warranty_until"),
    )  # fmt: skip


def _check_texts(cells: Mapping[str, str]) -> None:
    for name, longest in TEXTS.items():
        value = cells.get(name, "")
        if len(value) > longest or any(ord(c) < 32 or ord(c) == 127 for c in value):
            raise _Faulty(
                f"{name} has at most {longest} characters and none that controls",
                f"“{COLUMNS[name][1]}”最多 {longest} 字，且不得含控制字符",
            )
    if "roman" in cells and "han" not in cells:
        raise _Faulty("the panel's Pinyin is given without its characters", "版面有拼音而无汉字")


def _place(cells: Mapping[str, str]) -> UUID | None:
    if "place" not in cells:
        if "name" not in cells:
            raise _Faulty("neither the place nor its name is given", "未写地名或地名标识")
        return None
    try:
        return UUID(cells["place"])
    except ValueError as error:
        raise _Faulty(f"{cells['place'][:40]!r} is no id of a place", f"“{cells['place'][:40]}”不是地名标识") from error


def _word(column: str, said: str, known: Mapping[str, Label]) -> str:
    by_word = {key: key for key in known} | {label.zh: key for key, label in known.items()}
    if said not in by_word:
        raise _Faulty(
            f"{column} {said[:20]!r} is none of {', '.join(known)}",
            f"“{COLUMNS[column][1]}”的“{said[:20]}”不在 {'、'.join(label.zh for label in known.values())} 之列",
        )
    return by_word[said]


def _direction(said: str | None) -> str | None:
    if said is None:
        return None
    by_word = {key: key for key in directions()} | DIRECTIONS
    if said not in by_word:
        raise _Faulty(
            f"direction {said[:20]!r} is none of {', '.join(directions())}", f"走向“{said[:20]}”既非东西也非南北"
        )
    return by_word[said]


def _position(cells: Mapping[str, str]) -> tuple[float, float]:
    try:
        return check_position(float(cells["longitude"]), float(cells["latitude"]))
    except (ValueError, DimingError) as error:
        said = f"{cells['longitude'][:20]}, {cells['latitude'][:20]}"
        raise _Faulty(f"({said}) is no position in degrees", f"（{said}）不是以度表示的位置") from error


def _day(cells: Mapping[str, str], name: str) -> str | None:
    if name not in cells:
        return None
    try:
        parse_iso(cells[name])
    except (ValueError, DimingError) as error:
        raise _no_date(cells, name) from error
    return cells[name]


def _whole_day(cells: Mapping[str, str], name: str) -> date | None:
    if name not in cells:
        return None
    try:
        return date.fromisoformat(cells[name])
    except ValueError as error:
        raise _no_date(cells, name) from error


def _no_date(cells: Mapping[str, str], name: str) -> _Faulty:
    said = cells[name][:20]
    return _Faulty(
        f"{name} {said!r} is no date such as 2026-03-11", f"“{COLUMNS[name][1]}”的“{said}”不是 2026-03-11 式的日期"
    )


def _without_twins(rows: Sequence[Row]) -> list[Row]:
    """A number that stands twice is wrong in every row but the first."""
    first: dict[str, int] = {}
    found = []
    for row in rows:
        before = first.setdefault(row.code, row.line)
        if row.code and before != row.line:
            twin = Fault(f"the number stands in line {before} already", f"编号与第 {before} 行重复")
            row = replace(row, faults=(*row.faults, twin))
        found.append(row)
    return found
