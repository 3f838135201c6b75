"""What a file brings: rows, the places they mean, and what is found about them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

Severity = Literal["error", "warning", "info"]


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"  # a place that the register does not have
    NAMES = "names"  # further names of a place or unit that it has
    SAME = "same"  # the register says so already
    LEFT_OUT = "left_out"  # is not taken, and the row says why
    ERROR = "error"  # cannot be taken as it is


@dataclass(frozen=True, slots=True)
class Raw:
    """A row as a file has it: its number from 1, the values by heading, its further names where the file lists them."""

    number: int
    values: Mapping[str, Any]
    names: tuple[Mapping[str, Any], ...] = ()
    damaged: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What speaks about a row: a stable code, where, how grave, and a sentence."""

    row: int
    field: str
    code: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it would be entered. `id`: the one that another register gave it."""

    text: str
    kind: str
    language: str = "zh"
    script: str = "Hans"
    romanization: str | None = None
    system: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source: str | None = None
    certainty: str = "unverified"
    id: UUID | None = None

    def with_id(self, id_: UUID) -> Name:
        """The same name with an identifier; written out, because `replace` is slow and files have millions."""
        return Name(
            self.text, self.kind, self.language, self.script, self.romanization, self.system,
            self.valid_from, self.valid_to, self.source, self.certainty, id_,
        )  # fmt: skip


@dataclass(slots=True)
class Place:
    """A place as a row means it. `id`: the one that another register gave it; `key`: its number in the file's source.

    `of_unit`: the row brings names of a unit of the register and no place.
    """

    number: int
    id: UUID | None = None
    key: str | None = None
    class_: str = ""
    type_code: str = ""
    longitude: float = 0.0
    latitude: float = 0.0
    unit_code: str | None = None
    #: Its code of twenty digits, as the file has it; after the check: the one that is taken.
    place_code: str | None = None
    rank: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    names: list[Name] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    of_unit: UUID | None = None
    findings: list[Finding] = field(default_factory=list)
    outcome: Outcome = Outcome.NEW
    #: What it is in this register: settled by the check.
    subject: UUID | None = None
    unit_id: UUID | None = None

    def find(self, where: str, code: str, message: str, severity: Severity = "error") -> None:
        """Note something; an error is the row's outcome."""
        self.findings.append(Finding(self.number, where, code, severity, message))
        if severity == "error":
            self.outcome = Outcome.ERROR

    @property
    def title(self) -> str:
        """How the row is called in a report."""
        return self.names[0].text if self.names else ""


@dataclass(frozen=True, slots=True)
class ImportAsked:
    """How a file is to be read and taken.

    `form`: a format, None: found from its content. `mapping`: a key of data/reference/exchange, or the text of a
    mapping. `names`: `unverified`, or `as_stated` where a document stands behind the file. `within`: the division in
    which everything must lie. `source`, `licence`: where it comes from, in its words.
    """

    source: str
    licence: str | None = None
    form: str | None = None
    mapping: str | None = None
    names: str = "unverified"
    within: str | None = None
    encoding: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {name: getattr(self, name) for name in self.__slots__}


NAMES_POLICIES = ("unverified", "as_stated")
