"""The shapes of cases in answers, and an example from the sample procedure of an office that does not exist."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from api.v1.schemas import Shape


class Label(Shape):
    """A name in both languages of the pages."""

    zh: str
    en: str


class Need(Shape):
    """What is missing before an action is possible."""

    code: str
    message: str
    counts: dict[str, int] = Field(description="The numbers in the message.")
    lacking: list[Label] = Field(description="What it is that lacks, by name, where it has one.")


class Way(Shape):
    """A way out of the present state."""

    action: str
    label: Label
    roles: list[str]
    yours: bool = Field(description="Whether whoever asks may take it.")
    needs: list[Need] = Field(description="What is missing first; empty: it can be taken now.")
    due: date | None = Field(description="The first deadline that runs; null: none, or it cannot be said.")


class HistoryLine(Shape):
    """One step of a case. People are named by the id of their account."""

    seq: int
    at: datetime
    by: UUID
    for_: UUID | None = Field(alias="for", description="The absent person whose deputy acted.")
    action: str
    from_: str | None = Field(alias="from")
    to: str
    document: str | None
    decision: UUID | None


class ClockState(Shape):
    """A statutory deadline of the case."""

    key: str
    article: str
    running: bool
    due_on: date | None = Field(description="Null: it stands still, or `missing_year` has no calendar of working days.")
    overdue: bool
    verified: bool = Field(description="False: counted with a calendar whose notice was not read.")
    missing_year: int | None


class CaseItem(Shape):
    """A case in a list."""

    id: UUID
    number: str
    kind: str
    title: str
    state: str
    version: int
    due_on: date | None
    overdue: bool


class CaseList(Shape):
    """A page of cases."""

    items: list[CaseItem]
    next: str | None


class CaseInFull(Shape):
    """A case with all that belongs to it."""

    id: UUID
    number: str
    kind: str
    title: str
    state: str
    version: int = Field(description="Grows with every step; sent back with an action, it says what you looked at.")
    closed: bool
    findings: list[dict[str, Any]]
    clocks: list[ClockState]
    next: list[Way]
    deeds: list[str] = Field(description="What whoever asks may do without moving the case.")
    history: list[HistoryLine]


class Attachment(Shape):
    """A document that was uploaded."""

    id: UUID
    sha256: str
    bytes: int
    file_name: str
    media_type: str
    added_at: datetime
    added_by: UUID
    handed_in: bool = Field(description="Whether it belongs to a case; until then its bringer alone sees it.")


class AttachmentList(Shape):
    """A page of documents."""

    items: list[Attachment]
    next: str | None


class ActedItem(Shape):
    """What came of the action in one case: the case afterwards, or a problem document."""

    case_id: UUID
    done: bool
    answer: dict[str, Any]


class ActedList(Shape):
    """One result for each case named, in their order."""

    results: list[ActedItem]


_NEED = {
    "code": "documents_missing",
    "message": "1 more documents are needed.",
    "counts": {"n": 1},
    "lacking": [],
}
_ID, _PERSON = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071", "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6072"

EXAMPLE: dict[str, Any] = {
    "id": _ID,
    "number": "LP-2026-7K3M9QXW4T",
    "kind": "sample.lamp_post",
    "title": "示例路3号灯杆",
    "state": "submitted",
    "version": 1,
    "closed": False,
    "findings": [],
    "clocks": [
        {
            "key": "acceptance",
            "article": "示例灯杆编号办法 第三条（虚构）",
            "running": True,
            "due_on": "2026-03-09",
            "overdue": False,
            "verified": True,
            "missing_year": None,
        }
    ],
    "next": [
        {
            "action": "accept",
            "label": {"zh": "受理", "en": "accept"},
            "roles": ["clerk"],
            "yours": True,
            "needs": [_NEED],
            "due": "2026-03-09",
        }
    ],
    "deeds": ["assign", "find"],
    "history": [
        {
            "seq": 1,
            "at": "2026-03-02T02:00:00+00:00",
            "by": _PERSON,
            "for": None,
            "action": "open",
            "from": None,
            "to": "submitted",
            "document": None,
            "decision": None,
        }
    ],
}
EXAMPLE_ITEM = {name: EXAMPLE[name] for name in ("id", "number", "kind", "title", "state", "version")}
EXAMPLE_LIST = {"items": [{**EXAMPLE_ITEM, "due_on": "2026-03-09", "overdue": False}], "next": None}
EXAMPLE_RESULTS = {"results": [{"case_id": _ID, "done": True, "answer": EXAMPLE}]}
EXAMPLE_ATTACHMENT: dict[str, Any] = {
    "id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6073",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "bytes": 183420,
    "file_name": "位置图.pdf",
    "media_type": "application/pdf",
    "added_at": "2026-03-02T01:50:00+00:00",
    "added_by": _PERSON,
    "handed_in": False,
}
EXAMPLE_ATTACHMENTS = {"items": [EXAMPLE_ATTACHMENT], "next": None}
