"""Works on markers: proposed by one side, agreed by all, done together, and entered when they are filed.

The register is written once, with the filing: by the approval where the work
is approved, else by the filing's own document. The line is never written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from boundaries.markers import store
from boundaries.markers.along import place_doubts
from boundaries.markers.given import by_unit
from boundaries.markers.model import Marker, Side
from boundaries.markers.registration import as_facts, bad_fields, from_facts, surveyed
from boundaries.markers.service import (
    Happening,
    check_registration,
    doubts,
    matter_of,
    require_in_place,
    set_doubts,
    write_marker,
)
from boundaries.markers.sides import Beside, side_of, sides_of, third_of
from boundaries.markers.witnesses import contradictions
from boundaries.markers.works import CONDITIONS, Work, check_facts, propose, work_of
from boundaries.units.service import chain_of, find_unit, register_span
from data.access import Actor, Role, require
from data.cases.model import Casework, Deciding, Effect, Opening, Outcome, Subject
from data.cases.parties import add_participants, holders
from data.cases.service import open_case
from data.clock import civil_date
from data.db import reading
from data.decisions import DecisionDraft, record_decisions
from data.documents.numbering import numbering_for
from data.errors import BadInput, Conflict, NotFound, NotPermitted
from data.ids import new_id

PROCEDURE = "marker_work"
APPROVAL, FILING = "marker_work_approval", "marker_work_filing"
#: Who of a side takes part.
PARTIES = (Role.BOUNDARY_KEEPER, Role.SURVEYOR)


#: Faces of a marker where lines meet.
THREE = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """A work that somebody proposes.

    `marker` is None where one is added to `line`; `new` is then its registration as far as it is planned (code,
    scheme, kind, part, faces, material, longitude, latitude). `third`: the code of the third unit where lines meet.
    """

    work: str
    reason: str
    marker: UUID | None = None
    line: UUID | None = None
    new: Mapping[str, Any] = field(default_factory=dict)
    third: str | None = None
    attachments: Sequence[UUID] = ()
    #: facts of whatever the work came out of (an inspection), kept with the case
    within: Mapping[str, Any] = field(default_factory=dict)


def propose_work(casework: Casework, actor: Actor, wanted: Wanted, key: str | None = None) -> dict[str, Any]:
    """Open a case of work on a marker for the side of the actor; the case.

    Raises `BadInput` `bad_case`, `marker_malformed`; `NotFound` `no_such_marker`, `no_such_line`; `Conflict`
    `marker_without_line`, `marker_code_taken`, `marker_scrapped`; `NotPermitted` `not_a_side`.
    """
    with reading(casework.engine) as connection:
        opening = _opening(connection, actor, wanted)
    return open_case(casework, actor, opening, key)


def _opening(connection: Connection, actor: Actor, wanted: Wanted) -> Opening:
    work = work_of({"work": wanted.work})
    day = register_span(connection).register_through
    before = _standing(connection, wanted.marker) if wanted.marker else None
    if (before is None) != (work.event == "set"):
        raise BadInput("A marker is added to a line; every other work names the marker.", code="bad_case")
    line = before.line if before else wanted.line
    if line is None:
        raise Conflict(
            "The marker's line is not in the register: nobody could say who the other side is. Correct the "
            "registration first.",
            code="marker_without_line",
        )
    third = _third(connection, wanted, before, line, day)
    sides = sides_of(connection, line, day, third)
    proposer = _own(actor, sides)
    base = _base(connection, before, line, sides, wanted)
    name = connection.scalar(store.LINE_NAME, {"line": line})
    return Opening(
        PROCEDURE,
        f"{work.label.zh}{name or ''}{base.code}号界桩",
        proposer.id,
        {
            "work": work.key,
            "marker": str(base.id),
            "line": str(line),
            "line_name": name,
            "code": base.code,
            "sides": [side.as_fact() for side in sides],
            "proposer": str(proposer.id),
            "reason": _reason(wanted.reason),
            "before": as_facts(before) if before else None,
            "base": as_facts(base),
            **wanted.within,
        },
        wanted.attachments,
    )


def _third(connection: Connection, wanted: Wanted, before: Marker | None, line: UUID, day: date) -> UUID | None:
    """The third side: the one named, or of a three-sided marker that which the network knows."""
    if wanted.third:
        named: UUID = find_unit(connection, wanted.third, day)["id"]
        return named
    if before is None or before.faces != THREE:
        return None
    found = third_of(connection, before, line, day)
    if found is None:
        raise BadInput(
            f"Marker {before.code} has three sides, and the network does not say which unit meets the two of its line "
            "there. Name the third by its division code (third): nothing is done to a marker without all its sides.",
            code="bad_case",
        )
    return found


def _standing(connection: Connection, marker: UUID) -> Marker:
    row = connection.execute(store.CURRENT, {"id": marker}).one_or_none()
    if row is None:
        raise NotFound("There is no such marker.", code="no_such_marker")
    if row.state == "scrapped":
        raise Conflict("This marker is scrapped; a new one is added with a number of its own.", code="marker_scrapped")
    return store.marker_of(row)


def _reason(text: str) -> str:
    if not 1 <= len(text.strip()) <= 2000:
        raise BadInput("A work is proposed for a reason of 1 to 2,000 characters.", code="bad_case")
    return text.strip()


def _own(actor: Actor, sides: Sequence[Beside]) -> Beside:
    found = side_of(actor, sides)
    if found is None:
        raise NotPermitted(
            f"Work on this marker is proposed, agreed and confirmed by the offices of its sides "
            f"({'、'.join(side.name for side in sides)}), each for itself. Nothing was changed.",
            code="not_a_side",
        )
    return found


def _base(connection: Connection, before: Marker | None, line: UUID, sides: Sequence[Beside], wanted: Wanted) -> Marker:
    """The registration that the survey will complete: the one that stands, or the planned one."""
    named = tuple(Side(side.name) for side in sides)
    if before is not None:
        known = {side.unit for side in before.sides} == {side.unit for side in named}
        return before if known or len(named) != before.faces else replace(before, sides=named)
    try:
        new = from_facts({**wanted.new, "id": str(new_id()), "line": str(line)})
    except BadInput as error:
        raise BadInput(f"{error.detail} A marker is added with {', '.join(NEW)}.", code="marker_malformed") from error
    new = replace(new, sides=named if len(named) == new.faces else ())
    check_registration(new)
    if connection.scalar(store.CODE_TAKEN, {"scheme": new.scheme, "code": new.code}):
        raise Conflict(f"A marker with the number {new.code} stands already.", code="marker_code_taken")
    return new


#: What a new marker is planned with.
NEW = ("code", "scheme", "kind", "part", "faces", "material", "longitude", "latitude")


# -- effects ---------------------------------------------------------------------------------------------------------


def opened(deciding: Deciding) -> Outcome:
    """Whoever keeps the line on either side takes part in the case."""
    _invite(deciding, _sides(deciding))
    at = civil_date(deciding.at).isoformat()
    return Outcome(facts={"consents": {deciding.case.facts["proposer"]: at}})


def _invite(deciding: Deciding, sides: Sequence[Beside]) -> None:
    units = {unit for side in sides for unit in side.own}
    found = holders(deciding.connection, PARTIES, units, civil_date(deciding.at))
    add_participants(deciding.connection, deciding.case.id, found, deciding.at)


def _sides(deciding: Deciding) -> list[Beside]:
    """The sides of the case: those of its line, and the third where lines meet."""
    line, units = UUID(deciding.case.facts["line"]), [UUID(side["id"]) for side in deciding.case.facts["sides"]]
    two = set(deciding.connection.execute(store.LINE_SIDES, {"line": line}).one())
    third = next((unit for unit in units if unit not in two), None)
    return sides_of(deciding.connection, line, _day(deciding), third)


def _acting(deciding: Deciding) -> str:
    """The id of the side for which the actor acts."""
    sides = _sides(deciding)
    _invite(deciding, sides)
    return str(_own(deciding.actor, sides).id)


def consent(deciding: Deciding) -> Outcome:
    """A side agrees to the work."""
    return _given(deciding, "consents", _acting(deciding))


def confirm(deciding: Deciding) -> Outcome:
    """A side confirms the survey as it is recorded."""
    return _given(deciding, "confirmed", _acting(deciding))


def _given(deciding: Deciding, key: str, side: str) -> Outcome:
    given = dict(deciding.case.facts[key])
    if side in given:
        raise Conflict("This side has done so already. Nothing was changed.", code="already_done")
    return Outcome(facts={key: {**given, side: civil_date(deciding.at).isoformat()}})


def approve(deciding: Deciding) -> Outcome:
    """The approving authority permits the work: its decision is recorded, the register waits for the filing."""
    _require_above(deciding, "case.decide")
    draft = _decision(deciding, "approval", APPROVAL, f"关于同意{deciding.case.title}的批复")
    record_decisions(deciding.connection, [draft], deciding.actor.name)
    return Outcome(
        decision_id=draft.id,
        facts={"approval": {"decision": str(draft.id), "doc_no": draft.doc_no}},
    )


def _require_above(deciding: Deciding, permission: str) -> None:
    """Only whoever stands above all sides decides and files (the line's approving authority)."""
    require(
        deciding.actor, permission, matter_of(deciding.connection, UUID(deciding.case.facts["line"]), _day(deciding))
    )


def _day(deciding: Deciding) -> date:
    return register_span(deciding.connection).register_through


def _decision(deciding: Deciding, kind: str, document: str, title: str) -> DecisionDraft:
    """A decision that bears the number of the step's document."""
    unit, on = deciding.case.unit_id, civil_date(deciding.at)
    chain = [u["id"] for u in chain_of(deciding.connection, unit, _day(deciding))] if unit else []
    office = numbering_for(deciding.connection, document, chain, on).office if deciding.doc_no else None
    return DecisionDraft(
        id=new_id(), kind=kind, doc_no=deciding.doc_no, title=title, authority=office, approved_on=on.isoformat(),
        announced_on=None, effective_on=on.isoformat(), basis="document_date", list_year=None,
        text=deciding.case.facts["reason"], source=f"case {deciding.case.number}", licence=None, retrieved_on=None,
    )  # fmt: skip


def keep_survey(deciding: Deciding) -> Outcome:
    """Keep what the joint field party measured: the new registration, who was present, what it leaves in doubt.

    Raises `BadInput` `bad_fields`, `marker_malformed`; `Conflict` `marker_would_move`.
    """
    facts, fields = deciding.case.facts, deciding.fields
    work, base, side = work_of(facts), from_facts(facts["base"]), _acting(deciding)
    on = _survey_day(deciding)
    marker = surveyed(base, {**fields, "set_on": fields.get("set_on") or _set_on(work, on)})
    check_registration(marker)
    before = from_facts(facts["before"]) if facts["before"] else None
    if before is not None:
        require_in_place(before, marker, work.event)
    present = {one["id"]: fields.get(f"present_{n}", "") for n, one in enumerate(facts["sides"], 1)}
    survey = {
        "registration": as_facts(marker),
        "on": on.isoformat(),
        "by": side,
        "present": present,
        "remark": fields.get("remark", ""),
        "doubts": _all_doubts(deciding, before, marker),
    }
    return Outcome(facts={"survey": survey, "confirmed": {side: on.isoformat()}})


def _survey_day(deciding: Deciding) -> date:
    """The day of the survey: a whole date, not after today and not before the register's last state."""
    try:
        on = date.fromisoformat(deciding.fields["surveyed_on"])
    except ValueError as error:
        raise bad_fields("the day of the survey is written as 2026-03-02") from error
    if on > civil_date(deciding.at):
        raise bad_fields("the day of the survey is not in the future")
    return on


def _set_on(work: Work, on: date) -> str:
    """A stone that was set up anew stands since that day; otherwise the registered day stays."""
    return on.isoformat() if work.event in ("set", "moved", "replaced") else ""


def _all_doubts(deciding: Deciding, before: Marker | None, marker: Marker) -> list[dict[str, Any]]:
    found = [*doubts(deciding.connection, marker), *set_doubts(deciding.connection, marker)]
    found += [
        {"kind": "witness_contradiction", "field": misfit.name, "offset_m": round(misfit.offset_m, 2),
         "tolerance_m": round(misfit.tolerance_m, 2)}
        for misfit in (contradictions(before, marker) if before else ())
    ]  # fmt: skip
    return found + place_doubts(deciding.connection, marker, _day(deciding))


def enter(deciding: Deciding) -> Outcome:
    """File the work: the register takes the new registration, by the approval or by the filing's own document.

    Raises `Conflict` `marker_changed` where the marker is no longer what the work was proposed from.
    """
    _require_above(deciding, "case.file")
    facts = deciding.case.facts
    _require_unchanged(deciding)
    work, survey = work_of(facts), facts["survey"]
    decision = _entering(deciding, work)
    on = date.fromisoformat(survey["on"])
    remark = "；".join(part for part in (facts["reason"], survey["remark"]) if part)
    happening = Happening(work.event, on, survey["on"], remark)
    change = write_marker(deciding.connection, from_facts(survey["registration"]), happening, decision)
    return Outcome(
        decision_id=decision,
        changes=[change],
        details={"marker": facts["marker"], "event": work.event},
        facts={"filing": {"doc_no": deciding.doc_no, "on": civil_date(deciding.at).isoformat()}},
    )


def _entering(deciding: Deciding, work: Work) -> UUID:
    """The decision under which the register is written."""
    if work.approval:
        return UUID(deciding.case.facts["approval"]["decision"])
    draft = _decision(deciding, "document", FILING, f"{deciding.case.title}备案")
    record_decisions(deciding.connection, [draft], deciding.actor.name)
    return draft.id


def _require_unchanged(deciding: Deciding) -> None:
    facts = deciding.case.facts
    row = deciding.connection.execute(store.CURRENT, {"id": UUID(facts["marker"])}).one_or_none()
    stands = as_facts(store.marker_of(row)) if row is not None else None
    if stands != facts["before"]:
        raise Conflict(
            "The marker was recorded anew since this work was proposed. Nothing was changed: withdraw the case and "
            "propose it again.",
            code="marker_changed",
        )


EFFECTS: Mapping[str, Effect] = {
    "consent": consent,
    "approve": approve,
    "keep_survey": keep_survey,
    "confirm": confirm,
    "enter": enter,
}
#: What the cases of this procedure carry and do.
MARKER_WORK = Subject(
    check_facts=check_facts, conditions=CONDITIONS, effects=EFFECTS, propose=propose, opened=opened, spent=by_unit
)
