"""Mail: sent as jobs, tried again while the server puts it off, one a day for whoever wants it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import procrastinate
import structlog
from procrastinate.jobs import Job
from sqlalchemy import Connection, Engine

from api.casework import make_casework
from api.letters import compose
from api.settings import Settings, settings_from_environment
from api.web.i18n import Translator
from api.web.notices import heading, sentence
from api.web.settings import WebSettings
from data.accounts.forgotten import MAILED_LINK_LASTS, issue_mailed_link
from data.cases.model import Casework
from data.clock import Clock, system_clock
from data.db import Row, make_engine, unit_of_work
from data.errors import BadInput, Unavailable
from data.ids import new_id
from data.mail.model import Letter, Smtp
from data.mail.transport import hand_over
from data.notices import outbox

#: After an attempt that was put off: 1 min, 5 min, 25 min, 2 h, then every 6 hours; some two days in all.
WAITS_S = (60, 300, 1500, 7200, *(21_600,) * 8)
#: A digest names so many notices and says how many more there are.
IN_A_DIGEST = 50


class TryAgain(procrastinate.BaseRetryStrategy):
    """Mail that was put off is tried again, mail that was refused is not."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision | None:
        """When, or None for never."""
        if not isinstance(exception, Unavailable) or job.attempts >= len(WAITS_S):
            return None
        return procrastinate.RetryDecision(retry_in={"seconds": WAITS_S[job.attempts]})


def send_mail(context: procrastinate.JobContext, mail: str) -> None:
    """Send one mail; give up where the server refuses it or has put it off for two days."""
    settings = settings_from_environment()
    engine = make_engine(settings.database_url, pooled=False)
    post = Post(settings, make_casework(engine, system_clock), system_clock)
    deliver(engine, post, UUID(mail), last=context.job.attempts >= len(WAITS_S))


def deliver(engine: Engine, post: Post, mail: UUID, *, last: bool) -> bool:
    """Send one mail, as its `last` attempt or not; whether it went."""
    log = structlog.get_logger()
    try:
        sent = outbox.send(engine, mail, post.send, post.clock)
    except (Unavailable, BadInput) as error:
        ends = last or isinstance(error, BadInput)
        if ends:
            outbox.give_up(engine, mail, post.clock)
        log.warning("mail was not taken", mail=str(mail), code=error.code, given_up=ends)
        raise
    log.info("mail", mail=str(mail), sent=sent)
    return sent


def send_digests(timestamp: int) -> None:
    """A mail to everybody who wants one a day."""
    settings = settings_from_environment()
    if settings.sends_mail:
        made = outbox.make_digests(make_engine(settings.database_url, pooled=False), system_clock)
        structlog.get_logger().info("digests", made=made, scheduled_at=timestamp)


@dataclass(frozen=True)
class Post:
    """Writes letters and hands them over."""

    settings: Settings
    casework: Casework
    clock: Clock

    def send(self, connection: Connection, row: Row) -> None:
        """Write and hand over the letter of one row of the outbox. Raises what `hand_over` raises."""
        smtp = smtp_of(self.settings, self._site(row["language"]))
        hand_over(self._written(connection, row), smtp)

    def _written(self, connection: Connection, row: Row) -> Letter:
        if row["kind"] == "password_link":
            return self._password_link(row)
        told = outbox.notices_of(connection, row["id"])
        return self._digest(row, told) if row["kind"] == "digest" else self._notice(row, told[0])

    def _site(self, language: str) -> str:
        return WebSettings().installation_name or Translator(language)("site.name")

    def _letter(self, row: Row, letter_id: UUID, **values: Any) -> Letter:
        language = row["language"]
        subject, text = compose(
            row["kind"], language, site=self._site(language), base=self.settings.public_url, **values
        )
        return Letter(letter_id, row["email"], subject, text, self.clock())

    def _notice(self, row: Row, told: Row) -> Letter:
        return self._letter(row, row["id"], notice=self._said(told, row["language"]))

    def _digest(self, row: Row, told: Sequence[Row]) -> Letter:
        latest = [self._said(notice, row["language"]) for notice in reversed(told[-IN_A_DIGEST:])]
        return self._letter(row, row["id"], notices=latest, total=len(told))

    def _said(self, notice: Row, language: str) -> dict[str, str]:
        link = f"{self.settings.public_url}/inbox/{notice['id']}"
        text = sentence(self.casework, notice, language)
        return {"title": heading(notice) or text, "number": notice["number"] or "", "text": text, "link": link}

    def _password_link(self, row: Row) -> Letter:
        """The link is kept before it goes, and each one goes in a letter of its own: the former ones are void."""
        now = self.clock()
        if now - row["at"] > MAILED_LINK_LASTS:
            raise BadInput("The link was asked for too long ago; ask for another.", code="mail_too_late")
        with unit_of_work(self.casework.engine) as own:
            secret = issue_mailed_link(own, row["account_id"], now)
        link = f"{self.settings.public_url}/account/password/{secret}"
        minutes = int(MAILED_LINK_LASTS / timedelta(minutes=1))
        return self._letter(row, new_id(), username=row["username"], link=link, minutes=minutes)


def smtp_of(settings: Settings, sender_name: str) -> Smtp:
    """The mail server of this installation. Raises `Unavailable` (`mail_delayed`) where there is none or no password.

    The password is read from its file each time, so that it can be changed without a restart.
    """
    if not settings.sends_mail:
        raise Unavailable("No mail server is configured (DIMING_SMTP_HOST).", code="mail_delayed")
    return Smtp(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        sender=settings.smtp_sender,
        sender_name=sender_name,
        user=settings.smtp_user,
        password=_password(settings),
    )


def _password(settings: Settings) -> str:
    if not settings.smtp_password_file:
        return settings.smtp_password
    try:
        return Path(settings.smtp_password_file).read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        raise Unavailable(
            f"The file {settings.smtp_password_file} (DIMING_SMTP_PASSWORD_FILE) cannot be read: {error.strerror}.",
            code="mail_delayed",
        ) from error
