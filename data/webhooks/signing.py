"""Signatures by Standard Webhooks 1.0 (standardwebhooks.com): HMAC-SHA256 over id, moment and body. Pure."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterable
from hashlib import sha256

#: Of a secret; the scheme asks for 24 to 64.
SECRET_BYTES = 32
PREFIX = "whsec_"


def new_secret() -> bytes:
    """A secret nobody knows yet."""
    return secrets.token_bytes(SECRET_BYTES)


def shown(secret: bytes) -> str:
    """The secret as its owner enters it at the receiver."""
    return PREFIX + base64.b64encode(secret).decode()


def signature(secret: bytes, message_id: str, moment: int, body: bytes) -> str:
    """The signature of one message, `moment` in seconds since 1970."""
    signed = b".".join((message_id.encode(), str(moment).encode(), body))
    return "v1," + base64.b64encode(hmac.new(secret, signed, sha256).digest()).decode()


def headers(keys: Iterable[bytes], message_id: str, moment: int, body: bytes) -> dict[str, str]:
    """The three headers; while a secret is changed there is a signature by each."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(signature(key, message_id, moment, body) for key in keys),
    }
