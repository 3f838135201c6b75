"""Who made a request: asked of the database once for each request that shows a session or a token, else not at all.

A token that is not valid is refused: whoever sends one means to be somebody,
and an answer for the public would be taken for his. A session that has ended
is the public again, because browsers keep cookies longer than that.
"""

from __future__ import annotations

import ipaddress

from starlette.requests import HTTPConnection

from api.auth import cookies
from api.auth.origin import is_demonstration_user
from data.access import Actor, Grant, nobody
from data.access.model import GRANTABLE
from data.accounts.identity import Signed, by_session, by_token
from data.accounts.sessions import Visitor
from data.clock import Clock
from data.errors import NotSignedIn

_STATE = "signed"

#: The user of this machine in a demonstration: every office at once, and no account.
DEMONSTRATION = Actor(
    "demonstration", None, tuple(Grant(role, None) for role in GRANTABLE if role != "applicant"), "demonstration"
)


def bearer_token(request: HTTPConnection) -> str | None:
    """The token of `Authorization: Bearer` (RFC 6750 section 2.1), None without one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def shows_credentials(request: HTTPConnection) -> bool:
    """Whether the database must be asked who this is."""
    return bearer_token(request) is not None or cookies.shown_secret(request) is not None


def signed_in(request: HTTPConnection, *, rotate: bool = False) -> Signed | None:
    """Who has signed in, None for nobody; with `rotate` an old secret in the cookie is replaced.

    Raises `NotSignedIn` (`token_not_valid`).
    """
    state = request.scope.setdefault("state", {})
    if _STATE not in state:
        state[_STATE] = _found(request, rotate)
    found: Signed | None = state[_STATE]
    return found


def known(request: HTTPConnection) -> Signed | None:
    """Who has signed in, if that was asked already; asks nothing itself."""
    found: Signed | None = request.scope.get("state", {}).get(_STATE)
    return found


def _found(request: HTTPConnection, rotate: bool) -> Signed | None:
    office, clock = request.app.state.databases.office, clock_of(request)
    token = bearer_token(request)
    if token is not None:
        found = by_token(office, token, clock())
        if found is None:
            raise NotSignedIn("The token is not valid: it is unknown, has expired or was revoked.",
                              code="token_not_valid")  # fmt: skip
        return found
    secret = cookies.shown_secret(request)
    if secret is None:
        return None
    found = by_session(office, secret, clock(), rotate)
    if found is None:
        cookies.forget(request)
    elif found.fresh_secret is not None:
        cookies.keep(request, found.fresh_secret)
    return found


def actor_of(request: HTTPConnection) -> Actor:
    """Who acts: somebody with an account, the user of a demonstration, or nobody."""
    signed = signed_in(request)
    if signed is not None:
        return signed.actor
    return DEMONSTRATION if is_demonstration_user(request, request.app.state.settings) else nobody()


def require_signed_in(request: HTTPConnection) -> Signed:
    """Who has signed in. Raises `NotSignedIn` (`sign_in_needed`) for everybody else."""
    signed = signed_in(request)
    if signed is None:
        raise NotSignedIn("Sign in first.", code="sign_in_needed")
    return signed


def clock_of(request: HTTPConnection) -> Clock:
    """The clock of this application."""
    clock: Clock = request.app.state.clock
    return clock


def visitor_of(request: HTTPConnection) -> Visitor:
    """Address and browser of whoever signs in; None where the connection has no address."""
    address = request.client.host if request.client else None
    return Visitor(address_or_none(address), request.headers.get("user-agent"))


def address_or_none(text: str | None) -> str | None:
    """`text` where it is an IP address; a socket has none."""
    try:
        return str(ipaddress.ip_address((text or "").partition("%")[0]))
    except ValueError:
        return None
