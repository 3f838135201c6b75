"""The results of a table as CSV, Excel or GeoJSON, all its columns kept and in their order."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from data.cells import harmless
from geonames.geocode.tables.model import ADDED, BEGINS, AddressTable, cells

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
#: Characters of a cell in Excel (Excel specifications and limits).
LONGEST_CELL = 32_767

Results = Sequence[Mapping[str, Any]]


def write(form: str, table: AddressTable, results: Results) -> Iterator[bytes]:
    """The document in one of `FORMS`, piece by piece."""
    return {"csv": _csv, "xlsx": _xlsx, "geojson": _geojson}[form](table, results)


def headings(table: AddressTable) -> list[str]:
    """The headings of the table and of what is added."""
    return [*table.headings, *(BEGINS + name for name in ADDED)]


def _csv(table: AddressTable, results: Results) -> Iterator[bytes]:
    """RFC 4180 in UTF-8 with a byte order mark; what would be a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")
    writer.writerow(harmless(headings(table)))
    for row, result in zip(table.rows, results, strict=False):
        writer.writerow([*harmless(row), *cells(result)])
        if out.tell() > 1 << 16:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def _xlsx(table: AddressTable, results: Results) -> Iterator[bytes]:
    """Texts as texts: nothing that came from the table is ever a formula or a link."""
    with tempfile.TemporaryDirectory(prefix="diming-geocode-") as folder:
        path = Path(folder) / "result.xlsx"
        with xlsxwriter.Workbook(str(path), _OPTIONS) as book:
            sheet = book.add_worksheet("geocode")
            for at, heading in enumerate(headings(table)):
                sheet.write_string(0, at, heading[:LONGEST_CELL])
            for number, (row, result) in enumerate(zip(table.rows, results, strict=False), 1):
                _write_row(sheet, number, row, cells(result))
        with path.open("rb") as file:
            while block := file.read(1 << 16):
                yield block


def _write_row(sheet: Any, number: int, row: Sequence[str], added: Sequence[Any]) -> None:
    for at, cell in enumerate(row):
        if cell:
            sheet.write_string(number, at, cell[:LONGEST_CELL])
    for at, value in enumerate(added, len(row)):
        if isinstance(value, int | float):
            sheet.write_number(number, at, value)
        elif value:
            sheet.write_string(number, at, str(value)[:LONGEST_CELL])


def _geojson(table: AddressTable, results: Results) -> Iterator[bytes]:
    """One feature for each row (RFC 7946); a row without a position has the geometry null."""
    yield b'{"type":"FeatureCollection","features":['
    for number, (row, result) in enumerate(zip(table.rows, results, strict=False)):
        named = _named(table, row, result)
        feature = {"type": "Feature", "id": number + 1, "geometry": _point(result), "properties": named}
        yield (b"," if number else b"") + json.dumps(feature, ensure_ascii=False).encode()
    yield b"]}"


def _point(result: Mapping[str, Any]) -> dict[str, Any] | None:
    if result.get("lon") is None or result.get("lat") is None:
        return None
    return {"type": "Point", "coordinates": [result["lon"], result["lat"]]}


def _named(table: AddressTable, row: Sequence[str], result: Mapping[str, Any]) -> dict[str, Any]:
    added = {BEGINS + name: result.get(name) for name in ADDED if name not in ("lon", "lat")}
    return {**dict(zip(table.headings, row, strict=True)), **added}
