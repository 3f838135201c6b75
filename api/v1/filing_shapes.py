"""What the operations on filings say and take."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.v1.schemas import Shape

Direction = Literal["out", "in"]
State = Literal["sending", "refused", "delivered", "received", "acknowledged", "returned"]


class Filing(Shape):
    """A filing as one side has it."""

    id: UUID
    direction: Direction
    state: State
    sender: str = Field(alias="from", description="The office that files.")
    to: str = Field(description="The office that it is filed with.")
    case_number: str
    form: dict[str, str] = Field(description="The registration form (地名备案登记表).")
    names: list[dict[str, str]] = Field(description="Of a batch what each name says for itself; of others empty.")
    papers: list[str] = Field(description="Which papers go with it.")
    missing: list[str] = Field(description="What the form asks for and is not there.")
    begun_at: datetime
    delivered_at: datetime | None
    answered_at: datetime | None
    filing_no: str | None = Field(description="Number under which it was acknowledged (备案编号).")
    reasons: str | None = Field(description="Why it was returned.")
    attempts: int | None
    next_at: datetime | None = Field(description="When it is tried again.")
    problem: dict[str, Any] | None = Field(description="Why the last attempt failed.")
    package_sha256: str | None


class FilingList(Shape):
    """A page of filings."""

    items: list[Filing]
    next: str | None


class Receipt(Shape):
    """What the sender gets: the message is here."""

    message: UUID
    sha256: str
    received_at: datetime
    repeated: bool = Field(description="It came before; nothing was done a second time.")


class Acknowledged(BaseModel):
    """The number of the filing; left out: the next of the office."""

    model_config = ConfigDict(extra="forbid")

    filing_no: Annotated[str, Field(max_length=60)] = ""


class Returned(BaseModel):
    """What is to be supplemented, or with whom it is to be filed."""

    model_config = ConfigDict(extra="forbid")

    reasons: Annotated[str, Field(min_length=1, max_length=4000)]


EXAMPLE: dict[str, Any] = {
    "id": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071",
    "direction": "in",
    "state": "received",
    "from": "甘棠县民政局（虚构）",
    "to": "砚州市民政局（虚构）",
    "case_number": "DM-2026-7K3M9QXW4T",
    "form": {"name": "晴砚路", "roman": "Qingyan Lu", "doc_no": "演示〔2026〕7号"},
    "names": [],
    "papers": ["application"],
    "missing": [],
    "begun_at": "2026-03-04T01:00:00Z",
    "delivered_at": "2026-03-04T01:00:00Z",
    "answered_at": None,
    "filing_no": None,
    "reasons": None,
    "attempts": 0,
    "next_at": None,
    "problem": None,
    "package_sha256": "9f" * 32,
}
RECEIPT: dict[str, Any] = {
    "message": "019a2b3c-4d5e-7f60-8a1b-2c3d4e5f6071",
    "sha256": "9f" * 32,
    "received_at": "2026-03-04T01:00:00Z",
    "repeated": False,
}
