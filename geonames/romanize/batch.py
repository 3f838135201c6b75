"""Romanizing a CSV file: the same rows in the same order, all columns kept, the spelling added.

In: UTF-8, with or without a byte order mark, or GB18030. Out: UTF-8. A file that
cannot be taken whole is refused whole, with the line at fault, and nothing is written.
"""

from __future__ import annotations

import codecs
import csv
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import tee
from pathlib import Path
from typing import Protocol

from data.errors import BadInput, BadRequest
from geonames.romanize.asking import SEPARATOR, check_within
from geonames.romanize.lexicon import national
from geonames.romanize.many import Asked, romanize_many
from geonames.romanize.model import Romanization, shape_of
from geonames.romanize.provinces import region_of

ADDED = ("roman", "roman_toned", "segments", "source", "ambiguous")
_CHUNK = 1 << 20


class _Writer(Protocol):
    def writerow(self, row: Sequence[str], /) -> object: ...


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What was done: rows written, of these `ambiguous` for a person to look at and `empty` without a name."""

    rows: int
    ambiguous: int
    empty: int
    encoding: str


def romanize_file(source: Path, target: Path) -> BatchReport:
    """Write `source` with its names romanized to `target`.

    Columns `name`, optionally `class` and `within`. Raises `BadInput` `file_missing`, `file_not_writable`,
    `encoding_unknown`, `column_missing`, `column_taken`, `row_malformed`, `bad_class`, `bad_type`, `bad_code`.
    """
    try:
        encoding = encoding_of(source)
        with source.open(encoding=encoding, newline="") as file:
            return _written(csv.reader(file, strict=True), target, encoding)
    except OSError as error:
        raise BadInput(f"{source} cannot be read: {error.strerror}.", code="file_missing") from error


def encoding_of(path: Path) -> str:
    """`utf-8-sig` where the whole file is UTF-8, else `gb18030` where it is that.

    Raises `BadInput` `encoding_unknown`.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise BadInput(f"{path.name} is neither UTF-8 nor GB18030; save it as UTF-8.", code="encoding_unknown")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _written(rows: Iterator[list[str]], target: Path, encoding: str) -> BatchReport:
    """Write beside the target first, so that a file refused half-way leaves nothing behind."""
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=target.name)
    except OSError as error:
        raise BadInput(f"{target} cannot be written: {error.strerror}.", code="file_not_writable") from error
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - a file descriptor
            report = _romanized(rows, csv.writer(file, lineterminator="\n"), encoding)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return report


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _romanized(rows: Iterator[list[str]], writer: _Writer, encoding: str) -> BatchReport:
    head = _head(rows)
    columns = {name: at for at, name in enumerate(head)}
    writer.writerow([*head, *ADDED])
    count = ambiguous = empty = 0
    lines, asked = tee(_lines(rows, len(head)))
    questions = (_asked(row, columns, number) for number, row in asked)
    for (_, row), found in zip(lines, romanize_many(questions, national()), strict=True):
        added = _added(found)
        writer.writerow([*row, *added])
        count += 1
        ambiguous += added[-1] == "true"
        empty += not added[0]
    return BatchReport(count, ambiguous, empty, "UTF-8" if encoding.startswith("utf") else "GB18030")


def _head(rows: Iterator[list[str]]) -> list[str]:
    head = next(rows, [])
    if "name" not in head:
        found = ", ".join(head) or "none"
        raise BadInput(f"The file has no column `name` in its first line; its columns: {found}.", code="column_missing")
    taken = [name for name in ADDED if name in head] or [name for name in head if head.count(name) > 1]
    if taken:
        raise BadInput(f"The column `{taken[0]}` stands there already; rename it first.", code="column_taken")
    return head


def _lines(rows: Iterator[list[str]], width: int) -> Iterator[tuple[int, list[str]]]:
    """The rows with their number, the first after the head being row 2; an empty line is kept as an empty row."""
    number = 2
    try:
        for row in rows:
            if row and len(row) != width:
                raise BadInput(
                    f"Row {number} has {len(row)} fields, the first row has {width}; nothing was written.",
                    code="row_malformed",
                )
            yield number, row or [""] * width
            number += 1
    except csv.Error as error:
        raise BadInput(f"Row {number} is not CSV: {error}; nothing was written.", code="row_malformed") from error


def _asked(row: list[str], columns: dict[str, int], number: int) -> Asked:
    name = row[columns["name"]]
    if not name.strip():
        return name, None, None
    try:
        shape = shape_of(row[columns["class"]]) if "class" in columns else None
        region = region_of(check_within(row[columns["within"]])) if "within" in columns else None
    except BadRequest as error:
        raise BadInput(f"Row {number}: {error.detail} Nothing was written.", code=error.code) from error
    return name, shape, region


def _added(found: Romanization) -> tuple[str, ...]:
    if not found.name.strip():
        return ("", "", "", "", "false")
    ambiguous = "true" if found.ambiguous else "false"
    return found.roman, found.roman_toned, SEPARATOR.join(found.segments), found.source.value, ambiguous
