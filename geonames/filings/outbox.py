"""The outbox: every message is tried until the other side has it, and made once, so that trying again sends the same.

A message is put off before it is tried. A sender that is killed, or whose answer is lost, tries again later, and
the other side remembers what it has.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from data.audit import canonical_json
from data.blobs import Blobs
from data.clock import Clock
from data.db import Row, fetch_one, reading, unit_of_work
from data.errors import DimingError, Unavailable
from data.signing.keys import KeyFolder
from data.signing.service import sign_for_office
from geonames.filings import store
from geonames.filings.model import Delivery, Direction, Office, Sort, State
from geonames.filings.offices import office_named
from geonames.filings.packing import Packing, keep, pack_answer, pack_filing

#: After an attempt that failed: 1 min, 5 min, 25 min, 2 h, then every 6 hours until it goes or somebody stops it.
WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 25, 120, 360))
#: A message that is being tried is tried by nobody else for so long.
CLAIMED = timedelta(minutes=5)

#: Takes a package to an office: its address (None: here), the bytes, the proof of delivery; gives the receipt.
Carry = Callable[[Office, bytes, Delivery], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Outbox:
    """What sending works with. `carry` raises `Unavailable` for what may succeed later, else why it was refused."""

    engine: Engine
    blobs: Blobs
    keys: KeyFolder
    carry: Carry
    clock: Clock


@dataclass(slots=True)
class Sent:
    """How many messages went, were put off, were refused."""

    sent: int = 0
    put_off: int = 0
    refused: int = 0


def deliver_waiting(outbox: Outbox) -> Sent:
    """Try every message that is due, each once."""
    told, now = Sent(), outbox.clock()
    while (claimed := _claim(outbox, now)) is not None:
        _try(outbox, claimed, told)
    return told


def _claim(outbox: Outbox, now: datetime) -> Row | None:
    with unit_of_work(outbox.engine) as connection:
        return fetch_one(connection, store.CLAIM, {"now": now, "put_off": now + CLAIMED})


def _try(outbox: Outbox, claimed: Row, told: Sent) -> None:
    try:
        content, digest = _package(outbox, claimed)
        office, delivery = _addressed(outbox, claimed, digest)
        receipt = outbox.carry(office, content, delivery)
        if receipt.get("sha256") != digest.hex():
            raise Unavailable("What answered is no installation of this program.", code="filing_not_received")
    except Unavailable as error:
        _put_off(outbox, claimed, error)
        told.put_off += 1
    except DimingError as error:
        _refused(outbox, claimed, error)
        told.refused += 1
    else:
        _arrived(outbox, claimed)
        told.sent += 1


def _package(outbox: Outbox, claimed: Row) -> tuple[bytes, bytes]:
    """The bytes of the message and their hash, made at the first attempt and the same ever after."""
    if claimed["sha256"] is not None:
        digest = bytes(claimed["sha256"])
        with outbox.blobs.open(digest) as file:
            return file.read(), digest
    with unit_of_work(outbox.engine) as connection:
        content = _packed(connection, outbox, claimed)
        digest = keep(outbox.blobs, content)
        connection.execute(store.PACKED, {"id": claimed["id"], "sha256": digest, "bytes": len(content)})
    return content, digest


def _packed(connection: Connection, outbox: Outbox, claimed: Row) -> bytes:
    packing = Packing(outbox.blobs, outbox.keys, outbox.clock())
    which = {"id": claimed["filing_id"], "direction": claimed["filing_direction"]}
    filing = fetch_one(connection, store.FIND, which)
    assert filing is not None  # noqa: S101 -- a foreign key holds it
    if claimed["sort"] == Sort.FILING:
        return pack_filing(connection, packing, filing)
    return pack_answer(connection, packing, filing, claimed["id"])


def _addressed(outbox: Outbox, claimed: Row, digest: bytes) -> tuple[Office, Delivery]:
    """Where it goes, and the proof that it is sent now by the office that signed it."""
    with unit_of_work(outbox.engine) as connection:
        office = office_named(connection, claimed["to_office"])
        sender = _sender(connection, claimed)
        bare = Delivery("", outbox.clock().astimezone(UTC).isoformat(), secrets.token_hex(16), "")
        said = canonical_json(bare.signed(digest.hex(), office.name))
        key, signature = sign_for_office(connection, sender, said, outbox.keys)
    return office, Delivery(key, bare.moment, bare.nonce, signature.hex())


def _sender(connection: Connection, claimed: Row) -> str:
    which = {"id": claimed["filing_id"], "direction": claimed["filing_direction"]}
    filing = fetch_one(connection, store.FIND, which)
    assert filing is not None  # noqa: S101 -- a foreign key holds it
    return str(filing["from_office"] if claimed["sort"] == Sort.FILING else filing["to_office"])


def _put_off(outbox: Outbox, claimed: Row, error: DimingError) -> None:
    wait = WAITS[min(claimed["attempts"], len(WAITS)) - 1]
    _not_sent(outbox, claimed, error, outbox.clock() + wait)


def _refused(outbox: Outbox, claimed: Row, error: DimingError) -> None:
    """Sending the same again would be refused again: a person looks at it."""
    _not_sent(outbox, claimed, error, None)


def _not_sent(outbox: Outbox, claimed: Row, error: DimingError, again: datetime | None) -> None:
    problem = canonical_json({"code": error.code, "detail": error.detail}).decode()
    with unit_of_work(outbox.engine) as connection:
        connection.execute(store.NOT_SENT, {"id": claimed["id"], "problem": problem, "next_at": again})
        if again is None:
            _move(connection, claimed, State.REFUSED)


def _arrived(outbox: Outbox, claimed: Row) -> None:
    with unit_of_work(outbox.engine) as connection:
        connection.execute(store.SENT, {"id": claimed["id"], "at": outbox.clock()})
        _move(connection, claimed, State.DELIVERED)


def _move(connection: Connection, claimed: Row, state: State) -> None:
    """The state of one's own filing follows its message; an answer's filing has its state already."""
    if claimed["sort"] == Sort.FILING:
        values = {"id": claimed["filing_id"], "direction": Direction.OUT, "state": state}
        connection.execute(store.SET_STATE, {**values, "before": [State.SENDING, State.REFUSED]})


def waiting(engine: Engine) -> list[UUID]:
    """Messages that have not arrived."""
    with reading(engine) as connection:
        return list(connection.scalars(store.WAITING))
