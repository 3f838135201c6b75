"""Reads the areacodes files as they lie on disk, unchanged, with their fingerprint."""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from boundaries.units.chronicle.notation import YearFile, parse_year
from boundaries.units.chronicle.replay import CodeList
from data.errors import BadInput

AREACODES = Path(__file__).parents[3] / "data" / "reference" / "areacodes"
#: Source, licence and date of the files; see data/reference/areacodes/README.md.
SOURCE = "areacodes (github.com/yescallop/areacodes, commit eed219a, 2025-11-04)"
LICENCE = "CC0-1.0"
RETRIEVED = date(2025, 11, 4)
_DIFF = re.compile(r"^([0-9]{4})-([0-9]{4})\.diff$")


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One record of result.csv: a code standing from 31 December `start` until before 31 December `end`."""

    code: str
    province: str
    prefecture: str
    name: str
    level: str
    start: int
    end: int | None

    def listed(self, year: int) -> bool:
        """Whether the record is in the list of 31 December `year`."""
        return self.start <= year and (self.end is None or year < self.end)


@dataclass(frozen=True, slots=True)
class Source:
    """Everything the files say: the summary, the yearly changes, their SHA-256 and span of years."""

    summary: list[SummaryRow]
    years: list[YearFile]
    sha256: bytes

    @property
    def first_year(self) -> int:
        """The year of the first list."""
        return self.years[0].year - 1

    @property
    def last_year(self) -> int:
        """The year of the last list."""
        return self.years[-1].year

    def first_list(self) -> CodeList:
        """Code to name of the records of the first list."""
        return {row.code: row.name for row in self.summary if row.listed(self.first_year)}


def read_source(folder: Path = AREACODES) -> Source:
    """Read a folder of `result.csv` and `diff/Y1-Y2.diff`.

    BadInput `source_incomplete` where a year is missing between the first and the last.
    """
    result = folder / "result.csv"
    diffs = sorted((folder / "diff").glob("*.diff"))
    if not result.is_file() or not diffs:
        raise BadInput(
            f"{folder} has no result.csv and diff/*.diff. Nothing was loaded.",
            code="source_incomplete",
        )
    digest = hashlib.sha256()
    texts: dict[int, str] = {}
    for path in (result, *diffs):
        content = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(content).digest())
        if path is not result:
            texts[_year(path)] = content.decode("utf-8-sig")
    _check_years(texts)
    years = [parse_year(year, texts[year]) for year in sorted(texts)]
    return Source(_summary(result.read_text(encoding="utf-8-sig")), years, digest.digest())


def _year(path: Path) -> int:
    match = _DIFF.match(path.name)
    if match is None or int(match[2]) != int(match[1]) + 1:
        raise BadInput(
            f"{path.name} is not named FIRST-SECOND.diff with consecutive years.",
            code="source_incomplete",
        )
    return int(match[2])


def _check_years(texts: dict[int, str]) -> None:
    missing = sorted(set(range(min(texts), max(texts) + 1)) - set(texts))
    if missing:
        raise BadInput(
            f"The changes into {', '.join(map(str, missing))} are missing. Nothing was loaded.",
            code="source_incomplete",
        )


def _summary(text: str) -> list[SummaryRow]:
    rows = list(csv.reader(text.splitlines()))[1:]
    return [
        SummaryRow(row[0], row[1], row[2], row[3], row[4], int(row[6]), int(row[7]) if row[7] else None) for row in rows
    ]
