"""The dependency of every page: who looks, at which date, in which language, with a connection to ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.auth.audience import audience_of
from api.auth.identity import known, signed_in
from api.web.i18n import Translator, choose_language
from api.web.rendering import renderer_of
from api.web.view import Span, View, day_within, parse_day
from boundaries.shapes.service import map_approval
from boundaries.units.service import register_span
from data.access import Role
from data.accounts.identity import Signed
from data.db import Audience, reading
from data.errors import BadRequest, Unavailable
from data.notices.inbox import count_unread

#: No address of ours comes near this; a longer value is a mistake or an attack.
LONGEST_VALUE = 400
#: Pages that show nothing of the register: an administrator signs in before anything is loaded.
WITHOUT_REGISTER = ("/account", "/audit", "/cases", "/desk", "/inbox", "/jobs", "/manage", "/procedures")


@dataclass(frozen=True)
class Visit:
    """One request for a page. `conn` reads with the public's rights: pages show what is published."""

    request: Request
    conn: Connection
    view: View
    audience: Audience

    @property
    def partial(self) -> bool:
        """Whether htmx asks for a part of the page only."""
        return self.request.headers.get("hx-request") == "true"

    def page(self, template: str, **values: Any) -> HTMLResponse:
        """The answer made of `template`."""
        return self.page_with(200, template, **values)

    def page_with(self, http_status: int, template: str, **values: Any) -> HTMLResponse:
        """The same with another status: a question that was refused beside the form that can be mended."""
        return renderer_of(self.request).page(template, self.view, values, http_status)


def visit(request: Request) -> Iterator[Visit]:
    """Open the register for one page, at the date of view, for the audience."""
    settings = request.app.state.settings
    signed_in(request, rotate=True)
    audience = audience_of(request, settings)
    with request.app.state.databases.reading() as conn:
        yield Visit(request, conn, _view(request, conn, audience), audience)


Visiting = Annotated[Visit, Depends(visit)]


def _view(request: Request, conn: Connection, audience: Audience) -> View:
    query, signed = _single_values(request.query_params), known(request)
    span = _span(conn, required=not request.url.path.startswith(WITHOUT_REGISTER))
    return View(
        t=Translator(choose_language(query.get("lang"), request.cookies.get("lang"))),
        span=span,
        as_of=day_within(span, parse_day(query.get("as_of"))) if span else None,
        staff=audience is Audience.STAFF,
        map_approval=map_approval(conn),
        path=request.url.path,
        query=query,
        account=signed.display_name if signed else None,
        unread=_unread(request, signed) if signed else 0,
        manages=_manages(signed) if signed else False,
    )


def _manages(signed: Signed) -> bool:
    """Whether the administration has anything for this person: some page of it asks for one of his roles."""
    return any(grant.role in (Role.ADMINISTRATOR, Role.AUDITOR) for grant in signed.actor.grants)


def _unread(request: Request, signed: Signed) -> int:
    """The inbox is the office's: the public's rights do not reach it."""
    with reading(request.app.state.databases.office) as connection:
        return count_unread(connection, signed.account_id)


def _span(conn: Connection, *, required: bool) -> Span | None:
    """The days that the register covers; None where nothing is loaded yet and the page can do without."""
    try:
        register = register_span(conn)
    except Unavailable:
        if required:
            raise
        return None
    return Span(register.register_from, register.register_through)


def _single_values(parameters: Mapping[str, str]) -> dict[str, str]:
    values = dict(parameters)
    too_long = [name for name, value in values.items() if len(value) > LONGEST_VALUE]
    if too_long:
        raise BadRequest(
            f"The parameter {too_long[0][:40]!r} is longer than {LONGEST_VALUE} characters.", code="query_too_long"
        )
    return values
