"""`/v1/plates`: number plates (门牌) and the standard addresses they make; everybody reads, offices record."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import Ask, v1_router
from api.v1 import plate_shapes as shapes
from api.v1.answers import PUBLIC_CACHE
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.params import AnyDay, Cursor, EntityId, IsoDate, Limit, Within, _one_of, _schema, optional_id
from api.v1.params import _unless_none as unless_none
from api.v1.rounds import SENT
from api.v1.staff import answer, answers, today
from data.cases.reading import require_signed_in
from data.decisions import DecisionDraft
from data.documents.fonts import installed
from data.ids import new_id
from data.papers import DOCX, PDF
from geonames.applications.notices import below
from geonames.places.days import recorded_day
from geonames.plates.certificate import pdf_of, word_of
from geonames.plates.importing import PlateTable, import_plates, preview_plates, refused
from geonames.plates.service import Wanted, change_of_address, find_plate, list_plates
from geonames.signs.numbering import STATES

router = v1_router("signs", "/plates")

DAYS = ("bad_date", "as_of_after_register")
FILES = ("certificate.docx", "certificate.pdf")
File = Annotated[
    str,
    BeforeValidator(unless_none(lambda text: _one_of(text, FILES, "bad_parameter"))),
    _schema("string", enum=list(FILES)),
    Path(description="Which file."),
]
InState = Annotated[
    str | None,
    BeforeValidator(unless_none(lambda text: _one_of(text, STATES, "bad_parameter"))),
    _schema("string", enum=list(STATES)),
    Query(description="Only numbers in this state."),
]
OfPlace = Annotated[
    UUID | None,
    BeforeValidator(optional_id),
    _schema("string", format="uuid", maxLength=36),
    Query(description="Only numbers of this street or settlement."),
]
Earlier = Annotated[IsoDate, Query(alias="from", description="The earlier day.", examples=["2024-06-01"])]
Later = Annotated[IsoDate | None, Query(alias="to", description="The later day; default: today.")]
CHANGE = ("bad_id", "no_such_plate", "bad_date", "as_of_after_register", "period_reversed", "address_unknown")


@router.get(
    "",
    summary="Number plates",
    response_model=shapes.PlateList,
    responses=answers(
        200,
        {"items": [shapes.PLATE], "next": None, "as_of": "2026-03-11"},
        *("bad_code", "bad_id", "bad_parameter", "limit_out_of_range", "bad_cursor", *DAYS),
    ),
)
def list_all(
    request: Request,
    ask: Ask,
    as_of: AnyDay = None,
    within: Within = None,
    place: OfPlace = None,
    state: InState = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The plates as they stood on a day (default: today), each with the standard address of that day."""
    wanted, now = Wanted(None if within is None else below(within), place, state), today(request)
    return ask.answer(
        lambda connection: list_plates(connection, recorded_day(connection, as_of, now), wanted, limit, cursor)
    )


@router.get(
    "/{id}",
    summary="A number plate",
    response_model=shapes.PlateInFull,
    responses=answers(200, shapes.WHOLE, "bad_id", "no_such_plate", *DAYS),
)
def find(request: Request, ask: Ask, id: EntityId, as_of: AnyDay = None) -> Response:  # noqa: A002 -- the name in the address
    """One plate with its numbers and every address that it has had; each change with the day on which it began."""
    now = today(request)
    return ask.answer(lambda connection: find_plate(connection, id, recorded_day(connection, as_of, now)))


@router.get(
    "/{id}/address-change",
    summary="How an address changed",
    response_model=shapes.AddressChange,
    responses=answers(200, shapes.CHANGE, *CHANGE),
)
def address_change(request: Request, ask: Ask, id: EntityId, earlier: Earlier, later: Later = None) -> Response:  # noqa: A002 -- the name in the address
    """The address of one door on two days, on which days it changed between them, and by which decisions."""
    now = today(request)
    return ask.answer(
        lambda connection: change_of_address(connection, id, earlier, recorded_day(connection, later, now))
    )


@router.get(
    "/{id}/address-change/{file}",
    summary="The certificate of an address change",
    response_class=Response,
    responses={
        200: {"content": {DOCX: {}, PDF: {}}},
        **problems_for(*CHANGE, "bad_parameter", "characters_without_glyph", *EVERYWHERE),
    },
)
def certificate(
    request: Request,
    ask: Ask,
    id: EntityId,  # noqa: A002 -- the name in the address
    file: File,
    earlier: Earlier,
    later: Later = None,
) -> Response:
    """The certificate (地址变更证明) in Word or PDF; it names the page on which anybody sees the same."""
    with ask.reading() as connection:
        day = recorded_day(connection, later, today(request))
        found = change_of_address(connection, id, earlier, day)
    where = checked_at(request, id, earlier, day)
    headers = {"Cache-Control": PUBLIC_CACHE, "Content-Disposition": f'attachment; filename="{file}"'}
    if file == "certificate.docx":
        return Response(word_of(found, where), media_type=DOCX, headers=headers)
    return Response(pdf_of(found, where, installed()), media_type=PDF, headers=headers)


def checked_at(request: Request, plate: UUID, earlier: date, later: date) -> str:
    """Where anybody sees what a certificate says: at the installation's public address, else the one asked."""
    base = request.app.state.settings.public_url or str(request.base_url)
    return f"{base.rstrip('/')}/plates/{plate}?from={earlier}&to={later}"


@router.post(
    "",
    status_code=201,
    summary="Record the plates of a street",
    response_model=shapes.PlateReport,
    responses=answers(
        201,
        shapes.REPORT,
        *SENT,
        *("place_not_found", "numbering_rule_unknown", "bad_parameter", "number_table", "numbers_faulty"),
        *("not_permitted", "register_empty"),
    ),
)
def record(request: Request, body: shapes.NewPlates) -> Response:
    """Record a street's plates by a document: all rows, or none where a number is skipped, given twice or misplaced."""
    actor, casework = actor_of(request), casework_of(request)
    require_signed_in(actor)
    table = PlateTable(body.table.encode(), body.place, body.direction, body.effective_on, body.rule)
    if body.dry_run:
        return answer(preview_plates(casework.engine, actor, table, casework.permissions), 201)
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=body.doc_no, title=body.title, authority=body.authority,
        approved_on=None, announced_on=None, effective_on=None, basis="not_dated", list_year=None, text="",
        source=body.source, licence=None, retrieved_on=None,
    )  # fmt: skip
    report = import_plates(casework.engine, actor, table, document, casework.permissions)
    if report["findings"] or any(row["fault"] for row in report["rows"]):
        raise refused(report)
    return answer(report, 201)
