"""A page of changes as one installation tells another, signed as a whole (Ed25519). Pure.

    {"payload": "{…}", "key": "0f3a5b7c9d1e2f40", "signature": "base64"}

The payload says who tells whom, the changes after number `since` up to `through`, and which numbers between are of
no concern to the other (`skipped`): every number is accounted for, so nothing can be left out unseen. The signature
covers `diming-exchange-1`, a line break and the payload, so that it is good for nothing else that the key may sign.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from data.errors import IntegrityError

FORMAT = "diming-exchange-1"
FIELDS = {"format", "installation", "for", "since", "through", "last", "items", "skipped", "mark", "next_mark"}
ITEM_FIELDS = {"seq", "at", "collection", "id", "subject", "before", "after", "decision", "rows"}


@dataclass(frozen=True, slots=True)
class Page:
    """Changes after `since` up to `through` that `installation` tells `to`; `last`: its last change at all."""

    installation: str
    to: str
    since: int
    through: int
    last: int
    items: Sequence[dict[str, Any]]
    skipped: Sequence[tuple[int, int]]
    #: Hashes of the changes `since` and `through`, by which a later page is known to follow this one.
    mark: str | None = None
    next_mark: str | None = None


def written(page: Page, key: str, signer: Callable[[bytes], bytes]) -> dict[str, str]:
    """The page as it is sent; `signer` gives the 64 bytes of Ed25519 of key `key`."""
    payload = json.dumps(
        {
            "format": FORMAT, "installation": page.installation, "for": page.to, "since": page.since,
            "through": page.through, "last": page.last, "items": list(page.items), "skipped": list(page.skipped),
            "mark": page.mark, "next_mark": page.next_mark,
        },
        ensure_ascii=False, separators=(",", ":"), default=str,
    )  # fmt: skip
    signature = base64.b64encode(signer(_signed(payload))).decode()
    return {"payload": payload, "key": key, "signature": signature}


def read(told: Any, public: bytes) -> Page:
    """The page in an answer. IntegrityError `page_not_signed`, `page_incomplete`."""
    try:
        payload = told["payload"]
        signature = base64.b64decode(told["signature"], validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _signed(payload))
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error, InvalidSignature) as error:
        raise IntegrityError(
            "The page is not signed with the key that was entered for this installation. Nothing was taken from it. "
            "If it has a new key, let somebody there read it to you and enter it with "
            "`./diming exchange peers key NAME KEY`.",
            code="page_not_signed",
        ) from error
    return _parsed(payload)


def _signed(payload: str) -> bytes:
    return f"{FORMAT}\n{payload}".encode()


def _parsed(payload: str) -> Page:
    try:
        found = json.loads(payload)
        if set(found) != FIELDS or found["format"] != FORMAT:
            raise _incomplete("it has another form")
        if any(set(item) != ITEM_FIELDS for item in found["items"]):
            raise _incomplete("a change has another form")
        skipped = [(int(first), int(last)) for first, last in found["skipped"]]
        page = Page(
            found["installation"], found["for"], int(found["since"]), int(found["through"]), int(found["last"]),
            found["items"], skipped, found["mark"], found["next_mark"],
        )  # fmt: skip
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise _incomplete("it cannot be read") from error
    _check_numbers(page)
    return page


def _check_numbers(page: Page) -> None:
    """Every number after `since` up to `through` is a change of the page or skipped, once and in order."""
    runs = sorted([*((int(item["seq"]),) * 2 for item in page.items), *page.skipped])
    at = page.since
    for first, last in runs:
        if first != at + 1 or last < first:
            raise _incomplete(f"after change {at} comes {first}")
        at = last
    if at != page.through or page.through > max(page.last, page.since):
        raise _incomplete(f"it ends with change {at} and says {page.through}")


def _incomplete(why: str) -> IntegrityError:
    return IntegrityError(
        f"The page of changes is signed and not whole: {why}. Nothing was taken from it. Tell those who run that "
        "installation; if its database was restored from a backup, see docs/operations.md.",
        code="page_incomplete",
    )
