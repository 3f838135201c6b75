"""For whom a request is answered: decided anew for every request, never remembered."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from api.auth.identity import known, signed_in
from api.auth.origin import is_demonstration_user
from api.settings import Settings
from data.access import Permit, decide
from data.access.model import COUNTRY
from data.accounts.identity import Signed
from data.db import Audience


def audience_of(request: HTTPConnection, settings: Settings) -> Audience:
    """Staff for those whose role may see what is not published, and for the user of a demonstration.

    Asks the database where the request shows a session or a token.
    """
    return _audience(request, settings, signed_in(request))


def audience_known(request: HTTPConnection, settings: Settings) -> Audience:
    """The same from what is known already, for the page that says that the database does not answer."""
    return _audience(request, settings, known(request))


def _audience(request: HTTPConnection, settings: Settings, signed: Signed | None) -> Audience:
    if signed is None:
        return Audience.STAFF if is_demonstration_user(request, settings) else Audience.PUBLIC
    return Audience.STAFF if isinstance(decide(signed.actor, "geometry.read", COUNTRY), Permit) else Audience.PUBLIC
