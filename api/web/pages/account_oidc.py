"""Signing in through the installation's OpenID provider: out to it, and back."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth import cookies
from api.auth.identity import visitor_of
from api.auth.oidc import Flow, Provider
from api.web.pages.account_forms import NO_STORE, local_path, now_of
from api.web.visit import Visiting
from data.accounts.signing_in import sign_in_as
from data.errors import IntegrityError, NotSignedIn

router = APIRouter(include_in_schema=False)

PATH = "/account/oidc"
FLOW_COOKIE = "diming_flow"
#: Long enough to type a password and a code at the provider.
FLOW_SECONDS = 600
#: The same flow opens in the browser that began it only, and at this application only.
BOUND_TO = "oidc flow"


@router.get(f"{PATH}/begin")
def begin(visit: Visiting) -> Response:
    """Send the browser to the provider."""
    onward = local_path(visit.view.query.get("next", "/"))
    address, flow = _provider(visit.request).begin(onward)
    sealed = visit.request.app.state.keys.seal("flow-cookies", flow.as_bytes(), BOUND_TO).hex()
    response = RedirectResponse(address, 303, headers={"Cache-Control": NO_STORE})
    secure = cookies.is_secure(visit.request)
    # Lax and not Strict: the browser comes back from another site
    response.set_cookie(FLOW_COOKIE, sealed, FLOW_SECONDS, path=PATH, secure=secure, httponly=True, samesite="lax")
    return response


@router.get(f"{PATH}/callback")
def callback(visit: Visiting) -> Response:
    """Open a session for whom the provider names."""
    state, request = visit.request.app.state, visit.request
    flow = _flow(request)
    person = _provider(request).finish(flow, str(request.url), now_of(visit))
    opened = sign_in_as(state.databases.office, person.issuer, person.subject, visitor_of(request), now_of(visit))
    cookies.keep(request, opened.secret)
    response = RedirectResponse(local_path(flow.onward), 303, headers={"Cache-Control": NO_STORE})
    response.delete_cookie(FLOW_COOKIE, path=PATH)
    return response


def _flow(request: Request) -> Flow:
    try:
        sealed = bytes.fromhex(request.cookies.get(FLOW_COOKIE, ""))
        return Flow.from_bytes(request.app.state.keys.open("flow-cookies", sealed, BOUND_TO))
    except (ValueError, TypeError, IntegrityError) as error:
        raise NotSignedIn("No sign-in was begun in this browser, or it was too long ago. Begin again.",
                          code="oidc_failed") from error  # fmt: skip


def _provider(request: Request) -> Provider:
    return Provider(request.app.state.settings, f"{str(request.base_url).rstrip('/')}{PATH}/callback")
