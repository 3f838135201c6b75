"""`/v1/case-status` and `/v1/statistics/applications`: where a case stands, how long cases take, what was announced."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.deps import Ask, v1_router
from api.v1.answers import encode
from api.v1.case_shapes import Label
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from api.v1.params import EntityId, IsoDate, Within
from api.v1.schemas import Shape
from boundaries.units.coding import check_code
from data.cases.reading import find_case
from data.cases.status import public_status, status_code
from data.clock import civil_date
from data.db import reading
from geonames.statistics.service import Wanted, announced_counts, case_statistics
from geonames.statistics.sheets import workbook_of

router = v1_router("applications")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AskedStatus(BaseModel):
    """What stands on the receipt."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"number": "DM-2026-7K3M9QXW4T", "code": "K3QM-7RWD-X2TP"}}
    )

    number: Annotated[str, Field(min_length=1, max_length=40)]
    code: Annotated[str, Field(min_length=1, max_length=40)]


class Status(Shape):
    """Where a case stands; nothing personal."""

    number: str
    kind: str
    kind_label: Label
    state: str
    state_label: Label
    ended: bool
    place: str | None = Field(description="The division in which it lies.")
    opened_on: date
    since: date = Field(description="The day of its last step.")
    roles: list[str] = Field(alias="with", description="Who can do the next step, as roles.")
    due_on: date | None
    days_left: int | None
    to_do: list[Label] = Field(description="What the applicant can do now.")


class Statistics(Shape):
    """Counts of the cases of a division."""

    since: date
    until: date
    within: str | None
    totals: dict[str, Any]
    states: list[dict[str, Any]] = Field(description="Days in each state: median and what nine of ten stayed below.")
    terms: list[dict[str, Any]] = Field(description="Terms set, missed, overdue now.")
    classes: list[dict[str, Any]]
    regions: list[dict[str, Any]]


class Announced(Shape):
    """How many names were announced."""

    since: date
    until: date
    within: str | None
    announced: int
    items: list[dict[str, Any]]


STATUS: dict[str, Any] = {
    "number": "DM-2026-7K3M9QXW4T",
    "kind": "naming.application",
    "kind_label": {"zh": "地名命名、更名", "en": "naming or renaming of a place"},
    "state": "review",
    "state_label": {"zh": "审查", "en": "under review"},
    "ended": False,
    "place": "石桥镇",
    "opened_on": "2026-03-02",
    "since": "2026-03-04",
    "with": ["reviewer"],
    "due_on": None,
    "days_left": None,
    "to_do": [{"zh": "撤回", "en": "withdraw"}],
}
STATISTICS: dict[str, Any] = {
    "since": "2026-01-01",
    "until": "2026-11-22",
    "within": "990121",
    "totals": {"opened": 14, "ended": 3, "open": 11, "median_days": 12.0},
    "states": [
        {
            "state": "review",
            "label": {"zh": "审查", "en": "under review"},
            "times": 9,
            "now_in_it": 3,
            "median_days": 5.0,
            "p90_days": 9.1,
        }
    ],
    "terms": [
        {
            "key": "filing",
            "label": {"zh": "备案期限", "en": "term for the filing"},
            "article": "地名管理条例 第十三条",
            "set": 5,
            "missed": 0,
            "overdue": 1,
        }
    ],
    "classes": [{"key": "STREET", "opened": 13, "ended": 3}],
    "regions": [{"key": "990121", "name": "甲县", "opened": 14, "ended": 3}],
}
ANNOUNCED: dict[str, Any] = {
    "since": "2026-01-01",
    "until": "2026-11-22",
    "within": "990121",
    "announced": 2,
    "items": [{"class": "STREET", "county": "990121", "name": "甲县", "announced": 2}],
}
Since = Annotated[IsoDate | None, Query(description="From this day on; default: the first of this year.")]
Until = Annotated[IsoDate | None, Query(description="Through this day; default: today.")]
ASKED = ("bad_date", "bad_code", "code_never_existed", "code_not_standing", "register_empty")


def _answers(example: dict[str, Any], *codes: str) -> Responses:
    return {200: {"content": {"application/json": {"example": example}}}, **problems_for(*codes, *EVERYWHERE)}


def _answer(value: Any) -> Response:
    return Response(encode(value), media_type="application/json", headers={"Cache-Control": "no-store"})


@router.post(
    "/case-status",
    summary="Where a case stands",
    response_model=Status,
    responses=_answers(
        STATUS, "no_such_status", "bad_body", "bad_json", "body_too_large", "cross_site_write", "keys_not_usable"
    ),
)
def status(request: Request, body: AskedStatus) -> Response:
    """State, who has it, until when, what is to be done: by number and code of the receipt, without an account."""
    found = public_status(casework_of(request), request.app.state.keys, body.number, body.code)
    return _answer(found)


class Receipt(Shape):
    """What the receipt says: with both anybody may ask where the case stands."""

    number: str
    code: str


@router.get(
    "/cases/{id}/status-code",
    summary="The code by which anybody may ask where a case stands",
    response_model=Receipt,
    responses=_answers(
        {"number": "DM-2026-7K3M9QXW4T", "code": "K3QM-7RWD-X2TP"},
        *("sign_in_needed", "bad_id", "no_such_case", "keys_not_usable"),
    ),
)
def receipt(request: Request, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """Number and code, for those who may see the case: to be printed on its receipt."""
    found = find_case(casework_of(request), actor_of(request), id)
    return _answer({"number": found["number"], "code": status_code(request.app.state.keys, found["id"])})


def wanted_of(request: Request, since: date | None, until: date | None, within: str | None) -> Wanted:
    """What is counted: without a period the year so far."""
    casework = casework_of(request)
    today = civil_date(casework.clock())
    unit = None
    if within is not None:
        with reading(casework.engine) as connection:
            unit = unit_of_code(connection, check_code(within))
    return Wanted(since or today.replace(month=1, day=1), until or today, within, unit)


@router.get(
    "/statistics/applications",
    summary="How long applications take",
    response_model=Statistics,
    responses=_answers(STATISTICS, "sign_in_needed", "not_permitted", *ASKED),
)
def statistics(request: Request, since: Since = None, until: Until = None, within: Within = None) -> Response:
    """Time in each state, terms missed, by class and county: of the cases of your division."""
    wanted = wanted_of(request, since, until, within)
    return _answer(case_statistics(casework_of(request), actor_of(request), wanted))


@router.get(
    "/statistics/applications/sheet",
    summary="How long applications take, as Excel",
    response_class=Response,
    responses={
        200: {"description": "An Excel workbook.", "content": {XLSX: {}}},
        **problems_for("sign_in_needed", "not_permitted", *ASKED, *EVERYWHERE),
    },
)
def sheet(request: Request, since: Since = None, until: Until = None, within: Within = None) -> Response:
    """The same as a workbook with a sheet for each table."""
    wanted = wanted_of(request, since, until, within)
    content = workbook_of(case_statistics(casework_of(request), actor_of(request), wanted))
    named = f'attachment; filename="applications-{wanted.since}-{wanted.until}.xlsx"'
    return Response(content, media_type=XLSX, headers={"Content-Disposition": named, "Cache-Control": "no-store"})


@router.get(
    "/statistics/announced",
    summary="How many names were announced",
    response_model=Announced,
    responses=_answers(ANNOUNCED, *ASKED),
)
def announced(ask: Ask, request: Request, since: Since = None, until: Until = None, within: Within = None) -> Response:
    """Names announced within a period, by class and county; for everybody."""
    wanted = wanted_of(request, since, until, within)
    return ask.answer(lambda connection: announced_counts(connection, wanted))
