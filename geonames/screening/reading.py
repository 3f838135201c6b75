"""Reads a list of names: CSV (UTF-8 with or without mark, GB18030) or an Excel workbook, all rows and all columns.

A file that cannot be taken whole is refused whole. What stands in a row is not judged here.
"""

from __future__ import annotations

import csv
import hashlib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from data.errors import BadInput
from data.limits import DAMAGED, ZIP_MAGIC, Limits, check_archive
from geonames.romanize.batch import encoding_of

#: What each column may be called; the first is the name of it in programs.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "名称", "地名", "标准名称", "标准地名"),
    "class": ("class", "类别", "地名类别", "类别代码"),
    "within": ("within", "所在政区代码", "政区代码", "行政区划代码"),
    "lon": ("lon", "经度", "longitude"),
    "lat": ("lat", "纬度", "latitude"),
    "id": ("id", "编号", "代码", "地名代码"),
}
#: Excel's own limit, less the heading (Excel specifications and limits, support.microsoft.com).
MOST_ROWS = 1_048_575
#: A list of a million short rows is far below; sheets of the office are some hundred kilobytes.
LIST_LIMITS = Limits(received_bytes=1 << 28, unpacked_bytes=1 << 30)
CSV_FIELD = 1 << 20


@dataclass(frozen=True, slots=True)
class NameList:
    """A list as it was read: headings and rows as texts, and where each known column stands."""

    file: str
    sha256: str
    encoding: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: Mapping[str, int] = field(default_factory=dict)

    def cell(self, row: Sequence[str], column: str) -> str:
        """The trimmed text of a known column in a row; empty where the list has no such column."""
        at = self.columns.get(column)
        return row[at].strip() if at is not None else ""


def read_list(path: Path) -> NameList:
    """The list in the file at `path`.

    Raises `BadInput`: `file_missing`, `file_too_large`, `list_empty`, `column_missing`, `column_taken`,
    `row_malformed`, `encoding_unknown`, `workbook_unreadable`, `archive_unsafe`, `too_many_rows`.
    """
    sha256, encoding, table = read_table(path)
    return _checked(path.name, sha256, encoding, table)


def read_table(path: Path) -> tuple[str, str, list[list[str]]]:
    """SHA-256, encoding (`UTF-8`, `GB18030`, `xlsx`) and all rows of the table in the file at `path`.

    Raises `BadInput`: `file_missing`, `file_too_large`, `row_malformed`, `encoding_unknown`, `workbook_unreadable`,
    `archive_unsafe`.
    """
    try:
        size = path.stat().st_size
        if size > LIST_LIMITS.received_bytes:
            raise BadInput(
                f"{path.name} has {size:,} bytes; a list has at most {LIST_LIMITS.received_bytes:,}.",
                code="file_too_large",
            )
        content = path.read_bytes()
        workbook = content.startswith(ZIP_MAGIC)
        encoding, table = ("xlsx", _workbook(path)) if workbook else _text(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", code="file_missing") from error
    return hashlib.sha256(content).hexdigest(), encoding, table


def _text(path: Path) -> tuple[str, list[list[str]]]:
    encoding = encoding_of(path)
    csv.field_size_limit(CSV_FIELD)
    with path.open(encoding=encoding, newline="") as file:
        return ("UTF-8" if encoding.startswith("utf") else "GB18030"), list(_lines(csv.reader(file, strict=True)))


def _lines(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    number = 1
    try:
        for row in rows:
            yield row
            number += 1
    except csv.Error as error:
        raise BadInput(f"Row {number} is not CSV: {error}. Nothing was screened.", code="row_malformed") from error


def _workbook(path: Path) -> list[list[str]]:
    """The first sheet; a workbook that unpacks to more than a list may have is refused before it is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive, path.name, LIST_LIMITS)
        book = CalamineWorkbook.from_path(str(path))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, *DAMAGED) as error:
        raise BadInput(
            f"{path.name} cannot be read as an Excel workbook (.xlsx): {error}. Nothing was screened.",
            code="workbook_unreadable",
        ) from error
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: Any) -> str:
    """A cell as its text: codes and years typed as numbers lose their `.0`, dates are ISO 8601."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _checked(name: str, sha256: str, encoding: str, table: list[list[str]]) -> NameList:
    if not table or not any(cell.strip() for cell in table[0]):
        raise BadInput(f"{name} has no first row with headings.", code="list_empty")
    headings = tuple(heading.strip().lstrip("\ufeff") for heading in table[0])
    columns = _columns(name, headings)
    if len(table) - 1 > MOST_ROWS:
        raise BadInput(
            f"{name} has {len(table) - 1:,} rows; a sheet holds {MOST_ROWS:,}. Split the list.", code="too_many_rows"
        )
    rows = [_row(name, number, row, len(headings)) for number, row in enumerate(table[1:], 2)]
    if not rows:
        raise BadInput(f"{name} has headings and no row below them.", code="list_empty")
    return NameList(name, sha256, encoding, headings, tuple(rows), columns)


def _columns(name: str, headings: Sequence[str]) -> dict[str, int]:
    found = {}
    for column, words in HEADINGS.items():
        places = [at for at, heading in enumerate(headings) if heading.casefold() in words]
        if len(places) > 1:
            twice = ", ".join(headings[at] for at in places)
            raise BadInput(f"{name} has several columns for {column}: {twice}. Keep one.", code="column_taken")
        if places:
            found[column] = places[0]
    if "name" not in found:
        raise BadInput(
            f"{name} has no column `name` (or {', '.join(HEADINGS['name'][1:])}) in its first row; "
            f"its columns: {', '.join(headings)}.",
            code="column_missing",
        )
    return found


def _row(name: str, number: int, row: Sequence[str], width: int) -> tuple[str, ...]:
    """The row at its full width; one with further filled cells is refused, an empty line is kept."""
    if len(row) > width and any(cell.strip() for cell in row[width:]):
        raise BadInput(
            f"Row {number} of {name} has {len(row)} fields, the first row has {width}. Nothing was screened.",
            code="row_malformed",
        )
    return (*row[:width], *[""] * (width - len(row)))
