"""The audit log for auditors: searched by who, what, about what and when; one entry with what its hash covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth.identity import actor_of
from api.web.pages.case_forms import case_page
from api.web.view import parse_day
from api.web.visit import Visiting
from data.access import require
from data.access.model import COUNTRY
from data.audit_search import ACCOUNT, READ, AuditFilter, find_entry, list_entries
from data.cases.people import display_names
from data.db import reading
from data.errors import BadRequest

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 50
PARAMETERS = ("actor", "action", "subject", "from", "to")
#: Details that name something with a page of its own, with the beginning of its address.
PAGES = {"case": "/cases/"}


@router.get("/audit")
def search(visit: Visiting) -> Response:
    """The log, the latest first."""
    actor, query = actor_of(visit.request), visit.view.query
    require(actor, READ, COUNTRY)
    wanted = AuditFilter(
        actor=_word(query, "actor"),
        action=_word(query, "action"),
        subject=_word(query, "subject"),
        first=parse_day(query.get("from")),
        last=parse_day(query.get("to")),
    )
    with reading(visit.request.app.state.databases.office) as connection:
        found = list_entries(connection, actor, wanted, ON_A_PAGE, query.get("cursor") or None)
        names = _names(connection, found["items"])
    kept = {name: query[name] for name in PARAMETERS if query.get(name)}
    return case_page(visit, "audit.html", items=found["items"], following=found["next"], names=names, kept=kept)


def _word(query: Mapping[str, str], name: str) -> str | None:
    return (query.get(name) or "").strip() or None


def _names(connection: Connection, entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What the people among the actors are called, by the actor as it stands in the log."""
    accounts = {entry["actor"].removeprefix(ACCOUNT) for entry in entries if entry["actor"].startswith(ACCOUNT)}
    found = display_names(connection, [UUID(account) for account in accounts])
    return {f"{ACCOUNT}{account}": name for account, name in found.items()}


@router.get("/audit/{seq}")
def entry(visit: Visiting, seq: str) -> Response:
    """One entry."""
    actor = actor_of(visit.request)
    require(actor, READ, COUNTRY)
    if not (seq.isascii() and seq.isdecimal() and len(seq) < 16):
        raise BadRequest("An entry of the audit log has a whole number.", code="bad_parameter")
    with reading(visit.request.app.state.databases.office) as connection:
        found = find_entry(connection, actor, int(seq))
        names = _names(connection, [found])
    return case_page(visit, "audit_entry.html", entry=found, names=names, pages=PAGES)
