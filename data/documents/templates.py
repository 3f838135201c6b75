"""Versions of templates: added by an administrator, ended by the version after them, never changed.

A template belongs to a kind of document and a language, and is everybody's or
of the offices of one unit. A document keeps the version from which it was
made. Where an office has none of its own, the shipped text is made into a
Word file and kept as version 1, so that a later shipped text changes nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection, Engine

from data import audit
from data.access import Actor, Matter, require
from data.blobs import Blobs, receive
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.documents import store
from data.documents.asking import no_such_kind
from data.documents.blank import blank
from data.documents.fonts import Fonts
from data.documents.model import LANGUAGES, DocumentKind, Documents, Made, Marking
from data.documents.pictures import example, with_pictures
from data.documents.setting import Order, make_files
from data.documents.values import examples
from data.documents.word_check import MAX_TEMPLATE_BYTES, check_template
from data.errors import BadInput, Conflict, NotFound
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page

MANAGE = "template.manage"
READ = "template.read"
SYSTEM = "system:shipped"


@dataclass(frozen=True, slots=True)
class Offer:
    """A template to be added: for a kind and language, from a day on, of a unit's offices or of all (None)."""

    kind: str
    language: str
    unit_id: UUID | None
    valid_from: date
    article: str
    note: str
    file_name: str


#: Where a unit lies, for the permission question; asked in the transaction.
MatterOf = Callable[[Connection, UUID | None], Matter]


def kind_of(documents: Documents, key: str, day: date) -> DocumentKind:
    """The kind `key` on `day`; NotFound `no_such_document_kind`."""
    kind = documents.kind(key, day)
    if kind is None:
        raise no_such_kind(documents, key)
    return kind


def add_template(
    engine: Engine,
    documents: Documents,
    blobs: Blobs,
    fonts: Fonts,
    matter_of: MatterOf,
    actor: Actor,
    offer: Offer,
    source: BinaryIO,
    at: datetime,
) -> dict[str, Any]:
    """Add a version; it stands from `offer.valid_from` and ends the one before it.

    A document is made from it with the examples of the kind first, so that what cannot be set is refused
    here and not when somebody decides. Raises `BadInput` (`template_refused` with all findings, and what
    `data.papers` finds), `NotPermitted`, `NotFound` (`no_such_document_kind`), `Conflict` (`template_from`)
    for a beginning before that of the version that stands.
    """
    with reading(engine) as connection:
        require(actor, MANAGE, matter_of(connection, offer.unit_id))
    kind = kind_of(documents, offer.kind, offer.valid_from)
    _check_offer(offer)
    with tempfile.TemporaryDirectory(prefix="diming-template-") as folder:
        path = Path(folder) / "template"
        size = receive(source, path, MAX_TEMPLATE_BYTES)
        fields = check_template(path, offer.file_name, kind)
        make_files(_trial(path.read_bytes(), kind, offer.language, at), fonts)
        digest = blobs.keep(path)
    with unit_of_work(engine) as connection:
        require(actor, MANAGE, matter_of(connection, offer.unit_id))
        row = _insert(connection, kind, offer, fields, digest, size, "office", actor.name)
        details = {"template": str(row["id"]), "kind": kind.key, "version": row["version"], "sha256": digest.hex()}
        audit.append(connection, actor=actor.name, action="template.added", decision_id=None, details=details)
    return shown(row)


def _check_offer(offer: Offer) -> None:
    wrong = []
    if offer.language not in LANGUAGES:
        wrong.append(f"the language is one of {', '.join(LANGUAGES)}")
    if not 1 <= len(offer.article) <= 300:
        wrong.append("the article by which the document is as it is has 1 to 300 characters")
    if len(offer.note) > 1000:
        wrong.append("the note has at most 1,000 characters")
    if wrong:
        raise BadInput(f"{'; '.join(wrong)}. Nothing was stored.", code="template_refused", findings=wrong)


def _trial(content: bytes, kind: DocumentKind, language: str, at: datetime) -> Order:
    """An order with the examples of the kind: what a preview shows."""
    values = with_pictures(kind, examples(kind), example)
    number = _example(kind, "document.number", "〔2026〕1号")
    return Order(
        template=content,
        values=values,
        doc_no=number,
        office=_example(kind, "numbering.office", ""),
        title=getattr(kind.label, language),
        language=language,
        marking=Marking.DRAFT,
        sealed=True,
        rare="refuse",
        at=at,
    )


def _example(kind: DocumentKind, source: str, default: str) -> str:
    return next((f.example for f in kind.fields if f.source == source), default)


