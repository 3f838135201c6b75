"""What a supervisor asks: is the process alive, can it serve, and its numbers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response

from api.auth.loopback import FORWARDING_HEADERS, is_loopback_address
from api.databases import Databases
from api.metrics import Installation, exposed
from api.observe import exposition
from api.v1.answers import encode
from api.v1.documentation import problems_for
from data.db import reading
from data.errors import NotPermitted, Unavailable
from data.migrate import head_revision
from data.server.home import configured_root, home_at

router = APIRouter(tags=["operation"])

CURRENT_REVISION = text("SELECT version_num FROM public.schema_version")
REGISTER = text("SELECT register_from, register_through FROM published.register")


@router.get("/healthz", summary="Is the process alive?", response_class=Response)
async def healthz() -> Response:
    """Answers as long as the process does; asks nothing else."""
    return Response(encode({"status": "alive"}), media_type="application/json", headers=UNCACHED)


@router.get(
    "/readyz",
    summary="Can it serve?",
    response_class=Response,
    responses=problems_for("database_unavailable", "schema_not_at_head", "register_empty"),
)
def readyz(request: Request) -> Response:
    """Database reachable, schema at the version of this code, register loaded; otherwise 503 with the reason."""
    databases: Databases = request.app.state.databases
    body = {"status": "ready", "schema": _checked_schema(databases), **_checked_register(databases)}
    return Response(encode(body), media_type="application/json", headers=UNCACHED)


@router.get(
    "/metrics",
    summary="Numbers for Prometheus",
    response_class=Response,
    responses=problems_for("metrics_not_public"),
)
def metrics(request: Request) -> Response:
    """Prometheus text format; to this machine only unless `DIMING_METRICS_PUBLIC` is set."""
    client = request.client.host if request.client else None
    forwarded = FORWARDING_HEADERS.intersection(name.lower() for name in request.headers)
    if not request.app.state.settings.metrics_public and (forwarded or not is_loopback_address(client)):
        raise NotPermitted(
            "Metrics are served to this machine only; DIMING_METRICS_PUBLIC=true opens them.",
            code="metrics_not_public",
        )
    body, media_type = exposition()
    state = request.app.state
    body += exposed(Installation(state.databases, home_at(configured_root()), state.clock()))
    return Response(body, headers={"Content-Type": media_type, **UNCACHED})


UNCACHED = {"Cache-Control": "no-store"}


def _checked_schema(databases: Databases) -> str:
    with reading(databases.office) as connection:
        found = connection.scalar(text("SELECT to_regclass('public.schema_version')"))
        current = connection.scalar(CURRENT_REVISION) if found else None
    needed = head_revision()
    if current != needed:
        raise NotReady(
            f"The database has schema {current}, this version needs {needed}; run `./diming up`.",
            code="schema_not_at_head",
        )
    return needed


def _checked_register(databases: Databases) -> dict[str, Any]:
    with databases.reading() as connection:
        span = connection.execute(REGISTER).mappings().first()
    if span is None:
        raise NotReady("The division register is empty; `./diming load divisions` fills it.", code="register_empty")
    return dict(span)


class NotReady(Unavailable):
    """The process runs and cannot serve yet."""

    title = "Not ready"
