"""Reads the kinds of documents from TOML; a kind that says something unknown is refused before it is used."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from data.documents.elements import STYLE_OF, TABLE
from data.documents.fonts import typography
from data.documents.model import LANGUAGES, Box, DocumentKind, FieldSpec
from data.workflow.model import Label

FOLDER = Path(__file__).parent / "kinds"
NAME = re.compile(r"[a-z][a-z0-9_]*")
#: Where a value may come from; those with a dot are completed by a name.
SOURCES = re.compile(
    r"(case\.(title|number|opener)|numbering\.(office|heading)|document\.(number|date)|step\.(label|article)"
    r"|field\.[a-z][a-z0-9_]*|fact\.[a-z][a-z0-9_]*|given\.[a-z][a-z0-9_]*|findings)"
)
#: What a finding can show.
FINDING_COLUMNS = ("rule", "message", "article", "cure")
#: Sources that may hold a list of rows beside the findings.
LISTS = ("given.", "fact.")
_FIELD_KEYS = {"name", "meaning", "source", "example", "required", "columns", "picture", "pictures", "date"}
_KIND_KEYS = {"key", "label", "valid_from", "article", "field", "template"}


class KindError(ValueError):
    """A kind of document says something that has no meaning; the program does not start with it."""


def load_kinds(folder: Path = FOLDER) -> tuple[DocumentKind, ...]:
    """All kinds below `folder`, in order of their files."""
    return tuple(load_kind(path) for path in sorted(folder.rglob("*.toml")))


def load_kind(path: Path) -> DocumentKind:
    """The kind in the file at `path`; raises `KindError`."""
    table = tomllib.loads(path.read_text("utf-8"))
    try:
        kind = _kind(table)
    except (KeyError, TypeError, AttributeError) as error:
        raise KindError(f"{path.name}: {error} is missing or not of its form") from error
    findings = list(_findings(kind))
    if findings:
        raise KindError(f"{path.name}: " + "; ".join(findings))
    return kind


def _kind(table: Mapping[str, Any]) -> DocumentKind:
    _only(table, _KIND_KEYS)
    if not isinstance(table["valid_from"], date):
        raise TypeError("valid_from")
    return DocumentKind(
        key=table["key"],
        label=_label(table["label"]),
        valid_from=table["valid_from"],
        article=table["article"],
        fields=tuple(_field(row) for row in table["field"]),
        shipped={language: tuple(_line(row) for row in rows) for language, rows in table.get("template", {}).items()},
    )


def _field(row: Mapping[str, Any]) -> FieldSpec:
    _only(row, _FIELD_KEYS)
    return FieldSpec(
        name=row["name"],
        meaning=_label(row["meaning"]),
        source=row["source"],
        example=row["example"],
        required=row.get("required", True),
        columns=row.get("columns"),
        picture=_box(row["picture"]) if "picture" in row else None,
        pictures={column: _box(box) for column, box in row.get("pictures", {}).items()} or None,
        date=row.get("date", False),
    )


def _box(value: Mapping[str, float]) -> Box:
    _only(value, {"width_mm", "height_mm"})
    return Box(float(value["width_mm"]), float(value["height_mm"]))


def _line(row: Mapping[str, Any]) -> tuple[str, str]:
    """A paragraph, or a table: its rows as lines, their cells with tabs between."""
    _only(row, {"is", "text", "rows"})
    if row["is"] == TABLE:
        return TABLE, "\n".join("\t".join(cells) for cells in row["rows"])
    return row["is"], row["text"]


def _label(value: Mapping[str, str]) -> Label:
    return Label(value["zh"], value["en"])


def _only(table: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise KindError(f"unknown keys {', '.join(unknown)}")


def _findings(kind: DocumentKind) -> Iterable[str]:
    names = [f.name for f in kind.fields]
    if len(set(names)) < len(names):
        yield "a field stands in it twice"
    for field in kind.fields:
        if not NAME.fullmatch(field.name):
            yield f"{field.name!r} is no name of a field"
        if not SOURCES.fullmatch(field.source):
            yield f"{field.name}: {field.source!r} is no source"
        yield from _column_findings(field)
        yield from _picture_findings(field)
    if not set(kind.shipped) <= set(LANGUAGES):
        yield "templates are in zh and en"
    for role, _ in (line for lines in kind.shipped.values() for line in lines):
        if role not in STYLE_OF and role != TABLE:
            yield f"{role} is no element of a document"


def _picture_findings(field: FieldSpec) -> Iterable[str]:
    """Pictures are given or facts, and no larger than the text of a page is wide."""
    boxes = {field.name: field.picture} if field.picture else dict(field.pictures or {})
    if boxes and not field.source.startswith(LISTS):
        yield f"{field.name}: pictures are given or facts"
    if not set(field.pictures or ()) <= set(field.columns or ()) or (field.picture and field.columns is not None):
        yield f"{field.name}: pictures of a list are columns of it"
    page = typography()["page"]
    for name, box in boxes.items():
        if not (10 <= box.width_mm <= page["area_width_mm"] and 10 <= box.height_mm <= page["area_height_mm"]):
            yield f"{name}: a picture is from 10 mm to the text of a page"


def _column_findings(field: FieldSpec) -> Iterable[str]:
    """Lists are the findings of a case, facts of it, or given by whoever issues without one."""
    if field.source == "findings" and field.columns is None:
        yield f"{field.name}: findings need columns"
    elif field.columns is not None and field.source != "findings" and not field.source.startswith(LISTS):
        yield f"{field.name}: columns are for findings and for lists that are given or facts"
    elif field.source == "findings" and not set(field.columns or ()) <= set(FINDING_COLUMNS):
        yield f"{field.name}: columns are of {', '.join(FINDING_COLUMNS)}"
    elif any(not NAME.fullmatch(column) for column in field.columns or ()):
        yield f"{field.name}: a column is called like a field"