def _insert(
    connection: Connection,
    kind: DocumentKind,
    offer: Offer,
    fields: Sequence[str],
    digest: bytes,
    size: int,
    origin: str,
    by: str,
) -> Row:
    connection.execute(store.LOCK_TEMPLATES, {"kind": kind.key})
    place = {"kind": kind.key, "language": offer.language, "unit": offer.unit_id}
    later = fetch_all(connection, store.LATER_TEMPLATES, {**place, "day": offer.valid_from})
    if later:
        raise Conflict(
            f"Version {later[0]['version']} of this template stands from {later[0]['valid'].lower}: a new one begins "
            "on that day or after it. Nothing was stored.",
            code="template_from",
        )
    connection.execute(store.END_TEMPLATES, {**place, "day": offer.valid_from})
    row = {
        **place,
        "id": new_id(),
        "version": connection.execute(store.LAST_VERSION, place).scalar_one() + 1,
        "from": offer.valid_from,
        "article": offer.article,
        "sha256": digest,
        "bytes": size,
        "file_name": offer.file_name,
        "fields": list(fields),
        "origin": origin,
        "note": offer.note,
        "by": by,
    }
    connection.execute(store.ADD_TEMPLATE, row)
    found = fetch_one(connection, store.FIND_TEMPLATE, {"id": row["id"]})
    assert found is not None  # noqa: S101 -- written one statement before
    return found


def standing_template(
    connection: Connection, blobs: Blobs, kind: DocumentKind, language: str, unit_id: UUID | None, day: date
) -> tuple[Row, bytes]:
    """The version from which a document of `day` is made, and its bytes; the shipped one is kept where none stands."""
    chain = [] if unit_id is None else [unit_id]
    wanted = {"kind": kind.key, "language": language, "chain": chain, "day": day}
    row = fetch_one(connection, store.TEMPLATE_FOR, wanted)
    if row is None:
        connection.execute(store.LOCK_TEMPLATES, {"kind": kind.key})
        row = fetch_one(connection, store.TEMPLATE_FOR, wanted) or _keep_shipped(connection, blobs, kind, language)
    with blobs.open(bytes(row["sha256"])) as file:
        return row, file.read()


def _keep_shipped(connection: Connection, blobs: Blobs, kind: DocumentKind, language: str) -> Row:
    """Version 1: the text that comes with the kind, as a Word file."""
    if language not in kind.shipped:
        raise NotFound(
            f"There is no template for {kind.key} in {language}: an administrator adds one.", code="no_such_template"
        )
    content = blank(kind.shipped[language])
    with tempfile.TemporaryDirectory(prefix="diming-template-") as folder:
        path = Path(folder) / "template"
        path.write_bytes(content)
        name = f"{kind.key}.{language}.docx"
        fields = check_template(path, name, kind)
        digest = blobs.keep(path)
    offer = Offer(kind.key, language, None, kind.valid_from, kind.article, "", name)
    return _insert(connection, kind, offer, fields, digest, len(content), "shipped", SYSTEM)


def list_templates(
    engine: Engine, actor: Actor, kind: str, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the versions of a kind, the latest first."""
    require(actor, READ, Matter())
    limit, query = check_limit(limit), {"list": "templates", "kind": kind}
    after = decode_cursor(query, cursor, (UUID,))
    values = {"kind": kind, "after": after[0] if after else None, "limit": limit + 1}
    with reading(engine) as connection:
        rows = fetch_all(connection, store.TEMPLATES_OF, values)
    found, following = page(rows, limit, query, lambda r: (r["id"],))
    return {"items": [shown(row) for row in found], "next": following}


def open_template(engine: Engine, blobs: Blobs, actor: Actor, template_id: UUID) -> tuple[dict[str, Any], bytes]:
    """A version and its bytes; NotFound `no_such_template`."""
    require(actor, READ, Matter())
    with reading(engine) as connection:
        row = fetch_one(connection, store.FIND_TEMPLATE, {"id": template_id})
    if row is None:
        raise NotFound("There is no such version of a template.", code="no_such_template")
    with blobs.open(bytes(row["sha256"])) as file:
        return shown(row), file.read()


def shipped_template(actor: Actor, kind: DocumentKind, language: str) -> bytes:
    """The Word file that comes with the kind, for an office to begin with; NotFound `no_such_template`."""
    require(actor, READ, Matter())
    if language not in kind.shipped:
        raise NotFound(f"{kind.key} comes without a template in {language}.", code="no_such_template")
    return blank(kind.shipped[language])


def preview(content: bytes, kind: DocumentKind, language: str, fonts: Fonts, at: datetime) -> Made:
    """A document from this template with the examples of the kind, marked as a draft."""
    return make_files(_trial(content, kind, language, at), fonts)


def shown(row: Row) -> dict[str, Any]:
    """A version as the API shows it; `to` is the first day on which it no longer stands."""
    names = (
        *("id", "kind", "language", "unit_id", "version", "article", "bytes", "file_name", "fields", "origin", "note"),
        *("added_at", "added_by"),
    )
    span = row["valid"]
    return {
        **{name: row[name] for name in names},
        "sha256": bytes(row["sha256"]).hex(),
        "from": None if span.isempty else span.lower,
        "to": None if span.isempty else span.upper,
        "never_stood": span.isempty,
    }
