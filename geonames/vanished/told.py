"""A vanished name as an office tells of it, one or a table of them (CSV). Pure.

Positions are degrees of CGCS2000; a last geometry is WKT, longitude first. The last day is EDTF: `1994`,
`199X`, `1994~`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import shapely
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from data.crs import check_position
from data.edtf import parse_when
from data.errors import BadInput, DimingError
from data.tables import rows_of
from geonames.places.classes import place_classes
from geonames.vanished.words import reasons, recorded_reasons

MOST = 20_000
#: Names under which the columns of a table are handed in; the first is ours.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "编号"),
    "name": ("name", "消失地名", "地名"),
    "roman": ("roman", "罗马字母拼写", "拼音"),
    "class": ("class", "类别"),
    "reason": ("reason", "消失原因"),
    "note": ("note", "说明"),
    "last_day": ("last_day", "消失时间"),
    "successor": ("successor", "今名", "现状"),
    "source": ("source", "资料来源"),
    "place": ("place", "地名标识"),
    "longitude": ("longitude", "经度"),
    "latitude": ("latitude", "纬度"),
    "geometry": ("geometry", "最后位置"),
}
NEEDED = ("code", "name", "reason", "source")
ENCODINGS = ("utf-8-sig", "gb18030")
WHOLE = re.compile(r"(-?[0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?[?~%]?")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def latest(text: str) -> int:
    """The latest day that a date in EDTF may mean, as the number YYYYMMDD."""
    day = WHOLE.fullmatch(text)
    if day is None:
        moment = parse_when(text).end
        assert moment is not None  # noqa: S101 -- spans are refused before
        return moment.last * 10000 + 1231
    year, month = int(day[1]), int(day[2])
    return year * 10000 + month * 100 + (int(day[3]) if day[3] else monthrange(year, month)[1])


def _moment(text: str) -> str:
    if "/" in text:
        raise ValueError(f"{text[:40]!r} is a span; the last day is a date such as 1994 or 1994~")
    return parse_when(text).text if text else ""


def _reason(said: str) -> str:
    by_word = {key: key for key in recorded_reasons()} | {reasons()[key].label.zh: key for key in recorded_reasons()}
    if said not in by_word:
        raise ValueError(f"{said[:30]!r} is none of {', '.join(recorded_reasons())}")
    return by_word[said]


def _class(said: str) -> str:
    by_word = {key: key for key in place_classes()} | {one.name_zh: key for key, one in place_classes().items()}
    if said and said not in by_word:
        raise ValueError(f"{said[:30]!r} is none of {', '.join(place_classes())}")
    return by_word.get(said, "")


def _shape(wkt: str) -> str:
    if not wkt:
        return ""
    try:
        shape = shapely.from_wkt(wkt)
    except shapely.errors.ShapelyError as error:
        raise ValueError("is no WKT such as POINT (108.4 30.8)") from error
    if shape.is_empty or not shape.is_valid or shape.has_z:
        raise ValueError("is empty, has heights or crosses itself; a last geometry is flat and sound")
    try:
        for longitude, latitude in shapely.get_coordinates(shape):
            check_position(longitude, latitude)
    except DimingError as error:
        raise ValueError("holds what is no position in degrees, longitude first") from error
    return wkt


def _plain(text: str) -> str:
    if CONTROL.search(text):
        raise ValueError("holds characters that control")
    return text


def _nothing(value: object) -> object:
    return None if value == "" else value


Text = AfterValidator(_plain)


class Told(BaseModel):
    """A name that nothing bears any more: why, until when, where it lay, by which source it is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True)

    code: Annotated[str, Field(min_length=1, max_length=60), Text]
    name: Annotated[str, Field(min_length=1, max_length=200), Text]
    reason: Annotated[str, Field(max_length=40), AfterValidator(_reason)]
    source: Annotated[str, Field(min_length=1, max_length=500), Text]
    roman: Annotated[str, Field(max_length=300), Text] = ""
    class_: Annotated[str, Field(alias="class", max_length=40), AfterValidator(_class)] = ""
    note: Annotated[str, Field(max_length=2000), Text] = ""
    successor: Annotated[str, Field(max_length=300), Text] = ""
    last_day: Annotated[str, Field(max_length=40), AfterValidator(_moment)] = ""
    place: Annotated[UUID | None, BeforeValidator(_nothing)] = None
    longitude: Annotated[float | None, BeforeValidator(_nothing)] = None
    latitude: Annotated[float | None, BeforeValidator(_nothing)] = None
    geometry: Annotated[str, Field(max_length=500_000), AfterValidator(_shape)] = ""

    @model_validator(mode="after")
    def _one_position(self) -> Told:
        if (self.longitude is None) != (self.latitude is None):
            raise ValueError("longitude and latitude stand together")
        if self.longitude is not None and self.latitude is not None:
            if self.geometry:
                raise ValueError("a position is given once: as degrees or as WKT")
            try:
                check_position(self.longitude, self.latitude)
            except DimingError as error:
                raise ValueError(error.detail) from error
        return self

    @model_validator(mode="after")
    def _no_boundary(self) -> Told:
        if self.class_ == "ADMIN_DIVISION" and self.geometry and shapely.from_wkt(self.geometry).geom_type != "Point":
            raise ValueError("of a division only a point is published; its boundary needs a map-approval number")
        return self

    @property
    def wkt(self) -> str | None:
        """Where it lay; None: not known."""
        if self.longitude is not None:
            return f"POINT ({self.longitude} {self.latitude})"
        return self.geometry or None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: its number in the file, what it tells, or what is wrong with it."""

    line: int
    code: str
    told: Told | None
    faults: tuple[str, ...] = ()


def rows_told(rows: Sequence[tuple[int, Mapping[str, Any]]]) -> list[Row]:
    """Numbered rows as they are told, each with what is wrong; a number that stands twice is wrong after the first."""
    if not 1 <= len(rows) <= MOST:
        raise wrong(f"from 1 to {MOST:,} names are recorded at a time, not {len(rows):,}")
    found, seen = [], set[str]()
    for line, row in rows:
        one = _row(line, row)
        twice = one.code in seen
        seen.add(one.code)
        found.append(Row(line, one.code, None, (f"the number {one.code} stands above already",)) if twice else one)
    return found


def _row(line: int, row: Mapping[str, Any]) -> Row:
    code = str(row.get("code", ""))[:60]
    try:
        return Row(line, code, Told.model_validate(row))
    except ValidationError as error:
        return Row(line, code, None, tuple(_fault(one["loc"], one["msg"]) for one in error.errors()))


def _fault(where: tuple[int | str, ...], why: str) -> str:
    return f"{'.'.join(map(str, where)) or 'row'}: {why.removeprefix('Value error, ')}"


def read_table(raw: bytes) -> list[Row]:
    """The rows of a table, UTF-8, else GB 18030. Raises `BadInput` `vanished_table` for what is no such table."""
    try:
        rows = rows_of(_text_of(raw))
    except ValueError as error:
        raise wrong(str(error)) from error
    if not rows:
        raise wrong("the table is empty")
    at = _columns([cell.strip() for cell in rows[0]])
    return rows_told([(line, cells) for line, row in enumerate(rows[1:], 2) if (cells := _cells(row, at))])


def _cells(row: Sequence[str], at: Mapping[str, int]) -> dict[str, str]:
    return {key: row[n].strip() for key, n in at.items() if n < len(row) and row[n].strip()}


def wrong(why: str) -> BadInput:
    """The refusal of a table."""
    return BadInput(f"This is no table of vanished names: {why}. Nothing was changed.", code="vanished_table")


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
    if missing:
        raise wrong(f"the columns {', '.join(missing)} are missing; the table has {', '.join(header)[:160]}")
    unknown = [name for name in header if name and not any(name in names for names in COLUMNS.values())]
    if unknown:
        raise wrong(f"nobody knows the columns {', '.join(unknown)[:160]}: rename or remove them")
    return at
