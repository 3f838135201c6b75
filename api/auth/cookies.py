"""The session's cookie: HttpOnly, SameSite=Lax, and off loopback Secure and bound to the host (`__Host-`).

A route or dependency says what the browser is to keep; the middleware here
puts it on the answer, so that whoever makes the answer need not know.
"""

from __future__ import annotations

from http.cookies import SimpleCookie

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth.loopback import is_loopback_host

NAME = "diming_session"
#: RFC 6265bis section 4.1.3.2: the browser takes it over TLS only, for this host only, for all paths.
SECURE_NAME = f"__Host-{NAME}"
_STATE = "session_cookie"


def is_secure(request: HTTPConnection) -> bool:
    """Whether the cookie is Secure here: everywhere but on loopback, where there is no TLS and nobody between."""
    return not is_loopback_host(request.headers.get("host", ""))


def cookie_name(request: HTTPConnection) -> str:
    """Under which name the session's secret is kept here."""
    return SECURE_NAME if is_secure(request) else NAME


def shown_secret(request: HTTPConnection) -> str | None:
    """The secret that the browser shows, None where it shows none."""
    return request.cookies.get(cookie_name(request)) or None


def keep(request: HTTPConnection, secret: str) -> None:
    """Let the browser keep `secret` until it is closed; the server ends the session before that if need be."""
    _say(request, secret)


def forget(request: HTTPConnection) -> None:
    """Let the browser forget its secret."""
    _say(request, None)


def _say(request: HTTPConnection, secret: str | None) -> None:
    cookie: SimpleCookie = SimpleCookie()
    name = cookie_name(request)
    cookie[name] = secret or ""
    morsel = cookie[name]
    morsel["path"] = "/"
    morsel["httponly"] = True
    morsel["samesite"] = "Lax"
    if secret is None:
        morsel["max-age"] = 0
    if is_secure(request):
        morsel["secure"] = True
    request.scope.setdefault("state", {})[_STATE] = morsel.OutputString()


class SessionCookies:
    """Puts the cookie on the answer; such an answer is kept by no cache."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_with_cookie(message: Message) -> None:
            cookie = scope.get("state", {}).get(_STATE)
            if message["type"] == "http.response.start" and cookie is not None:
                headers = MutableHeaders(scope=message)
                headers.append("Set-Cookie", cookie)
                headers["Cache-Control"] = "private, no-store"
            await send(message)

        await self.app(scope, receive, send_with_cookie)
