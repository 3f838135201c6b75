"""The page of a case, and what is done on it: ways out of the state, deeds, documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api import attachments as outgoing
from api.auth.identity import actor_of
from api.casework import casework_of
from api.uploads import blobs_of, in_thread, receiving
from api.web.casechoices import choices_of, prefill_of
from api.web.casewords import Words, told_fields
from api.web.drawing.shapes import draw_shapes
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.around import surroundings
from api.web.pages.case_forms import Typed, case_page, known_case_note
from api.web.pages.desk import desk_parameters, wanted_of
from api.web.visit import Visit, Visiting
from data.cases import service
from data.cases.attachments import find_attachment, keep_attachment
from data.cases.desk import next_on_desk
from data.cases.model import Action
from data.cases.reading import id_of, today_of
from data.cases.sheet import Sheet, case_sheet
from data.cases.status import WITHDRAW, status_code, with_whom
from data.db import reading
from data.errors import DimingError, NotFound
from data.previews.kinds import Excerpt, Kind, kind_of
from data.previews.pages import MOST_PAGES
from data.workflow.deeds import DEEDS

router = APIRouter(include_in_schema=False)

TABS = ("findings", "documents", "opinions", "history")


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody had typed for an action that was refused: the page offers it again."""

    action: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@router.get("/cases/{reference}")
def show_case(visit: Visiting, reference: str) -> Response:
    """A case by its number or id."""
    return _case(visit, reference)


def _case(visit: Visit, reference: str, error: DimingError | None = None, kept: Kept | None = None) -> Response:
    casework, actor, query = casework_of(visit.request), actor_of(visit.request), visit.view.query
    sheet = case_sheet(casework, actor, reference)
    words, case = Words(visit.view.t), sheet.dossier.case
    queue = desk_parameters(query) if query.get("queue") == "1" else None
    following = None if queue is None else next_on_desk(casework, actor, wanted_of(casework, queue), case.id)
    return case_page(
        visit,
        "case.html",
        error,
        sheet=sheet,
        case=case,
        shown=sheet.shown,
        procedure=case.procedure,
        tab=query.get("tab") if query.get("tab") in TABS else _first_tab(sheet),
        tabs=TABS,
        queue=queue,
        following=following,
        address=f"/cases/{case.number}",
        carried=_carried(query),
        kept=kept or Kept(),
        changes=[] if error is None else error.extra.get("changes", []),
        history=_history(words, sheet),
        votes=_votes(sheet),
        drawing=draw_shapes(sheet.proposal.shapes) if visit.view.staff else None,
        around=surroundings(casework, sheet) if sheet.insider else None,
        turn=with_whom(case.procedure, case.state),
        theirs=_theirs(words, sheet, actor.account_id),
        done=_done(words, sheet, query.get("done"), actor.account_id),
        before=known_case_note(query.get("before")),
        deeds=DEEDS,
        today=today_of(casework),
        status_code=status_code(visit.request.app.state.keys, case.id),
        kind_of=kind_of,
        offered=choices_of(sheet),
        prefill=prefill_of(sheet),
    )


def _theirs(words: Words, sheet: Sheet, reader: UUID | None) -> dict[str, Any] | None:
    """For whoever applied: who has the case, until when, what is his to do. None for others, and at the end."""
    case = sheet.dossier.case
    if sheet.insider or case.opened_by != reader or case.closed_at is not None:
        return None
    own = [way for way in sheet.shown["next"] if way["yours"]]
    must = [way for way in own if way["action"] != WITHDRAW and _moves(sheet, way["action"])]
    return {
        "with": with_whom(case.procedure, case.state),
        "due_on": min((row["due_on"] for row in sheet.dossier.clocks if row["due_on"]), default=None),
        "must": must,
        "may": [words.label(way["label"]) for way in own if way not in must],
    }


def _moves(sheet: Sheet, action: str) -> bool:
    """Whether a way leads out of the state: the case waits for it."""
    case = sheet.dossier.case
    way = case.procedure.transition(case.state, action)
    return way is not None and way.next != case.state


def _carried(query: Mapping[str, str]) -> dict[str, str]:
    """What every link and form of the page keeps: the tab, and the desk from which one came."""
    return {name: query[name] for name in ("tab", "queue") if query.get(name)} | desk_parameters(query)


def _first_tab(sheet: Sheet) -> str:
    """Where nothing is asked for: what stands open, else what was handed in."""
    return "findings" if any(f["closed_at"] is None for f in sheet.dossier.findings) else "documents"


def _history(words: Words, sheet: Sheet) -> list[dict[str, Any]]:
    """The steps, the latest first, in words."""
    procedure = sheet.dossier.case.procedure
    lines = [
        {
            **step,
            "label": words.action(procedure, step["action"], step["from_state"]),
            "by": sheet.names.get(step["actor_id"], ""),
            "for": sheet.names.get(step["for_id"]) if step["for_id"] else None,
            "told": told_fields(words, sheet, step),
        }
        for step in sheet.dossier.steps
    ]
    return lines[::-1]


