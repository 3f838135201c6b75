"""A real mail server on loopback that does what a test tells it to do."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.installation import free_port


@dataclass
class PostOffice:
    """What it took, and how it answers. `dies_after_data` cuts the line before the answer to the data."""

    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    rcpt_answer: str = "250 OK"
    data_answer: str = "250 OK"
    dies_after_data: int = 0
    password: str | None = None
    port: int = 0

    async def handle_RCPT(  # noqa: N802 -- the server's name for it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse an address."""
        if self.rcpt_answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt_answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a letter, answer or die."""
        if self.data_answer.startswith("2"):
            content = cast(bytes, envelope.content)
            self.taken.append(email.message_from_bytes(content, policy=email.policy.SMTP))
            self.recipients += [str(address) for address in envelope.rcpt_tos]
        if self.dies_after_data:
            self.dies_after_data -= 1
            cast(asyncio.Transport, server.transport).abort()
        return self.data_answer

    def authenticate(self, *given: Any) -> AuthResult:
        """Whether user and password are right."""
        login = given[-1]
        fits = isinstance(login, LoginPassword) and login.password.decode() == self.password
        return AuthResult(success=fits)

    def texts(self) -> list[str]:
        """The texts of what was taken."""
        return [message.get_content() for message in self.taken]


@contextmanager
def post_office(tls: ssl.SSLContext | None = None, password: str | None = None) -> Iterator[PostOffice]:
    """A mail server on a free port of 127.0.0.1; with `tls` it asks for STARTTLS first."""
    office = PostOffice(password=password, port=free_port())
    options: dict[str, Any] = {"tls_context": tls, "require_starttls": True} if tls else {}
    if password is not None:
        options |= {"authenticator": office.authenticate, "auth_require_tls": tls is not None, "auth_required": True}
    controller = Controller(office, hostname="127.0.0.1", port=office.port, **options)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
