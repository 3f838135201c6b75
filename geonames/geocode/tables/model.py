"""A table of addresses and what is said of each row. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import BadInput
from geonames.screening.reading import read_table

#: What the column of addresses may be called; the first that is there counts.
ADDRESS_HEADINGS = ("address", "地址", "详细地址", "标准地址", "通讯地址", "住址")
#: So many rows take minutes, and their results a few dozen megabytes.
MOST_ROWS = 100_000
MOST_BYTES = 32 << 20
MOST_COLUMNS = 200
#: What is added to the columns of the table, each with this beginning so that it meets none of them.
BEGINS = "geocode_"
ADDED = ("name", "code", "lon", "lat", "precision", "confidence", "not_understood", "other_readings", "problem")
#: Between parts that were not understood.
BETWEEN = "|"


@dataclass(frozen=True, slots=True)
class AddressTable:
    """A table as it was read; `column` is the index of the addresses."""

    sha256: str
    encoding: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    column: int

    def address(self, number: int) -> str:
        """The address of row `number`, counted from 0."""
        return self.rows[number][self.column].strip()


def read_addresses(path: Path, column: str | None) -> AddressTable:
    """The table in the file at `path`, its addresses under the heading `column` (None: one of `ADDRESS_HEADINGS`).

    Raises `BadInput`: those of `read_table`, `file_too_large`, `list_empty`, `row_malformed`, `too_many_rows`,
    `column_missing`, `column_taken`.
    """
    if path.is_file() and path.stat().st_size > MOST_BYTES:
        raise BadInput(f"{path.name} has more than {MOST_BYTES >> 20} MB; split it.", code="file_too_large")
    sha256, encoding, table = read_table(path)
    if not table or not any(cell.strip() for cell in table[0]):
        raise BadInput(f"{path.name} has no first row with headings.", code="list_empty")
    headings = tuple(heading.strip().lstrip("\ufeff") for heading in table[0])
    if len(headings) > MOST_COLUMNS:
        raise BadInput(f"The table has {len(headings)} columns; at most {MOST_COLUMNS}.", code="row_malformed")
    rows = tuple(_row(number, row, len(headings)) for number, row in enumerate(table[1:], 2))
    if not rows:
        raise BadInput(f"{path.name} has headings and no row below them.", code="list_empty")
    if len(rows) > MOST_ROWS:
        raise BadInput(f"{path.name} has {len(rows):,} rows; at most {MOST_ROWS:,}. Split it.", code="too_many_rows")
    return AddressTable(sha256, encoding, headings, rows, _column(headings, column))


def _row(number: int, row: Sequence[str], width: int) -> tuple[str, ...]:
    if len(row) > width and any(cell.strip() for cell in row[width:]):
        raise BadInput(
            f"Row {number} has {len(row)} fields, the first row has {width}. Nothing was stored.", code="row_malformed"
        )
    return (*row[:width], *[""] * (width - len(row)))


def _column(headings: Sequence[str], wanted: str | None) -> int:
    words = (wanted.strip(),) if wanted and wanted.strip() else ADDRESS_HEADINGS
    folded = [heading.casefold() for heading in headings]
    for word in words:
        places = [at for at, heading in enumerate(folded) if heading == word.casefold()]
        if len(places) > 1:
            raise BadInput(f"Several columns are called {word[:60]!r}. Keep one.", code="column_taken")
        if places:
            return places[0]
    raise BadInput(
        f"No column is called {' or '.join(word[:60] for word in words)}; the columns: {', '.join(headings)[:500]}. "
        "Say which of them holds the addresses.",
        code="column_missing",
    )


def told(readings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What is said of a row: its surest reading, and how many others there are."""
    if not readings:
        return {"confidence": 0.0, "other_readings": 0}
    best = readings[0]
    last = best["parts"][-1] if best["parts"] else {}
    lon, lat = best["point"] or (None, None)
    return {
        "name": "".join(part["name"] for part in best["parts"]) or None,
        "code": next((part["code"] for part in reversed(best["parts"]) if part.get("code")), None),
        "id": str(last["id"]) if last else None,
        "lon": lon,
        "lat": lat,
        "precision": best["precision"],
        "confidence": best["confidence"],
        "not_understood": BETWEEN.join(best["not_understood"]),
        "other_readings": len(readings) - 1,
    }


def cells(result: Mapping[str, Any]) -> list[Any]:
    """What is said of a row in the order of `ADDED`; nothing is an empty cell."""
    return ["" if result.get(name) is None else result[name] for name in ADDED]
