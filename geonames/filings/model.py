"""What is filed, by whom, with whom, and how it stands. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Direction(StrEnum):
    """Which side of a filing this installation is; both, where two offices of one installation file."""

    OUT = "out"
    IN = "in"


class State(StrEnum):
    """How a filing stands, seen from its side."""

    SENDING = "sending"  # 报送中: in the outbox
    REFUSED = "refused"  # 未被接收: the other installation refused the package; a person must act
    DELIVERED = "delivered"  # 已送达: the other side has it and has not answered
    RECEIVED = "received"  # 待审查: came in and is to be looked at
    ACKNOWLEDGED = "acknowledged"  # 已备案
    RETURNED = "returned"  # 已退回


class Sort(StrEnum):
    """What a message between two offices is."""

    FILING = "filing"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Office:
    """An office that files or is filed with: its body and seat; `url` None: it works on this installation.

    `unit_id` None: the country.
    """

    id: UUID
    name: str
    body: str
    unit_id: UUID | None
    url: str | None

    @property
    def is_here(self) -> bool:
        """Whether it works on this installation."""
        return self.url is None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Proof that the office that signed a package sends it now: a signature over its hash, recipient and moment.

    The package may be read by anybody whom it reaches; this is what cannot be sent a second time.
    """

    key: str
    moment: str
    nonce: str
    signature: str

    def signed(self, sha256: str, to: str) -> dict[str, str]:
        """What the signature is over."""
        return {"package": sha256, "to": to, "moment": self.moment, "nonce": self.nonce}
