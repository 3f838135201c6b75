"""Turns a replayed register into the rows, decisions and feed entries that are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.range import DateRange
from sqlalchemy import Connection

from boundaries.units import store, views
from boundaries.units.chronicle import source as areacodes
from boundaries.units.chronicle.attribution import Attribution
from boundaries.units.chronicle.dating import Moment, document_moment
from boundaries.units.chronicle.identity import Change, Edge, Register, Version
from boundaries.units.chronicle.notation import Document
from boundaries.units.model import LoadReport, Romanizer
from data.decisions import DecisionDraft, Link
from data.feed import Change as FeedChange
from data.ids import derived_id

#: Words in a title that tell the kind of a document, first match wins.
_KINDS = (
    ("批复", "approval"),
    ("公告", "notice"),
    ("通知", "notice"),
    ("决定", "law"),
    ("决议", "law"),
)
_AUTHORITY = re.compile(r"^(?P<who>[^，。、《》]{2,40}?)(?:关于|批复同意)")
#: A bare document number given as title: 湘民行发〔2010〕15号.
_NUMBER = re.compile(r"^[^\s《》]{1,16}[〔（(\[]?[0-9]{2,4}[〕）)\]]?[^\s《》]{0,6}?[0-9]+号$")
_TITLE_LENGTH = 40


@dataclass(slots=True)
class Rows:
    """Rows ready to be copied, in the order of their tables' columns."""

    first_list_decision: UUID
    decisions: list[DecisionDraft] = field(default_factory=list)
    units: list[tuple[Any, ...]] = field(default_factory=list)
    versions: list[tuple[Any, ...]] = field(default_factory=list)
    edges: list[tuple[Any, ...]] = field(default_factory=list)
    romans: list[tuple[Any, ...]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def documents(register: Register) -> Iterator[Document]:
    """Every document that opened, closed or supports something, once, by year and line."""
    changes = [c for v in register.versions for c in (v.begin, v.end) if c is not None]
    changes += [edge.change for edge in register.edges]
    found = {(d.year, d.line): d for c in changes for d in _both(c.documents)}
    yield from (found[key] for key in sorted(found))


def _both(documents_: Attribution) -> tuple[Document, ...]:
    return documents_.principal + documents_.supporting


def decision_id(document: Document) -> UUID:
    """The same document, wherever its text is repeated, is one decision."""
    return derived_id(
        "decision", document.doc_no or "", document.title, document.dated or "", document.text,
        "" if document.title else document.year,
    )  # fmt: skip


def decision_of(document: Document) -> DecisionDraft:
    """The decision that a document of the chronicle is, with the dates that it gives."""
    doc_no = document.doc_no
    if doc_no is None and _NUMBER.match(document.title):
        doc_no = document.title
    kind = _kind(document, doc_no)
    moment = document_moment(document, document.year)
    dated = str(document.dated) if document.dated else None
    announced = str(document.announced) if document.announced else None
    return DecisionDraft(
        id=decision_id(document),
        kind=kind,
        doc_no=doc_no,
        title=document.title or _note_title(document.text),
        authority=document.authority or _authority(document.title),
        approved_on=dated if kind == "approval" else None,
        announced_on=dated if kind != "approval" and announced is None else announced,
        effective_on=str(document.effective or document.dated) if moment else str(document.year),
        basis=moment.basis if moment else "list_year",
        list_year=document.year,
        text=document.text,
        source=_source(document),
        licence=areacodes.LICENCE,
        retrieved_on=areacodes.RETRIEVED,
    )


def _kind(document: Document, doc_no: str | None) -> str:
    for word, kind in _KINDS:
        if word in document.title:
            return kind
    return "document" if doc_no else "source_record"


def _authority(title: str) -> str | None:
    match = _AUTHORITY.match(title)
    return match["who"] if match else None


def _note_title(text: str) -> str:
    first = text.splitlines()[0] if text else "（无题）"
    return first if len(first) <= _TITLE_LENGTH else first[: _TITLE_LENGTH - 1] + "…"


def _source(document: Document) -> str:
    where = f"{areacodes.SOURCE}, {document.year - 1}-{document.year}.diff:{document.line}"
    return f"{document.source} · {where}" if document.source else where


def first_list_decision(first_day: date) -> DecisionDraft:
    """The record of the first list, which opens all that stood before the chronicle begins."""
    return DecisionDraft(
        id=derived_id("decision", "areacodes", "first list", first_day),
        kind="source_record",
        doc_no=None,
        title=f"{first_day.year}年12月31日全国县级以上行政区划代码",
        authority=None,
        approved_on=None,
        announced_on=None,
        effective_on=str(first_day),
        basis="first_list",
        list_year=first_day.year,
        text="登记册自这份名录开始；名录所列单位设立更早，其设立时间登记册未载。",
        source=f"{areacodes.SOURCE}, result.csv",
        licence=areacodes.LICENCE,
        retrieved_on=areacodes.RETRIEVED,
    )


def rows_of(register: Register, source: areacodes.Source, romanize: Romanizer | None) -> Rows:
    """All rows of the register."""
    opening = first_list_decision(register.first_day)
    rows = Rows(opening.id)
    drafts: dict[UUID, DecisionDraft] = {}
    for document in _known(source):  # a text repeated in a later list keeps its first year
        drafts.setdefault(decision_id(document), decision_of(document))
    rows.decisions = [opening, *drafts.values()]
    opened: dict[UUID, UUID] = {}
    for version in register.versions:
        row = _version_row(version, register.first_day, opening.id)
        rows.versions.append(row)
        opened.setdefault(version.unit_id, row[11])
        rows.links += _version_links(version, row, opening.id)
    rows.units = list(opened.items())
    for edge in register.edges:
        rows.edges.append(edge_row(edge))
        rows.links += _links("unit_lineage", rows.edges[-1][0], edge.change, "opened")
    rows.edges = list({row[0]: row for row in rows.edges}.values())
    if romanize is not None:
        rows.romans = list(_roman_rows(register, romanize, opening.id))
    return rows


def _known(source: areacodes.Source) -> list[Document]:
    """All documents of the files, those without effect included."""
    return [d for file in source.years for block in file.blocks for d in block]


def _version_row(version: Version, first_day: date, opening: UUID) -> tuple[Any, ...]:
    begin = version.begin.moment.on if version.begin else first_day
    end = version.end.moment.on if version.end else None
    return (
        derived_id("unit_version", version.unit_id, version.code, version.name, version.parent_id, begin),
        version.unit_id,
        version.code,
        version.name,
        version.level,
        version.type,
        version.parent_id,
        DateRange(begin, end),
        _window(version.begin),
        _window(version.end),
        version.begin_known,
        principal(version.begin) if version.begin else opening,
        principal(version.end) if version.end else None,
    )  # fmt: skip


def _window(change: Change | None) -> DateRange | None:
    """The days on which the change may or may not have happened yet, half open; None: the day is known."""
    if change is None or change.moment.certain:
        return None
    return DateRange(change.moment.first, change.moment.last)


def principal(change: Change) -> UUID:
    """The decision that counts as the one: the dated one, the numbered one, the first."""
    best = min(change.documents.principal, key=lambda d: _weight(d, change.moment))
    return decision_id(best)


def _weight(document: Document, moment: Moment) -> tuple[bool, bool, bool, int]:
    own = document_moment(document, document.year)
    return (own is None or own.on != moment.on, own is None, document.doc_no is None, document.line)


def _version_links(version: Version, row: tuple[Any, ...], opening: UUID) -> Iterator[Link]:
    if version.begin is None:
        yield Link(opening, "unit_versions", row[0], "opened")
    else:
        yield from _links("unit_versions", row[0], version.begin, "opened")
    if version.end is not None:
        yield from _links("unit_versions", row[0], version.end, "closed")


def _links(collection: str, entity: UUID, change: Change, effect: str) -> Iterator[Link]:
    for document in change.documents.principal:
        yield Link(decision_id(document), collection, entity, effect)
    for document in change.documents.supporting:
        yield Link(decision_id(document), collection, entity, "supports")


def edge_row(edge: Edge) -> tuple[Any, ...]:
    """A lineage edge in the order of its table's columns."""
    on = edge.change.moment.on
    return (
        derived_id("unit_lineage", edge.from_unit, edge.to_unit, on),
        edge.from_unit,
        edge.to_unit,
        edge.kind,
        edge.whole_from,
        edge.whole_to,
        on,
        _window(edge.change),
        edge.attested,
        edge.derived,
        principal(edge.change),
    )


def _roman_rows(register: Register, romanize: Romanizer, opening: UUID) -> Iterator[tuple[Any, ...]]:
    seen: set[tuple[UUID, str]] = set()
    for version in register.versions:
        key = (version.unit_id, version.name)
        spelling = None if key in seen else romanize(version.code, version.name, version.level)
        if spelling is not None:
            seen.add(key)
            yield (
                derived_id("unit_roman", *key), *key,
                spelling.roman, spelling.source, spelling.ambiguous, opening,
            )  # fmt: skip


def copy_rows(connection: Connection, rows: Rows) -> None:
    """Copy units, versions, edges and spellings into their tables."""
    cursor = connection.connection.cursor()
    for statement, table in (
        (store.COPY_UNITS, rows.units),
        (store.COPY_VERSIONS, rows.versions),
        (store.COPY_EDGES, rows.edges),
        (store.COPY_ROMAN, rows.romans),
    ):
        with cursor.copy(statement) as copy:
            for row in table:
                copy.write_row(row)


def feed_of(rows: Rows, report: LoadReport) -> list[FeedChange]:
    """The load as a mirror sees it: every decision, then every unit as it last stood."""
    changes = [FeedChange("decisions", d.id, None, d.as_api(), d.id) for d in rows.decisions]
    romans = {(row[1], row[2]): (row[3], row[4]) for row in rows.romans}
    last = {row[1]: row for row in sorted(rows.versions, key=lambda row: row[7].lower)}
    history: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows.versions:
        history.setdefault(row[1], []).append(_named(row, romans))
    for unit, row in sorted(last.items(), key=lambda item: (item[1][2], str(item[0]))):
        day = (row[7].upper or report.register_through + timedelta(days=1)) - timedelta(days=1)
        chain = list(_chain(history, unit, day))
        body = views.unit_object(_named(row, romans), chain, [], as_of=day, register_through=report.register_through)
        changes.append(FeedChange("units", unit, None, body, row[11]))
    return changes


def _named(row: tuple[Any, ...], romans: Mapping[Any, tuple[str, str]]) -> dict[str, Any]:
    roman, roman_source = romans.get((row[1], row[3]), (None, None))
    return {
        "id": row[0], "unit_id": row[1], "code": row[2], "name": row[3], "level": row[4],
        "type": row[5], "parent_id": row[6], "valid_from": row[7].lower, "valid_to": row[7].upper,
        "opened_within": row[8], "closed_within": row[9], "begin_known": row[10],
        "opened_by": row[11], "closed_by": row[12], "roman": roman, "roman_source": roman_source,
    }  # fmt: skip


def _chain(history: Mapping[UUID, list[dict[str, Any]]], unit: UUID, day: date) -> Iterable[dict[str, Any]]:
    row = next(
        (v for v in history[unit] if v["valid_from"] <= day and (v["valid_to"] is None or day < v["valid_to"])),
        None,
    )
    if row is None:
        return []
    above = _chain(history, row["parent_id"], day) if row["parent_id"] else []
    return [*above, row]
