"""Reports of wrong uses of names: the form for everybody, how a report stands, and the office's list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.v1.usage_reports import sender_of
from api.web.pages.account_forms import account_page, attempt, go_to
from api.web.pages.case_forms import Typed, TypedForm, case_page, fresh_key
from api.web.visit import Visit, Visiting
from boundaries.units.coding import check_code
from data.cases.reading import require_signed_in
from data.db import reading
from data.errors import DimingError, NotFound
from geonames.supervision import reports
from geonames.supervision.report import TEXTS, Report, ReportState, refusal
from geonames.supervision.rules import use_rules

router = APIRouter(include_in_schema=False)
FORM, LIST = "/supervision/report", "/supervision/reports"
FIELDS = ("within", "use", *TEXTS)
#: A field that people do not see and programs fill in.
TRAP = "website"
PAGE = 50


@router.get("/supervision/report")
def ask(visit: Visiting) -> Response:
    """The form, for everybody; what the address says stands in it."""
    return _form(visit, {name: visit.view.query.get(name, "") for name in FIELDS})


def _form(visit: Visit, said: dict[str, str], error: DimingError | None = None) -> Response:
    fields = error.extra.get("fields", []) if error else []
    wrong = {one["field"]: one["why"] for one in fields if isinstance(one, dict)}
    uses = list(use_rules().uses.values())
    return account_page(
        visit, "usage_report.html", error, path=FORM, said=said, key=fresh_key(), uses=uses, texts=TEXTS, wrong=wrong
    )


@router.post("/supervision/report")
def send(visit: Visiting, typed: Typed) -> Response:
    """Take the report in, and go to where it stands."""
    said = {name: typed.one(name).strip() for name in FIELDS}

    def work() -> Response:
        return go_to(visit, f"{FORM}/{_sent(visit, said, typed)}")

    return attempt(work, lambda error: _form(visit, said, error))


def _sent(visit: Visit, said: dict[str, str], typed: TypedForm) -> str:
    if typed.one(TRAP):
        raise refusal([(TRAP, "is a field that people do not fill in: leave it empty")])
    casework = casework_of(visit.request)
    with reading(casework.engine) as connection:
        unit = unit_of_code(connection, check_code(said["within"]))
    report = Report(said["use"], **{name: said[name] for name in TEXTS})
    sender = sender_of(visit.request, typed.one("key") or None)
    return str(reports.report_use(casework.engine, unit, report, sender, casework.clock())["number"])


@router.get("/supervision/report/{number}")
def standing(visit: Visiting, number: str) -> Response:
    """How a report stands, for whoever has its number."""
    found = reports.report_state(casework_of(visit.request).engine, number)
    return account_page(visit, "usage_report_state.html", found=found)


@router.get("/supervision/reports")
def board(visit: Visiting) -> Response:
    """The office's list, those that wait first."""
    return _board(visit)


def _board(visit: Visit, error: DimingError | None = None) -> Response:
    casework, actor, query = casework_of(visit.request), actor_of(visit.request), visit.view.query
    require_signed_in(actor)
    one = query.get("id")
    state = ReportState(query["state"]) if query.get("state") in set(ReportState) else ReportState.WAITING
    found: dict[str, Any]
    if one:
        found = {"items": [reports.find_report(casework, actor, _id(one))], "next": None}
    else:
        cursor = query.get("cursor") or None
        found = reports.list_reports(casework, actor, state=state, limit=PAGE, cursor=cursor)
    return case_page(
        visit, "usage_reports.html", error, items=found["items"], following=found["next"], chosen=state,
        states=list(ReportState), codes=_codes(visit, found["items"]), uses=use_rules().uses, one=one,
    )  # fmt: skip


def _codes(visit: Visit, items: Sequence[Mapping[str, Any]]) -> dict[Any, str]:
    """The code of each division, for the form of the case."""
    casework = casework_of(visit.request)
    with reading(casework.engine) as connection:
        places = {item["unit_id"]: casework.locate(connection, UUID(str(item["unit_id"]))) for item in items}
    return {unit: place.code for unit, place in places.items() if place and place.code}


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no report with this number for you.", code="no_such_report") from error


@router.post("/supervision/reports/{report}/dismiss")
def dismiss(visit: Visiting, report: str, typed: Typed) -> Response:
    """Open no case, with the reason."""

    def work() -> Response:
        require_signed_in(actor_of(visit.request))
        reports.dismiss_report(casework_of(visit.request), actor_of(visit.request), _id(report), typed.one("why"))
        return go_to(visit, LIST)

    return attempt(work, lambda error: _board(visit, error))
