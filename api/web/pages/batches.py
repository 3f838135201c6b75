"""Naming in batches: the form with its table, and the rows of a batch with what was found about each."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, TypedForm, case_page, fresh_key
from api.web.visit import Visit, Visiting
from boundaries.units.coding import check_code
from data.cases.model import Opening
from data.cases.reading import id_of, require_signed_in
from data.db import reading
from data.errors import DimingError
from geonames.applications.routes.rows import route_book
from geonames.batches import service
from geonames.batches.model import Row, RowState, bad_batch
from geonames.rules.service import rule_book

router = APIRouter(include_in_schema=False)
PAGE = 200
FIELDS = ("title", "class", "within", "reason", "applicant_name", "applicant_sort", "rows")
#: Columns that a line of the table has at least: name, code, longitude, latitude, meaning.
COLUMNS = 5


@router.get("/batches/new")
def form(visit: Visiting) -> Response:
    """The empty form."""
    return _form(visit, dict.fromkeys(FIELDS, ""))


@router.post("/batches/new")
def send(visit: Visiting, typed: Typed) -> Response:
    """Open the batch with its table, or say which lines are wrong; then its rows."""
    said = {name: typed.one(name).strip() for name in FIELDS}

    def work() -> Response:
        require_signed_in(actor_of(visit.request))
        case = _opened(visit, said, typed)
        return RedirectResponse(visit.view.url(f"/batches/{case}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _form(visit, said, error))


def _opened(visit: Visit, said: dict[str, str], typed: TypedForm) -> str:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    with reading(casework.engine) as connection:
        unit = unit_of_code(connection, check_code(said["within"]))
    facts = {
        "class": said["class"], "within": said["within"], "reason": said["reason"],
        "applicant": {"name": said["applicant_name"], "sort": said["applicant_sort"]},
    }  # fmt: skip
    opening = Opening(service.PROCEDURE, said["title"], unit, facts)
    case = service.open_batch(casework, actor, opening, rows_of(said["rows"]), typed.one("key") or None)
    return str(case["number"])


def rows_of(text: str) -> list[Row]:
    """The table as it was typed or pasted from a sheet: one row a line, cells by tabs or commas.

    BadInput `bad_batch` with every line that is none.
    """
    rows: list[Row] = []
    found: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                rows.append(_row(line))
            except ValueError as error:
                found.append(f"line {number}: {error}")
    if found:
        raise bad_batch(found)
    return rows


def _row(line: str) -> Row:
    cells = [cell.strip() for cell in (line.split("\t") if "\t" in line else line.replace("，", ",").split(","))]
    if len(cells) < COLUMNS:
        raise ValueError("name, division code, longitude, latitude, meaning are needed")
    name, within, longitude, latitude, meaning, *origin = cells
    try:
        return Row(name, within, float(longitude), float(latitude), meaning, "，".join(origin))
    except ValueError as error:
        raise ValueError("longitude and latitude are numbers in degrees") from error


def _form(visit: Visit, said: dict[str, str], error: DimingError | None = None) -> Response:
    require_signed_in(actor_of(visit.request))
    wrong = error.extra.get("findings") or error.extra.get("fields", []) if error else []
    told = [one if isinstance(one, str) else f"{one['field']} {one['why']}" for one in wrong]
    sorts = route_book().words["applicant"]
    return case_page(visit, "batch_new.html", error, said=said, key=fresh_key(), sorts=sorts, wrong=told)


@router.get("/batches/{reference}")
def batch(visit: Visiting, reference: str) -> Response:
    """The rows of a batch; its steps are on the page of its case."""
    casework, actor, query = casework_of(visit.request), actor_of(visit.request), visit.view.query
    require_signed_in(actor)
    state = query.get("state") if query.get("state") in set(RowState) else None
    identity = _id(visit, reference)
    cursor = query.get("cursor") or None
    found = service.list_rows(casework, actor, identity, state=state, limit=PAGE, cursor=cursor)
    return case_page(
        visit,
        "batch.html",
        reference=reference,
        items=found["items"],
        counts=found["counts"],
        following=found["next"],
        chosen=state,
        states=list(RowState),
        grounds=rule_book().grounds,
    )


def _id(visit: Visit, reference: str) -> UUID:
    with reading(casework_of(visit.request).engine) as connection:
        return id_of(connection, actor_of(visit.request), reference)
