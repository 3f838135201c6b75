"""Works on markers (修复、移动、增设界桩) begun in an inspection: tied to it, to its findings, and ended with them.

The work is a case of its own with its own law: agreed by both sides, done in the presence of the other (行政区域
界线管理条例 Art. 6), surveyed together, a new registration form, filed. The inspection says which works came out of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.findings.reach import beside
from boundaries.findings.service import give_back, settle_in, take_up
from boundaries.markers import store as markers
from boundaries.markers.working import Wanted, propose_work
from boundaries.records import store
from boundaries.records.reading import visible_row
from boundaries.rounds.model import ENDED
from data.access import Actor, Grant, Permit, Role, decide
from data.cases.model import Casework, Deciding, Outcome, Subject
from data.db import fetch_all, reading
from data.errors import BadInput, Conflict

#: The fact of a work's case that names the inspection.
INSPECTION, TAKEN = "inspection", "findings"
#: The effects of the procedure of marker work that end it: with the register's entry, or without effect.
ENTER, RELEASE = "enter", "release"


def propose_in(
    casework: Casework, actor: Actor, inspection: UUID, wanted: Wanted, key: str | None = None
) -> dict[str, Any]:
    """Open a work on a marker out of an inspection of its line, for the side of the actor; the case.

    Raises `NotFound` `no_such_inspection`; `Conflict` `inspection_state` where it has not begun or is over; `BadInput`
    `bad_case` for a marker of another line; and as `boundaries.markers.working.propose_work`.
    """
    with reading(casework.engine) as connection:
        row = visible_row(connection, actor, inspection)
        if row["case_id"] is None or row["state"] in ENDED:
            raise Conflict(
                f"The inspection is {row['state']}: works come out of one that is under way. Nothing was opened.",
                code="inspection_state",
                state=row["state"],
            )
        if _line_of(connection, wanted) != row["line_id"]:
            raise BadInput("The inspection is of another line. Nothing was opened.", code="bad_case")
    return propose_work(casework, actor, replace(wanted, within={INSPECTION: str(inspection)}), key)


def _line_of(connection: Connection, wanted: Wanted) -> UUID | None:
    if wanted.marker is None:
        return wanted.line
    row = connection.execute(markers.CURRENT, {"id": wanted.marker}).one_or_none()
    return None if row is None else row.line_id


def works_of(connection: Connection, inspection: UUID) -> Sequence[Mapping[str, Any]]:
    """The works that came out of an inspection, in the order of their opening: number, title, state, whether over."""
    return fetch_all(connection, store.WORKS, {"id": inspection})


def tied(subject: Subject) -> Subject:
    """The subject of marker work whose cases know the inspection that they came out of."""

    def opened(deciding: Deciding) -> Outcome:
        return _with(subject.opened(deciding), _tie(deciding))

    def enter(deciding: Deciding) -> Outcome:
        outcome = subject.effects[ENTER](deciding)
        _settle(deciding)
        return outcome

    effects = {**subject.effects, ENTER: enter, RELEASE: release}
    return replace(subject, opened=opened, effects=effects)


def _with(outcome: Outcome, facts: Mapping[str, Any]) -> Outcome:
    return replace(outcome, facts={**outcome.facts, **facts})


def _tie(deciding: Deciding) -> dict[str, Any]:
    """Bind the work to its inspection; the open findings about its marker are taken up, where the actor may."""
    facts = deciding.case.facts
    if INSPECTION not in facts:
        return {}
    inspection = UUID(facts[INSPECTION])
    deciding.connection.execute(store.INSERT_WORK, {"case": deciding.case.id, "inspection": inspection})
    wanted = {"inspection": inspection, "marker": UUID(facts["marker"])}
    found = [row["id"] for row in fetch_all(deciding.connection, store.OPEN_OF_MARKER, wanted)]
    if not found or not _may_take_up(deciding):
        return {TAKEN: []}
    take_up(deciding.connection, deciding.actor, found, deciding.case.id)
    return {TAKEN: [str(finding) for finding in found]}


def _may_take_up(deciding: Deciding) -> bool:
    """A surveyor proposes works and does not carry findings: they stay open until the keeper settles them."""
    sides = beside(deciding.connection, UUID(deciding.case.facts["line"])).sides
    return any(isinstance(decide(deciding.actor, "finding.take_up", matter), Permit) for matter in sides)


def _settle(deciding: Deciding) -> None:
    """The filing of the work settles what it was for, under the authority of the document that files it."""
    taken = _taken(deciding)
    if taken:
        settle_in(deciding.connection, _by_document(deciding), taken, f"{deciding.doc_no or deciding.case.title}")


def _by_document(deciding: Deciding) -> Actor:
    """The work's own end moves its findings: whoever may end the work needs no further office for it."""
    return Actor(deciding.actor.name, None, (Grant(Role.APPROVING_AUTHORITY, None),), "command")


def release(deciding: Deciding) -> Outcome:
    """End the work without effect: what it was for stands open again."""
    taken = _taken(deciding)
    if taken:
        why = deciding.fields.get("reason") or "the work on the marker ended without effect"
        give_back(deciding.connection, _by_document(deciding), taken, why)
    return Outcome()


def _taken(deciding: Deciding) -> list[UUID]:
    return [UUID(finding) for finding in deciding.case.facts.get(TAKEN, [])]
