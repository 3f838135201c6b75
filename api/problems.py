"""Every failure leaves as a problem document (RFC 9457) with a stable `code`; nothing internal with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from data.errors import (
    BadInput,
    BadRequest,
    DimingError,
    NotFound,
    NotPermitted,
    NotSignedIn,
    TooManyAttempts,
    Unavailable,
)

MEDIA_TYPE = "application/problem+json"

#: A page may render a problem for people; it declines with None and the document is sent.
Renderer = Callable[[Request, dict[str, Any]], Response | None]


class Problem(BaseModel):
    """A problem document. `code` is stable; `detail` is for people and may change."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:diming:problem:code_never_existed"])
    title: str
    status: int = Field(ge=400, le=599)
    code: str = Field(pattern="^[a-z0-9_]+$", examples=["code_never_existed"])
    detail: str
    request_id: str | None = None


class MethodNotAllowed(DimingError):
    """The path exists, the method does not."""

    status, code, title = 405, "method_not_allowed", "Method not allowed"


class ContentTooLarge(DimingError):
    """The body is larger than this installation accepts; it was not read."""

    status, code, title = 413, "body_too_large", "Request body too large"


#: What proxies write down for a client that closed its connection (nginx's own number; HTTP has none).
CLIENT_CLOSED_REQUEST = 499


class UriTooLong(DimingError):
    """The query string is longer than this installation accepts."""

    status, code, title = 414, "query_string_too_long", "Query string too long"


class HttpFailure(DimingError):
    """A refusal by the web framework that has no class of its own."""

    code, title = "http_error", "The request was refused"


class Internal(DimingError):
    """A mistake in Diming itself: the cause is in the log under the request's id."""


def problem_response(request: Request, error: DimingError, headers: dict[str, str] | None = None) -> Response:
    """`error` as the answer to `request`."""
    document = error.problem()
    document["request_id"] = request.scope.get("state", {}).get("request_id")
    renderer: Renderer | None = getattr(request.app.state, "problem_renderer", None)
    page = renderer(request, document) if renderer else None
    response = page or Response(orjson.dumps(document), error.status, media_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def install(app: FastAPI) -> None:
    """Turn everything that `app` can raise into problem documents."""

    @app.exception_handler(DimingError)
    async def expected(request: Request, error: DimingError) -> Response:
        if error.status >= 500:
            trace = error if error.status == 500 else None
            structlog.get_logger().error("problem", code=error.code, detail=error.detail, exc_info=trace)
        elif isinstance(error, NotPermitted):
            # who was refused what: an id and a code, nothing that was typed
            who = getattr(request.scope.get("state", {}).get("signed"), "account_id", None)
            structlog.get_logger().warning(
                "refused",
                code=error.code,
                account=str(who) if who else None,
                action=error.extra.get("action"),
                reason=error.extra.get("reason"),
            )
        return problem_response(request, error, _headers(error))

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        return problem_response(request, _from_validation(error))

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        if error.status_code == 405:
            error.headers = {"Allow": ", ".join(_methods_here(request))}
        return problem_response(request, _from_http(request, error), dict(error.headers or {}))

    @app.exception_handler(ClientDisconnect)
    async def left(request: Request, _error: ClientDisconnect) -> Response:
        # no failure of ours, and nobody reads the answer: the number is that of the log alone
        structlog.get_logger().info("client went away", path=request.url.path)
        return Response(status_code=CLIENT_CLOSED_REQUEST)

    @app.exception_handler(PoolTimeout)
    async def overloaded(request: Request, _error: PoolTimeout) -> Response:
        busy = Unavailable("Too many questions at once; ask again in a few seconds.", code="overloaded")
        return problem_response(request, busy, {"Retry-After": "2"})

    @app.exception_handler(SQLAlchemyError)
    async def database_failure(request: Request, error: SQLAlchemyError) -> Response:
        return unexpected(request, error)


def _headers(error: DimingError) -> dict[str, str]:
    if error.status == NotSignedIn.status:
        return {"WWW-Authenticate": 'Bearer realm="Diming"'}  # RFC 9110 section 11.6.1 asks for one with every 401
    if error.status == TooManyAttempts.status:
        return {"Retry-After": str(error.extra.get("retry_after_s", 60))}
    return {"Retry-After": "5"} if error.status == Unavailable.status else {}


def unexpected(request: Request, error: Exception) -> Response:
    """An unforeseen failure: logged with its cause, answered without it."""
    structlog.get_logger().error("unexpected failure", path=request.url.path, exc_info=error)
    return problem_response(
        request,
        Internal("Something went wrong here; nothing was changed. The log holds the cause under request_id."),
    )


def _methods_here(request: Request) -> list[str]:
    """The methods of all operations at the path: the framework names those of the first one only."""
    found: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.methods and route.path_regex.match(request.url.path):
            found |= route.methods
    return sorted(found - {"HEAD"})


def _from_http(request: Request, error: HTTPException) -> DimingError:
    if error.status_code == 404:
        return NotFound(f"There is nothing at {request.url.path}.", code="path_not_found")
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return MethodNotAllowed(f"{request.method} is not possible at {request.url.path}; allowed: {allowed}.")
    if error.status_code == 413:
        return ContentTooLarge(str(error.detail))
    if error.status_code == 400:  # the framework could not read the body
        return BadInput("The body cannot be read as JSON in UTF-8.", code="bad_body")
    failure = HttpFailure(str(error.detail))
    failure.status = error.status_code
    return failure


def _from_validation(error: RequestValidationError) -> DimingError:
    """The first finding decides the code; all findings are listed under `errors`."""
    findings = [_finding(item) for item in error.errors()]
    first = findings[0]
    extra = [{key: f[key] for key in ("in", "name", "code", "message")} for f in findings]
    where = f"{first['in']} {first['name']}".strip()
    detail = f"{where}: {first['message']}"
    kind = BadInput if first["in"] == "body" else BadRequest
    return kind(detail, code=first["code"], errors=extra)


#: Codes of findings that come from pydantic itself rather than from a type of api/v1/params.py.
FRAMEWORK_CODES = {("query", "missing"): "missing_parameter", ("body", "json_invalid"): "bad_json"}


def _finding(item: dict[str, Any]) -> dict[str, str]:
    location = [str(part) for part in item["loc"]]
    where, name = location[0], ".".join(location[1:])
    code = FRAMEWORK_CODES.get((where, item["type"]))
    if code is None:
        stable = (item.get("ctx") or {}).get("stable")
        code = item["type"] if stable else ("bad_body" if where == "body" else "bad_parameter")
    return {"in": where, "name": name, "code": code, "message": item["msg"]}
