"""One's own account: roles, deputies, sessions, tokens, password, second factor."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import Response

from api.auth import cookies
from api.auth.jurisdiction import chain_finder, described_grants
from api.web.drawing.qr import qr_code
from api.web.pages.account import Text, require_same
from api.web.pages.account_forms import account_page, attempt, go_to, me, now_of
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from data.accounts import proofs
from data.accounts.model import MAX_TOKEN_DAYS, TOKEN_DAYS
from data.accounts.records import account_with
from data.accounts.roles import Period, deputies_of, name_deputy, revoke_deputy
from data.accounts.sessions import live_sessions, revoke_session
from data.accounts.tokens import Issued, issue_token, revoke_token, tokens_of
from data.accounts.totp import as_text, enrolment_uri
from data.clock import civil_date
from data.db import reading, unit_of_work
from data.errors import BadRequest, DimingError

router = APIRouter(include_in_schema=False)

Days = Annotated[int, Form(ge=1, le=MAX_TOKEN_DAYS)]


@router.get("/account")
def own_account(visit: Visiting) -> Response:
    """What one's account holds."""
    return _own(visit)


def _own(visit: Visit, error: DimingError | None = None, issued: Issued | None = None) -> Response:
    signed, now = me(visit), now_of(visit)
    with reading(visit.request.app.state.databases.office) as connection:
        values: dict[str, Any] = {
            "account": account_with(connection, signed.account_id),
            "roles": described_grants(connection, signed.actor),
            "deputies": deputies_of(connection, signed.account_id),
            "sessions": live_sessions(connection, signed.account_id, now),
            "tokens": [row for row in tokens_of(connection, signed.account_id) if not row["revoked_at"]],
        }
    values |= {"signed": signed, "now": now, "today": civil_date(now), "issued": issued}
    values |= {"token_days": TOKEN_DAYS, "max_token_days": MAX_TOKEN_DAYS}
    return account_page(visit, "account_own.html", error, path="/account", **values)


@router.post("/account/change-password")
def change_password(visit: Visiting, old: Text = "", password: Text = "", again: Text = "") -> Response:
    """Change one's own password; other sessions end."""
    state = visit.request.app.state

    def work() -> Response:
        require_same(password, again)
        fresh = proofs.change_password(state.databases.office, state.keys, me(visit), old, password, now_of(visit))
        return _renewed(visit, fresh, "password_changed")

    return attempt(work, lambda error: _own(visit, error))


@router.post("/account/email")
def change_email(visit: Visiting, email: Text = "", password: Text = "") -> Response:
    """Set the address to which one's mail goes."""
    state = visit.request.app.state

    def work() -> Response:
        proofs.change_email(state.databases.office, state.keys, me(visit), password, email, now_of(visit))
        return go_to(visit, "/account", "email_set")

    return attempt(work, lambda error: _own(visit, error))


@router.get("/account/second-factor")
def second_factor(visit: Visiting) -> Response:
    """A new secret for an authenticator program; nothing is stored before its first code."""
    signed = me(visit)
    secret, sealed = proofs.begin_second_factor(visit.request.app.state.keys, signed)
    return _enrolment(visit, secret, sealed)


def _enrolment(visit: Visit, secret: bytes, sealed: str, error: DimingError | None = None) -> Response:
    issuer = renderer_name(visit)
    address = enrolment_uri(secret, me(visit).username, issuer)
    code = qr_code(address, visit.view.t("account.code_for_camera"))
    values = {"key": as_text(secret), "sealed": sealed, "address": address, "code": code}
    return account_page(visit, "account_second_factor.html", error, **values)


def renderer_name(visit: Visit) -> str:
    """How this installation calls itself in an authenticator program."""
    return visit.request.app.state.pages.web.installation_name or visit.view.t("site.name")


@router.post("/account/second-factor")
def confirm_second_factor(visit: Visiting, sealed: Text = "", code: Text = "") -> Response:
    """Set the second factor up with its first code."""
    state = visit.request.app.state

    def work() -> Response:
        fresh = proofs.confirm_second_factor(state.databases.office, state.keys, me(visit), sealed, code, now_of(visit))
        return _renewed(visit, fresh, "second_factor_set")

    def refused(error: DimingError) -> Response:
        if error.code != "code_wrong":
            return _own(visit, error)
        return _enrolment(visit, proofs.opened_enrolment(state.keys, me(visit), sealed), sealed, error)

    return attempt(work, refused)


@router.post("/account/second-factor/remove")
def remove_second_factor(visit: Visiting, password: Text = "") -> Response:
    """Sign in without codes again."""
    state = visit.request.app.state

    def work() -> Response:
        fresh = proofs.remove_second_factor(state.databases.office, state.keys, me(visit), password, now_of(visit))
        return _renewed(visit, fresh, "second_factor_removed")

    return attempt(work, lambda error: _own(visit, error))


def _renewed(visit: Visit, fresh: str | None, done: str) -> Response:
    if fresh is not None:
        cookies.keep(visit.request, fresh)
    return go_to(visit, "/account", done)


@router.post("/account/sessions/{session_id}/end")
def end_session(visit: Visiting, session_id: UUID) -> Response:
    """End one of one's sessions."""

    def work() -> Response:
        signed = me(visit)
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            chain = chain_finder(connection)
            revoke_session(connection, signed.actor, signed.account_id, session_id, chain, now_of(visit))
        return go_to(visit, "/account", "session_ended")

    return attempt(work, lambda error: _own(visit, error))


@router.post("/account/tokens")
def add_token(visit: Visiting, name: Text = "", days: Days = TOKEN_DAYS) -> Response:
    """Make a token and show it once."""

    def work() -> Response:
        signed = me(visit)
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            chain = chain_finder(connection)
            issued = issue_token(connection, signed.actor, signed.account_id, name, chain, now_of(visit), days)
        return _own(visit, issued=issued)

    return attempt(work, lambda error: _own(visit, error))


@router.post("/account/tokens/{token_id}/end")
def end_token(visit: Visiting, token_id: UUID) -> Response:
    """End one of one's tokens."""

    def work() -> Response:
        signed = me(visit)
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            chain = chain_finder(connection)
            revoke_token(connection, signed.actor, signed.account_id, token_id, chain, now_of(visit))
        return go_to(visit, "/account", "token_ended")

    return attempt(work, lambda error: _own(visit, error))


@router.post("/account/deputies")
def add_deputy(visit: Visiting, deputy: Text = "", first: Text = "", last: Text = "") -> Response:
    """Name one's deputy for some days."""

    def work() -> Response:
        signed = me(visit)
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            period = Period(_day(first), _day(last))
            chain = chain_finder(connection)
            name_deputy(connection, signed.actor, signed.username, deputy.strip().lower(), period, chain)
        return go_to(visit, "/account", "deputy_named")

    return attempt(work, lambda error: _own(visit, error))


@router.post("/account/deputies/{entry_id}/end")
def end_deputy(visit: Visiting, entry_id: UUID) -> Response:
    """End a deputy's time now."""

    def work() -> Response:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            revoke_deputy(connection, me(visit).actor, entry_id, chain_finder(connection), now_of(visit))
        return go_to(visit, "/account", "deputy_ended")

    return attempt(work, lambda error: _own(visit, error))


def _day(text: str) -> date:
    day = parse_day(text.strip())
    if day is None:
        raise BadRequest("A day is missing; write it as year-month-day.", code="bad_date")
    return day
