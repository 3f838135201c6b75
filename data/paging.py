"""Keyset paging: a cursor says after which row the next page begins, for one query only.

A cursor is opaque to clients. It carries the sort key of the last row and a
fingerprint of the query, so that a cursor of another query is refused instead
of giving a page that fits nothing. It holds nothing secret and needs no key:
what it can select, the query could select as well.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from data.audit import canonical_json
from data.errors import BadRequest

#: No list gives more rows than this in one page.
MAX_LIMIT = 1000
DEFAULT_LIMIT = 100
_MAX_CURSOR = 2000

T = TypeVar("T")


def check_limit(limit: int | None, *, largest: int = MAX_LIMIT, default: int = DEFAULT_LIMIT) -> int:
    """`limit` within 1 to `largest`; BadRequest `limit_out_of_range` otherwise."""
    if limit is None:
        return default
    if not 1 <= limit <= largest:
        raise BadRequest(f"limit must be from 1 to {largest}.", code="limit_out_of_range")
    return limit


def fingerprint(query: Mapping[str, Any]) -> str:
    """A short hash of the query's parameters (without limit and cursor)."""
    return hashlib.sha256(canonical_json(query)).hexdigest()[:16]


def encode_cursor(query: Mapping[str, Any], key: Sequence[Any]) -> str:
    """The cursor after the row with sort key `key` in the answers to `query`."""
    body = json.dumps([fingerprint(query), list(key)], ensure_ascii=False, default=str)
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def decode_cursor(
    query: Mapping[str, Any], cursor: str | None, parts: Sequence[Callable[[Any], Any]]
) -> tuple[Any, ...] | None:
    """The sort key in `cursor`, each part read by its converter; None without a cursor.

    BadRequest `bad_cursor` where it is damaged or belongs to another query.
    """
    if cursor is None:
        return None
    try:
        if len(cursor) > _MAX_CURSOR:
            raise ValueError("too long")
        padded = cursor + "=" * (-len(cursor) % 4)
        mark, key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if mark != fingerprint(query) or len(key) != len(parts) or not all(map(_can_be_asked_for, key)):
            raise ValueError("another query")
        return tuple(convert(value) for convert, value in zip(parts, key, strict=True))
    # UUID takes what is no text for one (AttributeError); converters of a subject refuse with a code of their own
    except (ValueError, TypeError, AttributeError, RecursionError, BadRequest) as error:
        raise BadRequest(
            "The cursor does not belong to this query. Start again without a cursor.",
            code="bad_cursor",
        ) from error


def _can_be_asked_for(value: Any) -> bool:
    """Whether a database can hold it: anybody can write a cursor, with whatever JSON has."""
    if isinstance(value, str):
        value.encode()  # half of a surrogate pair is a ValueError
        return "\x00" not in value
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return value is None or (isinstance(value, float) and math.isfinite(value))


def page(
    rows: Sequence[T], limit: int, query: Mapping[str, Any], key: Callable[[T], Sequence[Any]]
) -> tuple[list[T], str | None]:
    """Of up to `limit + 1` rows the first `limit`, and the cursor if there are more."""
    shown = list(rows[:limit])
    more = len(rows) > limit
    return shown, encode_cursor(query, key(shown[-1])) if more else None
