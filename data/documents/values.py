"""From what a case knows to what a document prints. Pure: the case engine hands everything in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from data.documents.model import DocumentKind, FieldSpec, Number, Numbering, Value
from data.errors import BadInput

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
#: A field of a document is a sentence or some paragraphs.
MAX_TEXT = 20_000
ALLOWED_CONTROLS = frozenset("\n\t")
#: A picture is named by the SHA-256 of its bytes.
PICTURE_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Known:
    """What may be printed: by the sources that a kind's fields name.

    `case`: title, number, unit, opener. `step`: label, article. `fields` come with the action, `facts` from the
    case, `given` from whoever issues a document without a case; `findings` are those asked for.
    """

    case: Mapping[str, str] = field(default_factory=dict)
    step: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    findings: Sequence[Mapping[str, str]] = ()


def printed_values(
    kind: DocumentKind, known: Known, numbering: Numbering, number: Number, dated: date, language: str
) -> dict[str, Value]:
    """What the document prints, field by field.

    Raises `BadInput` (`document_fields`) with every field that is missing or cannot be printed.
    """
    groups: dict[str, Mapping[str, Any]] = {
        "case": known.case,
        "step": known.step,
        "field": known.fields,
        "fact": known.facts,
        "given": known.given,
        "numbering": {"office": numbering.office, "heading": numbering.heading},
        "document": {"number": number.text, "date": written_date(dated, language)},
    }
    values = {f.name: _value(f, groups, known.findings, language) for f in kind.fields}
    wrong = [finding for f in kind.fields if (finding := _wrong(f, values[f.name]))]
    if wrong:
        raise BadInput(
            f"The document {kind.key} cannot be issued: {'; '.join(wrong)}. Nothing was changed.",
            code="document_fields",
            findings=wrong,
        )
    return values


def _value(
    spec: FieldSpec, groups: Mapping[str, Mapping[str, Any]], findings: Sequence[Mapping[str, str]], language: str
) -> Value:
    group, _, name = spec.source.partition(".")
    found = None if group == "findings" else groups[group].get(name)
    if spec.columns is not None:
        rows = findings if group == "findings" else found or ()
        return [{column: _cell(row.get(column)) for column in spec.columns} for row in rows]
    return written_date(date.fromisoformat(found), language) if spec.date and found else _cell(found)


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _wrong(spec: FieldSpec, value: Value) -> str | None:
    """What speaks against printing `value`."""
    texts = [value] if isinstance(value, str) else [cell for row in value for cell in row.values()]
    if spec.required and not value:
        return f"{spec.name} ({spec.meaning.zh}) is missing"
    if any(len(text) > MAX_TEXT for text in texts):
        return f"{spec.name} has more than {MAX_TEXT} characters"
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in ALLOWED_CONTROLS for text in texts for c in text):
        return f"{spec.name} contains a control character"
    if any(name and not PICTURE_NAME.fullmatch(name) for name in _pictures(spec, value)):
        return f"{spec.name} names no picture"
    return None


def _pictures(spec: FieldSpec, value: Value) -> list[str]:
    if isinstance(value, str):
        return [value] if spec.picture else []
    return [row[column] for row in value for column in spec.pictures or ()]


def examples(kind: DocumentKind) -> dict[str, Value]:
    """Values for a preview: the examples of the kind."""
    return {f.name: f.example if f.columns is None else [dict(f.columns), dict(f.columns)] for f in kind.fields}


def written_date(day: date, language: str) -> str:
    """A date in full: 2026年3月2日, months and days without zeros (GB/T 9704-2012, 7.3.5.4); 2 March 2026."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
