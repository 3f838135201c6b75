"""One-time codes from a second device (RFC 6238 over RFC 4226). Pure.

Six digits, thirty seconds, SHA-1: what every authenticator program knows. A
code serves once: the step of the last one accepted is remembered.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
#: RFC 4226 section 4, R6: 160 bits are recommended.
SECRET_BYTES = 20
#: RFC 6238 section 5.2: one step for the delay of the network and of the person.
DRIFT_STEPS = 1


def new_totp_secret() -> bytes:
    """A fresh shared secret."""
    return secrets.token_bytes(SECRET_BYTES)


def code_at(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of one time step (RFC 4226 section 5.3)."""
    digest = hmac.new(secret, step.to_bytes(8, "big"), "sha1").digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}d}"


def accepted_step(secret: bytes, code: str, seconds: float, last_step: int | None) -> int | None:
    """The time step that `code` belongs to at `seconds` since 1970, None where it is wrong or was used.

    Steps up to `last_step` are used up.
    """
    given = code.replace(" ", "")
    now = int(seconds) // STEP_SECONDS
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        fits = hmac.compare_digest(code_at(secret, step).encode(), given.encode())
        if fits and (last_step is None or step > last_step):
            found = step
    return found


def as_text(secret: bytes) -> str:
    """The secret as one types it into an authenticator program: Base32 in groups of four."""
    plain = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(plain[n : n + 4] for n in range(0, len(plain), 4))


def enrolment_uri(secret: bytes, account: str, issuer: str) -> str:
    """The address that authenticator programs read (`otpauth:`)."""
    plain = base64.b32encode(secret).decode().rstrip("=")
    values = urlencode({"secret": plain, "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{account}')}?{values}"
