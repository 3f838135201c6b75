"""`/v1/batches`: naming in batches. Their steps are those of `/v1/cases`."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.deps import v1_router
from api.v1 import case_shapes
from api.v1.cases import Key
from api.v1.inspection_shapes import Sent
from api.v1.params import CODE_PATTERN, Cursor, EntityId, Limit
from api.v1.rounds import CODES, SENT, answer, answers
from api.v1.schemas import Shape
from boundaries.units.coding import check_code
from data.access import Actor
from data.cases.model import Opening
from data.cases.reading import require_signed_in
from data.db import reading
from geonames.batches import service
from geonames.batches.model import Row

router = v1_router("batches", "/batches")
_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6097"
ROW: dict[str, Any] = {
    "row_number": 1,
    "name": "砚头",
    "roman": "Yantou",
    "within": "990121100",
    "longitude": 110.04,
    "latitude": 30.04,
    "meaning": "在砚溪上游",
    "origin": "",
    "verdict": "pass",
    "findings": [],
    "justified": None,
    "overridden_by": None,
    "legal_basis": None,
    "ground": None,
    "state": "open",
    "place_id": None,
    "decision_id": None,
}
State = Literal["open", "approved", "refused", "dropped", "announced"]
Text = Annotated[str, Field(max_length=2000)]


class NewRow(Sent):
    """One place to be named, at a position in degrees (CGCS2000)."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    within: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    latitude: Annotated[float, Field(ge=-90, le=90)]
    meaning: Annotated[str, Field(min_length=1, max_length=2000)]
    origin: Text = ""

    def row(self) -> Row:
        """As the batch keeps it."""
        return Row(self.name, self.within, self.longitude, self.latitude, self.meaning, self.origin)


Rows = Annotated[list[NewRow], Field(min_length=1, max_length=1000)]


class NewBatch(Sent):
    """A batch of one class, in five digits of GB/T 18521, within one division."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    class_: Annotated[str, Field(alias="class", pattern="^[0-9]{5}$", max_length=5)]
    within: Annotated[str, Field(pattern=CODE_PATTERN, max_length=12)]
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    applicant: dict[str, Any]
    rows: Rows


class Table(Sent):
    """All rows of a batch."""

    rows: Rows


class RowsOfBatch(Shape):
    """A page of rows, and how many rows are in each state."""

    items: list[dict[str, Any]]
    next: str | None
    counts: dict[str, int]


class Done(Shape):
    """What was done, by its id."""

    id: UUID


@router.post(
    "",
    status_code=201,
    summary="Open a batch",
    response_model=case_shapes.CaseInFull,
    responses=answers(
        201,
        case_shapes.EXAMPLE,
        *SENT,
        *CODES,
        *("bad_batch", "bad_application", "no_route", "bad_class", "bad_type", "names_not_compared", "outcome_unknown"),
        *("idempotency_key_reused", "name_empty", "name_too_long", "name_control_characters"),
    ),
)
def open_batch(request: Request, body: NewBatch, key: Key) -> Response:
    """Open a batch with its table: every row is checked. It is handed in by the action `hand_in`."""
    casework, actor = casework_of(request), _who(request)
    with reading(casework.engine) as connection:
        unit = unit_of_code(connection, check_code(body.within))
    facts = body.model_dump(mode="json", by_alias=True, include={"class_", "within", "reason", "applicant"})
    opening = Opening(service.PROCEDURE, body.title, unit, facts)
    return answer(service.open_batch(casework, actor, opening, [row.row() for row in body.rows], key), 201)


@router.put(
    "/{id}/rows",
    summary="Replace the table",
    response_model=Done,
    responses=answers(
        200,
        {"id": _ID},
        *SENT,
        *("bad_id", "no_such_case", "bad_batch", "action_not_possible", "names_not_compared", "code_never_existed"),
        *("code_not_standing", "name_empty", "name_too_long", "name_control_characters"),
    ),
)
def fill(request: Request, id: EntityId, body: Table) -> Response:  # noqa: A002 -- the name in the address
    """Put another table in the place of the present one, until the batch is handed in."""
    service.fill(casework_of(request), _who(request), id, [row.row() for row in body.rows])
    return answer({"id": id})


@router.get(
    "/{id}/rows",
    summary="The rows of a batch",
    response_model=RowsOfBatch,
    responses=answers(
        200,
        {"items": [ROW], "next": None, "counts": {"total": 1, "unsettled": 0, "open": 1}},
        *("sign_in_needed", "bad_id", "no_such_case", "limit_out_of_range", "bad_cursor"),
    ),
)
def list_rows(
    request: Request,
    id: EntityId,  # noqa: A002 -- the name in the address
    state: Annotated[State | None, Query(description="Only rows in this state.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The rows in order, with what was found about each and what became of it."""
    found = service.list_rows(casework_of(request), _who(request), id, state=state, limit=limit, cursor=cursor)
    return answer(found)


def _who(request: Request) -> Actor:
    actor = actor_of(request)
    require_signed_in(actor)
    return actor
