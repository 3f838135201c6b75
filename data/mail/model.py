"""A letter, the server that takes it, and addresses that can be written to. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Literal
from uuid import UUID

from data.errors import BadRequest

MAX_ADDRESS = 254  # RFC 5321 section 4.5.3.1.3, without the angle brackets
#: What mail programs send to without quoting or extensions: RFC 5321 `Dot-string`, and a host name with a dot.
ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+"
)

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server and as whom Diming writes. `password` is shown to nobody."""

    host: str
    port: int
    security: Security
    sender: str
    sender_name: str = ""
    user: str = ""
    password: str = ""
    timeout_s: float = 30.0

    def __repr__(self) -> str:
        return f"Smtp({self.host}:{self.port}, {self.security})"


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail in plain text. `id` names it for ever: sent again it is the same mail."""

    id: UUID
    to: str
    subject: str
    text: str
    at: datetime


def checked_address(address: str) -> str:
    """`address` without blanks around it; BadRequest `bad_email` where nobody could be written to."""
    plain = address.strip()
    if len(plain) <= MAX_ADDRESS and ADDRESS.fullmatch(plain):
        return plain
    raise BadRequest(
        "An e-mail address looks like name@office.example, in Latin letters. Nothing was changed.", code="bad_email"
    )


def message_of(letter: Letter, smtp: Smtp) -> EmailMessage:
    """The letter as it travels. A subject is one line, whatever was typed into the title that it repeats."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(smtp.sender_name, addr_spec=smtp.sender)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = letter.at
    message["Message-ID"] = f"<{letter.id}@{smtp.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 section 5: no answer machine answers it
    message.set_content(letter.text, cte="base64")
    return message
