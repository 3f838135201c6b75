"""What can be seen of a running process: one log line for each request, and metrics.

Neither holds personal data: no address of a visitor, no query string.
Metrics are labelled by route template, method and class of status only, so
that their number does not grow with what is asked.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from uuid import uuid4

import structlog
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems

#: A request id from outside is taken over only in this form, so that it cannot forge log lines.
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

#: Seconds; the aim is low milliseconds, the end is the statement timeout.
BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)

REQUESTS = Counter("diming_requests", "Answers given", ["route", "method", "status"])
SECONDS = Histogram("diming_request_seconds", "Time to the last byte", ["route", "method"], buckets=BUCKETS)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def configure_logging(level: str) -> None:
    """JSON lines on standard error, for this process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def request_id_of(headers: Headers) -> str:
    """The caller's own id for this request where it has a safe form, otherwise a new one."""
    given = headers.get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else uuid4().hex


def route_template(scope: Scope) -> str:
    """The route's path with its placeholders, e.g. `/v1/units/{code}`; `unmatched` where none fits."""
    return getattr(scope.get("route"), "path", None) or "unmatched"


class Observed:
    """Names, times, counts and logs each request, and answers for failures that nothing foresaw."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await _Request(self.app, scope).answer(receive, send)


class _Request:
    """One request on its way through `Observed`."""

    def __init__(self, app: ASGIApp, scope: Scope) -> None:
        self.app, self.scope = app, scope
        self.status = 0
        self.id = request_id_of(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = self.id

    async def answer(self, receive: Receive, send: Send) -> None:
        start = time.perf_counter()

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = self.id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=self.id):
            try:
                await self.app(self.scope, receive, send_named)
            except Exception as error:
                if self.status:  # the answer has begun: it can only be broken off
                    raise
                await problems.unexpected(Request(self.scope), error)(self.scope, receive, send_named)
            finally:
                self._record(time.perf_counter() - start)

    def _record(self, seconds: float) -> None:
        route = route_template(self.scope)
        method = self.scope["method"] if self.scope["method"] in METHODS else "other"
        REQUESTS.labels(route, method, f"{self.status // 100}xx").inc()
        SECONDS.labels(route, method).observe(seconds)
        structlog.get_logger().info(
            "request", route=route, method=method, status=self.status, ms=round(seconds * 1000, 2)
        )


def exposition() -> tuple[bytes, str]:
    """All metrics of this server in Prometheus' text format, and its media type.

    With several worker processes the numbers of all of them are added up,
    through the folder that the launcher names in PROMETHEUS_MULTIPROC_DIR.
    """
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST
