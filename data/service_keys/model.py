"""The form of a key and what a caller may know of it. Pure."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.accounts.model import SECRET_BYTES, secret_hash

#: `dmk_` so that a key found in a file or a log is known for what it is; ten letters that stay and may be shown.
PREFIX_MARK = "dmk_"
PREFIX_BYTES = 7
KEY = re.compile(r"(dmk_[a-z2-7]{10})_([A-Za-z0-9_-]{43})")
MAX_NAME, MAX_ORGANISATION = 60, 100


def new_prefix() -> str:
    """The part of a new key that stays when it is rotated, and that lists show."""
    return PREFIX_MARK + base64.b32encode(secrets.token_bytes(PREFIX_BYTES)).decode().lower()[:10]


def new_key(prefix: str) -> str:
    """A whole key under `prefix`, to be shown once."""
    return f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"


def prefix_of(shown: str) -> str | None:
    """The prefix of what was shown as a key; None where it has not the form of one."""
    found = KEY.fullmatch(shown)
    return found[1] if found else None


@dataclass(frozen=True, slots=True)
class Held:
    """A key as the door keeps it: hashes of its secrets, and until when each serves."""

    id: UUID
    plan: str
    secret: bytes
    former_secret: bytes | None
    former_until: datetime | None
    expires_at: datetime
    ended: bool

    def admits(self, shown: str, now: datetime) -> bool:
        """Whether `shown`, the whole key, is this key and serves at `now`."""
        if self.ended or now >= self.expires_at:
            return False
        hashed = secret_hash(shown)
        if hmac.compare_digest(hashed, self.secret):
            return True
        former, until = self.former_secret, self.former_until
        return former is not None and until is not None and now < until and hmac.compare_digest(hashed, former)
