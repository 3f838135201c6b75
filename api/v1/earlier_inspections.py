"""`/v1/lines/{id}/earlier-inspections`: joint inspections from before this system, entered by their documents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.deps import v1_router
from api.v1.inspection_shapes import Sent
from api.v1.params import Day, EntityId
from api.v1.schemas import CodeAndName, Shape
from api.v1.staff import answer, answers, today
from boundaries.rounds import earlier
from data.cases.reading import require_signed_in
from data.db import reading

router = v1_router("inspections", "")


class EarlierSent(Sent):
    """An inspection in turn that ended before this system kept it, by the document that shows it."""

    ended_on: Day = Field(description="The day on which its report was filed, as the document says.")
    document: Annotated[str, Field(min_length=1, max_length=earlier.MAX_DOCUMENT, description="Title and number.")]
    result: Annotated[str, Field(min_length=1, max_length=earlier.MAX_RESULT, description="What it says came of it.")]
    lead: Literal["left", "right"] | None = Field(None, description="The side that led it, where the document says so.")


class WithdrawalSent(Sent):
    """Why an entry is withdrawn."""

    why: Annotated[str, Field(min_length=1, max_length=earlier.MAX_WHY)]


class Withdrawal(Shape):
    """When and why an entry was withdrawn; it counts no more."""

    at: datetime
    why: str


class EarlierInspection(Shape):
    """An inspection entered by its document."""

    id: UUID
    ended_on: date
    document: str
    result: str
    lead_side: Literal["left", "right"] | None
    entered_at: datetime
    withdrawn: Withdrawal | None


class EarlierInspections(Shape):
    """What is known of a line's turns from before this system, and what follows for the next one."""

    line: UUID
    name: str
    level: str
    left: CodeAndName
    right: CodeAndName
    last_inspected_on: date | None = Field(description="The last inspection in turn, filed here or entered.")
    due_on: date | None = Field(description="By the rule in force; null: none is on record.")
    yours: bool = Field(description="Whether you enter and withdraw.")
    items: list[EarlierInspection]


_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071"
EXAMPLE: dict[str, Any] = {
    "line": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6072",
    "name": "甲乙线",
    "level": "county",
    "left": {"code": "990121", "name": "甲县"},
    "right": {"code": "990122", "name": "乙县"},
    "last_inspected_on": "2022-11-30",
    "due_on": "2027-11-30",
    "yours": True,
    "items": [
        {
            "id": _ID,
            "ended_on": "2022-11-30",
            "document": "关于甲乙线第四轮联合检查情况的报告（演示〔2022〕9号）",
            "result": "界线走向清楚，界桩完好。",
            "lead_side": "left",
            "entered_at": "2026-03-02T02:00:00+00:00",
            "withdrawn": None,
        }
    ],
}
SEEN = ("sign_in_needed", "not_permitted", "register_empty", "bad_id")
CHANGED = (*SEEN, "cross_site_write", "bad_body", "bad_json", "body_too_large", "constraint", "earlier_malformed")


@router.get(
    "/lines/{id}/earlier-inspections",
    summary="Inspections of a line from before this system",
    response_model=EarlierInspections,
    responses=answers(200, EXAMPLE, *SEEN, "no_such_line"),
)
def listed(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """What was entered by documents, the latest first, also what was withdrawn; for the offices beside the line."""
    actor = actor_of(request)
    require_signed_in(actor)
    with reading(request.app.state.databases.office) as connection:
        return answer(earlier.earlier_of_line(connection, actor, id))


@router.post(
    "/lines/{id}/earlier-inspections",
    summary="Enter an inspection by its document",
    status_code=201,
    response_model=EarlierInspections,
    responses=answers(201, EXAMPLE, *CHANGED, "no_such_line", "earlier_entered"),
)
def enter(request: Request, id: EntityId, body: EarlierSent) -> Response:  # noqa: A002 -- the name in the address
    """Enter an inspection in turn that ended before this system kept it: the next turn is counted from the last one."""
    actor = actor_of(request)
    require_signed_in(actor)
    given = earlier.Earlier(id, body.ended_on, body.document, body.result, body.lead)
    return answer(earlier.enter_earlier(request.app.state.databases.office, actor, given, today(request)), 201)


@router.post(
    "/earlier-inspections/{id}/withdraw",
    summary="Withdraw an inspection that was entered by mistake",
    response_model=EarlierInspections,
    responses=answers(200, EXAMPLE, *CHANGED, "no_such_earlier", "already_done"),
)
def withdraw(request: Request, id: EntityId, body: WithdrawalSent) -> Response:  # noqa: A002 -- the name in the address
    """It stays readable with the reason and counts no more."""
    actor = actor_of(request)
    require_signed_in(actor)
    return answer(earlier.withdraw_earlier(request.app.state.databases.office, actor, id, body.why))
