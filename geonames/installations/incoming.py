"""A page of another installation's changes, applied in one transaction with the number up to which it leads.

That number is all that exactness needs: whoever is killed before the end of the transaction asks again for the same
page, whoever is killed after it for the next. A change that may not or cannot be written is kept as a conflict, and the
following ones go on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, exc

from data import audit, feed
from data.access import Actor, require
from data.access.model import COUNTRY
from data.db import Row, fetch_all, fetch_one, unit_of_work
from data.errors import Conflict, IntegrityError, NotFound
from data.ids import new_id
from data.installations import store
from data.installations.guard import Chains, chains_of, kept_by, known_installations, made_kept, subject_of
from data.installations.ownership import Installation, Kept, owner_of
from data.installations.page import Page
from geonames.installations import applying, conflict_store
from geonames.installations.judging import Merge, merge
from geonames.installations.outgoing import NOTHING
from geonames.installations.rows import COLUMNS, Rows, records

PULL = "exchange.pull"


@dataclass
class _Round:
    """A page on its way into the register: who told it, what stands, and what has become of its changes."""

    connection: Connection
    peer: Row
    known: Sequence[Installation]
    chains: Chains
    kept: Mapping[UUID, Kept]
    here: dict[UUID, Rows]
    said: applying.Said
    waiting: dict[UUID, UUID]
    #: Decisions that earlier changes of this page brought, by id.
    brought: dict[str, dict[str, Any]] = field(default_factory=dict)
    changes: list[tuple[feed.Change, int]] = field(default_factory=list)
    touched: set[UUID] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)


def apply_page(engine: Engine, actor: Actor, peer: UUID, page: Page) -> dict[str, int]:
    """Apply a page that was read and whose signature was good; how many changes had which outcome.

    Raises `NotPermitted`; `NotFound` `no_such_peer`; `IntegrityError` `page_not_ours`, `peer_went_back`; `Conflict`
    `pulled_meanwhile` where somebody else has applied this page.
    """
    require(actor, PULL, COUNTRY)
    with unit_of_work(engine) as connection:
        row = fetch_one(connection, store.LOCK_PEER, {"id": peer})
        if row is None:
            raise NotFound("There is no such peer any more. Nothing was changed.", code="no_such_peer")
        _check_page(connection, row, page)
        if not page.items:
            connection.execute(store.MOVE_CURSOR, _moved(peer, page))
            return {}
        work = _begin(connection, row, page)
        for item in page.items:
            work.counts[_apply(work, item)] += 1
        _end(work, actor, page)
    return dict(work.counts)


def _check_page(connection: Connection, peer: Row, page: Page) -> None:
    own = fetch_one(connection, store.SELF)
    if page.installation != peer["name"] or own is None or page.to != own["name"]:
        raise IntegrityError(
            f"The page is from {page.installation} to {page.to}: it is another's. Nothing was taken from it.",
            code="page_not_ours",
        )
    if page.last < peer["cursor"] or (peer["mark"] and page.since == peer["cursor"] and page.mark != peer["mark"]):
        raise IntegrityError(
            f"The changes of {peer['name']} up to {peer['cursor']} are not those that it told before, and it has "
            f"{page.last}: its database was restored from a backup, or it does not tell all. Nothing was taken; "
            "docs/operations.md says how to go on.",
            code="peer_went_back",
        )
    if page.since != peer["cursor"]:
        raise Conflict("Another pull has applied this page meanwhile. Nothing was changed.", code="pulled_meanwhile")


def _begin(connection: Connection, peer: Row, page: Page) -> _Round:
    subjects = sorted({_subject(item) for item in page.items})
    units = {UUID(row["unit_id"]) for item in page.items for row in item["rows"]["place"] if row["unit_id"]}
    told: dict[UUID, set[UUID]] = {}
    for item in page.items:
        told.setdefault(_subject(item), set()).update(UUID(row["id"]) for row in item["rows"]["decision"])
    waiting = fetch_all(connection, conflict_store.OPEN_OF, {"peer": peer["id"], "subjects": subjects})
    return _Round(
        connection, peer, known_installations(connection), chains_of(connection, units),
        kept_by(connection, subjects), records(connection, "diming", subjects, told),
        applying.said_last(connection, [UUID(item["id"]) for item in page.items]),
        {row["subject_id"]: row["id"] for row in waiting},
    )  # fmt: skip


def _subject(item: Mapping[str, Any]) -> UUID:
    return subject_of(item["collection"], UUID(item["id"]), item["before"], item["after"])


def _apply(work: _Round, item: Mapping[str, Any]) -> str:
    """Write one change, or keep it as a conflict; what became of it."""
    subject = _subject(item)
    if subject in work.waiting:
        values = {"id": work.waiting[subject], "seq": item["seq"], "came": _json(item)}
        work.connection.execute(conflict_store.CAME_AGAIN, values)
        return "waiting"
    here = _here(work, item, subject)
    found = merge(item["rows"], here)
    against = _against(work, item, subject, found)
    if against is None and not found.is_nothing:
        against = _written(work, subject, found)
    if against is not None:
        _keep_conflict(work, item, subject, here, *against)
        return "conflict"
    change = applying.change_of(item, work.said)
    if change is not None:
        work.changes.append((change, item["seq"]))
    if not found.is_nothing:
        work.here[subject] = _after(here, item["rows"])
    return "here" if found.is_nothing and change is None else "applied"


def _here(work: _Round, item: Mapping[str, Any], subject: UUID) -> Rows:
    """What stands here of a subject, with the decisions that came earlier in this page."""
    here = work.here.get(subject, NOTHING)
    have = {row["id"] for row in here["decision"]}
    named = [row.get("id") for row in item["rows"].get("decision", ()) if row.get("id") not in have]
    return {**here, "decision": [*here["decision"], *(work.brought[one] for one in named if one in work.brought)]}


Against = tuple[str, str | None, str]


def _against(work: _Round, item: Mapping[str, Any], subject: UUID, found: Merge) -> Against | None:
    """Why the change is not written: kind, owner, and in words; None where nothing speaks against it."""
    strange = _strange(item, subject)
    if strange:
        return "does_not_fit", None, strange
    owner = _owner(work, item, subject)
    if owner is not None and owner.name != work.peer["name"] and not found.is_nothing:
        why = "owned_here" if owner.url is None else "owned_elsewhere"
        return why, owner.name, f"{owner.name} ({owner.level}) keeps this record, not {work.peer['name']}"
    if found.against:
        return "differs_here", owner.name if owner else None, "; ".join(found.against)
    return None


def _strange(item: Mapping[str, Any], subject: UUID) -> str | None:
    """What is wrong with the rows of a change: others than those of its subject, or of another form."""
    rows = item["rows"]
    if set(rows) != set(COLUMNS):
        return "the rows are of other tables than those that are exchanged"
    if any(set(row) != set(COLUMNS[table]) for table in COLUMNS for row in rows[table]):
        return "the rows have other columns than here: the installations are of different versions"
    of = {str(subject)}
    if any(row["id"] not in of for row in rows["place"]) or any(
        row["subject_id"] not in of for row in rows["place_name"]
    ):
        return "the rows are of another record than the change"
    return None


def _owner(work: _Round, item: Mapping[str, Any], subject: UUID) -> Installation | None:
    """Who keeps the record by what stands here; of one that is new here by what came."""
    if item["collection"] == "decisions":
        return None
    kept = work.kept.get(subject)
    if kept is None and item["rows"]["place"]:
        row = item["rows"]["place"][0]
        kept = made_kept(row["class"], UUID(row["unit_id"]) if row["unit_id"] else None, work.chains)
    return owner_of(kept, work.known) if kept else None


def _written(work: _Round, subject: UUID, found: Merge) -> Against | None:
    """Write, and take back where the register does not hold it."""
    try:
        with work.connection.begin_nested():
            applying.write_rows(work.connection, found, f"peer:{work.peer['name']}")
    except (exc.IntegrityError, exc.DataError) as error:
        return "does_not_fit", None, str(error.orig).splitlines()[0][:300]
    work.touched.add(subject)
    work.brought.update({row["id"]: row for table, row in found.new if table == "decision"})
    return None


def _after(here: Rows, came: Rows) -> Rows:
    """What stands after the rows that came were written: they, and the decisions that were here besides."""
    more = [row for row in here["decision"] if row["id"] not in {one["id"] for one in came["decision"]}]
    return {**came, "decision": [*came["decision"], *more]}


def _keep_conflict(
    work: _Round, item: Mapping[str, Any], subject: UUID, here: Rows, why: str, owner: str | None, detail: str
) -> None:
    identity = new_id()
    work.connection.execute(conflict_store.ADD, {
        "id": identity, "peer": work.peer["id"], "seq": item["seq"], "collection": item["collection"],
        "entity": item["id"], "subject": subject, "why": why, "owner": owner, "detail": detail, "came": _json(item),
        "stands": _json(here),
    })  # fmt: skip
    work.waiting[subject] = identity


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _end(work: _Round, actor: Actor, page: Page) -> None:
    """Search, feed, audit and the number up to which all is applied, in this order."""
    if work.touched:
        applying.follow(work.connection, sorted(work.touched))
    told = applying.tell(work.connection, work.changes, work.peer["id"]) if work.changes else None
    audit.append(
        work.connection,
        actor=actor.name,
        action=PULL,
        decision_id=None,
        details={"peer": work.peer["name"], "since": page.since, "through": page.through, "counts": dict(work.counts)},
        rows_hash=audit.hash_rows([[item["seq"], item["id"]] for item in page.items]),
        feed=told,
    )
    work.connection.execute(store.MOVE_CURSOR, _moved(work.peer["id"], page))


def _moved(peer: UUID, page: Page) -> dict[str, Any]:
    return {"id": peer, "through": page.through, "mark": page.next_mark, "last": page.last}
