"""From a question to its answer: connection, JSON, ETag, caching. The routes are thin because of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.auth.audience import audience_of
from api.auth.identity import shows_credentials
from api.databases import Databases
from data.db import Audience
from data.governing import EFFECTIVE, govern

Question = Callable[[Connection], Any]

#: The register changes by decisions, some a day at most; a minute late is as good as on time, and with
#: the ETag a later question costs no body.
PUBLIC_CACHE = "public, max-age=60, stale-while-revalidate=300"
#: What staff see must stay with them: no shared cache keeps it, the browser asks each time.
STAFF_CACHE = "private, no-cache"


class GeoJson(JSONResponse):
    """A GeoJSON document (RFC 7946)."""

    media_type = "application/geo+json"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, where its questions go, and for whom they are asked."""

    request: Request
    databases: Databases
    audience: Audience
    #: Which date of decisions the answer goes by (data/governing.py).
    governed_by: str = EFFECTIVE

    @contextmanager
    def reading(self, audience: Audience = Audience.PUBLIC) -> Iterator[Connection]:
        """The connection of the question, governed by the date that was asked for."""
        with self.databases.reading(audience) as connection:
            govern(connection, self.governed_by)
            yield connection

    def _told(self, found: Any) -> Any:
        """Another date than that of the effect is said in the answer."""
        if self.governed_by != EFFECTIVE and isinstance(found, dict):
            return {**found, "governed_by": self.governed_by}
        return found

    def answer(
        self,
        question: Question,
        media_type: str = "application/json",
        *,
        cache: str = PUBLIC_CACHE,
        told: bool = True,
    ) -> Response:
        """The answer that everyone gets: asked with the public's rights.

        `told` False: the answer is of a form that another standard fixes, and does not say which date governs.
        """
        with self.reading() as connection:
            found = question(connection)
        if told:
            found = self._told(found)
        return conditional(self.request, encode(found), cache, media_type)

    def answer_for_audience(
        self, question: Callable[[Connection, Audience], Any], media_type: str = "application/json"
    ) -> Response:
        """An answer that differs between the public and staff (boundary geometry)."""
        with self.reading(self.audience) as connection:
            found = question(connection, self.audience)
        cache = STAFF_CACHE if self.audience is Audience.STAFF else PUBLIC_CACHE
        response = conditional(self.request, encode(found), cache, media_type)
        response.headers["Vary"] = "Origin, Sec-Fetch-Site, Host, Cookie, Authorization"
        if self.audience is Audience.STAFF:
            # of the CORS layer's "any site may read" this answer is an exception
            response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


async def asked(request: Request) -> Asked:
    """The dependency of every route that asks the register."""
    state = request.app.state
    if shows_credentials(request):  # the database is asked, which the event loop must not wait for
        audience = await run_in_threadpool(audience_of, request, state.settings)
    else:
        audience = audience_of(request, state.settings)
    return Asked(request, state.databases, audience)


def encode(value: Any) -> bytes:
    """`value` as JSON: dates in ISO 8601, keys in the order given."""
    return orjson.dumps(value, default=_row)


def _row(value: Any) -> dict[str, Any]:
    """A row of a result is a mapping that is no dict."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def entity_tag(body: bytes) -> str:
    """A weak validator: the same content, whatever its transfer encoding (RFC 9110 section 8.8.1)."""
    return f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


def conditional(request: Request, body: bytes, cache: str, media_type: str) -> Response:
    """200 with `body`, or 304 where the caller has it already."""
    tag = entity_tag(body)
    headers = {"ETag": tag, "Cache-Control": cache}
    if has_tag(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def has_tag(if_none_match: str, tag: str) -> bool:
    """Whether a caller has what `tag` names: weak comparison (RFC 9110 section 8.8.3.2), the W/ does not count."""
    opaque = tag.removeprefix("W/")
    candidates = (part.strip().removeprefix("W/") for part in if_none_match.split(","))
    return any(candidate in (opaque, "*") for candidate in candidates)
