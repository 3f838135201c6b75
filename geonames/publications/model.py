"""What a book of names is made of. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

MEASURES = Path(__file__).parents[2] / "data" / "reference" / "typography" / "book.toml"


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in the book. `number` counts from 1 through the whole book: what the index of the Word file points at.

    `code`: of the division or the place, None where none was issued; `where`: the division it lies in, for indices in
    which several of one name stand; `detail`: the line under the name; `texts`: of a dictionary, what stands below it,
    a label and a text each.
    """

    number: int
    name: str
    roman: str | None
    code: str | None
    where: str
    detail: str
    texts: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """The entries of one division within a chapter."""

    title: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A class of names."""

    title: str
    sections: Sequence[Section]


@dataclass(frozen=True, slots=True)
class Group:
    """The names of an index under one head: a letter, a number of strokes, a division."""

    head: str
    rows: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Index:
    """An index: each row a text and the number of its entry.

    `columns`: what it lists, by which its columns are measured (`names`, `codes`); `note`: its order and gaps.
    """

    title: str
    columns: str
    groups: Sequence[Group]
    note: str


@dataclass(frozen=True, slots=True)
class Book:
    """A book of names: `told` are the paragraphs about it (说明)."""

    region: str
    title: str
    day: date
    told: Sequence[str]
    chapters: Sequence[Chapter]
    indices: Sequence[Index]

    def entries(self) -> Iterator[Entry]:
        """All entries in the order in which they stand."""
        for chapter in self.chapters:
            for section in chapter.sections:
                yield from section.entries


@cache
def measures() -> Mapping[str, Any]:
    """Papers and sizes of type (`data/reference/typography/book.toml`)."""
    return tomllib.loads(MEASURES.read_text("utf-8"))
