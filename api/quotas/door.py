"""The door: before a request is answered it is counted to whoever asks, and refused where nothing is left.

The headers are those of the IETF draft "RateLimit header fields for HTTP"
(draft-ietf-httpapi-ratelimit-headers-09): `RateLimit-Policy` says what a plan
allows, `RateLimit` what is left; a refusal has `Retry-After` (RFC 9110) too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth.identity import clock_of, shows_credentials
from api.problems import problem_response
from api.quotas.holders import Holders, counted_address, shown_key
from api.quotas.meter import Meter
from data.errors import DimingError, NotSignedIn, QuotaUsed
from data.quotas.ledger import Standing
from data.service_keys.model import Held

Answer = Callable[[int], None]


class Quotas:
    """Counts and refuses; answers of the machine to itself are not limited, and keys always are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        meter: Meter = scope["app"].state.meter
        class_ = meter.quotas.class_of(scope["path"])
        if class_ is None:
            await self.app(scope, receive, send)
            return
        await _Asked(self.app, scope, meter, class_).answer(receive, send)


class _Asked:
    """One request at the door."""

    def __init__(self, app: ASGIApp, scope: Scope, meter: Meter, class_: str) -> None:
        self.app, self.scope, self.meter, self.class_ = app, scope, meter, class_
        self.request = HTTPConnection(scope)
        self.now = clock_of(self.request)()
        self.key: Held | None = None
        self.status = 0

    async def answer(self, receive: Receive, send: Send) -> None:
        try:
            standing = await self._standing()
        except DimingError as error:
            await problem_response(Request(self.scope), error)(self.scope, receive, send)
            return
        told = self._telling(send, standing)
        try:
            if standing is not None and standing.refused_by is not None:
                await _refusal(self.scope, standing)(self.scope, receive, told)
            else:
                await self.app(self.scope, receive, told)
        finally:
            if self.key is not None:
                self.meter.count(self.key.id, self.class_, self.status, self.now)

    async def _standing(self) -> Standing | None:
        """How the holder stands; None where nobody counts. Raises `NotSignedIn` (`key_not_valid`)."""
        shown = shown_key(self.request)
        if shown is None:
            return self._of_address("credentials" if shows_credentials(self.request) else "address")
        self.key = await self.meter.key(shown, self.now)
        if self.key is None:
            self._of_address("address")  # guessing keys is asking too
            raise NotSignedIn(
                "The key is not valid: it is unknown, has expired or was revoked. Ask without X-API-Key, or look at "
                "your keys under /account/keys.",
                code="key_not_valid",
            )
        return self.meter.ledger.ask(_holders(self.scope).of_key(self.key.id), self.meter.plan_of(self.key), self.now)

    def _of_address(self, kind: str) -> Standing | None:
        address = counted_address(self.request)
        if address is None:
            return None
        plan = self.meter.quotas.plan_of(kind)
        return self.meter.ledger.ask(_holders(self.scope).of_address(address, plan.key), plan, self.now)

    def _telling(self, send: Send, standing: Standing | None) -> Callable[[Message], Awaitable[None]]:
        fields = rate_fields(standing) if standing is not None else {}

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in fields.items():
                    headers[name] = value
            await send(message)

        return told


def _holders(scope: Scope) -> Holders:
    found: Holders = scope["app"].state.holders
    return found


def rate_fields(standing: Standing) -> dict[str, str]:
    """The two header fields that tell how a holder stands, as structured fields (RFC 9651)."""
    policy = ", ".join(f'"{one.span}";q={one.limit};w={one.window_s}' for one in standing.allowances)
    left = ", ".join(f'"{one.span}";r={one.left};t={one.reset_s}' for one in standing.allowances)
    return {"RateLimit-Policy": policy, "RateLimit": left}


def _refusal(scope: Scope, standing: Standing) -> ASGIApp:
    by = standing.refused_by
    assert by is not None  # noqa: S101 -- asked before
    error = QuotaUsed(
        f"The plan {standing.plan.key} allows {by.limit} requests a {by.span}; more may be asked in {by.reset_s} "
        "seconds. A key (/account/keys) allows more; an administrator gives a key another plan.",
        plan=standing.plan.key,
        span=by.span,
        limit=by.limit,
        retry_after_s=max(1, by.reset_s),
    )
    return problem_response(Request(scope), error, {"Retry-After": str(max(1, by.reset_s))})
