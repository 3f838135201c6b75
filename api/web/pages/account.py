"""Signing in and out, and setting a password with a link."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from api.auth import cookies
from api.auth.identity import signed_in, visitor_of
from api.web.pages.account_forms import NO_STORE, account_page, attempt, go_to, local_path, now_of
from api.web.visit import Visit, Visiting
from data.accounts.forgotten import ask_for_link
from data.accounts.proofs import name_of_link, set_password_by_link
from data.accounts.sessions import sign_out
from data.accounts.signing_in import Credentials, sign_in
from data.db import reading, unit_of_work
from data.errors import BadRequest, Conflict, DimingError

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=512)]


@router.get("/account/sign-in")
def sign_in_page(visit: Visiting) -> Response:
    """The form."""
    return account_page(
        visit,
        "account_sign_in.html",
        username="",
        onward=local_path(visit.view.query.get("next", "/")),
        provider=_has_provider(visit),
    )


def _has_provider(visit: Visit) -> bool:
    return bool(visit.request.app.state.settings.oidc_issuer)


@router.post("/account/sign-in")
def enter(visit: Visiting, username: Text = "", password: Text = "", code: Text = "", onward: Text = "/") -> Response:
    """Open a session and go where the person was going."""
    state = visit.request.app.state

    def work() -> Response:
        typed = Credentials(username, password, code)
        opened = sign_in(state.databases.office, state.keys, typed, visitor_of(visit.request), now_of(visit))
        cookies.keep(visit.request, opened.secret)
        return RedirectResponse(local_path(onward), 303, headers={"Cache-Control": NO_STORE})

    def refused(error: DimingError) -> Response:
        values: dict[str, Any] = {"username": username, "onward": local_path(onward), "provider": _has_provider(visit)}
        return account_page(visit, "account_sign_in.html", error, **values)

    return attempt(work, refused)


@router.post("/account/sign-out")
def leave(visit: Visiting) -> Response:
    """End this session; without one nothing happens."""
    signed = signed_in(visit.request)
    if signed is not None and signed.session_id is not None:
        with unit_of_work(visit.request.app.state.databases.office) as connection:
            sign_out(connection, signed.actor, signed.session_id, now_of(visit))
    cookies.forget(visit.request)
    return go_to(visit, "/account/sign-in", "signed_out")


@router.get("/account/forgotten")
def forgotten_page(visit: Visiting) -> Response:
    """The form that sends a link to set a new password."""
    return _forgotten(visit)


def _forgotten(visit: Visit, error: DimingError | None = None, username: str = "") -> Response:
    settings = visit.request.app.state.settings
    values = {"username": username, "sends_mail": settings.sends_mail}
    return account_page(visit, "account_forgotten.html", error, **values)


@router.post("/account/forgotten")
def send_link(visit: Visiting, username: Text = "") -> Response:
    """Send the link, if there is such an account; the answer is the same if there is none."""
    state = visit.request.app.state

    def work() -> Response:
        if not state.settings.sends_mail:
            raise Conflict("This installation sends no mail. Nothing was changed.", code="mail_not_configured")
        address, language = visitor_of(visit.request).address, visit.view.t.language
        ask_for_link(state.databases.office, state.keys, username, address, language, now_of(visit))
        return go_to(visit, "/account/forgotten", "link_asked")

    return attempt(work, lambda error: _forgotten(visit, error, username))


@router.get("/account/password/{secret}")
def password_page(visit: Visiting, secret: str) -> Response:
    """The form behind a password link; the link is used up only when a password is set."""
    with reading(visit.request.app.state.databases.office) as connection:
        username = name_of_link(connection, secret, now_of(visit))
    return account_page(visit, "account_password.html", username=username)


@router.post("/account/password/{secret}")
def set_password(visit: Visiting, secret: str, password: Text = "", again: Text = "") -> Response:
    """Set the password; all sessions of the account end."""
    office = visit.request.app.state.databases.office

    def work() -> Response:
        require_same(password, again)
        with unit_of_work(office) as connection:
            set_password_by_link(connection, secret, password, now_of(visit))
        return go_to(visit, "/account/sign-in", "password_set")

    return attempt(work, lambda error: _refused(visit, secret, error))


def _refused(visit: Visit, secret: str, error: DimingError) -> Response:
    with reading(visit.request.app.state.databases.office) as connection:
        username = name_of_link(connection, secret, now_of(visit))
    return account_page(visit, "account_password.html", error, username=username)


def require_same(password: str, again: str) -> None:
    """Raise `BadRequest` (`passwords_differ`) where a new password was not typed twice the same."""
    if password != again:
        raise BadRequest("The two passwords differ. Nothing was changed.", code="passwords_differ")
