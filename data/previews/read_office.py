"""Reads the words of an office file: a program of its own, run by `data.previews.words` and by nobody else.

    read_office.py docx|xlsx MOST <document >answer

The answer is the text in UTF-8, no more than MOST bytes and a few: of a document its paragraphs and tables in
their order, of a workbook each sheet with its rows. Exit status 3: it cannot be read. It imports nothing of Diming.
"""

from __future__ import annotations

import io
import resource
import sys
from collections.abc import Iterator

#: Bytes of address space, seconds of processor time: ten times what a regulation of a hundred pages takes.
MEMORY, SECONDS = 1 << 30, 10
NOT_READ = 3


def main(kind: str, most: int) -> int:
    """Read, within the limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    source = io.BytesIO(sys.stdin.buffer.read())
    try:
        answer = _first(READERS[kind](source), most)
    except Exception:  # whatever a damaged file makes the libraries raise: it cannot be shown
        return NOT_READ
    sys.stdout.buffer.write(answer)
    return 0


def _first(lines: Iterator[str], most: int) -> bytes:
    """The lines until they are too many: one line more than `most` bytes says that there is more."""
    out = io.BytesIO()
    for line in lines:
        out.write(line.encode("utf-8", "replace") + b"\n")
        if out.tell() > most:
            break
    return out.getvalue()


def _document(source: io.BytesIO) -> Iterator[str]:
    from docx import Document
    from docx.table import Table

    for block in Document(source).iter_inner_content():
        if isinstance(block, Table):
            yield from ("\t".join(cell.text.replace("\n", " ") for cell in row.cells) for row in block.rows)
        else:
            yield block.text


def _workbook(source: io.BytesIO) -> Iterator[str]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(source)
    for name in book.sheet_names:
        yield f"【{name}】"
        yield from ("\t".join(map(str, row)) for row in book.get_sheet_by_name(name).to_python())


READERS = {"docx": _document, "xlsx": _workbook}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
