"""`/v1/audit`: who did what, for auditors and administrators of the whole country."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.deps import v1_router
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.params import Cursor, Day, Limit
from api.v1.schemas import Shape
from data.access import require
from data.access.model import COUNTRY
from data.audit_proof.service import list_heads
from data.audit_search import READ, AuditFilter, find_entry, list_entries
from data.db import reading

router = v1_router("audit", "/audit")

#: No entry has a longer word; control characters are in none.
WORD = r"^[^\x00-\x1f]*$"
Word = Annotated[
    Annotated[str, Field(pattern=WORD, max_length=100)] | None,
    WithJsonSchema({"type": "string", "pattern": WORD, "maxLength": 100}),
]
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
    first: Annotated[Day | None, Query(alias="from", description="First day, civil date in China.")] = None,
    last: Annotated[Day | None, Query(alias="to", description="Last day, civil date in China.")] = None,
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


class SignedHead(Shape):
    """The log with its first `size` entries, signed; `note` is a C2SP checkpoint."""

    size: int
    root: str
    signed_at: str
    key: str
    note: str


class AuditKey(Shape):
    """A public key that signs or signed heads, as C2SP signed-note writes it."""

    id: str
    key: str
    added_at: str
    retired_at: str | None


class SignedHeadList(Shape):
    """A page of signed heads, and all keys."""

    items: list[SignedHead]
    next: str | None
    keys: list[AuditKey]


_LOG = "diming-audit-4c1f09ab5d2e7788"
HEADS_EXAMPLE = {
    "items": [
        {
            "size": 1204,
            "root": _HASH,
            "signed_at": "2026-03-02T18:30:00+00:00",
            "key": "0f3a5b7c9d1e2f40",
            "note": f"{_LOG}\n1204\nn4bQ…Cg=\nchain {_HASH}\ntime 2026-03-02T18:30:00+00:00\n\n— {_LOG} 3q2+7w…\n",
        }
    ],
    "next": None,
    "keys": [
        {
            "id": "0f3a5b7c9d1e2f40",
            "key": f"{_LOG}+deadbeef+AQ…",
            "added_at": "2026-01-01T18:30:00+00:00",
            "retired_at": None,
        }
    ],
}


@router.get(
    "/heads",
    summary="Signed heads of the audit log",
    response_model=SignedHeadList,
    responses={
        200: {"content": {"application/json": {"example": HEADS_EXAMPLE}}},
        **problems_for("limit_out_of_range", "bad_cursor", *EVERYWHERE),
    },
)
def list_signed_heads(request: Request, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """What this installation has signed, the latest first, for everybody to keep a copy: a head says how the log was.

    Whoever holds one can have it held against the log later (`./diming audit verify --head FILE`).
    """
    with request.app.state.databases.reading() as connection:
        return _answer(list_heads(connection, limit, cursor))


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
