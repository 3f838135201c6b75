"""What is asked about stored spellings, and what an office settles about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.units.service import chain_of, find_unit
from data import audit, feed
from data.access import Actor, Matter, require
from data.clock import civil_date, system_clock
from data.db import Row, fetch_all
from data.decisions import DecisionDraft, record_decisions
from data.errors import BadRequest, Conflict, NotFound
from data.ids import new_id
from data.paging import check_limit, decode_cursor, page
from geonames.likeness.index import follow_names
from geonames.places.store import copy_rows
from geonames.romanize.syllables import toneless
from geonames.spellings import store
from geonames.spellings.model import OFFICIAL, SETTLED, Spelled
from geonames.spellings.write import Stored, follow_units

SETTLE = "spelling.settle"
REASONS = ("sources-disagree", "unconfirmed", "polyphone")
COLLECTIONS = ("units", "places")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an office says about the spelling of `name`: `toned` as it is read, by a document.

    `roman` without tones follows from `toned`. `decided_on`: the day of the document, as far as known.
    """

    name: str
    toned: str
    authority: str
    doc_no: str | None
    title: str
    decided_on: date


def unit_spellings(
    connection: Connection, code: str, as_of: date | None = None, known_at: datetime | None = None
) -> dict[str, Any]:
    """All spellings of all names that the unit with `code` has borne, present name first.

    Raises as `find_unit` of the register.
    """
    unit = find_unit(connection, code, as_of, known_at)
    groups = spellings_of_subject(connection, unit["id"])
    names = sorted(groups, key=lambda group: group["name"] != unit["name"])
    return {
        **{key: unit[key] for key in ("id", "code", "name", "roman", "as_of", "register_through")},
        "names": names,
    }


def spellings_of_subject(connection: Connection, subject: UUID) -> list[dict[str, Any]]:
    """The spellings of a unit or place by name; of each name the preferred first."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in fetch_all(connection, store.OF_SUBJECT, {"id": subject}):
        groups.setdefault(row["name"], []).append({key: row[key] for key in row if key != "name"})
    return [{"name": name, "spellings": found} for name, found in groups.items()]


def waiting(
    connection: Connection,
    *,
    reason: str | None = None,
    collection: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the spellings that wait for somebody who knows the place, in the order of names.

    `counts` says how many wait, by collection and reason. Raises `BadRequest` `bad_parameter`.
    """
    _known("reason", reason, REASONS)
    _known("collection", collection, COLLECTIONS)
    limit = check_limit(limit)
    query = {"list": "spellings", "reason": reason, "collection": collection}
    after = decode_cursor(query, cursor, (str, UUID))
    rows = fetch_all(
        connection,
        store.WAITING,
        {
            "reason": reason,
            "collection": collection,
            "after_name": after[0] if after else None,
            "after_id": after[1] if after else None,
            "limit": limit + 1,
        },
    )
    shown, following = page(rows, limit, query, lambda row: (row["name"], row["subject_id"]))
    return {
        "items": [_waiting_object(row) for row in shown],
        "next": following,
        "counts": fetch_all(connection, store.WAITING_COUNTS),
    }


