"""What surrounds every answer: limits, HEAD, same-site writes, security headers.

Plain ASGI, so that an answer costs microseconds here. `install` puts the
layers in order, outermost last.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth.cookies import SessionCookies
from api.auth.loopback import is_foreign_site
from api.comparison_forms import COMPARISON_BYTES
from api.dmfw.documentation import PATHS as DMFW_PATHS
from api.dmfw.documentation import PREFIX as DMFW
from api.gone import GivenUp
from api.marker_tables import BODY_BYTES as TABLE_BODY_BYTES
from api.observe import Observed
from api.problems import ContentTooLarge, UriTooLong, problem_response
from api.quotas.door import Quotas
from api.remembered import Remembered
from api.routed import HEADER as POSITION
from api.routed import Routed
from api.settings import Settings
from api.shedding import Door, Places, Shedding
from api.submitting import SUBMISSION_BYTES
from api.uploads import FORM_BYTES, UPLOAD_BYTES
from boundaries.patrol.rules import rules as patrol_rules
from data.documents.word_check import MAX_TEMPLATE_BYTES
from data.errors import BadRequest, DimingError, NotPermitted
from data.uploads.model import MAX_UPLOAD_BYTES
from geonames.geocode.tables.model import MOST_BYTES as GEOCODE_BYTES

#: Methods that change nothing (RFC 9110 section 9.2.1).
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

#: Questions that are asked by POST because they are long; another site may ask them too.
QUESTIONS_BY_POST = frozenset({"/v1/verify", "/v1/codes/translate", "/v1/reconcile", "/v1/reverse"}) | DMFW_PATHS

#: Bodies that are files, by path, with the most bytes of each; they are written to the disk as they come.
LARGER_BODIES: Sequence[tuple[re.Pattern[str], int]] = (
    (re.compile(r"/v1/attachments"), UPLOAD_BYTES),
    (re.compile(r"(/v1)?/verify"), UPLOAD_BYTES),
    (re.compile(r"(/v1/filings/inbox|/filings)"), UPLOAD_BYTES),
    (re.compile(r"/manage/templates/[a-z0-9_.]+"), MAX_TEMPLATE_BYTES + FORM_BYTES),
    (re.compile(r"/cases/[^/]+/documents"), UPLOAD_BYTES),
    (re.compile(r"(/v1)?/markers/[^/]+/photos|/inspections/[^/]+/photos"), UPLOAD_BYTES),
    (re.compile(r"/lines/[^/]+/scans|/disputes/[^/]+/courses/file"), UPLOAD_BYTES),
    (re.compile(r"(/v1/submissions|/counter)"), SUBMISSION_BYTES),
    (re.compile(r"(/v1/proposals/actions/from-file|/lines/[^/]+/propose)"), 2 * UPLOAD_BYTES),
    (re.compile(r"(/v1/line-diffs|/lines/[^/]+/diff|/apply)"), 2 * UPLOAD_BYTES),  # one file beside another
    (re.compile(r"(/v1/marker-tables|/lines/[^/]+/marker-import)"), TABLE_BODY_BYTES),
    (re.compile(r"(/v1/geocode/jobs|/geocode)"), GEOCODE_BYTES + FORM_BYTES),
    (re.compile(r"(/v1/compare/(lines|units)|/comparisons/(files|units))"), COMPARISON_BYTES),
    (re.compile(r"/v1/uploads/[^/]+"), MAX_UPLOAD_BYTES),
    (re.compile(r"(/v1)?/imports"), MAX_UPLOAD_BYTES + FORM_BYTES),
    (re.compile(r"/v1/patrol/files/[^/]+"), patrol_rules().limits.photo_bytes),
)

#: Two years, as the HSTS preload list asks.
HSTS_SECONDS = 63_072_000


def install(app: FastAPI, settings: Settings) -> None:
    """Lay the middleware round `app`."""
    app.add_middleware(GivenUp)
    if app.state.watch is not None:
        app.add_middleware(Routed, watch=app.state.watch, questions=QUESTIONS_BY_POST)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    if app.state.answers is not None:
        app.add_middleware(Remembered, state=app.state.register, answers=app.state.answers)
    app.add_middleware(SessionCookies)
    app.add_middleware(SameSiteWrites, questions=QUESTIONS_BY_POST)
    app.add_middleware(Quotas)
    places = Places(settings.most_at_once)
    app.add_middleware(Shedding, places=places)  # what is refused here counts against no quota
    app.add_middleware(PublicCors)
    app.add_middleware(Limits, max_body_bytes=settings.max_body_bytes, max_query_bytes=settings.max_query_bytes)
    app.add_middleware(HeadAsGet)
    app.add_middleware(Observed)
    app.add_middleware(SecurityHeaders, settings=settings)
    app.add_middleware(Door, places=places, headers=security_headers(settings))


async def _refuse(error: DimingError, scope: Scope, receive: Receive, send: Send) -> None:
    await problem_response(Request(scope), error)(scope, receive, send)


class HeadAsGet:
    """HEAD answers as GET does, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, send_head)


