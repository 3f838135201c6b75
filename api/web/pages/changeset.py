"""A changeset of a line: what it changed, by which document, and the form to propose that it is taken back."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.web.pages.account_forms import NO_STORE, account_page, attempt
from api.web.pages.case_forms import Typed, TypedForm
from api.web.visit import Visit, Visiting
from boundaries.network.law import document_rules
from boundaries.network.proposals.service import propose_revert
from boundaries.network.service import find_changeset
from data.errors import DimingError

router = APIRouter(include_in_schema=False)


@router.get("/changesets/{id}")
def changeset(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """What became law by one document."""
    return _page(visit, id)


def _page(visit: Visit, identity: UUID, error: DimingError | None = None, typed: TypedForm | None = None) -> Response:
    found = find_changeset(visit.conn, identity)
    undone = find_changeset(visit.conn, found["reverts"]) if found["reverts"] else None
    return account_page(
        visit,
        "changeset.html",
        error,
        path=f"/changesets/{identity}",
        changeset=found,
        undone=undone,
        kinds=tuple(document_rules()),
        typed={name: typed.one(name) for name in ("message", "document")} if typed else {},
    )


@router.post("/changesets/{id}/revert")
def revert(visit: Visiting, id: UUID, typed: Typed) -> Response:  # noqa: A002 -- the name in the address
    """Propose to take it back, and go to the proposal."""

    def work() -> Response:
        engine, actor = visit.request.app.state.databases.office, actor_of(visit.request)
        message, document = typed.one("message").strip(), typed.one("document")
        kept = propose_revert(engine, actor, id, message=message, document_wanted=document)
        return RedirectResponse(visit.view.url(f"/proposals/{kept.id}"), 303, headers={"Cache-Control": NO_STORE})

    return attempt(work, lambda error: _page(visit, id, error, typed))