def _votes(sheet: Sheet) -> dict[str, int]:
    """The votes of this round, by stance."""
    entered = max((s["seq"] for s in sheet.dossier.steps if s["from_state"] != s["to_state"]), default=0)
    counts = dict.fromkeys(("for", "against", "abstain"), 0)
    for opinion in sheet.dossier.opinions:
        if opinion["kind"] == "vote" and opinion["seq"] > entered:
            counts[opinion["stance"]] += 1
    return counts


def _done(words: Words, sheet: Sheet, seq: str | None, reader: UUID | None) -> str | None:
    """What the reader did just now: a step of his own that really stands in the history."""
    step = next((s for s in sheet.dossier.steps if str(s["seq"]) == seq and s["actor_id"] == reader), None)
    return None if step is None else words.action(sheet.dossier.case.procedure, step["action"], step["from_state"])


@router.post("/cases/{reference}/actions/{action}")
def act(visit: Visiting, reference: str, action: str, typed: Typed) -> Response:
    """Do what a form of the page asks for, once, and go on: to the case again, or to the next one of the desk."""
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    fields = typed.fields()

    def work() -> Response:
        given = _resolved(visit, action, fields)
        wanted = Action(action, given, typed.version(), typed.one("key") or None)
        return _onward(visit, service.act(casework, actor, _id(visit, reference), wanted), typed)

    return attempt(work, lambda error: _case(visit, reference, error, Kept(action, fields)))


def _id(visit: Visit, reference: str) -> UUID:
    with reading(casework_of(visit.request).engine) as connection:
        return id_of(connection, actor_of(visit.request), reference)


def _resolved(visit: Visit, action: str, fields: Mapping[str, str]) -> dict[str, str]:
    """People write numbers of cases; the deed `link` takes ids."""
    if action == "link" and fields.get("case"):
        return {**fields, "case": str(_id(visit, fields["case"].upper()))}
    return dict(fields)


def _onward(visit: Visit, case: Mapping[str, Any], typed: Typed) -> Response:
    url, query = visit.view.url, visit.view.query
    carried = _carried(query)
    if typed.one("then") == "next" and query.get("queue") == "1":
        carried.pop("tab", None)
        following = typed.one("next")
        path = f"/cases/{UUID(following)}" if _is_id(following) else "/desk"
        address = url(path, **(carried if path != "/desk" else desk_parameters(query)), before=case["number"])
    else:
        address = url(f"/cases/{case['number']}", **carried, done=case["history"][-1]["seq"])
    return RedirectResponse(address, 303, headers={"Cache-Control": NO_STORE})


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@router.post("/cases/{reference}/documents")
async def hand_in(request: Request, visit: Visiting, reference: str) -> Response:
    """Upload a document and hand it in, in one go; refused, nothing is stored."""
    casework, blobs = casework_of(request), blobs_of(request)

    async def work() -> Response:
        async with receiving(request) as (actor, came):
            key, version = came.fields.get("key") or None, came.fields.get("version", "")

            def keep_and_attach() -> Mapping[str, Any]:
                kept = keep_attachment(casework, blobs, actor, came.file, came.name, key)
                seen = int(version) if version.isascii() and version.isdecimal() else None
                wanted = Action("attach", {"attachment": str(kept["id"])}, seen, key)
                return service.act(casework, actor, _id(visit, reference), wanted)

            case = await in_thread(keep_and_attach)
        carried = {**_carried(visit.view.query), "tab": "documents"}
        address = visit.view.url(f"/cases/{case['number']}", **carried, done=case["history"][-1]["seq"])
        return RedirectResponse(address, 303, headers={"Cache-Control": NO_STORE})

    try:
        return await work()
    except DimingError as error:
        if error.status >= 500:
            raise
        told = error
    return await in_thread(lambda: _case(visit, reference, told, Kept("attach")))


@router.get("/cases/{reference}/documents/{attachment_id}")
def show_document(visit: Visiting, reference: str, attachment_id: UUID) -> Response:
    """One document of a case: what it is, and how it looks as far as that can be shown."""
    casework, actor, request = casework_of(visit.request), actor_of(visit.request), visit.request
    sheet = case_sheet(casework, actor, reference)
    row = find_attachment(casework, actor, attachment_id)
    if row["case"] != sheet.dossier.case.id:
        raise NotFound("There is no such document in this case.", code="no_such_case")
    kind = kind_of(row["media_type"])
    return case_page(
        visit,
        "case_document.html",
        case=sheet.dossier.case,
        row=row,
        by=sheet.names.get(row["added_by"], ""),
        kind=kind,
        pages=_pages(request, attachment_id) if kind is Kind.PAGES else None,
        text=_text(request, attachment_id) if kind in outgoing.TEXTS else None,
        carried=_carried(visit.view.query),
    )


def _pages(request: Request, attachment_id: UUID) -> int:
    """How many pages are shown; none where the document cannot be drawn."""
    try:
        return min(outgoing.pages_of(request, attachment_id), MOST_PAGES)
    except NotFound as error:
        if error.code != "no_preview":
            raise
        return 0


def _text(request: Request, attachment_id: UUID) -> Excerpt | None:
    """What it says; none where it cannot be read."""
    try:
        return outgoing.text_of(request, attachment_id)
    except NotFound as error:
        if error.code != "no_preview":
            raise
        return None
