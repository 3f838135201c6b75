"""`/v1/supervision/reports`: wrong uses of names that anybody reports (举报), and how a report stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of, visitor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.deps import v1_router
from api.v1.cases import Key
from api.v1.inspection_shapes import Sent
from api.v1.params import CODE_PATTERN, Cursor, EntityId, Limit
from api.v1.schemas import Shape
from api.v1.staff import answer, answers
from boundaries.units.coding import check_code
from data.db import reading
from geonames.supervision import reports
from geonames.supervision.report import Report, ReportState

router = v1_router("supervision", "/supervision/reports")

State = Literal["waiting", "taken", "dismissed"]
Number = Annotated[str, Path(max_length=40, description="The number on the receipt.")]
Wanted = Annotated[State | None, Query(description="Only in this state.")]
WRITTEN = ("cross_site_write", "bad_body", "bad_json", "body_too_large", "outcome_unknown")
OFFICE = ("sign_in_needed", "not_permitted")
_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60a1"
RECEIPT = {"number": "JB-2026-7K3M9QXW4T", "state": "waiting"}
STANDING: dict[str, Any] = {**RECEIPT, "received_on": "2026-03-02", "settled_on": None, "why": None}
REPORT: dict[str, Any] = {
    "id": _ID,
    "number": RECEIPT["number"],
    "unit_id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f60a2",
    "received_at": "2026-03-02T01:00:00Z",
    "use": "sign",
    "shown": "晴岩路",
    "place_said": "石桥镇路口路牌",
    "what": "路牌与公告的名称不一致",
    "contact": "",
    "state": "waiting",
    "why": None,
    "settled_at": None,
    "case_number": None,
}


class NewReport(Sent):
    """What somebody has seen."""

    within: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12, description="Code of the division.")]
    use: Literal["sign", "media", "document", "publication", "map", "other"]
    shown: Annotated[str, Field(min_length=1, max_length=200, description="The name as it stands there.")]
    where: Annotated[str, Field(min_length=1, max_length=500, description="Where, or on what.")]
    what: Annotated[str, Field(max_length=2000, description="What is wrong with it.")] = ""
    contact: Annotated[str, Field(max_length=200, description="How to be reached; for the office alone.")] = ""


class Receipt(Shape):
    """The number under which it can be asked how the report stands."""

    number: str
    state: State


class Standing(Shape):
    """How a report stands; of one for which no case was opened, why."""

    number: str
    state: State
    received_on: date
    settled_on: date | None
    why: str | None


class UsageReport(Shape):
    """A report as the office reads it."""

    id: UUID
    number: str
    unit_id: UUID
    received_at: datetime
    use: str
    shown: str
    place_said: str = Field(description="Where, or on what, in the words of whoever reported.")
    what: str
    contact: str
    state: State
    why: str | None
    settled_at: datetime | None
    case_number: str | None = Field(description="The case that was opened for it.")


class ReportList(Shape):
    """A page of reports."""

    items: list[UsageReport]
    next: str | None


class Dismissing(Sent):
    """Why no case is opened."""

    why: Annotated[str, Field(min_length=1, max_length=reports.MOST_WHY)]


@router.post(
    "",
    status_code=201,
    summary="Report a wrong use of a name",
    response_model=Receipt,
    responses=answers(
        201,
        RECEIPT,
        *WRITTEN,
        *("bad_report", "too_many_reports", "idempotency_key_reused"),
        *("bad_code", "code_never_existed", "code_not_standing", "register_empty"),
    ),
)
def send(request: Request, body: NewReport, key: Key) -> Response:
    """For everybody; nobody signs in. Who reported is known to the office alone."""
    engine = request.app.state.databases.office
    with reading(engine) as connection:
        unit = unit_of_code(connection, check_code(body.within))
    said = Report(body.use, body.shown, body.where, body.what, body.contact)
    return answer(reports.report_use(engine, unit, said, sender_of(request, key), casework_of(request).clock()), 201)


def sender_of(request: Request, key: str | None) -> reports.Sender:
    """From where a report comes."""
    secret = request.app.state.keys.key("report-senders")
    return reports.Sender(visitor_of(request).address or "", secret, key, casework_of(request).keys())


@router.get(
    "/{number}",
    summary="How a report stands",
    response_model=Standing,
    responses=answers(200, STANDING, "no_such_report"),
)
def find(request: Request, number: Number) -> Response:
    """For whoever has the number; nothing of what was reported is told."""
    return answer(reports.report_state(request.app.state.databases.office, number))


@router.get(
    "",
    summary="The reports of an office",
    response_model=ReportList,
    responses=answers(
        200, {"items": [REPORT], "next": None}, "sign_in_needed", "limit_out_of_range", "bad_cursor", "bad_parameter"
    ),
)
def list_reports(request: Request, state: Wanted = None, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Those of the divisions for which one may read them, the latest first."""
    chosen = ReportState(state) if state else None
    found = reports.list_reports(casework_of(request), actor_of(request), state=chosen, limit=limit, cursor=cursor)
    return answer(found)


@router.post(
    "/{id}/actions/dismiss",
    summary="Open no case for a report",
    response_model=UsageReport,
    responses=answers(
        200,
        {**REPORT, "state": "dismissed", "why": "所报名称为标准地名。", "settled_at": "2026-03-04T01:00:00Z"},
        *(*WRITTEN, *OFFICE, "no_such_report", "bad_report", "already_done"),
    ),
)
def dismiss(request: Request, id: EntityId, body: Dismissing) -> Response:  # noqa: A002 -- the name in the address
    """Whoever reported reads the reason under his number. A case is opened by `POST /v1/supervision` with `report`."""
    return answer(reports.dismiss_report(casework_of(request), actor_of(request), id, body.why))
