"""Recording a wrong use of a name (地名使用监督): the form from which its case is opened."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.web.pages.account_forms import NO_STORE, account_page, attempt
from api.web.pages.case_forms import Typed, TypedForm, fresh_key
from api.web.visit import Visit, Visiting
from boundaries.units.coding import check_code
from data.cases.reading import require_signed_in
from data.db import reading
from data.errors import DimingError
from geonames.supervision.finding import TEXTS
from geonames.supervision.rules import use_rules
from geonames.supervision.subject import UseFound, open_finding

router = APIRouter(include_in_schema=False)
PATH = "/supervision/new"
FIELDS = ("use", "wrong", "report", *TEXTS)


@router.get("/supervision/new")
def ask(visit: Visiting) -> Response:
    """The form; what the address says stands in it."""
    return _form(visit, {name: visit.view.query.get(name, "") for name in FIELDS})


def _form(visit: Visit, typed: dict[str, str], error: DimingError | None = None) -> Response:
    require_signed_in(actor_of(visit.request))
    rules = use_rules()
    return account_page(
        visit, "supervision_new.html", error, path=PATH, key=fresh_key(), typed=typed,
        uses=list(rules.uses.values()), wrongs=list(rules.wrongs.values()), texts=TEXTS,
    )  # fmt: skip


@router.post("/supervision/new")
def record(visit: Visiting, typed: Typed) -> Response:
    """Open the case, and go to it."""
    said = {name: typed.one(name).strip() for name in FIELDS}

    def work() -> Response:
        case = open_finding(casework_of(visit.request), actor_of(visit.request), _found(visit, said), _key(typed))
        return RedirectResponse(visit.view.url(f"/cases/{case['number']}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _form(visit, said, error))


def _found(visit: Visit, said: dict[str, str]) -> UseFound:
    with reading(casework_of(visit.request).engine) as connection:
        unit: UUID | None = unit_of_code(connection, check_code(said["within"]))
    return UseFound(unit, said)


def _key(typed: TypedForm) -> str | None:
    return typed.one("key") or None