class Limits:
    """Refuses a body or query string larger than the settings allow, before anything parses it."""

    def __init__(self, app: ASGIApp, max_body_bytes: int, max_query_bytes: int) -> None:
        self.app = app
        self.max_body_bytes = max_body_bytes
        self.max_query_bytes = max_query_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        error = self._finding(scope)
        if error is not None:
            await _refuse(error, scope, receive, send)
            return
        await self.app(scope, self._counting(receive, self._most(scope)), send)

    def _most(self, scope: Scope) -> int:
        """The largest body that is accepted at the path asked for."""
        larger = (most for path, most in LARGER_BODIES if path.fullmatch(scope["path"]))
        return next(larger, self.max_body_bytes)

    def _finding(self, scope: Scope) -> DimingError | None:
        if len(scope["query_string"]) > self.max_query_bytes:
            return UriTooLong(
                f"The query string has {len(scope['query_string'])} bytes; at most {self.max_query_bytes} are accepted."
            )
        if b"\x00" in scope["query_string"] or "\x00" in scope["path"]:
            return BadRequest("The address contains a NUL character.", code="bad_parameter")
        declared = Headers(scope=scope).get("content-length", "0")
        most = self._most(scope)
        if declared.isdecimal() and int(declared) > most:
            return ContentTooLarge(f"The request body is larger than {most} bytes; nothing was stored.")
        return None

    @staticmethod
    def _counting(receive: Receive, most: int) -> Receive:
        """A body sent in chunks declares no length: count it as it comes."""
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                # the form of refusal that the framework passes on while it parses a body
                raise HTTPException(413, f"The request body is larger than {most} bytes; nothing was stored.")
            return message

        return counted


class SameSiteWrites:
    """A browser must not be led by another site into changing something (CSRF)."""

    def __init__(self, app: ASGIApp, questions: Collection[str]) -> None:
        self.app = app
        self.questions = questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if (
            scope["type"] == "http"
            and scope["method"] not in SAFE_METHODS
            and scope["path"] not in self.questions
            and is_foreign_site(Headers(scope=scope))
        ):
            refused = NotPermitted(
                "This request came from another web site; changes are made from Diming's own pages or with "
                "a client of your own. Nothing was changed.",
                code="cross_site_write",
            )
            await _refuse(refused, scope, receive, send)
            return
        await self.app(scope, receive, send)


class PublicCors:
    """Programs in any web page may read the public API; never with credentials."""

    def __init__(self, app: ASGIApp) -> None:
        self.plain = app
        self.open = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=["Content-Type", "If-None-Match", "X-Request-ID", "X-API-Key", POSITION],
            expose_headers=["ETag", "Link", "X-Request-ID", "Retry-After", "RateLimit", "RateLimit-Policy", POSITION],
            max_age=86_400,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_api = scope["type"] == "http" and scope["path"].startswith(("/v1", f"{DMFW}/"))
        await (self.open if is_api else self.plain)(scope, receive, send)


class SecurityHeaders:
    """Strict defaults on every answer; an answer that sets one of them itself keeps its own."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.defaults = security_headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.defaults.items():
                    headers.setdefault(name, value)
                if headers.get("access-control-allow-origin") == "*":
                    # what any site may read it may also embed
                    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            await send(message)

        await self.app(scope, receive, send_guarded)


def security_headers(settings: Settings) -> dict[str, str]:
    """The headers of an answer that is data and no page; pages send their own Content-Security-Policy."""
    headers = {
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
    }
    if settings.hsts:
        headers["Strict-Transport-Security"] = f"max-age={HSTS_SECONDS}; includeSubDomains"
    return headers
