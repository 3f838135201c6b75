"""The types of places as this office keeps them: read as a tree, added to, closed. A change is audited and fed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from data import audit, feed
from data.access import Actor, Matter, require
from data.db import Row, fetch_all, fetch_one
from data.errors import BadRequest, Conflict, NotFound
from data.ids import derived_id, new_id
from data.paging import check_limit, decode_cursor, page
from geonames.places import type_store as store
from geonames.places.classes import ClassTree, PlaceType, place_classes

CHANGE = "vocabulary.change"
COLLECTION = "types"
#: Type codes have five digits, the first 1 (natural) or 2 (human features).
_CODE_LENGTH = 5
#: More types than any edition of the standard has.
_ALL = 100_000


@dataclass(frozen=True, slots=True)
class TypeDraft:
    """A type about to be added. `source`: the document that has it; `art3`: its class of Art. 3, `also`: further ones.

    `valid_from`: the first day on which it may be used.
    """

    code: str
    name_zh: str
    name_en: str
    art3: str | None
    valid_from: date
    source: str
    also: tuple[str, ...] = ()
    note: str = ""


def read_tree(connection: Connection, day: date | None = None) -> ClassTree:
    """The types in use on a day; of None all that ever were, a code's latest row."""
    return ClassTree(map(_type_of, fetch_all(connection, store.TYPES, {"day": day, "after": None, "limit": _ALL})))


