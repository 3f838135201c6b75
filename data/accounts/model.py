"""Names of accounts, secrets and their forms, lifetimes. Pure."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta

from data.errors import BadRequest

#: As the database checks it: lower case, so that two names cannot differ by case only.
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
#: Beyond these nothing typed can be a name or a display name.
MAX_DISPLAY_NAME = 100

#: 256 bits: nobody guesses them, so a plain SHA-256 of them is enough in the database.
SECRET_BYTES = 32
#: So that a token found in a file or a log is known for what it is.
TOKEN_PREFIX = "diming_"  # noqa: S105 -- a mark, no secret

#: A working day; after it one signs in again.
SESSION_LASTS = timedelta(hours=12)
#: Without a request a session ends: 登录连接超时自动退出 (GB/T 22239).
SESSION_IDLE = timedelta(hours=2)
#: After this the secret in the cookie is replaced.
SESSION_ROTATES = timedelta(minutes=15)
#: Requests that were under way with the former secret are answered this long.
FORMER_SECRET_SERVES = timedelta(seconds=60)
#: `seen_at` is written at most this often.
SEEN_EVERY = timedelta(minutes=1)
#: A link that sets a password is sent by hand or by mail and used soon.
PASSWORD_LINK_LASTS = timedelta(hours=48)
TOKEN_DAYS = 90
MAX_TOKEN_DAYS = 366
#: A deputy for longer than this is a role of his own.
MAX_DEPUTY_DAYS = 366


def new_secret() -> str:
    """A secret for a session or a link, in characters that may stand in an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def new_token() -> str:
    """A secret for an API token."""
    return TOKEN_PREFIX + new_secret()


def secret_hash(secret: str) -> bytes:
    """What the database keeps of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def checked_username(name: str) -> str:
    """`name` as an account's name; BadRequest `bad_username` where it cannot be one."""
    if USERNAME.fullmatch(name):
        return name
    raise BadRequest(
        "A user name has 2 to 63 characters: small Latin letters, digits, dot, hyphen, underscore, "
        "and begins with a letter or digit. Nothing was changed.",
        code="bad_username",
    )


def checked_text(value: str, what: str, most: int) -> str:
    """A line of text of 1 to `most` printable characters; BadRequest `bad_account_field` otherwise."""
    line = value.strip()
    if 0 < len(line) <= most and line.isprintable():
        return line
    raise BadRequest(f"{what} has 1 to {most} printable characters. Nothing was changed.", code="bad_account_field")
