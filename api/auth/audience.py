"""For whom a request is answered: decided anew for every request, never remembered."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from api.auth.loopback import Origin, is_local_user
from api.settings import Settings
from data.db import Audience


def origin_of(request: HTTPConnection) -> Origin:
    """Where `request` comes from, as far as server and headers tell."""
    server = request.scope.get("server")
    return Origin(
        client=request.client.host if request.client else None,
        server=server[0] if server else None,
        headers={name.lower(): value for name, value in request.headers.items()},
    )


def audience_of(request: HTTPConnection, settings: Settings) -> Audience:
    """Staff only in a demonstration and only for the user of this machine; otherwise the public."""
    if settings.demonstration and is_local_user(origin_of(request)):
        return Audience.STAFF
    return Audience.PUBLIC
