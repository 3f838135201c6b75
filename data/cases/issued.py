"""Documents issued in cases, for those who may see the case: listed, downloaded, made again, declared void, signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Connection

from data.access import Actor, Matter, Permit, decide
from data.blobs import Blobs
from data.cases.model import Casework
from data.cases.reading import load_case, require_signed_in
from data.cases.views import matter_of
from data.db import Row, reading, unit_of_work
from data.documents import service
from data.documents.model import Form, State
from data.signing.keys import KeyFolder
from data.signing.service import Signed, sign_document


def list_issued(casework: Casework, actor: Actor, case_id: UUID) -> list[dict[str, Any]]:
    """The documents of a case; NotFound `no_such_case` for whoever may not see it."""
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        load_case(casework, connection, actor, case_id)
        return service.documents_of(connection, case_id)


#: What may be done with a document that was issued, by the permission that it needs.
DEEDS = {"again": "document.make_again", "void": "document.void", "sign": "package.sign"}


def find_issued(casework: Casework, actor: Actor, case_id: UUID, document_id: UUID) -> dict[str, Any]:
    """A document of a case, with the case's `number` and `title` and what `actor` `may` do with it now."""
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        dossier = load_case(casework, connection, actor, case_id)
        found = service.find_document(connection, case_id, document_id)
    possible = {"again": found["state"] == State.FAILED, "void": found["state"] != State.VOID, "sign": _made(found)}
    permitted = {
        deed: isinstance(decide(actor, permission, matter_of(dossier), casework.permissions), Permit)
        for deed, permission in DEEDS.items()
    }
    case = {"id": case_id, "number": dossier.case.number, "title": dossier.case.title}
    return {"document": found, "case": case, "may": {d for d in DEEDS if possible[d] and permitted[d]}}


def _made(found: dict[str, Any]) -> bool:
    return bool(found["state"] == State.MADE)


@contextmanager
def open_issued(
    casework: Casework, blobs: Blobs, actor: Actor, case_id: UUID, document_id: UUID, form: Form
) -> Iterator[tuple[Row, BinaryIO]]:
    """What a file of a document is, and its bytes.

    NotFound `no_such_case`, `no_such_document`; Conflict `document_not_made`.
    """
    require_signed_in(actor)
    with reading(casework.engine) as connection:
        load_case(casework, connection, actor, case_id)
        row = service.file_of(connection, case_id, document_id, form)
    with blobs.open(bytes(row["sha256"])) as file:
        yield row, file


def make_issued_again(casework: Casework, actor: Actor, case_id: UUID, document_id: UUID) -> dict[str, Any]:
    """Ask again for the files of a document that could not be made; the document afterwards.

    As `data.documents.service.make_again`, and NotFound `no_such_case`.
    """
    with unit_of_work(casework.engine) as connection:
        matter = _matter(casework, connection, actor, case_id, document_id)
        service.make_again(connection, actor, matter, document_id)
        return service.find_document(connection, case_id, document_id)


def void_issued(casework: Casework, actor: Actor, case_id: UUID, document_id: UUID, why: str) -> dict[str, Any]:
    """Declare a document void; the document afterwards. As `data.documents.service.void_document`."""
    with unit_of_work(casework.engine) as connection:
        matter = _matter(casework, connection, actor, case_id, document_id)
        service.void_document(connection, actor, matter, document_id, why, casework.clock())
        return service.find_document(connection, case_id, document_id)


def sign_issued(
    casework: Casework,
    blobs: Blobs,
    keys: KeyFolder,
    actor: Actor,
    case_id: UUID,
    document_id: UUID,
    attachments: Sequence[UUID] = (),
) -> Signed:
    """Sign a document with attachments of its case. As `data.signing.service.sign_document`."""
    with reading(casework.engine) as connection:
        matter = _matter(casework, connection, actor, case_id, document_id)
    at = casework.clock()
    return sign_document(casework.engine, blobs, keys, actor, matter, document_id, at, attachments)


def _matter(casework: Casework, connection: Connection, actor: Actor, case_id: UUID, document_id: UUID) -> Matter:
    """The case as the permission question sees it, if `actor` may see it and the document is one of it."""
    require_signed_in(actor)
    dossier = load_case(casework, connection, actor, case_id)
    service.find_document(connection, case_id, document_id)
    return matter_of(dossier)
