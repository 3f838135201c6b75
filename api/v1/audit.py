"""`/v1/audit`: who did what, for auditors and administrators of the whole country."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.deps import v1_router
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.params import Cursor, Limit
from api.v1.schemas import Shape
from data.access import require
from data.access.model import COUNTRY
from data.audit_search import READ, AuditFilter, find_entry, list_entries
from data.db import reading

router = v1_router("audit", "/audit")

#: No entry has a longer word; control characters are in none.
WORD = r"^[^\x00-\x1f]*$"
Word = Annotated[
    Annotated[str, Field(pattern=WORD, max_length=100)] | None,
    WithJsonSchema({"type": "string", "pattern": WORD, "maxLength": 100}),
]
Day = Annotated[date | None, WithJsonSchema({"type": "string", "format": "date"})]
Seq = Annotated[int, Path(ge=1, le=2**53 - 1, description="Number of the entry.")]


class Entry(Shape):
    """One entry of the audit log."""

    seq: int
    at: str
    actor: str
    action: str
    decision: str | None
    details: dict[str, Any]
    rows_sha256: str | None
    feed: list[int] | None
    previous: str
    hash: str


class EntryList(Shape):
    """A page of the log."""

    items: list[Entry]
    next: str | None


class EntryInFull(Entry):
    """An entry with what its hash covers."""

    covered: str
    intact: bool
    last: int


_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
EXAMPLE: dict[str, Any] = {
    "seq": 42,
    "at": "2026-03-02T02:00:00+00:00",
    "actor": "account:019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6072",
    "action": "case.accept",
    "decision": None,
    "details": {"case": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071", "step": 2, "from": "submitted", "to": "review"},
    "rows_sha256": _HASH,
    "feed": None,
    "previous": _HASH,
    "hash": _HASH,
}
EXAMPLE_IN_FULL = {**EXAMPLE, "covered": '{"action":"case.accept","actor":"account:…"}', "intact": True, "last": 42}
REFUSED = ("sign_in_needed", "not_permitted")


@router.get(
    "",
    summary="The audit log",
    response_model=EntryList,
    responses={
        200: {"content": {"application/json": {"example": {"items": [EXAMPLE], "next": None}}}},
        **problems_for(*REFUSED, "limit_out_of_range", "bad_cursor", *EVERYWHERE),
    },
)
def list_audit(
    request: Request,
    actor: Annotated[Word, Query(description="A username, or the actor as it stands in the log.")] = None,
    action: Annotated[Word, Query(description="The beginning of the action, such as `case.`.")] = None,
    subject: Annotated[Word, Query(description="An id among the details, or that of the decision.")] = None,
    first: Annotated[Day, Query(alias="from", description="First day, civil date in China.")] = None,
    last: Annotated[Day, Query(alias="to", description="Last day, civil date in China.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Who did what about what, the latest first. Entries name accounts by their ids and hold no personal data."""
    who = actor_of(request)
    require(who, READ, COUNTRY)
    with reading(request.app.state.databases.office) as connection:
        wanted = AuditFilter(actor or None, action or None, subject or None, first, last)
        found = list_entries(connection, who, wanted, limit, cursor)
    return _answer(found)


@router.get(
    "/{seq}",
    summary="An entry of the audit log",
    response_model=EntryInFull,
    responses={
        200: {"content": {"application/json": {"example": EXAMPLE_IN_FULL}}},
        **problems_for(*REFUSED, "no_such_entry", *EVERYWHERE),
    },
)
def find_audit(request: Request, seq: Seq) -> Response:
    """One entry, the text that its hash covers, and whether the hash is that of the text."""
    who = actor_of(request)
    require(who, READ, COUNTRY)
    with reading(request.app.state.databases.office) as connection:
        found = find_entry(connection, who, seq)
    return _answer(found)


def _answer(value: Any) -> Response:
    return Response(encode(value), media_type="application/json", headers={"Cache-Control": "no-store"})
