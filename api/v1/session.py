"""`/v1/session`: signing in with a cookie, signing out, and as whom one is asking."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from api.auth import cookies
from api.auth.identity import actor_of, clock_of, signed_in, visitor_of
from api.auth.jurisdiction import described_grants
from api.deps import v1_router
from api.v1 import schemas
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from data.access import Actor
from data.accounts.identity import actor_of as current_actor
from data.accounts.records import account_with
from data.accounts.sessions import Opened, sign_out
from data.accounts.signing_in import Credentials, sign_in
from data.db import reading, unit_of_work

router = v1_router("session", "/session")

NOBODY: dict[str, Any] = {"signed_in": False, "via": None, "account": None, "roles": []}
SOMEBODY: dict[str, Any] = {
    "signed_in": True,
    "via": "session",
    "account": {"id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071", "username": "zhang.san", "display_name": "张三"},
    "roles": [
        {"role": "clerk", "within": {"code": "420600", "name": "襄阳市"}, "level": None, "for": None},
    ],
    "expires_at": "2026-03-02T13:00:00+00:00",
}


def _answers(example: dict[str, Any], *codes: str) -> Responses:
    return {200: {"content": {"application/json": {"example": example}}}, **problems_for(*codes, *EVERYWHERE)}


class SignIn(BaseModel):
    """What somebody types to sign in."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"username": "zhang.san", "password": "a long sentence of mine"}}
    )

    username: Annotated[str, Field(max_length=100)]
    password: Annotated[str, Field(max_length=512)]
    code: Annotated[str, Field(max_length=20, description="One-time code, where the account asks for one.")] = ""


@router.get(
    "",
    summary="As whom am I asking?",
    response_model=schemas.SessionState,
    responses=_answers(NOBODY),
)
def who_am_i(request: Request) -> Response:
    """The account of the session or token with the roles that hold today, or nobody."""
    actor = actor_of(request)
    return _answer(_state(request, actor))


@router.post(
    "",
    summary="Sign in",
    response_model=schemas.SessionState,
    responses=_answers(
        SOMEBODY,
        "sign_in_failed",
        "second_factor_needed",
        "too_many_attempts",
        "cross_site_write",
        "bad_body",
        "bad_json",
        "body_too_large",
        "keys_not_usable",
    ),
)
def enter(request: Request, body: SignIn) -> Response:
    """Open a session and set its cookie, always with a new secret. A browser does this from Diming's own pages only."""
    state, now = request.app.state, clock_of(request)()
    typed = Credentials(body.username, body.password, body.code)
    opened = sign_in(state.databases.office, state.keys, typed, visitor_of(request), now)
    cookies.keep(request, opened.secret)
    return _answer(_opened(request, opened))


@router.delete(
    "",
    summary="Sign out",
    response_model=schemas.SessionState,
    responses=_answers(NOBODY, "cross_site_write"),
)
def leave(request: Request) -> Response:
    """End the session of the cookie. Without one nothing happens, so that it can be repeated."""
    signed = signed_in(request)
    if signed is not None and signed.session_id is not None:
        with unit_of_work(request.app.state.databases.office) as connection:
            sign_out(connection, signed.actor, signed.session_id, clock_of(request)())
    cookies.forget(request)
    return _answer(NOBODY)


def _answer(value: dict[str, Any]) -> Response:
    return Response(encode(value), media_type="application/json", headers={"Cache-Control": "no-store"})


def _opened(request: Request, opened: Opened) -> dict[str, Any]:
    with reading(request.app.state.databases.office) as connection:
        account = account_with(connection, opened.account_id)
        actor = current_actor(connection, opened.account_id, "session", clock_of(request)())
        roles = described_grants(connection, actor)
    return {
        "signed_in": True,
        "via": "session",
        "account": {key: account[key] for key in ("id", "username", "display_name")},
        "roles": roles,
        "expires_at": opened.expires_at,
    }


def _state(request: Request, actor: Actor) -> dict[str, Any]:
    signed = signed_in(request)
    if actor.is_nobody:
        return NOBODY
    with reading(request.app.state.databases.office) as connection:
        roles = described_grants(connection, actor)
    account = (
        {"id": signed.account_id, "username": signed.username, "display_name": signed.display_name} if signed else None
    )
    return {"signed_in": True, "via": actor.via, "account": account, "roles": roles}
