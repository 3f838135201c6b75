"""The shapes of documents that are issued, of keys and of verdicts, with examples of an office that does not exist."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from api.v1.schemas import Shape


class DocumentFile(Shape):
    """One file of a document."""

    form: Literal["word", "pdf", "package"]
    file_name: str
    media_type: str
    bytes: int
    sha256: str = Field(description="In hexadecimal.")


class Issued(Shape):
    """A document that a step of a case issued."""

    id: UUID
    kind: str
    doc_no: str = Field(description="Its number (发文字号): taken for good, whatever becomes of the document.")
    office: str
    title: str
    state: Literal["pending", "made", "failed", "void"]
    marking: Literal["none", "draft", "demonstration"]
    dated: date
    asked_at: datetime
    made_at: datetime | None
    step: int | None
    decision: UUID | None
    problem: dict[str, Any] | None = Field(description="Why it could not be made, as a problem document.")
    notes: list[str] = Field(description="Fonts that stood in, characters described.")
    files: list[DocumentFile]


class IssuedList(Shape):
    """The documents of a case in the order of their issue."""

    items: list[Issued]


class SigningKey(Shape):
    """The public half of a key with which an office signs (Ed25519)."""

    id: str
    public_key: str = Field(description="32 bytes in hexadecimal.")
    office: str
    added_at: datetime
    retired_at: datetime | None = Field(description="From then on another key signs.")
    revoked_from: datetime | None = Field(description="From then on nothing signed with it is to be believed.")
    revoked_why: str | None


class SigningKeys(Shape):
    """All keys that ever signed here."""

    items: list[SigningKey]


class Said(Shape):
    """Something that speaks against a package, or should be known of it."""

    code: str
    message: str


class Verdict(Shape):
    """Whether a package is what an office signed."""

    valid: bool
    findings: list[Said] = Field(description="What differs; empty where it is valid.")
    remarks: list[Said]
    key: str | None
    office: str | None = Field(description="Who signed; null where that is not to be believed.")
    manifest: dict[str, Any] | None = Field(description="What was signed; null where it is not to be believed.")


class CorrigendumIssued(Shape):
    """A corrigendum that was issued."""

    decision: UUID
    document: UUID
    doc_no: str


_ID = "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6080"
_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
EXAMPLE_ISSUED: dict[str, Any] = {
    "id": _ID,
    "kind": "acceptance",
    "doc_no": "示城函〔2026〕1号",
    "office": "示例县城市管理局（虚构）",
    "title": "受理通知书",
    "state": "made",
    "marking": "none",
    "dated": "2026-03-02",
    "asked_at": "2026-03-02T02:00:00+00:00",
    "made_at": "2026-03-02T02:00:01+00:00",
    "step": 2,
    "decision": None,
    "problem": None,
    "notes": [],
    "files": [
        {
            "form": "pdf",
            "file_name": "示城函〔2026〕1号.pdf",
            "media_type": "application/pdf",
            "bytes": 41200,
            "sha256": _DIGEST,
        }
    ],
}
EXAMPLE_KEY = {
    "id": "5f1c2a9d0b7e4c38",
    "public_key": _DIGEST,
    "office": "示例县城市管理局（虚构）",
    "added_at": "2026-01-05T01:00:00+00:00",
    "retired_at": None,
    "revoked_from": None,
    "revoked_why": None,
}
EXAMPLE_VERDICT = {
    "valid": False,
    "findings": [{"code": "file_changed", "message": "files/示城函〔2026〕1号.pdf is not what was signed."}],
    "remarks": [],
    "key": "5f1c2a9d0b7e4c38",
    "office": None,
    "manifest": None,
}
EXAMPLE_CORRIGENDUM = {"decision": _ID, "document": _ID, "doc_no": "示城更〔2026〕1号"}
