"""Applying for a name (申请地名): a form, what would come of it, and the sending. Works by forms alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.auth.jurisdiction import unit_of_code
from api.casework import casework_of
from api.uploads import blobs_of
from api.web.drawing.shapes import draw_shapes
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.apply_form import FIELDS, FIGURE, FIGURES, SHAPES, Said, Sending, Sent, facts_of, glimpsed
from api.web.pages.case_forms import case_page, fresh_key
from api.web.visit import Visit, Visiting
from boundaries.units.coding import check_code
from boundaries.units.service import list_units
from data.access import Role
from data.cases import service
from data.cases.attachments import keep_attachment, waiting_attachments
from data.cases.model import Opening
from data.cases.reading import require_signed_in, today_of
from data.db import reading
from data.errors import BadRequest, DimingError
from geonames.applications.drafts import drafts_of, drop_draft, find_draft, save_draft
from geonames.applications.preview import Glance, Preview, glance, preview
from geonames.applications.routes.model import Kind
from geonames.applications.routes.rows import route_book
from geonames.places.classes import class_tree, place_classes
from geonames.rules.metrics import metrics

router = APIRouter(include_in_schema=False)
PROCEDURE = "naming.application"
#: Roles whose divisions are offered as the place of the name.
WRITING = frozenset({Role.APPLICANT, Role.CLERK})
MOST_WAITING, MOST_UNITS = 100, 400


@router.get("/apply")
def form(visit: Visiting) -> Response:
    """The form: empty, filled from a draft, or from fields in the address, so that a link can."""
    actor = actor_of(visit.request)
    require_signed_in(actor)
    query = visit.view.query
    said = Said({name: query.get(name, "") for name in (*FIELDS, *FIGURES)})
    if not query.get("draft"):
        return _page(visit, said)

    def work() -> Response:
        kept = find_draft(casework_of(visit.request), actor, _id(query["draft"]))
        papers = {UUID(document): str(paper) for document, paper in kept["papers"].items()}
        texts = {name: str(kept["texts"].get(name, "")) for name in (*FIELDS, *FIGURES)}
        return _page(visit, Said(texts, papers), key=query["draft"])

    return attempt(work, lambda error: _page(visit, said, error=error))


@router.post("/apply")
def send(visit: Visiting, sent: Sending) -> Response:
    """Keep what was uploaded, then do what was asked for: look, keep the draft, delete it, or hand in (`do`)."""
    said: list[Said] = []

    def work() -> Response:
        said.append(_with_upload(visit, sent, sent.said()))
        return _done(visit, sent, said[0])

    def refused(error: DimingError) -> Response:
        return _page(visit, said[0] if said else _typed(sent), error=error, key=sent.one("key"))

    return attempt(work, refused)


def _typed(sent: Sent) -> Said:
    """What was typed, where what came with it could not be read."""
    return Said({name: sent.one(name) for name in (*FIELDS, *FIGURES)})


def _with_upload(visit: Visit, sent: Sent, said: Said) -> Said:
    """With the document that came, kept at once: nobody chooses a file twice because a field was wrong."""
    file = sent.file("file")
    if file is None:
        return said
    actor = actor_of(visit.request)
    kept = keep_attachment(casework_of(visit.request), blobs_of(visit.request), actor, file.file, str(file.filename))
    return Said(said.texts, {**said.papers, kept["id"]: sent.one("paper")})


def _done(visit: Visit, sent: Sent, said: Said) -> Response:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    key = sent.one("key") or fresh_key()
    match sent.one("do"):
        case "send":
            return _hand_in(visit, said, key)
        case "draft":
            papers = {str(document): paper for document, paper in said.papers.items()}
            save_draft(casework, actor, _id(key), _title(said), {"texts": dict(said.texts), "papers": papers})
            return _back(visit, draft=key, saved=1)
        case "drop":
            drop_draft(casework, actor, _id(key))
            return _back(visit)
        case "look":
            with reading(casework.engine) as connection:
                looked = preview(connection, facts_of(said), today_of(casework))
            return _page(visit, said, looked=looked, key=key)
        case _:
            return _page(visit, said, key=key)


def _back(visit: Visit, **parameters: object) -> Response:
    return RedirectResponse(visit.view.url("/apply", **parameters), 303, headers={"Cache-Control": NO_STORE})


def _title(said: Said) -> str:
    return "、".join(line.strip() for line in said["names"].splitlines() if line.strip()) or said["place_id"]


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise BadRequest("This is the id of no draft.", code="bad_id") from error


def _hand_in(visit: Visit, said: Said, key: str) -> Response:
    """Open the case under the form's own key and delete its draft; go to the case."""
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    facts = facts_of(said)
    with reading(casework.engine) as connection:
        unit = unit_of_code(connection, check_code(str(facts["within"])))
    opening = Opening(PROCEDURE, _title(said)[:200], unit, facts, tuple(said.papers))
    case = service.open_case(casework, actor, opening, key)
    drop_draft(casework, actor, _id(key))
    address = visit.view.url(f"/cases/{case['number']}", tab="documents", done=1)
    return RedirectResponse(address, 303, headers={"Cache-Control": NO_STORE})


