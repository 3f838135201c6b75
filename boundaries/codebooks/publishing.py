"""Publishes the codes in force on a day: a preview first, then the same written once and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine

from boundaries.codebooks import store
from boundaries.codebooks.comparing import Change, Listed, Scope, changes_between, codes_on, late_changes
from boundaries.codebooks.kinds import PublicationKind, due_after, publication_kinds
from boundaries.codebooks.service import ALL, as_told, change_item, find_publication
from boundaries.codebooks.tables import changes_csv, codes_csv, digest
from boundaries.units.graphs import read_graph
from boundaries.units.service import chain_of, find_unit, register_span
from data import audit, feed
from data.access import Actor, Matter, require
from data.access.table import Table
from data.db import fetch_all, fetch_one, unit_of_work
from data.decisions import DecisionDraft, Link, brief_decisions, record_decisions, record_links
from data.errors import BadInput, Conflict
from data.ids import new_id

PUBLISH = "code_publication.publish"
COLLECTION = "code_publications"


@dataclass(frozen=True, slots=True)
class Publishing:
    """What is to be published: whose codes (`within`; None: the country's), of which kind, in force on which day.

    `corrects`: the publication that this one puts right, whose kind, division and day it has.
    """

    within: str | None
    kind: str
    codes_on: date
    title: str = ""
    note: str = ""
    corrects: UUID | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be published."""

    unit: UUID | None
    chain: tuple[UUID, ...]
    kind: PublicationKind
    day: date
    previous: Any
    codes: Sequence[dict[str, Any]]
    changes: Sequence[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The preview, its hashes those that the publication will bear."""
        return {
            "kind": self.kind.key,
            "codes_on": self.day,
            "since": self.previous["codes_on"] if self.previous else None,
            "previous": {"id": self.previous["id"], "number": self.previous["number"]} if self.previous else None,
            "codes": len(self.codes),
            "changes": len(self.changes),
            "codes_sha256": digest(codes_csv(self.codes)).hex(),
            "changes_sha256": digest(changes_csv(self.changes)).hex(),
            "next_due_on": due_after(self.day, self.kind.months),
            "items": [change_item(row) for row in self.changes],
        }


def preview_publication(connection: Connection, wanted: Publishing) -> dict[str, Any]:
    """What would be published, with all changes; errors as `publish_codes`, except those of permission."""
    return drafted(connection, wanted).as_json()


def drafted(connection: Connection, wanted: Publishing) -> Draft:
    """The publication as the register has it now.

    BadInput `bad_code_publication`; Conflict `codes_published`, `nothing_to_correct`; BadRequest as `find_unit`.
    """
    kind = publication_kinds().get(wanted.kind)
    if kind is None:
        raise _bad(f"kind is one of {', '.join(publication_kinds())}.")
    day = register_span(connection).day(wanted.codes_on)
    unit: UUID | None = None
    chain: tuple[UUID, ...] = ()
    if wanted.within:
        unit = find_unit(connection, wanted.within, day)["id"]
        chain = tuple(one["id"] for one in chain_of(connection, unit, day)) or (unit,)
    previous = _previous(connection, wanted, unit)
    graph, scope = read_graph(connection), Scope(unit, frozenset(kind.levels))
    codes = codes_on(graph, scope, day)
    if not codes:
        raise _bad(
            f"The register has no unit of the levels {', '.join(kind.levels)} there on {day}. Choose the other kind or "
            "another division."
        )
    changes: list[Change] = []
    if previous:
        published = _published(connection, previous["id"])
        changes = [*late_changes(graph, scope, previous["codes_on"], published),
                   *changes_between(graph, scope, previous["codes_on"], day)]  # fmt: skip
    rows = [_code_row(one) for one in codes.values()]
    draft = Draft(unit, chain, kind, day, previous, rows, _change_rows(connection, changes))
    if wanted.corrects:
        _check_differs(connection, wanted.corrects, draft)
    return draft


def _previous(connection: Connection, wanted: Publishing, unit: UUID | None) -> Any:
    """The publication that changes are counted from; refused where that day is published already."""
    asked = {"unit": unit, "kind": wanted.kind, "before": None}
    last = fetch_one(connection, store.PUBLIC_LAST, asked)
    if wanted.corrects is None:
        if last and last["codes_on"] >= wanted.codes_on:
            raise Conflict(
                f"{last['number']} has the codes of {last['codes_on']}. Publish a later day, or correct that one.",
                code="codes_published",
                number=last["number"],
            )
        return last
    wrong = find_publication(connection, wanted.corrects)
    row = fetch_one(connection, store.PUBLIC_FIND, {"id": wanted.corrects})
    if (wrong["kind"], wrong["codes_on"], row["unit_id"] if row else None) != (wanted.kind, wanted.codes_on, unit):
        raise _bad("A correction has the kind, the division and the day of the publication that it puts right.")
    if wrong["corrected_by"]:
        raise Conflict(
            f"{wrong['number']} was put right by {wrong['corrected_by']['number']}: correct that one.",
            code="codes_published",
            number=wrong["corrected_by"]["number"],
        )
    return fetch_one(connection, store.PUBLIC_LAST, {**asked, "before": wanted.codes_on})


def _check_differs(connection: Connection, corrects: UUID, draft: Draft) -> None:
    wrong, told = find_publication(connection, corrects), draft.as_json()
    if all(wrong[name] == told[name] for name in ("codes_sha256", "changes_sha256")):
        raise Conflict(
            f"The register says what {wrong['number']} says: there is nothing to correct. Correct the register first.",
            code="nothing_to_correct",
        )


def _published(connection: Connection, publication: UUID) -> dict[UUID, Listed]:
    rows = fetch_all(connection, store.PUBLIC_CODES, {"id": publication, "after": None, "limit": ALL})
    return {
        row["unit_id"]: Listed(
            row["unit_id"], row["code"], row["name"], row["level"], row["type"], row["parent_code"], row["uncertain"]
        )
        for row in rows
    }


def _code_row(one: Listed) -> dict[str, Any]:
    return {
        "unit_id": one.unit, "code": one.code, "name": one.name, "level": one.level, "type": one.type,
        "parent_code": one.parent_code, "uncertain": one.uncertain,
    }  # fmt: skip


def _change_rows(connection: Connection, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """The changes as rows, each with the document that made it."""
    units = list({change.unit for change in changes})
    ended = {(row["unit_id"], row["ended_on"]): row["closed_by"]
             for row in fetch_all(connection, store.PUBLIC_CLOSED, {"units": units})}  # fmt: skip
    by = [change.decision or ended.get((change.unit, change.on)) for change in changes]
    documents = brief_decisions(connection, {one for one in by if one})
    return [_change_row(n, change, documents.get(one) if one else None)
            for n, (change, one) in enumerate(zip(changes, by, strict=True), 1)]  # fmt: skip


def _change_row(place: int, change: Change, document: Any) -> dict[str, Any]:
    sides = {"before": change.before, "after": change.after}
    told = {f"{name}_{side}": getattr(one, field) if one else None
            for side, one in sides.items()
            for name, field in (("code", "code"), ("name", "name"), ("parent", "parent_code"))}  # fmt: skip
    return {
        "place": place, "unit_id": change.unit, "happened_on": change.on, "late": change.late,
        "what": list(change.what), **told, "into_units": list(change.into),
        "decision_id": document["id"] if document else None, "doc_no": document["doc_no"] if document else None,
        "decision_title": document["title"] if document else None,
    }  # fmt: skip


def publish_codes(
    engine: Engine, actor: Actor, wanted: Publishing, document: DecisionDraft, permissions: Table | None = None
) -> dict[str, Any]:
    """Publish, in one transaction: the id and the number of the publication.

    Errors as `drafted`; NotPermitted outside the actor's jurisdiction.
    """
    with unit_of_work(engine) as connection:
        connection.execute(store.LOCK)
        draft = drafted(connection, wanted)
        require(actor, PUBLISH, Matter(draft.chain), permissions)
        identity, number = new_id(), _number(connection, wanted)
        record_decisions(connection, [document], actor.name)
        _write(connection, identity, number, wanted, draft, document.id)
        record_links(connection, [Link(document.id, COLLECTION, identity, "opened")])
        change = feed.Change(COLLECTION, identity, None, as_told(connection, identity), document.id)
        audit.append(
            connection,
            actor=actor.name,
            action=PUBLISH,
            decision_id=document.id,
            details={"publication": str(identity), "number": number, "codes": len(draft.codes)},
            rows_hash=digest(codes_csv(draft.codes)),
            feed=feed.publish(connection, [change] if change.after else []),
        )
    return {"id": identity, "number": number, "codes": len(draft.codes), "changes": len(draft.changes)}


def _number(connection: Connection, wanted: Publishing) -> str:
    """The next number: code of the division (000000: the country), kind, year, and which of these."""
    mark = {"yearly": "Y", "half_yearly": "H"}.get(wanted.kind, wanted.kind[:1].upper())
    beginning = f"{wanted.within or '000000'}-{mark}-{wanted.codes_on.year}-"
    count = connection.execute(store.NUMBERS, {"beginning": beginning}).scalar_one()
    return f"{beginning}{count + 1:02d}"


def _write(
    connection: Connection, identity: UUID, number: str, wanted: Publishing, draft: Draft, decision: UUID
) -> None:
    connection.execute(
        store.INSERT,
        {
            "id": identity, "unit": draft.unit, "kind": draft.kind.key, "number": number,
            "title": wanted.title or number, "note": wanted.note, "codes_on": draft.day,
            "previous": draft.previous["id"] if draft.previous else None, "corrects": wanted.corrects,
            "codes": len(draft.codes), "changes": len(draft.changes), "codes_hash": digest(codes_csv(draft.codes)),
            "changes_hash": digest(changes_csv(draft.changes)), "decision": decision,
        },
    )  # fmt: skip
    connection.execute(store.INSERT_CODES, [{"publication": identity, **row} for row in draft.codes])
    if draft.changes:
        connection.execute(store.INSERT_CHANGES, [{"publication": identity, **row} for row in draft.changes])


def _bad(why: str) -> BadInput:
    return BadInput(f"The codes cannot be published: {why} Nothing was changed.", code="bad_code_publication")
