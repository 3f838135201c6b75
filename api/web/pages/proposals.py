"""Proposals (变更建议): what would change, against the law of now, on a map and in a list; making and ending them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from shapely.geometry import shape
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.counter import counter_of
from api.differences import Sent, receiving_files
from api.proposing import propose_sent
from api.uploads import in_thread
from api.v1.answers import encode
from api.web.pages.account_forms import NO_STORE, account_page, attempt
from api.web.pages.case_forms import Typed, TypedForm
from api.web.pages.line import identifier
from api.web.proposallayer import features_of, rows_of
from api.web.visit import Visit, Visiting
from boundaries.geometry.picture import Pictured, draw, fitting_height
from boundaries.network.law import document_rules
from boundaries.network.proposals import reading as questions
from boundaries.network.proposals import service
from boundaries.network.service import find_line
from boundaries.submissions.proposing import propose_submission
from boundaries.submissions.service import find_submission
from data.access import Matter, require
from data.db import Audience, reading
from data.errors import BadRequest, DimingError, NotFound

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 25
WIDTH = 960
SIDES = ("base", "ours", "theirs")


def _office(visit: Visit) -> Engine:
    engine: Engine = visit.request.app.state.databases.office
    return engine


def _require_staff(visit: Visit) -> None:
    require(actor_of(visit.request), "geometry.read", Matter())


@router.get("/proposals")
def proposals(visit: Visiting) -> Response:
    """The proposals, the latest first, in one state where asked."""
    _require_staff(visit)
    query = visit.view.query
    state = query.get("state") if query.get("state") in questions.STATES else None
    line = identifier(query["line"]) if query.get("line") else None
    with reading(_office(visit)) as connection:
        found = questions.list_proposals(
            connection, line=line, state=state, limit=ON_A_PAGE, cursor=query.get("cursor") or None
        )
    return account_page(
        visit, "proposals.html", items=found["items"], following=found["next"], states=questions.STATES, state=state
    )


# -- making one ----------------------------------------------------------------------------------------------------


@router.get("/lines/{line_id}/propose")
def ask_file(visit: Visiting, line_id: UUID) -> Response:
    """The form: a line as a file has it."""
    return _form_file(visit, line_id)


def _form_file(visit: Visit, line: UUID, error: DimingError | None = None, typed: Any = None) -> Response:
    _require_staff(visit)
    with reading(_office(visit)) as connection:
        found = find_line(connection, line, visit.view.as_of, Audience.STAFF)
    path = f"/lines/{line}/propose"
    return account_page(
        visit, "proposal_new.html", error, path=path, address=path, line=found, submission=None,
        kinds=tuple(document_rules()), typed=dict(typed or {}),
    )  # fmt: skip


@router.post("/lines/{line_id}/propose")
async def propose_a_file(request: Request, visit: Visiting, line_id: UUID) -> Response:
    """Keep it as a proposal, and go there."""
    async with receiving_files(request) as sent:
        whole = Sent(sent.file, sent.other, {**sent.fields, "line": str(line_id)})
        return await in_thread(
            lambda: attempt(
                lambda: _go(visit, propose_sent(_office(visit), actor_of(request), whole).id),
                lambda error: _form_file(visit, line_id, error, sent.fields),
            )
        )


@router.get("/counter/{id}/propose")
def ask_submission(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """The form: what a submission changes."""
    return _form_submission(visit, id)


def _form_submission(visit: Visit, submission: UUID, error: DimingError | None = None, typed: Any = None) -> Response:
    with reading(_office(visit)) as connection:
        found = find_submission(connection, actor_of(visit.request), submission)
        line = find_line(connection, found["line"]["id"], visit.view.as_of, Audience.STAFF)
    path = f"/counter/{submission}/propose"
    return account_page(
        visit, "proposal_new.html", error, path=path, address=path, line=line, submission=found,
        kinds=tuple(document_rules()), typed=dict(typed or {}),
    )  # fmt: skip


@router.post("/counter/{id}/propose")
def propose_a_submission(visit: Visiting, id: UUID, typed: Typed) -> Response:  # noqa: A002 -- the name in the address
    """Keep it as a proposal, and go there."""
    given = {name: typed.one(name) for name in ("message", "document", "leaves_open")}

    def work() -> Response:
        kept = propose_submission(
            counter_of(visit.request), actor_of(visit.request), id, message=given["message"],
            document_wanted=given["document"], leaves_open=bool(given["leaves_open"]),
        )  # fmt: skip
        return _go(visit, kept.id)

    return attempt(work, lambda error: _form_submission(visit, id, error, given))


def _go(visit: Visit, proposal: UUID) -> Response:
    return RedirectResponse(visit.view.url(f"/proposals/{proposal}"), 303, headers={"Cache-Control": NO_STORE})


# -- one proposal --------------------------------------------------------------------------------------------------


@router.get("/proposals/{id}")
def proposal(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """A proposal with what it changes and what stands against it on the law of now."""
    return _proposal(visit, id)


def _found(visit: Visit, identity: UUID) -> dict[str, Any]:
    _require_staff(visit)
    with reading(_office(visit)) as connection:
        return questions.find_proposal(connection, identity)


def _proposal(visit: Visit, identity: UUID, error: DimingError | None = None) -> Response:
    found = _found(visit, identity)
    path = f"/proposals/{identity}"
    return account_page(
        visit, "proposal.html", error, path=path if error else None, found=found, sides=SIDES,
        rows=rows_of(visit.view.t, found), chosen="" if error else visit.view.query.get("finding", ""),
        lines=_lines(visit, found["lines"]),
    )  # fmt: skip


def _lines(visit: Visit, lines: list[UUID]) -> list[dict[str, Any]]:
    """The lines that it touches and that stand already; a proposal may make one that does not."""
    shown = []
    with reading(_office(visit)) as connection:
        for line in lines:
            try:
                shown.append(find_line(connection, line, visit.view.as_of, Audience.STAFF))
            except NotFound:
                continue
    return shown


@router.get("/proposals/{id}/layer.json")
def layer(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """What its map shows: the courses as they were, and every change."""
    found = _found(visit, id)
    features = features_of(found, rows_of(visit.view.t, found))
    sources = [visit.view.t("proposals.source", day=found["base"]["on"])]
    body = {"type": "FeatureCollection", "features": features, "sources": sources}
    return Response(encode(body), media_type="application/json", headers={"Cache-Control": NO_STORE})


@router.get("/proposals/{id}/map.svg")
def drawing(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """The same as a drawing, for paper and for browsers without scripts."""
    found, chosen = _found(visit, id), visit.view.query.get("finding")
    things = [
        Pictured(
            shape(feature["geometry"]), feature["properties"]["draw"], feature["properties"].get("severity"),
            feature["properties"].get("label", ""), feature["properties"].get("id") == chosen,
        )
        for feature in features_of(found, rows_of(visit.view.t, found))
    ]  # fmt: skip
    picture = draw(things, WIDTH, fitting_height(things, WIDTH), title=visit.view.t("findings.map"))
    if picture is None:
        raise NotFound("Nothing of this proposal has a place on a map.", code="no_geometry")
    return Response(picture, media_type="image/svg+xml", headers={"Cache-Control": NO_STORE})


@router.post("/proposals/{id}/withdraw")
def withdraw(visit: Visiting, id: UUID, typed: Typed) -> Response:  # noqa: A002 -- the name in the address
    """End it with a reason."""

    def work() -> Response:
        service.withdraw(_office(visit), actor_of(visit.request), id, typed.one("reason"))
        return _go(visit, id)

    return attempt(work, lambda error: _proposal(visit, id, error))


@router.post("/proposals/{id}/rebase")
def rebase(visit: Visiting, id: UUID, typed: Typed) -> Response:  # noqa: A002 -- the name in the address
    """Put it on the law of now, with what was decided about its conflicts."""

    def work() -> Response:
        message = typed.one("message").strip() or None
        made = service.rebase_proposal(_office(visit), actor_of(visit.request), id, _choices(visit, id, typed),
                                       message=message)  # fmt: skip
        return _go(visit, made.id)

    return attempt(work, lambda error: _proposal(visit, id, error))


def _choices(visit: Visit, identity: UUID, typed: TypedForm) -> dict[UUID, Any]:
    """Whose version stands, by segment or line; `BadRequest` `bad_parameter` for a side that there is not."""
    conflicts = (_found(visit, identity)["against"] or {"conflicts": []})["conflicts"]
    chosen: dict[UUID, Any] = {}
    for conflict in conflicts:
        thing = conflict.get("segment") or conflict["line"]
        side = typed.one(f"take-{thing}")
        if side and side not in SIDES:
            raise BadRequest(f"A conflict is decided by one of {', '.join(SIDES)}.", code="bad_parameter")
        if side:
            chosen[thing] = side
    return chosen
