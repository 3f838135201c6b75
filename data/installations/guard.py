"""Refuses to write what another installation keeps. Asked by the feed, through which every published write goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection

from data.db import fetch_all
from data.errors import Conflict
from data.installations import store
from data.installations.ownership import Installation, Kept, owner_of

if TYPE_CHECKING:
    from data.feed import Change

#: What installations exchange; of everything else each keeps its own.
EXCHANGED = ("decisions", "places", "names")
OWNED = ("places", "names")


def known_installations(connection: Connection) -> list[Installation]:
    """This installation, then its peers; empty where it has no name."""
    rows = fetch_all(connection, store.KNOWN)
    found = [Installation(row["name"], row["level"], row["unit_id"], row["url"]) for row in rows]
    return found if found and found[0].url is None else []


def refuse_foreign(connection: Connection, changes: Sequence[Change]) -> None:
    """Conflict `owned_by_another` where one of `changes` is of a record that another installation keeps."""
    told = [change for change in changes if change.collection in OWNED]
    known = known_installations(connection) if told else []
    if len(known) < 2:
        return
    invented = _demonstration(connection, told)
    subjects = {subject_of(c.collection, c.entity_id, c.before, c.after) for c in told if c.decision_id not in invented}
    for subject, kept in kept_by(connection, sorted(subjects)).items():
        owner = owner_of(kept, known)
        if owner is not None and owner.name != known[0].name:
            raise Conflict(
                f"The installation {owner.name} ({owner.level}) keeps this record: ask for the change there, at "
                f"{owner.url}. What is decided there comes here by itself. Nothing was changed.",
                code="owned_by_another",
                owner=owner.name,
                url=owner.url,
                record=str(subject),
            )


def _demonstration(connection: Connection, told: Sequence[Change]) -> set[UUID | None]:
    ids = sorted({one.decision_id for one in told if one.decision_id is not None})
    return set(connection.scalars(store.DEMONSTRATION, {"ids": ids}))


def subject_of(
    collection: str, entity: UUID, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> UUID:
    """The place, division or decision that a change is about: of a name what bears it."""
    said = (after or before or {}).get("subject") if collection == "names" else None
    return UUID(str(said)) if said else entity


def kept_by(connection: Connection, subjects: Sequence[UUID]) -> dict[UUID, Kept]:
    """What decides who keeps each of `subjects` that the register has."""
    rows = fetch_all(connection, store.SUBJECTS, {"ids": list(subjects)})
    chains = chains_of(connection, {row["unit_id"] for row in rows if row["unit_id"]})
    return {row["id"]: made_kept(row["class"], row["unit_id"], chains) for row in rows}


Chains = Mapping[UUID, tuple[tuple[UUID, ...], str | None]]


def chains_of(connection: Connection, units: set[UUID]) -> Chains:
    """Each division's chain from the province down, and its level."""
    rows = fetch_all(connection, store.CHAINS, {"units": sorted(units)}) if units else []
    return {row["of"]: (tuple(row["chain"]), row["level"]) for row in rows}


def made_kept(class_: str | None, unit: UUID | None, chains: Chains) -> Kept:
    """A place of `class_` in `unit`, or (None) the division itself."""
    chain, level = chains.get(unit, ((), None)) if unit else ((), None)
    return Kept(chain, class_, None if class_ else level)
