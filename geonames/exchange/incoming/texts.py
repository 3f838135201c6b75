"""Tables of text: CSV and TSV in the encodings of Chinese offices. A row that is damaged is named, none is lost."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from geonames.exchange.incoming.model import Raw

_CHUNK = 1 << 20
#: In the order in which they are tried; GB18030 takes what GBK and GB2312 write.
_ENCODINGS = ("utf-8-sig", "gb18030")
#: Characters of a field at most; Python keeps one such limit for the process, so it is said before each reading.
FIELD = 1 << 20
#: What stands for bytes that are no character: here by the codec, or from whoever wrote the file.
_DAMAGED = re.compile("[\ud800-\udfff\ufffd]")
ENCODING, LENGTH, MALFORMED = "encoding_damaged", "row_short", "row_malformed"


def encoding_of(path: Path, asked: str | None = None) -> str:
    """The encoding of a file: by its mark, else the first that takes all of it, else the one with fewest bad lines."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if asked is not None:
        return "utf-8-sig" if asked.lower().replace("-", "") == "utf8" else asked
    for encoding in _ENCODINGS:
        if _takes(path, encoding):
            return encoding
    return min(_ENCODINGS, key=lambda encoding: _bad_lines(path, encoding))


def _takes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while block := file.read(_CHUNK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _bad_lines(path: Path, encoding: str) -> int:
    with path.open("rb") as file:
        return sum(not _line_is_good(line, encoding) for line in file)


def _line_is_good(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def text_rows(path: Path, encoding: str, delimiter: str, positions: Sequence[str] = ()) -> Iterator[Raw]:
    """The rows below the headings, or of a table without headings by `positions`."""
    quoting: Literal[0, 3] = csv.QUOTE_NONE if positions else csv.QUOTE_MINIMAL
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        csv.field_size_limit(FIELD)
        reader = csv.reader(file, delimiter=delimiter, quoting=quoting, strict=True)
        number = 0
        try:
            headings = list(positions) or next(reader, [])
            for number, cells in enumerate(reader, 1):
                if any(cells):
                    yield _row(number, headings, cells)
        except csv.Error as error:
            yield Raw(number + 1, {}, damaged=f"{MALFORMED}|The table ends or breaks here: {error}.")


def _row(number: int, headings: Sequence[str], cells: Sequence[str]) -> Raw:
    values = dict(zip(headings, cells, strict=False))
    if len(cells) < len(headings) or any(cell.strip() for cell in cells[len(headings) :]):
        why = f"{LENGTH}|The row has {len(cells)} fields, the headings are {len(headings)}: the file may be cut off."
        return Raw(number, {name: _shown(text) for name, text in values.items()}, damaged=why)
    damaged = _is_damaged("".join(cells))
    bad = next((name for name, text in values.items() if _is_damaged(text)), None) if damaged else None
    if bad is not None:
        why = f"{ENCODING}|{bad} holds bytes that are not in the encoding of the file."
        return Raw(number, {name: _shown(text) for name, text in values.items()}, damaged=why)
    return Raw(number, values)


def _is_damaged(text: str) -> bool:
    return _DAMAGED.search(text) is not None


def _shown(text: str) -> str:
    """A text without the bytes that are no characters."""
    return text.encode("utf-8", "replace").decode("utf-8") if _is_damaged(text) else text


def headings_of(path: Path, encoding: str, delimiter: str) -> list[str]:
    """The first row."""
    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        try:
            return next(csv.reader(file, delimiter=delimiter), [])
        except csv.Error:
            return []
