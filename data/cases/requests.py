"""One request, one effect: what is done under an Idempotency-Key is done once and answered the same way again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data import audit
from data.cases import store
from data.cases.model import Casework
from data.db import Row, unit_of_work
from data.errors import BadRequest, Conflict, Unavailable

#: Longest Idempotency-Key: a UUID has 36 characters, a SHA-256 in hexadecimal 64.
MAX_KEY = 100
#: A client that has not heard for a month asks what happened; it does not send the same again.
KEEP_ANSWERS = timedelta(days=30)


@contextmanager
def written(casework: Casework, key: str | None) -> Iterator[Connection]:
    """The transaction of a change. Where its end was not heard of, that is said, and not that nothing happened."""
    ended = False
    try:
        with unit_of_work(casework.engine) as connection:
            yield connection
            ended = True
    except Unavailable as error:
        if not ended:
            raise
        raise Unavailable(
            "The database was lost while the change was being confirmed: it may have been made or not. "
            + (
                "Send the same request with the same Idempotency-Key: it is not made twice."
                if key
                else "Look at the case before you do it again."
            ),
            code="outcome_unknown",
        ) from error


def earlier_answer(connection: Connection, by: UUID, key: str | None, request: bytes) -> dict[str, Any] | None:
    """The answer to the same request made before under `key`; None where there was none."""
    check_key(key)
    if key is None:
        return None
    connection.execute(store.LOCK_KEY, {"key": f"{by}\x1f{key}"})
    row = connection.execute(store.FIND_KEY, {"actor": by, "key": key}).one_or_none()
    if row is None:
        return None
    if bytes(row.request_sha256) != request:
        raise Conflict(
            "This Idempotency-Key was used for another request. Nothing was changed: a new request has a new key.",
            code="idempotency_key_reused",
        )
    answer: dict[str, Any] = row.answer
    return answer


def check_key(key: str | None) -> None:
    """Raise `BadRequest` (`bad_idempotency_key`) for a key that has not the form of one."""
    if key is not None and not (1 <= len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
        raise BadRequest(f"An Idempotency-Key has 1 to {MAX_KEY} printable characters.", code="bad_idempotency_key")


def fingerprint(*parts: Any) -> bytes:
    """SHA-256 over what is asked for: the same request has the same one."""
    return hashlib.sha256(audit.canonical_json(list(parts))).digest()


def remember_answer(connection: Connection, step: Row, key: str, request: bytes, answer: dict[str, Any]) -> None:
    """Keep the answer for whoever sends the same request again."""
    connection.execute(
        store.REMEMBER_ANSWER,
        {
            "actor": step["actor_id"],
            "key": key,
            "request": request,
            "step": step["id"],
            "at": step["at"],
            "answer": json.dumps(answer, ensure_ascii=False),
        },
    )


def forget_answers(casework: Casework) -> int:
    """Forget the answers that are older than `KEEP_ANSWERS`; how many. The steps themselves stay."""
    with unit_of_work(casework.engine) as connection:
        return connection.execute(store.FORGET_ANSWERS, {"before": casework.clock() - KEEP_ANSWERS}).rowcount
