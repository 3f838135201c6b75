"""Identifiers: time-ordered for what happens here, reproducible for what is imported.

A record loaded from a published list gets the same identifier on every
installation (UUID version 5 over its source and key), so that two registers
loaded from the same list agree and a second load recognises what is there.
"""

from __future__ import annotations

import os
import time
from uuid import UUID, uuid5

#: Namespace of all identifiers derived by this project (a random UUID, fixed for ever).
NAMESPACE = UUID("6f0c6a54-3b52-4d0f-9d3a-6a0b6a2f7c11")


def derived_id(kind: str, *key: object) -> UUID:
    """The identifier of the imported record `key` of `kind`: same input, same identifier."""
    return uuid5(NAMESPACE, "\x1f".join([kind, *(str(part) for part in key)]))


def new_id() -> UUID:
    """A fresh identifier, ordered by time (UUID version 7, RFC 9562 section 5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    value = int.from_bytes(os.urandom(10), "big")
    value |= (milliseconds & 0xFFFFFFFFFFFF) << 80
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value & (1 << 128) - 1)
