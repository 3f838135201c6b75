"""What a kind of document is, what it prints, and how an issued one stands. Values only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from data.workflow.model import Label

#: A value that a template prints: text, or the rows of a list with their columns.
Value = str | list[dict[str, str]]
Values = Mapping[str, Value]
#: The languages in which templates are kept.
LANGUAGES = ("zh", "en")


class State(StrEnum):
    """How far an issued document is. Its number is taken in all of them."""

    PENDING = "pending"  # 待生成
    MADE = "made"  # 已生成
    FAILED = "failed"  # 生成失败
    VOID = "void"  # 作废


class Marking(StrEnum):
    """What stands across every page of a document that has no force."""

    NONE = "none"
    DRAFT = "draft"  # 草稿
    DEMONSTRATION = "demonstration"  # 演示


class Form(StrEnum):
    """The files of a document."""

    WORD = "word"
    PDF = "pdf"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class Box:
    """The room that a picture has, in millimetres of paper."""

    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as both files hold it (PNG or JPEG), and how large it is printed."""

    content: bytes
    width_mm: float
    height_mm: float


#: What a template is given: values with their pictures in place of the words that name them.
PrintedValue = str | Picture | Sequence[Mapping[str, str | Picture]]
PrintedValues = Mapping[str, PrintedValue]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field (栏目) that a template of the kind may print.

    `source` says where the value comes from: `case.title`, `field.reason`, `fact.street`, `numbering.office`,
    `document.number`, `findings`, `given.markers`. `columns` are those of a list, each with its example. `example` is
    printed in previews. `picture`: the value names a picture (by the SHA-256 of what is kept), printed within this
    room; `pictures`: columns of a list that do. `date`: the value is a day (ISO 8601), printed in full.
    """

    name: str
    meaning: Label
    source: str
    example: str
    required: bool = True
    columns: Mapping[str, str] | None = None
    picture: Box | None = None
    pictures: Mapping[str, Box] | None = None
    date: bool = False


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of document (文种): which fields it prints under which article, from a day on.

    `shipped` is the text of the template that comes with the kind, by language: paragraphs as (element, text),
    tables as (`table`, rows on lines with tabs between the cells).
    An office replaces it by a template of its own.
    """

    key: str
    label: Label
    valid_from: date
    article: str
    fields: tuple[FieldSpec, ...]
    shipped: Mapping[str, tuple[tuple[str, str], ...]]

    def field(self, name: str) -> FieldSpec | None:
        """The field called `name`, None where the kind has none."""
        return next((f for f in self.fields if f.name == name), None)


@dataclass(frozen=True, slots=True)
class Documents:
    """What issuing needs beside the database: the kinds, and the marking of this installation."""

    kinds: tuple[DocumentKind, ...]
    marking: Marking = Marking.NONE

    def kind(self, key: str, day: date) -> DocumentKind | None:
        """The kind `key` as it holds on `day`, None where there is none."""
        begun = [k for k in self.kinds if k.key == key and k.valid_from <= day]
        return max(begun, key=lambda k: k.valid_from, default=None)


@dataclass(frozen=True, slots=True)
class Numbering:
    """Who numbers a kind of document, and how the office stands on it (see `diming.document_numbering`)."""

    id: UUID
    kind: str
    unit_id: UUID | None
    office: str
    heading: str | None
    series: str
    sealed: bool
    rare: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number given: `serial` in its series and year, and as it is written."""

    year: int
    serial: int
    text: str


@dataclass(frozen=True, slots=True)
class Made:
    """The files of a document and how they were made; `notes` are what a person should know of it."""

    word: bytes
    pdf: bytes
    made_with: Mapping[str, Any]
    notes: tuple[str, ...] = ()
