"""What people do in an inspection: beginning it as a case, answering, handing in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.records import store
from boundaries.records.checklist import Stage, asked, checklist
from boundaries.records.model import MAX_REMARK, RESULTS, EntryDraft, EntrySide, Task, stage_now
from boundaries.records.reading import facts_of, is_revealed_now, lacking_of, may_look, tasks_of
from boundaries.records.visibility import side_of
from boundaries.rounds import store as rounds
from boundaries.rounds.service import inspection_row, no_such_inspection
from data import audit
from data.access import Actor, Matter, require
from data.cases.model import Casework, Opening
from data.cases.reading import today_of
from data.cases.service import open_case
from data.clock import civil_date
from data.crs import check_position
from data.db import Row, fetch_all, fetch_one, reading, unit_of_work
from data.errors import BadInput, Conflict, NotPermitted
from data.ids import new_id

PROCEDURE = "boundary.inspection"
RECORD = "inspection.record"
#: As many answers at once as a long line has questions.
MAX_ENTRIES = 2000


@dataclass(frozen=True, slots=True)
class Party:
    """One side of an inspection: the office that signs for it, and its people by username."""

    office: str
    members: Sequence[str]


@dataclass(frozen=True, slots=True)
class Beginning:
    """How an inspection is begun. `mode`: joint (the rule) or separate, and then the day after which both see both."""

    left: Party
    right: Party
    mode: str = "joint"
    reveal_after: date | None = None


def begin_inspection(
    casework: Casework, actor: Actor, identity: UUID, beginning: Beginning, key: str | None = None
) -> dict[str, Any]:
    """Open the case of a planned inspection with the parties of both sides; the case.

    Raises `NotFound` `no_such_inspection`; `BadInput` `bad_case`, `party_malformed`; `Conflict` `inspection_started`;
    `NotPermitted`.
    """
    with reading(casework.engine) as connection:
        row = inspection_row(connection, actor, identity)
        sides = {side: _side(connection, row, side, getattr(beginning, side)) for side in ("left", "right")}
    _check_beginning(beginning, sides, today_of(casework))
    called = row["line_name"] or f"{row['left_name']}—{row['right_name']}"
    facts = {
        "inspection": str(identity),
        "line": str(row["line_id"]),
        "line_name": called,
        "mode": beginning.mode,
        "reveal_after": beginning.reveal_after.isoformat() if beginning.reveal_after else None,
        "lead_side": row["lead_side"],
        "sides": sides,
    }
    title = f"{called}界线联合检查" + (f"（{row['round_title']}）" if row["round_title"] else "")
    return open_case(casework, actor, Opening(PROCEDURE, title, row["above_id"], facts), key)


def _side(connection: Connection, row: Row, side: str, party: Party) -> dict[str, Any]:
    names = list(dict.fromkeys(party.members))
    found = {r["username"]: r["id"] for r in fetch_all(connection, store.BY_USERNAME, {"names": names})}
    unknown = [name for name in names if name not in found]
    if unknown or not names or not 1 <= len(party.office.strip()) <= 200:
        said = f"unknown or disabled: {', '.join(unknown)[:200]}" if unknown else "each side has an office and people"
        raise BadInput(f"The parties cannot be so: {said}. Nothing was begun.", code="party_malformed")
    return {
        "unit": str(row[f"{side}_id"]),
        "code": row[f"{side}_code"],
        "name": row[f"{side}_name"],
        "office": party.office.strip(),
        "members": [str(found[name]) for name in names],
    }


def _check_beginning(beginning: Beginning, sides: Mapping[str, Mapping[str, Any]], today: date) -> None:
    both = set(sides["left"]["members"]) & set(sides["right"]["members"])
    if both:
        raise BadInput("Nobody takes part for both sides. Nothing was begun.", code="party_malformed")
    if beginning.mode not in ("joint", "separate"):
        raise BadInput("The mode is joint or separate. Nothing was begun.", code="party_malformed")
    separate = beginning.mode == "separate"
    if separate != (beginning.reveal_after is not None) or (beginning.reveal_after or today) < today:
        raise BadInput(
            "Separate records name the day (today or later) after which each side sees the other's; joint ones "
            "name none. Nothing was begun.",
            code="party_malformed",
        )


# -- answering -------------------------------------------------------------------------------------------------------


def enter_answers(casework: Casework, actor: Actor, identity: UUID, drafts: Sequence[EntryDraft]) -> int:
    """Enter answers of the party of `actor`, all or none; how many.

    Raises `NotFound` `no_such_inspection`; `BadInput` `entry_malformed`, `no_such_attachment`; `Conflict`
    `inspection_state`, `already_handed_in`; `NotPermitted`.
    """
    if not 1 <= len(drafts) <= MAX_ENTRIES:
        raise BadInput(f"From 1 to {MAX_ENTRIES} answers at once. Nothing was stored.", code="entry_malformed")
    with unit_of_work(casework.engine) as connection:
        _, side, stage = answering_party(casework, connection, actor, identity)
        tasks = {task.id: task for task in tasks_of(connection, identity)}
        _check_entries(drafts, tasks, stage, civil_date(casework.clock()))
        for draft in drafts:
            photo = kept_photo(connection, actor, draft.photo)
            values = _values(identity, draft, stage, side, photo)
            connection.execute(store.INSERT_ENTRY, {**values, "at": casework.clock(), "by": actor.account_id})
        details = {"inspection": str(identity), "side": side, "entries": len(drafts)}
        audit.append(connection, actor=actor.name, action="inspection.record", decision_id=None, details=details)
    return len(drafts)


def answering_party(
    casework: Casework, connection: Connection, actor: Actor, identity: UUID
) -> tuple[Row, EntrySide, Stage]:
    """The inspection, locked, the side for which `actor` answers now, and the stage; errors of `enter_answers`."""
    row, own = _party(connection, actor, identity)
    stage = stage_now(row["state"])
    if stage is None:
        raise _wrong_state(row)
    side: EntrySide = "joint" if row["mode"] == "joint" else own
    _require_not_handed_in(connection, identity, side)
    if row["mode"] == "separate" and is_revealed_now(casework, connection, row):
        raise _revealed()
    return row, side, stage


def _party(connection: Connection, actor: Actor, identity: UUID) -> tuple[Row, EntrySide]:
    """The inspection, locked, and the side for which `actor` takes part; NotFound for whoever has no part in it."""
    row = fetch_one(connection, rounds.LOCK_INSPECTION, {"id": identity})
    own = None if row is None or row["case_id"] is None else side_of(facts_of(connection, row), actor.account_id)
    if row is None or own is None or actor.account_id is None:
        if row is not None and may_look(connection, actor, row["line_id"]):
            raise NotPermitted(
                "Only the people whom the inspection names for its sides answer. Nothing was changed.",
                code="not_permitted",
                action=RECORD,
                reason="relation",
            )
        raise no_such_inspection()
    require(actor, RECORD, Matter(relations={actor.account_id: frozenset({"participant"})}))
    return row, own


def _wrong_state(row: Row) -> Conflict:
    return Conflict(
        f"The inspection is {row['state']}: answers are entered in the office and the field check. Nothing was "
        "changed.",
        code="inspection_state",
        state=row["state"],
    )


def _revealed() -> Conflict:
    return Conflict(
        "The day on which the records were opened to both sides has passed: answers are taken no more. Nothing was "
        "changed.",
        code="inspection_revealed",
    )


def _require_not_handed_in(connection: Connection, identity: UUID, side: EntrySide) -> None:
    if side in {row["side"] for row in fetch_all(connection, store.HANDED_IN, {"id": identity})}:
        raise Conflict(
            "Your side has handed in: what it found stays as it was. Nothing was changed.", code="already_handed_in"
        )


def _check_entries(drafts: Sequence[EntryDraft], tasks: Mapping[UUID, Task], stage: Stage, today: date) -> None:
    wrong = [
        f"answer {n}: {fault}" for n, draft in enumerate(drafts, 1) for fault in _faults(draft, tasks, stage, today)
    ]
    if wrong:
        raise BadInput(f"{'; '.join(wrong[:20])}. Nothing was stored.", code="entry_malformed", findings=wrong[:200])


def _faults(draft: EntryDraft, tasks: Mapping[UUID, Task], stage: Stage, today: date) -> list[str]:
    task, item = tasks.get(draft.task), checklist().get(draft.item)
    faults = []
    if task is None:
        return ["the task is none of this inspection"]
    if item is None or item.stage != stage or item.of != task.kind:
        known = ", ".join(i.key for i in asked(stage, task.kind))
        faults.append(f"{draft.item[:40]!r} is not asked of a {task.kind} in the {stage} check (asked: {known})")
    if draft.result not in RESULTS:
        faults.append(f"the result is one of {', '.join(RESULTS)}")
    if draft.result in ("changed", "problem") and not draft.remark.strip():
        faults.append("say in the remark what has changed or is wrong")
    if len(draft.remark) > MAX_REMARK:
        faults.append(f"the remark has more than {MAX_REMARK} characters")
    if draft.observed_on > today:
        faults.append(f"{draft.observed_on} is in the future")
    if draft.accuracy_m is not None and (draft.position is None or not draft.accuracy_m > 0):
        faults.append("an accuracy is of a position and above 0 m")
    return faults


def kept_photo(connection: Connection, actor: Actor, photo: UUID | None) -> Row | None:
    """The picture that `actor` uploaded and has not handed in; `BadInput` `no_such_attachment`; None for none."""
    if photo is None:
        return None
    row = fetch_one(connection, store.UPLOAD, {"id": photo, "by": actor.account_id})
    if row is None or not row["media_type"].startswith("image/"):
        raise BadInput(
            "There is no picture with this identifier that you uploaded and have not handed in elsewhere. "
            "Nothing was stored.",
            code="no_such_attachment",
        )
    return row


def _values(identity: UUID, draft: EntryDraft, stage: str, side: str, photo: Row | None) -> dict[str, Any]:
    if draft.position is not None:
        check_position(*draft.position)
    return {
        "id": new_id(),
        "inspection": identity,
        "task": draft.task,
        "stage": stage,
        "side": side,
        "item": draft.item,
        "result": draft.result,
        "remark": draft.remark.strip(),
        "observed_on": draft.observed_on,
        "lon": draft.position[0] if draft.position else None,
        "lat": draft.position[1] if draft.position else None,
        "accuracy_m": draft.accuracy_m,
        "photo_sha256": photo["sha256"] if photo else None,
        "photo_name": photo["file_name"] if photo else None,
    }


def hand_in(casework: Casework, actor: Actor, identity: UUID) -> None:
    """Hand in what the side of `actor` found, in separate mode: it stays as it is from then on.

    Raises `Conflict` `inspection_state`, `answers_missing`, `already_handed_in`; as `enter_answers`.
    """
    with unit_of_work(casework.engine) as connection:
        row, own = _party(connection, actor, identity)
        if row["mode"] != "separate" or row["state"] != "field":
            raise Conflict(
                "Sides hand in during the field check of an inspection with separate records. Nothing was changed.",
                code="inspection_state",
                state=row["state"],
            )
        lacking = lacking_of(connection, row, "field", own)
        if lacking:
            raise Conflict(
                f"{len(lacking)} questions have no answer yet. Nothing was changed.",
                code="answers_missing",
                n=len(lacking),
            )
        values = {"id": identity, "side": own, "at": casework.clock(), "by": actor.account_id}
        if connection.execute(store.HAND_IN, values).one_or_none() is None:
            raise Conflict("Your side has handed in already. Nothing was changed.", code="already_handed_in")
        details = {"inspection": str(identity), "side": own}
        audit.append(connection, actor=actor.name, action="inspection.handed_in", decision_id=None, details=details)
