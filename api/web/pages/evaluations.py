"""Evaluations of division changes: the list, one with its indicators and charts, and its form."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.v1.params import parse_id
from api.web.drawing.series import draw_series
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, case_page
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.units.coding import check_code
from data.cases.reading import require_signed_in, today_of
from data.decisions import DecisionDraft
from data.errors import DimingError
from data.ids import new_id
from geonames.applications.notices import below
from geonames.evaluations.plan import bad_evaluation, evaluation, indicators, read_periods, read_values
from geonames.evaluations.recording import RECORD, Evaluating, record_evaluation
from geonames.evaluations.service import VERDICTS, Wanted, find_evaluation, list_evaluations
from geonames.places.days import recorded_day

router = APIRouter(include_in_schema=False)
PAGE = 50
FIELDS = ("within", "code", "title", "change", "periods", "values", "method", "conclusion", "authority", "document",
          "doc_no", "source")  # fmt: skip


@router.get("/evaluations")
def evaluations(visit: Visiting) -> Response:
    """The evaluations, with filters in the address."""
    query, day = visit.view.query, _day(visit)
    within = check_code(query["within"]) if query.get("within") else None
    change = parse_id(query["change"]) if query.get("change") else None
    overdue = bool(query.get("overdue"))
    wanted = Wanted(None if within is None else below(within), change, overdue)
    return visit.page(
        "evaluations.html",
        found=list_evaluations(visit.conn, day, wanted, PAGE, query.get("cursor") or None),
        day=day,
        given={"within": within, "change": query.get("change"), "overdue": overdue},
        may_record=_may_record(visit),
    )


def _day(visit: Visit) -> date:
    return recorded_day(visit.conn, parse_day(visit.view.query.get("day")), today_of(casework_of(visit.request)))


def _may_record(visit: Visit) -> bool:
    """Whether the visitor records evaluations somewhere."""
    roles = {role for row in casework_of(visit.request).permissions[RECORD] for role in row.roles}
    return any(grant.role in roles for grant in actor_of(visit.request).grants)


@router.get("/evaluations/new")
def ask(visit: Visiting) -> Response:
    """The form of an evaluation; what the address says stands in it."""
    return _form(visit, {name: visit.view.query.get(name, "") for name in FIELDS})


def _form(visit: Visit, typed: dict[str, str], error: DimingError | None = None) -> Response:
    require_signed_in(actor_of(visit.request))
    return case_page(visit, "evaluation_new.html", error, typed=typed, indicators=indicators())


@router.post("/evaluations/new")
def record(visit: Visiting, typed: Typed) -> Response:
    """Record the evaluation, and go to it; what is wrong stands in the form."""
    said = {name: typed.one(name).strip() for name in FIELDS}

    def work() -> Response:
        found = _recorded(visit, said)
        return RedirectResponse(visit.view.url(f"/evaluations/{found}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _form(visit, said, error))


def _recorded(visit: Visit, said: dict[str, str]) -> UUID:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    require_signed_in(actor)
    told = {name: said[name] for name in ("code", "title", "method", "conclusion")}
    values = read_values(said["values"]) if said["values"] else []
    whole = evaluation({**told, "change": _change(said), "periods": read_periods(said["periods"]), "values": values})
    document = DecisionDraft(
        id=new_id(), kind="document", doc_no=said["doc_no"] or None, title=said["document"] or said["title"],
        authority=said["authority"], approved_on=None, announced_on=None, effective_on=None, basis="not_dated",
        list_year=None, text="", source=said["source"], licence=None, retrieved_on=None,
    )  # fmt: skip
    evaluating = Evaluating(whole, check_code(said["within"]), today_of(casework))
    identity: UUID = record_evaluation(casework.engine, actor, evaluating, document, casework.permissions)["id"]
    return identity


def _change(said: dict[str, str]) -> UUID:
    """The decision, by its id or by the address of its page."""
    try:
        return UUID(said["change"].partition("?")[0].rstrip("/").rpartition("/")[2])
    except ValueError as error:
        raise bad_evaluation(["change: give the address or the id of the decision that made the change"]) from error


@router.get("/evaluations/{evaluation}")
def one(visit: Visiting, evaluation: str) -> Response:
    """One evaluation: what each indicator was before and after."""
    found = find_evaluation(visit.conn, parse_id(evaluation), _day(visit))
    return visit.page(
        "evaluation.html",
        found=found,
        verdicts=VERDICTS,
        drawn=[draw_series(_points(found, row)) for row in found["rows"]],
        may_record=_may_record(visit),
    )


def _points(found: dict[str, Any], row: dict[str, Any]) -> list[tuple[str, float | None, bool]]:
    pairs = zip(found["times"], row["values"], strict=True)
    return [(time["label"], None if value is None else value["value"], time["after"]) for time, value in pairs]
