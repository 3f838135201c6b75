"""Hands a letter over to a mail server.

A server answers the end of the data with yes or no. If it dies or the line is
cut before that answer, nobody can tell whether it took the letter: it counts
as not taken and goes again later under the same Message-ID, by which mailboxes
recognise a second copy. A letter is therefore never lost, and twice at worst.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress

from data.errors import BadInput, Unavailable
from data.mail.model import Letter, Smtp, message_of


def hand_over(letter: Letter, smtp: Smtp) -> None:
    """Give `letter` to the server.

    Raises `Unavailable` (`mail_delayed`) where it may succeed later, `BadInput` (`mail_refused`) where the
    server refuses it for good (5xx to the address or the letter). The server's words are in neither.
    """
    try:
        server = _connected(smtp)
        try:
            server.send_message(message_of(letter, smtp), smtp.sender, [letter.to])
        finally:
            _leave(server)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise _refused(code) if code >= 500 else _delayed(f"the address was put off with {code}") from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise _refused(error.smtp_code) if error.smtp_code >= 500 else _delayed(f"{error.smtp_code}") from error
    except smtplib.SMTPAuthenticationError as error:
        raise _delayed("user or password was refused") from error
    except (smtplib.SMTPException, OSError) as error:
        raise _delayed(type(error).__name__) from error


def _connected(smtp: Smtp) -> smtplib.SMTP:
    if smtp.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            smtp.host, smtp.port, timeout=smtp.timeout_s, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(smtp.host, smtp.port, timeout=smtp.timeout_s)
    try:
        if smtp.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if smtp.user:
            server.login(smtp.user, smtp.password)
    except BaseException:
        server.close()
        raise
    return server


def _leave(server: smtplib.SMTP) -> None:
    """What goes wrong in the farewell does not undo what was said before."""
    with suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


def _delayed(why: str) -> Unavailable:
    return Unavailable(f"The mail server did not take the mail ({why}); it is tried again.", code="mail_delayed")


def _refused(code: int) -> BadInput:
    return BadInput(f"The mail server refused the mail for good ({code}). It is not sent.", code="mail_refused")
