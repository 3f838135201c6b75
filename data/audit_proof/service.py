"""Signing the audit log's head, holding the log against all heads ever signed, proving one entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from data import audit
from data.access import Actor, Matter, require
from data.audit_proof import merkle, note, store
from data.clock import Clock
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import Conflict, IntegrityError, NotFound
from data.paging import check_limit, decode_cursor, page
from data.signing.keys import KeyFolder

SIGN = "audit.sign"
FORMAT = "diming-audit-proof-1"


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking the whole log found.

    `broken_at`: the first entry that was changed, put in or removed; None where the chain is whole. `heads`: how
    many signed heads there are. `head_broken`: the size of the first one that the log or its key contradicts, and
    `head_good` the size of the last one before it (0: none): what was changed lies after that.
    """

    entries: int
    broken_at: int | None
    heads: int
    head_broken: int | None
    head_good: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing speaks against the log."""
        return self.broken_at is None and self.head_broken is None


def check(connection: Connection, kept: Iterable[str] = ()) -> Checked:
    """Recompute the chain and hold it against every signed head, and against notes that were `kept` elsewhere."""
    entries, broken_at = audit.verify(connection)
    rows = fetch_all(connection, store.ALL_HEADS)
    origin = _origin(connection)
    keys = [note.written_key(origin or "", bytes(row["public_key"])) for row in fetch_all(connection, store.KEYS)]
    heads = [(int(row["size"]), _head_of(row, origin)) for row in rows]
    heads += [_kept(one, keys) for one in kept]
    heads.sort(key=lambda one: one[0])
    found = _roots(_hashes(connection, 1, entries), {size for size, _ in heads})
    good = 0
    for size, head in heads:
        if head is None or found.get(size) != (head.root, head.chain):
            return Checked(entries, broken_at, len(heads), size, good)
        good = size
    return Checked(entries, broken_at, len(heads), None, good)


def _head_of(row: Row, origin: str | None) -> note.Head | None:
    """The head in a stored row; None where its signature, its size or its root is not what was signed."""
    head = note.read(row["note"], note.written_key(origin or "", bytes(row["public_key"])))
    stands = head is not None and head.size == row["size"] and head.root == bytes(row["root"])
    return head if stands else None


def _kept(text: str, keys: Iterable[str]) -> tuple[int, note.Head | None]:
    """A head that somebody kept, by whichever of our keys signed it; size 0 where none did."""
    head = next((found for key in keys if (found := note.read(text, key))), None)
    return (head.size if head else 0), head


def _roots(hashes: Iterable[bytes], sizes: set[int]) -> dict[int, tuple[bytes, bytes]]:
    """For each of `sizes` that the log reaches the root there and the hash of its last entry."""
    tree, found = merkle.Tree(), {}
    for digest in hashes:
        tree.add(digest)
        if tree.size in sizes:
            found[tree.size] = (tree.root, digest)
    return found


def _hashes(connection: Connection, first: int, last: int) -> Iterator[bytes]:
    options = {"yield_per": audit.ROWS_AT_ONCE}
    for row in connection.execute(store.HASHES, {"first": first, "last": last}, execution_options=options):
        yield bytes(row.hash)


def _origin(connection: Connection) -> str | None:
    found: str | None = connection.scalar(store.ORIGIN)
    return found


def sign_head(engine: Engine, folder: KeyFolder, actor: Actor, clock: Clock) -> Mapping[str, Any]:
    """Sign the log as it stands now, after it was checked whole; the first time a key is made.

    Raises `NotPermitted`, `IntegrityError` (`audit_chain_broken`: nothing is signed any more), `Conflict`
    (`signing_key_elsewhere`), `Unavailable` (`keys_not_usable`).
    """
    require(actor, SIGN, Matter())
    with reading(engine) as connection:
        _refuse_broken(check(connection))
    at = clock().replace(microsecond=0)
    with unit_of_work(engine) as connection:
        key = fetch_one(connection, store.KEY_IN_USE) or _add_key(connection, folder, actor, at)
        _refuse_missing(folder, key["id"])
        last = fetch_one(connection, store.LAST_HEAD)
        size: int = connection.execute(store.LAST_ENTRY).scalar_one()
        if last is not None and last["size"] == size:
            return _head_shown(last)
        public = bytes(key["public_key"])
        head = _head_now(connection, size, at)
        signed = note.sign(head, public, lambda body: folder.sign(key["id"], body))
        row = {"size": size, "root": head.root, "at": at, "key": key["id"], "note": signed}
        connection.execute(store.ADD_HEAD, row)
        details = {"size": size, "root": head.root.hex(), "key": key["id"]}
        audit.append(connection, actor=actor.name, action="audit.signed", decision_id=None, details=details)
    return _head_shown({**row, "signed_at": at, "key_id": key["id"]})


def _head_now(connection: Connection, size: int, at: datetime) -> note.Head:
    origin = _origin(connection)
    root, chain = _roots(_hashes(connection, 1, size), {size})[size]
    assert origin is not None  # noqa: S101 -- a log with entries has a first one
    return note.Head(origin, size, root, chain, at)


def _refuse_broken(found: Checked) -> None:
    if found.is_whole:
        return
    raise IntegrityError(
        "The audit log is not what it was, and what is broken is not signed. `./diming audit verify` says where; "
        "keep the database as it is and look into it.",
        code="audit_chain_broken",
        broken_at=found.broken_at,
        head_broken=found.head_broken,
    )


def new_key(engine: Engine, folder: KeyFolder, actor: Actor, clock: Clock) -> str:
    """Make the key that signs from now on, and its public half as people keep it; heads signed before stay good.

    Raises `NotPermitted`, `Conflict` (`audit_log_empty`: keys bear the log's name), `Unavailable`.
    """
    require(actor, SIGN, Matter())
    with unit_of_work(engine) as connection:
        origin = _origin(connection)
        if origin is None:
            raise Conflict("The audit log has no entry yet; its keys bear its name.", code="audit_log_empty")
        key = _add_key(connection, folder, actor, clock().replace(microsecond=0))
    return note.written_key(origin, bytes(key["public_key"]))


def _add_key(connection: Connection, folder: KeyFolder, actor: Actor, at: datetime) -> Row:
    made = folder.make()
    connection.execute(store.RETIRE_KEY, {"at": at})
    connection.execute(store.ADD_KEY, {"id": made.id, "public": made.public, "at": at})
    details = {"key": made.id}
    audit.append(connection, actor=actor.name, action="audit.key_added", decision_id=None, details=details)
    return {"id": made.id, "public_key": made.public}


def _refuse_missing(folder: KeyFolder, key: str) -> None:
    if not folder.path(key).is_file():
        raise Conflict(
            f"The private half of key {key} is not in {folder.folder}: bring the folder `keys` of this installation "
            "back, or make a new key with `./diming audit new-key`. Nothing was signed.",
            code="signing_key_elsewhere",
        )


def list_heads(connection: Connection, limit: int | None = None, cursor: str | None = None) -> dict[str, Any]:
    """`{"items", "next", "keys"}`: signed heads, the latest first, and all keys. For everybody.

    BadRequest (`limit_out_of_range`, `bad_cursor`).
    """
    limit, query = check_limit(limit), {"list": "audit heads"}
    below = decode_cursor(query, cursor, (int,))
    rows = fetch_all(connection, store.LIST_HEADS, {"below": below[0] if below else None, "limit": limit + 1})
    shown, following = page(rows, limit, query, lambda row: [row["size"]])
    return {"items": [_head_shown(row) for row in shown], "next": following, "keys": keys_shown(connection)}


def keys_shown(connection: Connection) -> list[dict[str, Any]]:
    """The public keys, the oldest first."""
    origin = _origin(connection) or ""
    return [
        {
            "id": row["id"],
            "key": note.written_key(origin, bytes(row["public_key"])),
            "added_at": row["added_at"],
            "retired_at": row["retired_at"],
        }
        for row in fetch_all(connection, store.KEYS)
    ]


def _head_shown(row: Row) -> dict[str, Any]:
    return {
        "size": row["size"],
        "root": bytes(row["root"]).hex(),
        "signed_at": row["signed_at"],
        "key": row["key_id"],
        "note": row["note"],
    }


def entry_of_decision(connection: Connection, decision: UUID) -> int:
    """The number of the entry under which a decision was written. NotFound `no_such_entry`."""
    found: int | None = connection.scalar(store.ENTRY_OF_DECISION, {"decision": decision})
    if found is None:
        raise _no_such_entry()
    return found


def prove(connection: Connection, seq: int) -> dict[str, Any]:
    """The proof that public entry `seq` is in the log, under the latest signed head.

    NotFound `no_such_entry` where there is none or it is not public, `no_signed_head` where none covers it yet.
    """
    row = fetch_one(connection, store.PUBLIC_ENTRY, {"seq": seq})
    if row is None:
        raise _no_such_entry()
    head = fetch_one(connection, store.LAST_HEAD)
    if head is None or head["size"] < seq:
        raise NotFound(
            "No signed head covers this entry yet: one is signed every night. `./diming audit sign` signs one now.",
            code="no_signed_head",
        )
    ways = merkle.beside(seq - 1, head["size"])
    entry = audit.Entry(**{name: row[name] for name in audit.Entry.__dataclass_fields__})
    origin = _origin(connection) or ""
    return {
        "format": FORMAT,
        "seq": seq,
        "covered": entry.covered().decode(),
        "previous": bytes(row["prev_hash"]).hex(),
        "path": [merkle.root_of(_hashes(connection, first + 1, last)).hex() for first, last in ways],
        "head": head["note"],
        "key": note.written_key(origin, bytes(head["public_key"])),
    }


def _no_such_entry() -> NotFound:
    return NotFound("There is no public entry of this number or decision in the audit log.", code="no_such_entry")
