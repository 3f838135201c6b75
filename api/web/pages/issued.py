"""One document that a step of a case issued: how it stands, its files, what may be done with it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.packages import key_folder
from api.uploads import blobs_of
from api.web.pages.account_forms import account_page, attempt, go_to
from api.web.visit import Visit, Visiting
from data.cases import issued
from data.errors import DimingError

router = APIRouter(include_in_schema=False)
PATH = "/cases/{case_id}/issued/{document_id}"


@router.get(PATH)
def show(visit: Visiting, case_id: UUID, document_id: UUID) -> Response:
    """A document with its number, files and problem."""
    return _show(visit, case_id, document_id)


def _show(visit: Visit, case_id: UUID, document_id: UUID, error: DimingError | None = None, **kept: Any) -> Response:
    found = issued.find_issued(casework_of(visit.request), actor_of(visit.request), case_id, document_id)
    path = f"/cases/{case_id}/issued/{document_id}"
    return account_page(visit, "issued.html", error, path=path, address=path, kept=kept, **found)


@router.post(PATH + "/again")
def again(visit: Visiting, case_id: UUID, document_id: UUID) -> Response:
    """Have a document that failed made again."""

    def work() -> Response:
        issued.make_issued_again(casework_of(visit.request), actor_of(visit.request), case_id, document_id)
        return _done(visit, case_id, document_id, "document_again")

    return attempt(work, lambda error: _show(visit, case_id, document_id, error))


@router.post(PATH + "/void")
def void(
    visit: Visiting, case_id: UUID, document_id: UUID, why: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Declare it void."""

    def work() -> Response:
        issued.void_issued(casework_of(visit.request), actor_of(visit.request), case_id, document_id, why)
        return _done(visit, case_id, document_id, "document_void")

    return attempt(work, lambda error: _show(visit, case_id, document_id, error, why=why))


@router.post(PATH + "/sign")
def sign(visit: Visiting, case_id: UUID, document_id: UUID) -> Response:
    """Sign it with the key of its office; the package is then among its files."""
    request = visit.request

    def work() -> Response:
        keys, actor = key_folder(request), actor_of(request)
        issued.sign_issued(casework_of(request), blobs_of(request), keys, actor, case_id, document_id)
        return _done(visit, case_id, document_id, "document_signed")

    return attempt(work, lambda error: _show(visit, case_id, document_id, error))


def _done(visit: Visit, case_id: UUID, document_id: UUID, done: str) -> Response:
    return go_to(visit, f"/cases/{case_id}/issued/{document_id}", done)
