"""The report of a check by row: CSV as it is kept, Excel and JSON made of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import xlsxwriter

from data.cells import harmless
from geonames.exchange.incoming.model import Place

COLUMNS = ("row", "id", "name", "outcome", "place", "severity", "field", "code", "message")
#: Excel's own limit (Excel specifications and limits, support.microsoft.com), less the heading.
MOST_LINES_IN_SHEET = 1_048_575
FORMS = {
    "csv": ("text/csv", ".csv"),
    "json": ("application/json", ".json"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
}


def write_report(path: Path, pieces: Iterable[Sequence[Place]]) -> None:
    """Write the lines of all places: one for each finding, and one for a row about which there is none."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for piece in pieces:
            writer.writerows(line for place in piece for line in lines_of(place))


def lines_of(place: Place) -> Iterator[tuple[Any, ...]]:
    """The lines of one row."""
    head = (place.number, place.key or "", place.title, str(place.outcome), place.subject or "")
    if not place.findings:
        yield (*head, "", "", "", "")
    for one in place.findings:
        yield (*head, one.severity, one.field, one.code, one.message)


def report_lines(file: BinaryIO) -> Iterator[dict[str, str]]:
    """The lines of a kept report."""
    texts = (line.decode("utf-8-sig" if number == 0 else "utf-8") for number, line in enumerate(file))
    yield from csv.DictReader(texts)


def as_csv(file: BinaryIO) -> Iterator[bytes]:
    """The report for a spreadsheet program: what the file that was handed in said is never a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    out.write("\ufeff")
    writer.writerow(COLUMNS)
    for line in report_lines(file):
        writer.writerow(harmless(line[name] for name in COLUMNS))
        if out.tell() > 1 << 16:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def as_json(file: BinaryIO) -> Iterator[bytes]:
    """The report as one JSON list, line by line."""
    before = b"["
    for line in report_lines(file):
        yield before + orjson.dumps({**line, "row": int(line["row"])})
        before = b",\n"
    yield b"]" if before != b"[" else b"[]"


def write_workbook(file: BinaryIO, path: Path) -> None:
    """The report as an Excel sheet; beyond a sheet's last line the last says that the CSV has the rest."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("report")
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
    for number, line in enumerate(report_lines(file), 1):
        if number == MOST_LINES_IN_SHEET:
            sheet.write_string(number, 0, "The report is longer than a sheet: take it as CSV.")
            break
        sheet.write_row(number, 0, [line[name] for name in COLUMNS])
    book.close()
