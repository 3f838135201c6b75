"""Surveying projects: opened by one side, surveyed and agreed by both, approved by who stands above both.

The approval is the one step that writes: the surveyed course becomes that of
the legal line, between nodes that stay where they are, under the approval.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import LineString, mapping
from sqlalchemy import Connection

from boundaries.geometry.ellipsoid import length_m
from boundaries.markers.given import by_unit
from boundaries.markers.service import matter_of
from boundaries.markers.sides import Beside, side_of, sides_of
from boundaries.markers.witnesses import accuracies
from boundaries.network.amendment import Amendment
from boundaries.network.changes import enact_in
from boundaries.network.model import Segment
from boundaries.network.service import run_of
from boundaries.network.versions import Change
from boundaries.surveys.keeping import KeepSheets, papers, sheet_keeping
from boundaries.surveys.newcourse import amendment_of_new, draft_new, matter_of_new, new_facts, sides_of_new
from boundaries.surveys.points import (
    Joined,
    Point,
    as_facts,
    description,
    from_facts,
    join,
    make_point,
    read_points,
    result_rows,
    wrong,
)
from boundaries.surveys.project import BASES, CONDITIONS, check_facts, propose
from boundaries.units.service import chain_of, register_span
from data.access import Actor, Matter, Role, require
from data.cases.model import Casework, Deciding, Effect, Opening, Outcome, Subject
from data.cases.parties import add_participants, holders
from data.cases.service import open_case
from data.clock import civil_date
from data.db import Audience, reading
from data.decisions import DecisionDraft, record_decisions
from data.documents.numbering import numbering_for
from data.errors import BadInput, Conflict, NotPermitted
from data.ids import new_id

PROCEDURE = "boundary_survey"
APPROVAL = "boundary_survey_approval"
PARTIES = (Role.BOUNDARY_KEEPER, Role.SURVEYOR)


@dataclass(frozen=True, slots=True)
class Project:
    """A project that somebody opens: the line, why (`project.BASES`), and which stretch where it has several.

    For a line that is not in the network `line` is None and `units` the codes of its two units, left and right as the
    line is to run; `name` what it is to be called; `whole` whether it divides the whole land under it.
    """

    line: UUID | None
    basis: str
    reason: str
    segment: UUID | None = None
    attachments: Sequence[UUID] = ()
    units: Sequence[str] = ()
    name: str | None = None
    whole: bool = False


def open_project(casework: Casework, actor: Actor, wanted: Project, key: str | None = None) -> dict[str, Any]:
    """Open a surveying project for the side of the actor; the case.

    Raises `BadInput` `bad_case`; `NotFound` `no_such_line`, `line_not_standing`; `NotPermitted` `not_a_side`.
    """
    if (wanted.line is None) != (len(wanted.units) == 2):
        raise BadInput("A project names its line, or the two units between which it is to run.", code="bad_case")
    if wanted.basis not in BASES or not 1 <= len(wanted.reason.strip()) <= 2000:
        raise BadInput(f"A project has a reason and one of the grounds {', '.join(BASES)}.", code="bad_case")
    with reading(casework.engine) as connection:
        opening = _opening(connection, actor, wanted)
    return open_case(casework, actor, opening, key)


def _opening(connection: Connection, actor: Actor, wanted: Project) -> Opening:
    day = register_span(connection).register_through
    about, sides = _about(connection, wanted, day)
    proposer = _own(actor, sides)
    called = about["line_name"] or "、".join(side.name for side in sides)
    facts = {
        **about,
        "sides": [side.as_fact() for side in sides],
        "proposer": str(proposer.id),
        "basis": wanted.basis,
        "reason": wanted.reason.strip(),
    }
    return Opening(PROCEDURE, f"{called}勘界", proposer.id, facts, wanted.attachments)


def _about(connection: Connection, wanted: Project, day: date) -> tuple[dict[str, Any], list[Beside]]:
    """The facts of the line that is surveyed, and its sides."""
    if wanted.line is None:
        return new_facts(connection, wanted.units, wanted.name, wanted.whole, day)
    segment, name = _segment(connection, wanted.line, wanted.segment)
    facts = {
        "line": str(wanted.line),
        "line_name": name,
        "segment": str(segment.id),
        "hash": segment.hash.hex(),
        "new": None,
    }
    return facts, sides_of(connection, wanted.line, day)


def _segment(connection: Connection, line: UUID, wanted: UUID | None) -> tuple[Segment, str | None]:
    """The stretch that is surveyed, as it stands, and the name of its line."""
    run = run_of(connection, line, None, Audience.STAFF)
    state = run.state()
    if wanted is None and len(state) != 1:
        raise BadInput(
            f"The line has {len(state)} stretches between its nodes ({', '.join(map(str, state))}): each is surveyed "
            "by a project of its own, which names it.",
            code="bad_case",
        )
    identity = wanted or next(iter(state))
    if identity not in state:
        raise BadInput("This stretch is none of the line's.", code="bad_case")
    return state[identity], run.row["name"]


def _own(actor: Actor, sides: Sequence[Beside]) -> Beside:
    found = side_of(actor, sides)
    if found is None:
        raise NotPermitted(
            f"A line is surveyed by the offices of its sides ({'、'.join(s.name for s in sides)}), each for itself. "
            "Nothing was changed.",
            code="not_a_side",
        )
    return found


# -- effects ---------------------------------------------------------------------------------------------------------


def opened(deciding: Deciding) -> Outcome:
    """Whoever keeps and surveys the line on either side takes part."""
    _acting(deciding)
    return Outcome(facts={"consents": {deciding.case.facts["proposer"]: _today(deciding)}})


def _acting(deciding: Deciding) -> str:
    """The id of the side for which the actor acts; whoever came into an office since takes part from now on."""
    sides = _sides(deciding)
    units = {unit for side in sides for unit in side.own}
    found = holders(deciding.connection, PARTIES, units, civil_date(deciding.at))
    add_participants(deciding.connection, deciding.case.id, found, deciding.at)
    return str(_own(deciding.actor, sides).id)


def _sides(deciding: Deciding) -> list[Beside]:
    facts, day = deciding.case.facts, _day(deciding)
    if facts.get("new"):
        return sides_of_new(deciding.connection, facts["new"], day)
    return sides_of(deciding.connection, UUID(facts["line"]), day)


def _day(deciding: Deciding) -> date:
    return register_span(deciding.connection).register_through


def _today(deciding: Deciding) -> str:
    return civil_date(deciding.at).isoformat()


def consent(deciding: Deciding) -> Outcome:
    """A side agrees to the plan."""
    return _given(deciding, "consents")


def confirm(deciding: Deciding) -> Outcome:
    """A side confirms course, description and table of points."""
    return _given(deciding, "confirmed")


def _given(deciding: Deciding, key: str) -> Outcome:
    side, given = _acting(deciding), dict(deciding.case.facts[key])
    if side in given:
        raise Conflict("This side has done so already. Nothing was changed.", code="already_done")
    return Outcome(facts={key: {**given, side: _today(deciding)}})


def keep_plan(deciding: Deciding) -> Outcome:
    """Keep the plan: the working map (勘界工作图) and its scale, by default the last that the case made itself."""
    own = [s for s in deciding.case.facts.get("sheets", ()) if s["kind"] == "working"]
    scale = deciding.fields.get("scale", str(own[-1]["scale"]) if own else "").strip()
    map_number = deciding.fields.get("working_map", own[-1]["number"] if own else "").strip()
    if not map_number:
        raise BadInput("Name the working map by its number, or have the case make one.", code="bad_fields")
    if not (scale.isascii() and scale.isdecimal() and 1_000 <= int(scale) <= 1_000_000):
        raise BadInput("The scale of the working map is its denominator, 1000 to 1000000.", code="bad_fields")
    return Outcome(facts={"plan": {"working_map": map_number, "scale": int(scale)}})


def keep_points(deciding: Deciding) -> Outcome:
    """Keep a table of points: added to those that are there, or in their place."""
    side = _acting(deciding)
    came = read_points(deciding.fields["points"])
    earlier = [] if deciding.fields.get("mode") == "replace" else from_facts(deciding.case.facts["points"])
    return _points(side, [*earlier, *came])


def add_point(deciding: Deciding) -> Outcome:
    """Keep one point, as a phone sends it, after those that are there."""
    side = _acting(deciding)
    point = make_point(deciding.fields, "the point")
    return _points(side, [*from_facts(deciding.case.facts["points"]), point])


def _points(side: str, points: Sequence[Point]) -> Outcome:
    names = [point.name for point in points]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise wrong(f"two points are called {', '.join(twice[:5])}")
    return Outcome(facts={"points": as_facts(points), "surveyed_by": side, "draft": None, "confirmed": {}})


def draft_course(deciding: Deciding) -> Outcome:
    """Make the course of the points, its description and its table; the side that does so confirms it."""
    side, facts = _acting(deciding), deciding.case.facts
    points = from_facts(facts["points"])
    joined, more = _joined(deciding, points)
    metres = length_m(joined.course)
    draft = {
        "course": mapping(joined.course),
        "length_m": metres,
        "description": description(joined),
        "start_off_m": round(joined.start_off_m, 3),
        "end_off_m": round(joined.end_off_m, 3),
        "accuracy_m": max(point.accuracy_m for point in points),
        **more,
    }
    rows = result_rows(joined)
    return Outcome(
        facts={
            "draft": draft,
            "results": rows,
            "description": draft["description"],
            "point_count": str(len(rows)),
            "length_km": f"{metres / 1000:.3f}",
            "confirmed": {side: _today(deciding)},
        }
    )


def _joined(deciding: Deciding, points: Sequence[Point]) -> tuple[Joined, dict[str, Any]]:
    """The course, and of a line that is not there yet how it would meet what is there."""
    new = deciding.case.facts.get("new")
    if new:
        return draft_new(deciding.connection, new, points, _tolerance_m(points, None), _day(deciding))
    segment, _ = _unchanged(deciding)
    ends = shapely.get_coordinates(segment.geometry)[[0, -1]].tolist()
    return join(points, tuple(ends[0]), tuple(ends[1]), _tolerance_m(points, segment)), {}


def _tolerance_m(points: Sequence[Point], segment: Segment | None) -> float:
    """How far the first and last points may be from the nodes: by their accuracies and the line's own."""
    known = accuracies()
    registered = segment.accuracy_m if segment is not None else None
    own = known.position_accuracy_m if registered is None else registered
    surveyed = max(points[0].accuracy_m, points[-1].accuracy_m) if points else known.position_accuracy_m
    return known.k * math.hypot(own, surveyed)


