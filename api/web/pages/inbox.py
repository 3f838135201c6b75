"""The inbox: what one was told about cases, and how one wants to be told."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from api.casework import casework_of
from api.web.notices import heading, onward, sentence
from api.web.pages.account_forms import NO_STORE, account_page, attempt, go_to, me, now_of
from api.web.visit import Visit, Visiting
from data.accounts.records import account_with
from data.db import reading, unit_of_work
from data.errors import DimingError
from data.notices import inbox, outbox
from data.notices.model import CHANNELS, Preference

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 50
Word = Annotated[str, Form(max_length=20)]


@router.get("/inbox")
def show_inbox(visit: Visiting) -> Response:
    """One's notices, latest first."""
    return _inbox(visit)


def _inbox(visit: Visit, error: DimingError | None = None) -> Response:
    signed, query = me(visit), visit.view.query
    unread = query.get("unread") == "true"
    with reading(visit.request.app.state.databases.office) as connection:
        found = inbox.list_notices(
            connection, signed.actor, unread=unread, limit=ON_A_PAGE, cursor=query.get("cursor") or None
        )
        values: dict[str, Any] = {
            "preference": inbox.own_preference(connection, signed.actor),
            "address": account_with(connection, signed.account_id)["email"],
            "failure": outbox.last_failure(connection, signed.account_id),
        }
    casework, language = casework_of(visit.request), visit.view.t.language
    items = [{**row, "title": heading(row), "text": sentence(casework, row, language)} for row in found["items"]]
    values |= {"items": items, "following": found["next"], "unread": found["unread"], "unread_only": unread}
    values |= {"channels": CHANNELS, "sends_mail": visit.request.app.state.settings.sends_mail}
    return account_page(visit, "inbox.html", error, path="/inbox" if error else None, **values)


@router.get("/inbox/{notice_id}")
def open_notice(visit: Visiting, notice_id: UUID) -> Response:
    """Go to the case of a notice, which is read by that; a browser that only looks ahead has read nothing."""
    signed = me(visit)
    if "prefetch" in visit.request.headers.get("sec-purpose", ""):
        return Response(status_code=204)
    with unit_of_work(visit.request.app.state.databases.office) as connection:
        row = inbox.mark_read(connection, signed.actor, notice_id, now_of(visit))
    return RedirectResponse(visit.view.url(onward(row)), 303, headers={"Cache-Control": NO_STORE})


@router.post("/inbox/{notice_id}/read")
def mark_read(visit: Visiting, notice_id: UUID) -> Response:
    """Mark one notice as read."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            inbox.mark_read(connection, me(visit).actor, notice_id, now_of(visit))
        return go_to(visit, "/inbox", "notice_read")

    return attempt(work, lambda error: _inbox(visit, error))


@router.post("/inbox/read")
def mark_read_through(visit: Visiting, through: Annotated[UUID, Form()]) -> Response:
    """Mark everything that the page showed, and all before it, as read."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            inbox.mark_read_through(connection, me(visit).actor, through, now_of(visit))
        return go_to(visit, "/inbox", "notices_read")

    return attempt(work, lambda error: _inbox(visit, error))


@router.post("/inbox/preference")
def choose(visit: Visiting, channel: Word = "", language: Word = "") -> Response:
    """Choose what comes by mail."""

    def work() -> Response:
        sends = visit.request.app.state.settings.sends_mail
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            inbox.choose(connection, me(visit).actor, Preference(channel, language), sends, now_of(visit))
        return go_to(visit, "/inbox", "notices_chosen")

    return attempt(work, lambda error: _inbox(visit, error))
