"""Where a request comes from, and whether that makes it staff: in a demonstration, on this very machine."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from api.auth.loopback import Origin, is_local_user
from api.settings import Settings


def origin_of(request: HTTPConnection) -> Origin:
    """Where `request` comes from, as far as server and headers tell."""
    server = request.scope.get("server")
    return Origin(
        client=request.client.host if request.client else None,
        server=server[0] if server else None,
        headers={name.lower(): value for name, value in request.headers.items()},
    )


def is_demonstration_user(request: HTTPConnection, settings: Settings) -> bool:
    """Whether this is a demonstration and its user on this very machine."""
    return settings.demonstration and is_local_user(origin_of(request))