def _unchanged(deciding: Deciding) -> tuple[Segment, str | None]:
    """The stretch as it stands, if it is what the project began with."""
    facts = deciding.case.facts
    segment, name = _segment(deciding.connection, UUID(facts["line"]), UUID(facts["segment"]))
    if segment.hash.hex() != facts["hash"]:
        raise Conflict(
            "The line was changed since this project began. Nothing was changed: open a project on the line as it is.",
            code="segment_changed",
        )
    return segment, name


def approve(deciding: Deciding) -> Outcome:
    """The approving authority makes the surveyed course law, under its approval."""
    require(deciding.actor, "case.decide", _matter(deciding))
    wanted = _wanted(deciding)
    document = _decision(deciding)
    record_decisions(deciding.connection, [document], deciding.actor.name)
    enacted = enact_in(
        deciding.connection, deciding.actor, wanted, message=deciding.case.title, document=document,
        effective_on=civil_date(deciding.at), recorded=True,
    )  # fmt: skip
    return Outcome(
        decision_id=document.id,
        details={"changeset": str(enacted.changeset)},
        facts={"approval": {"decision": str(document.id), "doc_no": document.doc_no, "on": _today(deciding),
                            "changeset": str(enacted.changeset)}},
    )  # fmt: skip


def _matter(deciding: Deciding) -> Matter:
    facts, day = deciding.case.facts, _day(deciding)
    if facts.get("new"):
        return matter_of_new(deciding.connection, facts["new"], day)
    return matter_of(deciding.connection, UUID(facts["line"]), day)


