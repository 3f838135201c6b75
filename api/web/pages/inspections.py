"""Inspections: the list, and the page of one with its questions, records, signatures and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.casework import casework_of
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, TypedForm, case_page
from api.web.pages.fieldviews import field_view
from api.web.pages.patrol_office import line_of
from api.web.pages.rounds import today_of
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.findings.service import Wanted as WantedFindings
from boundaries.findings.service import list_findings
from boundaries.records import reading as records
from boundaries.records import service as recording
from boundaries.records.checklist import asked
from boundaries.records.model import RESULTS, EntryDraft, stage_now
from boundaries.rounds import planning, service
from boundaries.rounds.model import STATES
from boundaries.rounds.rules import round_rules
from data.access import Permit, decide
from data.cases.reading import find_case, require_signed_in
from data.db import reading
from data.errors import BadInput, DimingError, NotFound, NotPermitted

router = APIRouter(include_in_schema=False)

PAGE = 50


@router.get("/inspections")
def inspections(visit: Visiting) -> Response:
    """The inspections of the lines beside one's units."""
    return _list(visit)


def _list(visit: Visit, error: DimingError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    actor, query, today = actor_of(visit.request), visit.view.query, today_of(visit)
    require_signed_in(actor)
    state = query.get("state") if query.get("state") in STATES else None
    wanted = service.Wanted(line=_line(query), state=state, overdue=query.get("overdue") == "1")
    with reading(visit.request.app.state.databases.office) as connection:
        found = service.list_inspections(
            connection, actor, wanted, today, limit=PAGE, cursor=query.get("cursor") or None
        )
    return case_page(
        visit,
        "inspections.html",
        error,
        items=found["items"],
        following=found["next"],
        states=STATES,
        chosen=state,
        wanted=wanted,
        causes=service.causes(),
        rules=round_rules(),
        typed=typed or {"line": query.get("line", "")},
        today=today,
    )


@router.post("/inspections")
def order(visit: Visiting, typed: Typed) -> Response:
    """Order an inspection out of turn."""
    fields = typed.fields()

    def work() -> Response:
        actor = actor_of(visit.request)
        require_signed_in(actor)
        due_on = parse_day(fields.get("due_on"))
        if due_on is None:
            raise BadInput("Say by which day it is to be done. Nothing was ordered.", code="round_malformed")
        extra = _extra(visit, fields, due_on)
        identity = planning.order_extra(visit.request.app.state.databases.office, actor, extra)
        return _to(visit, identity)

    return attempt(work, lambda error: _list(visit, error, fields))


def _extra(visit: Visit, fields: Mapping[str, str], due_on: Any) -> planning.Extra:
    with reading(visit.request.app.state.databases.office) as connection:
        line = line_of(connection, fields.get("line", ""))
        segments = planning.numbered_segments(connection, line, fields.get("segments", ""))
    return planning.Extra(line, fields.get("cause", ""), due_on, fields.get("remark", ""), segments)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such inspection for you.", code="no_such_inspection") from error


def _line(query: Mapping[str, str]) -> UUID | None:
    """The line of which alone inspections are asked for, by its id; what is typed as a name goes into the form only."""
    try:
        return UUID(query.get("line", ""))
    except ValueError:
        return None


def _to(visit: Visit, identity: UUID, anchor: str = "", **more: str) -> Response:
    address = visit.view.url(f"/inspections/{identity}", **more) + anchor
    return RedirectResponse(address, 303, headers={"Cache-Control": NO_STORE})


@router.get("/inspections/{identity}")
def show_inspection(visit: Visiting, identity: str) -> Response:
    """One inspection; to the public that it was filed."""
    if actor_of(visit.request).is_nobody:
        return _public(visit, _uuid(identity))
    return _page(visit, _uuid(identity))


def _public(visit: Visit, identity: UUID) -> Response:
    found = service.published_inspections(visit.conn, inspection=identity)
    if not found:
        raise service.no_such_inspection()
    return visit.page("inspection_public.html", item=found[0], causes=service.causes())


def _page(visit: Visit, identity: UUID, error: DimingError | None = None, kept: TypedForm | None = None) -> Response:
    actor, casework = actor_of(visit.request), casework_of(visit.request)
    sheet = records.inspection_sheet(casework, actor, identity)
    stage = stage_now(sheet["state"])
    case = find_case(casework, actor, sheet["case"]["id"]) if sheet["case"] else None
    with reading(casework.engine) as connection:
        found = _findings(connection, actor, identity)
        field = field_view(connection, actor, sheet)
        may_plan = _may_plan(connection, actor, sheet)
        begins = sheet["case"] is None and may_plan
        typed = _beginning(connection, actor, identity, kept) if begins else {}
    return case_page(
        visit,
        "inspection.html",
        error,
        sheet=sheet,
        case=case,
        stage=stage,
        questions={kind: asked(stage, kind) for kind in ("segment", "marker")} if stage else {},
        standing=_standing(sheet),
        answers=stage is not None and sheet["your_side"] is not None and not _is_in(sheet),
        findings=found,
        field=field,
        may_begin=begins,
        may_dispute=may_plan,
        results=RESULTS,
        causes=service.causes(),
        typed=typed,
        today=today_of(visit),
        saved=visit.view.query.get("saved") == "1",
    )


def _beginning(connection: Any, actor: Any, identity: UUID, kept: TypedForm | None) -> Mapping[str, str]:
    """What the form of the parties says: what was typed, or who spoke for these units the last time."""
    if kept is not None:
        return kept.fields()
    parties = records.last_parties(connection, actor, identity)
    offices = {f"{side}_office": str(party["office"]) for side, party in parties.items()}
    return offices | {f"{side}_members": " ".join(party["members"]) for side, party in parties.items()}


def _findings(connection: Any, actor: Any, identity: UUID) -> list[dict[str, Any]]:
    """The findings of an inspection that the reader may see by his office."""
    try:
        found: list[dict[str, Any]] = list_findings(connection, actor, WantedFindings(inspection=identity))["items"]
    except NotPermitted:
        return []
    return found


def _may_plan(connection: Any, actor: Any, sheet: Mapping[str, Any]) -> bool:
    row = records.visible_row(connection, actor, sheet["id"])
    matter = planning.matter_of_region(connection, row["above_id"])
    return isinstance(decide(actor, planning.PLAN, matter), Permit)


def _is_in(sheet: Mapping[str, Any]) -> bool:
    return sheet["your_side"] in {item["side"] for item in sheet["handed_in"]}


def _standing(sheet: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
    """The answers of the reader's own party, by task and question."""
    mine = "joint" if sheet["mode"] == "joint" else sheet["your_side"]
    return {
        (str(task["id"]), answer["item"]): answer
        for task in sheet["tasks"]
        for answer in task["answers"]
        if answer["side"] == mine
    }


@router.post("/inspections/{identity}/begin")
def begin(visit: Visiting, identity: str, typed: Typed) -> Response:
    """Begin an inspection with the people of both sides."""
    fields, inspection = typed.fields(), _uuid(identity)

    def work() -> Response:
        left, right = (
            recording.Party(fields.get(f"{side}_office", ""), fields.get(f"{side}_members", "").split())
            for side in ("left", "right")
        )
        mode = fields.get("mode", "joint")
        reveal = parse_day(fields.get("reveal_after")) if mode == "separate" else None
        beginning = recording.Beginning(left, right, mode, reveal)
        key = typed.one("key") or None
        recording.begin_inspection(casework_of(visit.request), actor_of(visit.request), inspection, beginning, key)
        return _to(visit, inspection)

    return attempt(work, lambda error: _page(visit, inspection, error, typed))


@router.post("/inspections/{identity}/entries")
def enter(visit: Visiting, identity: str, typed: Typed) -> Response:
    """Enter the answers about one segment or marker."""
    inspection = _uuid(identity)

    def work() -> Response:
        actor = actor_of(visit.request)
        require_signed_in(actor)
        drafts = _drafts(visit, typed)
        if not drafts:
            raise BadInput("Nothing was answered. Nothing was stored.", code="entry_malformed")
        recording.enter_answers(casework_of(visit.request), actor, inspection, drafts)
        return _to(visit, inspection, f"#task-{drafts[0].task}", saved="1")

    return attempt(work, lambda error: _page(visit, inspection, error, typed))


def _drafts(visit: Visit, typed: TypedForm) -> list[EntryDraft]:
    fields, task = typed.fields(), _uuid(typed.one("task"))
    observed_on = parse_day(fields.get("observed_on")) or today_of(visit)
    return [
        EntryDraft(task, name.removeprefix("result."), value, observed_on, fields.get(f"remark.{name[7:]}", ""))  # type: ignore[arg-type]
        for name, value in fields.items()
        if name.startswith("result.")
    ]


@router.post("/inspections/{identity}/hand-in")
def hand_in(visit: Visiting, identity: str, _typed: Typed) -> Response:
    """Hand in what one's side found."""
    inspection = _uuid(identity)

    def work() -> Response:
        recording.hand_in(casework_of(visit.request), actor_of(visit.request), inspection)
        return _to(visit, inspection)

    return attempt(work, lambda error: _page(visit, inspection, error))
