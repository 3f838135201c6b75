"""Reads one yearly file of changes: documents and the lines that follow them.

The notation is that of the source: `#` lines describe, `+ - =` lines change.
Original line numbers are kept, so that every later remark points at its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from data.partial_date import PartialDate, parse_written

Op = Literal["-", "+", "="]
SelectorKind = Literal["name", "same_name", "same_code", "parent_code", "code"]

_CHANGE = re.compile(r"^(?P<op>[-+=])(?P<code>[0-9]{6}) (?P<name>[^<>]+?)(?:(?P<dir>[<>])(?P<sel>.+))?$")
_METADATA = re.compile(r"^(文号|日期|时间|来源|生效|公布|机关)：(.*)$")
_SELECTOR_KINDS: dict[str, SelectorKind] = {"_": "same_name", ".": "same_code", "..": "parent_code"}


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person should know about the source: where, what, and a stable kind to count by."""

    kind: str
    year: int
    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a description, as far as the source gives it.

    `dated` is the date in its head; `title` is empty where the source gives a
    bare note instead of a document.
    """

    year: int
    line: int
    title: str
    doc_no: str | None
    dated: PartialDate | None
    effective: PartialDate | None
    announced: PartialDate | None
    authority: str | None
    source: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Selector:
    """The other side of a change; `attested` is false where no official notice is known (`!`).

    The chronicle writes names; an act of division affairs says codes (kind `code`, the code as `name`).
    """

    kind: SelectorKind
    name: str
    attested: bool


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change line: a record ends (`-`), begins (`+`) or, standing, exchanges land (`=`)."""

    year: int
    line: int
    op: Op
    code: str
    name: str
    direction: Literal["<", ">"] | None
    selectors: tuple[Selector, ...]
    block: int


@dataclass(slots=True)
class YearFile:
    """One year of the chronicle: `blocks[i]` holds the documents of the lines with `block == i`."""

    year: int
    blocks: list[tuple[Document, ...]] = field(default_factory=list)
    lines: list[ChangeLine] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def parse_year(year: int, text: str) -> YearFile:
    """Read one file of changes between the lists of `year - 1` and `year`.

    A line that cannot be read becomes a remark `unreadable_line`.
    """
    result = YearFile(year)
    description: list[tuple[int, str]] = []
    in_lines = True
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.rstrip()
        if line.startswith("#"):
            if in_lines:
                description, in_lines = [], False
            description.append((number, line))
        elif line:
            if not in_lines:
                result.blocks.append(tuple(_documents(year, description, result.remarks)))
                in_lines = True
            _add_change(result, number, line)
    if not in_lines and description:
        result.blocks.append(tuple(_documents(year, description, result.remarks)))
        result.remarks.append(Remark("description_without_changes", year, description[0][0], description[0][1]))
    return result


def _add_change(result: YearFile, number: int, line: str) -> None:
    if not result.blocks:
        result.blocks.append(())
    match = _CHANGE.match(line)
    if match is None:
        result.remarks.append(Remark("unreadable_line", result.year, number, line))
        return
    selectors = tuple(_selectors(match["sel"] or ""))
    direction: Literal["<", ">"] | None = match["dir"]  # type: ignore[assignment]  # by the pattern
    op: Op = match["op"]  # type: ignore[assignment]  # by the pattern
    block = len(result.blocks) - 1
    result.lines.append(ChangeLine(result.year, number, op, match["code"], match["name"], direction, selectors, block))


def _selectors(text: str) -> Iterator[Selector]:
    for part in filter(None, (p.strip() for p in text.split(","))):
        if part.endswith("?"):  # switched off by the source: no such record
            continue
        name = part.removesuffix("!")
        yield Selector(_SELECTOR_KINDS.get(name, "name"), name, not part.endswith("!"))


def _documents(year: int, description: list[tuple[int, str]], remarks: list[Remark]) -> Iterator[Document]:
    """The documents of one description: one for each title, or one note without a title."""
    for chunk in _chunks(description):
        number, first = chunk[0]
        title = first.removeprefix("## ") if first.startswith("## ") else ""
        body = [_strip(line) for _, line in (chunk[1:] if title else chunk)]
        yield _document(year, number, title.strip(), body, remarks)


def _chunks(description: list[tuple[int, str]]) -> Iterable[list[tuple[int, str]]]:
    chunks: list[list[tuple[int, str]]] = []
    for item in description:
        if item[1].startswith("## ") or not chunks:
            chunks.append([])
        chunks[-1].append(item)
    return [c for c in chunks if c[0][1].startswith("## ") or any(_strip(line) for _, line in c)]


def _strip(line: str) -> str:
    return line.removeprefix("#").removeprefix(" ")


def _document(year: int, number: int, title: str, body: list[str], remarks: list[Remark]) -> Document:
    head: dict[str, str] = {}
    text = list(body)
    while text and (match := _METADATA.match(text[0])) and match[1] not in head:
        head[match[1]] = match[2].strip()
        text.pop(0)

    def dated(*keys: str) -> PartialDate | None:
        value = next((head[key] for key in keys if key in head), None)
        if value is None:
            return None
        try:
            return parse_written(value)
        except ValueError:
            remarks.append(Remark("unreadable_date", year, number, f"{title}: {value}"))
            return None

    return Document(
        year,
        number,
        title,
        head.get("文号"),
        dated("日期", "时间"),
        dated("生效"),
        dated("公布"),
        head.get("机关"),
        head.get("来源"),
        "\n".join(text).strip(),
    )
