"""`/v1/filings`: approvals filed with other offices (备案, 地名管理条例 Art. 13), sent and taken in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BeforeValidator, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.auth.identity import actor_of
from api.casework import casework_of
from api.deps import v1_router
from api.filings import receive_filing
from api.uploads import blobs_of
from api.v1 import filing_shapes as shapes
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import Cursor, EntityId, IsoDate, Limit, optional_word
from geonames.filings import service
from geonames.filings.model import Direction, State
from geonames.filings.national import register_sheet

router = v1_router("filings", "/filings")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _word(kind: type[Direction] | type[State]) -> tuple[Any, Any]:
    allowed = tuple(kind)
    return (
        BeforeValidator(lambda text: optional_word(text, allowed, code="bad_filing_filter")),
        WithJsonSchema({"type": "string", "enum": [str(value) for value in allowed]}),
    )


Way = Annotated[Direction, *_word(Direction)]
Standing = Annotated[State, *_word(State)]
WayInPath = Annotated[Direction, *_word(Direction), Path(description="`out`: sent from here; `in`: came in.")]
SEEN = ("sign_in_needed", "bad_id", "bad_filing_filter", "no_such_filing")
SENT = ("sign_in_needed", "not_permitted", "cross_site_write", "bad_id", "no_such_filing", "already_done")
BODY = ("bad_body", "bad_json", "body_too_large", "bad_fields")


def _answers(example: dict[str, Any], *codes: str) -> Responses:
    return {200: {"content": {"application/json": {"example": example}}}, **problems_for(*codes, *EVERYWHERE)}


def _answer(value: Any) -> Response:
    return Response(encode(value), media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get(
    "",
    summary="Filings",
    response_model=shapes.FilingList,
    responses=_answers(
        {"items": [shapes.EXAMPLE], "next": None},
        *("sign_in_needed", "bad_filing_filter", "limit_out_of_range", "bad_cursor"),
    ),
)
def list_filings(
    request: Request,
    direction: Annotated[Way | None, Query(description="Only those sent (`out`) or come in (`in`).")] = None,
    state: Annotated[Standing | None, Query(description="Only those in this state.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The filings of your jurisdictions, sent and come in, the latest first."""
    found = service.list_filings(
        casework_of(request), actor_of(request), direction=direction, state=state, limit=limit, cursor=cursor
    )
    return _answer(found)


@router.get(
    "/register",
    summary="The file for the national database",
    response_class=Response,
    responses={
        200: {"description": "An Excel workbook.", "content": {XLSX: {}}},
        **problems_for("sign_in_needed", "bad_date", "missing_parameter", *EVERYWHERE),
    },
)
def register(
    request: Request,
    since: Annotated[IsoDate, Query(description="From this day on.")],
    until: Annotated[IsoDate, Query(description="Through this day.")],
) -> Response:
    """What was acknowledged within a period, one row for each registration form (地名备案登记表)."""
    rows = service.acknowledged_between(casework_of(request), actor_of(request), since, until)
    named = f'attachment; filename="filings-{since}-{until}.xlsx"'
    headers = {"Content-Disposition": named, "Cache-Control": "no-store"}
    return Response(register_sheet(rows), media_type=XLSX, headers=headers)


@router.post(
    "/inbox",
    summary="Take in a filing or an answer",
    response_model=shapes.Receipt,
    responses=_answers(
        shapes.RECEIPT,
        *("bad_upload", "not_a_package", "archive_unsafe", "body_too_large", "file_too_large", "file_empty"),
        *("filing_altered", "filing_not_ours", "filing_unknown_office", "filing_unproven", "filing_replayed"),
        *("no_such_filing", "sign_in_needed", "not_permitted", "cross_site_write"),
    ),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {
                            "file": {"type": "string", "format": "binary"},
                            "delivery": {"type": "string", "maxLength": 1000},
                        },
                    }
                }
            },
        }
    },
)
async def inbox(request: Request) -> Response:
    """A signed package from another installation with its proof of `delivery`, or brought by a filing officer.

    Sent again by its sender it is answered again and has no second effect.
    """
    return _answer(await receive_filing(request))


@router.get(
    "/{direction}/{id}",
    summary="A filing",
    response_model=shapes.Filing,
    responses=_answers(shapes.EXAMPLE, *SEEN),
)
def find_filing(request: Request, direction: WayInPath, id: EntityId) -> Response:  # noqa: A002 -- as in the address
    """One filing with its form, what is missing, how it travels and what was answered."""
    return _answer(service.find_filing(casework_of(request), actor_of(request), id, direction))


@router.get(
    "/{direction}/{id}/package",
    summary="Download the signed package of a filing",
    response_class=Response,
    responses={
        200: {"description": "The package.", "content": {"application/zip": {}}},
        **problems_for(*SEEN, "filing_not_packed", "no_such_blob", "integrity_broken", *EVERYWHERE),
    },
)
def package(request: Request, direction: WayInPath, id: EntityId) -> Response:  # noqa: A002 -- as in the address
    """The package byte for byte, to be carried by hand or verified with `./diming verify`."""
    stack = ExitStack()
    opened = service.open_package(casework_of(request), blobs_of(request), actor_of(request), id, direction)
    found, file = stack.enter_context(opened)
    headers = {"Content-Disposition": f'attachment; filename="{found["id"]}.zip"', "Cache-Control": "private, no-store"}
    return StreamingResponse(_blocks(stack, file), media_type="application/zip", headers=headers)


def _blocks(stack: ExitStack, file: Any) -> Iterator[bytes]:
    with stack:
        while block := file.read(64 << 10):
            yield block


@router.post(
    "/in/{id}/actions/acknowledge",
    summary="Acknowledge a filing",
    response_model=shapes.Filing,
    responses=_answers(shapes.EXAMPLE, *SENT, *BODY),
)
def acknowledge(request: Request, id: EntityId, body: shapes.Acknowledged) -> Response:  # noqa: A002 -- as in the address
    """Acknowledge (备案) what came in, under a number; the signed answer goes to the office that filed."""
    return _answer(service.acknowledge(casework_of(request), actor_of(request), id, body.filing_no))


@router.post(
    "/in/{id}/actions/return",
    summary="Return a filing",
    response_model=shapes.Filing,
    responses=_answers(shapes.EXAMPLE, *SENT, *BODY),
)
def return_filing(request: Request, id: EntityId, body: shapes.Returned) -> Response:  # noqa: A002 -- as in the address
    """Return what came in, with what is to be supplemented; the signed answer goes to the office that filed."""
    return _answer(service.return_filing(casework_of(request), actor_of(request), id, body.reasons))


@router.post(
    "/out/{id}/actions/send-again",
    summary="Send a filing again",
    response_model=shapes.Filing,
    responses=_answers(shapes.EXAMPLE, *SENT),
)
def send_again(request: Request, id: EntityId) -> Response:  # noqa: A002 -- as in the address
    """Try a filing that was refused or put off again at once, after its cause was cured."""
    return _answer(service.send_again(casework_of(request), actor_of(request), id))