def _wanted(deciding: Deciding) -> Amendment:
    """What the approval makes law: the stretch with its new course, or the new line with what it cuts."""
    facts = deciding.case.facts
    course = LineString(facts["draft"]["course"]["coordinates"])
    said: dict[str, Any] = {
        "legal_status": "agreed", "technical_status": "edge_matched", "scale": facts["plan"]["scale"],
        "accuracy_m": facts["draft"]["accuracy_m"], "method": "勘界",
    }  # fmt: skip
    if facts.get("new"):
        new = {**facts["new"], "ends": facts["draft"]["ends"]}
        return amendment_of_new(deciding.connection, new, course, said, civil_date(deciding.at))
    segment, _ = _unchanged(deciding)
    return Amendment((Change(segment, replace(segment, geometry=course, **said)),))


def _decision(deciding: Deciding) -> DecisionDraft:
    unit, on = deciding.case.unit_id, civil_date(deciding.at)
    chain = [u["id"] for u in chain_of(deciding.connection, unit, _day(deciding))] if unit else []
    office = numbering_for(deciding.connection, APPROVAL, chain, on).office
    return DecisionDraft(
        id=new_id(), kind="approval", doc_no=deciding.doc_no, title=f"关于批准{deciding.case.title}成果的批复",
        authority=office, approved_on=on.isoformat(), announced_on=None, effective_on=on.isoformat(),
        basis="document_date", list_year=None, text=deciding.case.facts["description"],
        source=f"case {deciding.case.number}", licence=None, retrieved_on=None,
    )  # fmt: skip


EFFECTS: Mapping[str, Effect] = {
    "consent": consent,
    "keep_plan": keep_plan,
    "keep_points": keep_points,
    "add_point": add_point,
    "draft_course": draft_course,
    "confirm": confirm,
    "approve": approve,
}


def survey_subject(keep: KeepSheets | None = None) -> Subject:
    """What the cases of this procedure carry and do; `keep` draws and keeps their sheets."""
    effects = {**EFFECTS, "keep_sheets": sheet_keeping(keep)}
    conditions = {**CONDITIONS, "papers": papers}
    return Subject(
        check_facts=check_facts,
        conditions=conditions,
        effects=effects,
        propose=propose,
        opened=opened,
        spent=by_unit,
    )
