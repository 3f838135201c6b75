"""The registration form (地名备案登记表): filled from a case, and held against what must be filled. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from data.workflow.model import Label

FORM = Path(__file__).parents[2] / "data" / "rules" / "filing" / "form.toml"
COMPULSORY = "compulsory"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the form."""

    key: str
    label: Label
    is_compulsory: bool


@dataclass(frozen=True, slots=True)
class PaperRule:
    """A paper that goes with the form; `source`: `paper` of the application or report of a `hearing`."""

    key: str
    source: str
    is_compulsory: bool


@dataclass(frozen=True, slots=True)
class Form:
    """The form as the rules have it."""

    columns: tuple[Column, ...]
    papers: tuple[PaperRule, ...]

    def filled(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The columns with their values as text, in order; an empty text where nothing is known."""
        return {column.key: _text(values.get(column.key)) for column in self.columns}

    def lacking(
        self, filled: Mapping[str, Any], papers: Sequence[str], names: Sequence[Mapping[str, Any]] = ()
    ) -> list[str]:
        """What must be there and is not: keys of columns and papers.

        Of a batch (`names`: what its names say one by one) a column is there too where every name has it.
        """
        columns = [c.key for c in self.columns if c.is_compulsory and not _stands(c.key, filled, names)]
        return columns + [p.key for p in self.papers if p.is_compulsory and p.key not in papers]


def _stands(key: str, filled: Mapping[str, Any], names: Sequence[Mapping[str, Any]]) -> bool:
    if str(filled.get(key) or "").strip():
        return True
    return bool(names) and all(str(name.get(key) or "").strip() for name in names)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


@cache
def form() -> Form:
    """The form in force."""
    table = tomllib.loads(FORM.read_text("utf-8"))
    columns = tuple(Column(c["key"], Label(**c["label"]), c["need"] == COMPULSORY) for c in table["column"])
    papers = tuple(PaperRule(p["key"], p["from"], p["need"] == COMPULSORY) for p in table["paper"])
    return Form(columns, papers)


def papers_of(facts: Mapping[str, Any]) -> dict[str, str]:
    """The papers of a case that go with the form: key to the attachment's id."""
    given, heard = facts.get("papers") or {}, facts.get("heard") or {}
    found = {p.key: given.get(p.key) for p in form().papers if p.source == "paper"}
    found |= {p.key: (heard.get(p.key) or {}).get("report") for p in form().papers if p.source == "hearing"}
    return {key: attachment for key, attachment in found.items() if attachment}


def values_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the facts of a decided case say for the form."""
    copied = (
        *("kind", "name", "roman", "class", "within", "meaning", "origin", "reason"),
        *("doc_no", "approved_on", "effective_on", "announced_on"),
    )
    values = {key: facts.get(key) for key in copied}
    return {
        **values,
        "former_name": facts.get("present_name"),
        "applicant": (facts.get("applicant") or {}).get("name"),
        "authority": facts.get("authority_name"),
        "position": _course(facts.get("course")),
    }


def _course(course: Any) -> str:
    """Start, end and course of a street in words."""
    if not isinstance(course, Mapping):
        return ""
    return "，".join(str(value) for value in course.values() if isinstance(value, str) and value)