def _known(name: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise BadRequest(f"{name} is one of {', '.join(allowed)}.", code="bad_parameter")


def _waiting_object(row: Row) -> dict[str, Any]:
    return {
        "id": row["subject_id"],
        "collection": row["collection"],
        "code": row["code"],
        "standing": row["standing"],
        "name": row["name"],
        "roman": row["roman"],
        "roman_toned": row["toned"],
        "source": row["source"],
        "reason": row["reason"],
        "others": row["others"] or [],
    }


def settle(connection: Connection, actor: Actor, code: str, said: Settlement) -> list[dict[str, Any]]:
    """Make one spelling of a unit's name the settled one, in the caller's transaction; all spellings after it.

    The spelling that was preferred is kept as another source's. Raises `NotPermitted`; `NotFound`
    `spelling_not_found` for a name that the unit never had; `BadRequest` `spelling_incomplete`; `Conflict`
    `spelling_settled` where it was settled so before.
    """
    unit = find_unit(connection, code)
    chain = chain_of(connection, unit["id"], unit["as_of"])
    require(actor, SETTLE, Matter(tuple(link["id"] for link in chain), unit["level"]))
    _check(said)
    rows = fetch_all(connection, store.LOCK_NAME, {"id": unit["id"], "name": said.name})
    if not rows:
        raise NotFound(f"The unit {code} has no name {said.name[:40]!r}.", code="spelling_not_found")
    before = next(row for row in rows if row["preferred"])
    if before["review"] == SETTLED and before["toned"] == said.toned:
        raise Conflict("The spelling was settled so before.", code="spelling_settled")
    decision = _decision(said)
    record_decisions(connection, [decision], actor.name)
    settled = _settled(before, said)
    _replace(connection, unit["id"], rows, before, settled, decision.id)
    changes = [
        feed.Change("decisions", decision.id, None, decision.as_api(), decision.id),
        *follow_units(connection, [Stored(unit["id"], "units", said.name, settled)], decision.id),
    ]
    follow_names(connection, [unit["id"]])
    audit.append(
        connection,
        actor=actor.name,
        action="spelling.settled",
        decision_id=decision.id,
        details={"unit": unit["id"], "name": said.name, "before": before["roman"], "after": settled.roman},
        feed=feed.publish(connection, changes),
    )
    return spellings_of_subject(connection, unit["id"])


def _check(said: Settlement) -> None:
    texts = (said.name, said.toned, said.authority, said.title)
    if any(not text.strip() or len(text) > _LONGEST for text in texts):
        raise BadRequest(
            f"Name, spelling, authority and title are needed, each of at most {_LONGEST} characters.",
            code="spelling_incomplete",
        )
    if not toneless(said.toned).replace("ü", "u").replace("Ü", "U").replace("ê", "e").isascii():
        raise BadRequest(
            "The spelling holds a letter that is not of Hanyu Pinyin (a to z, ü, ê, tone marks).",
            code="spelling_incomplete",
        )


def _settled(before: Row, said: Settlement) -> Spelled:
    source = " ".join(filter(None, (said.authority, said.doc_no, said.title)))
    return Spelled(OFFICIAL, toneless(said.toned), said.toned, before["system"], before["layer"], source, True, None)


def _replace(
    connection: Connection, subject: UUID, rows: list[Row], before: Row, settled: Spelled, decision: UUID
) -> None:
    """Close what is preferred and what waits, and open the settled rows."""
    connection.execute(store.END_KNOWN, {"ids": [row["id"] for row in rows], "decision": decision})
    kept = [row for row in rows if row["roman"] != settled.roman]
    copy_rows(connection, store.COPY, [
        _row(subject, before, settled, decision),
        *(_row(subject, row, _as_other(row), decision) for row in kept),
    ])  # fmt: skip


def _as_other(row: Row) -> Spelled:
    form = "other-source" if row["preferred"] else row["form"]
    return Spelled(form, row["roman"], row["toned"], row["system"], row["layer"], row["source"], False, None)


def _row(subject: UUID, like: Row, s: Spelled, decision: UUID) -> tuple[Any, ...]:
    return (
        new_id(), subject, like["collection"], like["name"], s.form, s.roman, s.toned, s.system, s.layer, s.source,
        s.preferred, SETTLED, None, decision,
    )  # fmt: skip


def _decision(said: Settlement) -> DecisionDraft:
    day = said.decided_on.isoformat()
    return DecisionDraft(
        id=new_id(), kind="document", doc_no=said.doc_no, title=said.title, authority=said.authority,
        approved_on=day, announced_on=None, effective_on=day, basis="document_date", list_year=None, text="",
        source=said.authority, licence=None, retrieved_on=civil_date(system_clock()),
    )  # fmt: skip


__all__ = ["Settlement", "settle", "spellings_of_subject", "unit_spellings", "waiting"]