def list_types(
    connection: Connection, day: date | None = None, *, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """A page of types in the order of their codes, with the eight classes of Art. 3 above them."""
    limit = check_limit(limit, default=1000)
    query = {"list": "types", "as_of": day}
    after = decode_cursor(query, cursor, (str,))
    rows = fetch_all(connection, store.TYPES, {"day": day, "after": after[0] if after else None, "limit": limit + 1})
    shown, following = page(rows, limit, query, lambda row: (row["code"],))
    tree = read_tree(connection, day)
    return {
        "as_of": day,
        "classes": [found._asdict() for found in place_classes().values()],
        "items": [type_object(_type_of(row), tree) for row in shown],
        "next": following,
    }


def type_object(found: PlaceType, tree: ClassTree) -> dict[str, Any]:
    """A type as the API shows it; `class` is its own, or that of the nearest type above."""
    return {
        "code": found.code,
        "parent": found.parent,
        "name": found.name_zh,
        "name_en": found.name_en,
        "class": tree.art3_of(found.code),
        "also": list(found.also),
        "conflicts_with": found.conflicts_with,
        "valid": {"from": found.valid_from, "to": found.valid_to},
        "mark": found.mark,
        "source": found.source,
        "note": found.note,
    }


def add_type(connection: Connection, actor: Actor, draft: TypeDraft) -> PlaceType:
    """Add a type below the nearest listed one, in the caller's transaction.

    Raises `NotPermitted`; `BadRequest` `bad_type`, `bad_class`, `type_incomplete`; `Conflict` `type_exists`.
    """
    require(actor, CHANGE, Matter())
    _check(draft)
    tree = read_tree(connection)
    above = tree.nearest(_parent_digits(draft.code))
    if above is None:
        raise BadRequest(f"Nothing in the tree stands above {draft.code}; add its group first.", code="bad_type")
    before = fetch_one(connection, store.LOCK_TYPE, {"code": draft.code})
    if before and (before["valid_to"] is None or before["valid_to"] > draft.valid_from):
        raise Conflict(f"The type {draft.code} is there ({before['name_zh']}); close it first.", code="type_exists")
    added = PlaceType(
        draft.code, above.code, draft.name_zh.strip(), draft.name_en.strip(), draft.art3, draft.also, None,
        draft.valid_from, None, "V", draft.source.strip(), draft.note.strip(),
    )  # fmt: skip
    _write(connection, actor, "place_type.added", None, added)
    return added


def close_type(connection: Connection, actor: Actor, code: str, last: date, source: str) -> PlaceType:
    """End the use of a type after the day `last`, by the document `source`, in the caller's transaction.

    Raises `NotPermitted`; `NotFound` `no_such_type`; `Conflict` `type_in_use` (types stand below it) or
    `type_closed`; `BadRequest` `type_incomplete`.
    """
    require(actor, CHANGE, Matter())
    if not source.strip():
        raise BadRequest("Name the document by which the type ends.", code="type_incomplete")
    row = fetch_one(connection, store.LOCK_TYPE, {"code": code})
    if row is None:
        raise NotFound(f"There is no type {code[:_CODE_LENGTH]!r}.", code="no_such_type")
    before = _type_of(row)
    end = last + date.resolution
    if before.valid_to is not None or end <= before.valid_from:
        raise Conflict(f"The type {code} does not stand on {last}.", code="type_closed")
    below = [t.code for t in read_tree(connection).children(code) if t.valid_to is None]
    if below:
        raise Conflict(f"Types stand below {code}: {', '.join(below)}. Close them first.", code="type_in_use")
    closed = _with(before, valid_to=end, note=f"{before.note} {source.strip()}".strip())
    connection.execute(store.END_KNOWN_TYPE, {"id": row["id"]})
    _write(connection, actor, "place_type.closed", before, closed)
    return closed


def _check(draft: TypeDraft) -> None:
    code = draft.code
    if not (code.isascii() and code.isdigit() and len(code) == _CODE_LENGTH and code[0] in "12"):
        raise BadRequest(f"{code[:40]!r} is no type code: five digits, the first 1 or 2.", code="bad_type")
    for key in (*([draft.art3] if draft.art3 else []), *draft.also):
        if key not in place_classes():
            raise BadRequest(f"{key[:40]!r} is no class of Art. 3.", code="bad_class")
    if not (draft.name_zh.strip() and draft.name_en.strip() and draft.source.strip()):
        raise BadRequest("A type needs a Chinese name, an English name and its document.", code="type_incomplete")


def _parent_digits(code: str) -> str:
    digits = code.rstrip("0")
    return (digits[:-1] or "0").ljust(_CODE_LENGTH, "0")


def _write(connection: Connection, actor: Actor, action: str, before: PlaceType | None, after: PlaceType) -> None:
    connection.execute(store.INSERT_TYPE, _row_of(after, actor))
    tree = read_tree(connection)
    change = feed.Change(
        COLLECTION,
        entity_id(after.code),
        type_object(before, tree) if before else None,
        type_object(after, tree),
        None,
    )
    audit.append(
        connection,
        actor=actor.name,
        action=action,
        decision_id=None,
        details={"code": after.code, "valid_from": after.valid_from, "valid_to": after.valid_to},
        feed=feed.publish(connection, [change]),
    )


def entity_id(code: str) -> UUID:
    """The identifier of a type in the change feed."""
    return derived_id("place_type_code", code)


def _row_of(found: PlaceType, actor: Actor) -> Row:
    return {
        "id": new_id(),
        "code": found.code,
        "parent": found.parent,
        "name_zh": found.name_zh,
        "name_en": found.name_en,
        "class": found.art3,
        "also": list(found.also),
        "conflicts_with": found.conflicts_with,
        "mark": found.mark,
        "source": found.source,
        "note": found.note,
        "valid_from": found.valid_from,
        "valid_to": found.valid_to,
        "changed_by": actor.name,
    }


def _type_of(row: Row) -> PlaceType:
    also: Sequence[str] = row["also"]
    return PlaceType(
        row["code"], row["parent"], row["name_zh"], row["name_en"], row["class"], tuple(also), row["conflicts_with"],
        row["valid_from"], row["valid_to"], row["mark"], row["source"], row["note"],
    )  # fmt: skip


def _with(found: PlaceType, *, valid_to: date, note: str) -> PlaceType:
    return PlaceType(
        found.code, found.parent, found.name_zh, found.name_en, found.art3, found.also, found.conflicts_with,
        found.valid_from, valid_to, found.mark, found.source, note,
    )  # fmt: skip