@router.post("/apply/check")
def check(visit: Visiting, sent: Sending) -> Response:
    """What is found about the names as they are being typed: the part of the page that shows it. Stores nothing."""

    def work() -> Response:
        facts, casework = glimpsed(_typed(sent)), casework_of(visit.request)
        if not facts["names"]:
            return _part(visit, None)
        with reading(casework.engine) as connection:
            return _part(visit, glance(connection, facts, today_of(casework)))

    return attempt(work, lambda error: _part(visit, None, error))


def _part(visit: Visit, looked: Glance | None, error: DimingError | None = None) -> Response:
    """Refusals of half a name or code are told in the part itself, which is what was asked for: status 200."""
    response = case_page(visit, "parts/apply/found.html", error, looked=looked, drawing=None, **_words(visit))
    response.status_code = 200
    return response


def _page(
    visit: Visit,
    said: Said,
    looked: Preview | None = None,
    error: DimingError | None = None,
    key: str = "",
) -> Response:
    casework, actor = casework_of(visit.request), actor_of(visit.request)
    return case_page(
        visit,
        "apply.html",
        error,
        said=said,
        key=key or fresh_key(),
        papers=list(_papers(visit, said)),
        drafts=drafts_of(casework, actor),
        units=_units(visit),
        types=_types(),
        shapes=SHAPES,
        kinds=[kind.value for kind in Kind],
        classes=[name for name in place_classes() if name != "ADMIN_DIVISION"],
        metrics=metrics(),
        figure=FIGURE,
        looked=looked,
        drawing=draw_shapes([looked.facts["geometry"]]) if looked and looked.facts.get("geometry") else None,
        wrong=_wrong(error),
        saved=bool(visit.view.query.get("saved")),
        **_words(visit),
    )  # fmt: skip


def _words(visit: Visit) -> dict[str, Any]:
    return {"vocabulary": route_book().words, "suffix": "" if visit.view.t.language == "zh" else "_en"}


def _wrong(error: DimingError | None) -> dict[str, str]:
    """What is wrong with each field that a refusal names."""
    problems: Iterable[Any] = error.extra.get("fields", []) if error else []
    return {problem["field"]: problem["why"] for problem in problems if isinstance(problem, Mapping)}


def _papers(visit: Visit, said: Said) -> Iterable[dict[str, Any]]:
    """The documents uploaded with this form, in the order in which they came; one that is gone has no name."""
    if not said.papers:
        return
    waiting = waiting_attachments(casework_of(visit.request), actor_of(visit.request), MOST_WAITING)["items"]
    known = {row["id"]: row for row in waiting}
    for document, paper in said.papers.items():
        yield {"id": document, "paper": paper, "row": known.get(document)}


def _units(visit: Visit) -> list[dict[str, Any]]:
    """The divisions in which the visitor may apply or hand in, with those directly below them."""
    casework, found = casework_of(visit.request), []
    own = {grant.unit_id for grant in actor_of(visit.request).grants if grant.role in WRITING and grant.unit_id}
    with reading(casework.engine) as connection:
        places = [casework.locate(connection, unit) for unit in sorted(own)]
    for place in places:
        if place is not None and place.code is not None and place.names:
            below = list_units(visit.conn, parent=place.code, limit=MOST_UNITS)["items"]
            found += [{"code": place.code, "name": place.names[-1]}, *below]
    return found[:MOST_UNITS]


def _types() -> list[Any]:
    """The types of GB/T 18521 that say which class they are of, for the list of suggestions."""
    return [one for one in class_tree() if one.art3 and one.art3 != "ADMIN_DIVISION"]
