"""`/v1/code-publications`: division codes as they were published (区划代码公布); everybody reads, offices publish."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import Ask, v1_router
from api.v1 import code_publication_shapes as shapes
from api.v1.answers import PUBLIC_CACHE
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.params import AnyDay, Cursor, EntityId, Limit, Within, _one_of, _schema, optional_id
from api.v1.params import _unless_none as unless_none
from api.v1.rounds import CODES, SENT
from api.v1.staff import answer, answers, today
from boundaries.codebooks.files import pdf_of, word_of, workbook_of
from boundaries.codebooks.publishing import Publishing, preview_publication, publish_codes
from boundaries.codebooks.service import (
    KINDS,
    Tables,
    Wanted,
    find_publication,
    list_changes,
    list_codes,
    list_publications,
    tables_of,
)
from boundaries.units.service import register_span
from data.cases.reading import require_signed_in
from data.decisions import DecisionDraft
from data.documents.fonts import installed
from data.ids import new_id
from data.papers import DOCX, PDF, XLSX
from geonames.applications.notices import below
from geonames.places.days import recorded_day

router = v1_router("codes", "/code-publications")
CSV = "text/csv; charset=utf-8"
KindKey = Annotated[
    str,
    BeforeValidator(unless_none(lambda text: _one_of(text, KINDS, "bad_parameter"))),
    _schema("string", enum=list(KINDS)),
]
FILES = ("codes.csv", "changes.csv", "publication.xlsx", "publication.docx", "publication.pdf")
File = Annotated[
    str,
    BeforeValidator(unless_none(lambda text: _one_of(text, FILES, "bad_parameter"))),
    _schema("string", enum=list(FILES)),
    Path(description="Which file."),
]
NOT_FOUND = ("bad_id", "no_such_code_publication")
PAGED = ("limit_out_of_range", "bad_cursor")
DAYS = ("bad_date", "as_of_after_register", "as_of_before_register")
REFUSED = ("codes_published", "nothing_to_correct", "bad_code_publication", "no_such_code_publication")


@router.get(
    "",
    summary="Publications of division codes",
    response_model=shapes.CodePublications,
    responses=answers(
        200,
        {"items": [shapes.PUBLICATION], "next": None, "as_of": "2026-11-23"},
        *("bad_date", "as_of_after_register", "bad_code", "bad_parameter", *PAGED),
    ),
)
def list_all(
    request: Request,
    ask: Ask,
    as_of: AnyDay = None,
    within: Within = None,
    kind: Annotated[KindKey | None, Query(description="Only publications of this kind.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The publications of codes in force no later than a day (default: today), the latest first."""
    wanted, now = Wanted(None if within is None else below(within), kind), today(request)
    return ask.answer(
        lambda connection: list_publications(connection, recorded_day(connection, as_of, now), wanted, limit, cursor)
    )


@router.get(
    "/preview",
    summary="What would be published",
    response_model=shapes.CodePreview,
    responses=answers(200, shapes.PREVIEW, *CODES, *DAYS, "bad_parameter", "bad_id", *REFUSED),
)
def preview(
    ask: Ask,
    kind: Annotated[KindKey, Query(description="Which levels, and how often.")],
    as_of: AnyDay = None,
    within: Within = None,
    corrects: Annotated[
        UUID | None,
        BeforeValidator(optional_id),
        _schema("string", format="uuid", maxLength=36),
        Query(description="The publication that it would put right."),
    ] = None,
) -> Response:
    """The codes in force on a day (default: the last of the register) and what changed since the last publication."""
    return ask.answer(
        lambda connection: preview_publication(
            connection, Publishing(within, kind, register_span(connection).day(as_of), corrects=corrects)
        )
    )


@router.get(
    "/{id}",
    summary="A publication of codes",
    response_model=shapes.CodePublicationInFull,
    responses=answers(200, shapes.WHOLE, *NOT_FOUND),
)
def find(ask: Ask, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """Number, day, checksums, and the publications before it, put right by it, and putting it right."""
    return ask.answer(lambda connection: find_publication(connection, id))


@router.get(
    "/{id}/codes",
    summary="The codes of a publication",
    response_model=shapes.PublishedCodes,
    responses=answers(200, {"items": [shapes.CODE], "next": None, "number": shapes.NUMBER}, *NOT_FOUND, *PAGED),
)
def codes(ask: Ask, id: EntityId, limit: Limit = 100, cursor: Cursor = None) -> Response:  # noqa: A002 -- the name in the address
    """The codes as they were published, in order."""
    return ask.answer(lambda connection: list_codes(connection, id, limit, cursor))


@router.get(
    "/{id}/changes",
    summary="The changes of a publication",
    response_model=shapes.PublishedChanges,
    responses=answers(200, {"items": [shapes.CHANGE], "next": None, "number": shapes.NUMBER}, *NOT_FOUND, *PAGED),
)
def changes(ask: Ask, id: EntityId, limit: Limit = 100, cursor: Cursor = None) -> Response:  # noqa: A002 -- the name in the address
    """What had changed since the publication before it: late ones first, then by day."""
    return ask.answer(lambda connection: list_changes(connection, id, limit, cursor))


@router.get(
    "/{id}/files/{file}",
    summary="A publication as a file",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {"example": "code,name,level,type,parent_code,uncertain\r\n"},
                          XLSX: {}, DOCX: {}, PDF: {}}},
        **problems_for(*NOT_FOUND, "bad_parameter", "characters_without_glyph", *EVERYWHERE),
    },
)  # fmt: skip
def download(ask: Ask, id: EntityId, file: File) -> Response:  # noqa: A002 -- the name in the address
    """`codes.csv` and `changes.csv` are the files whose SHA-256 the publication bears; the others tell the same."""
    with ask.reading() as connection:
        tables = tables_of(connection, id)
    return file_of(tables, file)


def file_of(tables: Tables, file: str) -> Response:
    """A file of a publication, under a name that says which publication it is of."""
    if file == "publication.xlsx":
        content, media = workbook_of(tables), XLSX
    elif file == "publication.docx":
        content, media = word_of(tables), DOCX
    elif file == "publication.pdf":
        content, media = pdf_of(tables, installed()), PDF
    else:
        content, media = (tables.codes_csv if file == "codes.csv" else tables.changes_csv), CSV
    name = f"{tables.publication['number']}-{file}"
    headers = {"Cache-Control": PUBLIC_CACHE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media, headers=headers)


@router.post(
    "",
    status_code=201,
    summary="Publish codes",
    response_model=shapes.CodesPublished,
    responses=answers(201, shapes.PUBLISHED, *SENT, *CODES, *DAYS, *REFUSED),
)
def publish(request: Request, body: shapes.NewCodePublication) -> Response:
    """Publish the codes in force on a day by a document; what is published never changes."""
    actor, casework = actor_of(request), casework_of(request)
    require_signed_in(actor)
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=body.doc_no, title=body.title, authority=body.authority,
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source=body.source, licence=None, retrieved_on=None,
    )  # fmt: skip
    wanted = Publishing(body.within, body.kind, body.codes_on, body.title, body.note, body.corrects)
    return answer(publish_codes(casework.engine, actor, wanted, document, casework.permissions), 201)
