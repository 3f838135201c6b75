"""Consultations of the public: the list, one with its form and comments, and the office's page for reading them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of, clock_of, visitor_of
from api.casework import casework_of
from api.web.drawing.shapes import draw_shapes
from api.web.pages.account_forms import NO_STORE, attempt
from api.web.pages.case_forms import Typed, TypedForm, case_page, fresh_key
from api.web.visit import Visit, Visiting
from boundaries.units.coding import check_code
from data.cases.reading import require_signed_in
from data.clock import civil_date
from data.errors import BadRequest, DimingError
from geonames.applications.notices import below
from geonames.applications.routes.rows import route_book
from geonames.consultations import moderation, service
from geonames.consultations.model import Said, Stance, refusal
from geonames.consultations.rules import consultation_rules

router = APIRouter(include_in_schema=False)
PAGE = 50
FIELDS = ("stance", "text", "name", "contact")
DEEDS = ("show", "hide", "reply", "hearing")
#: A field that people do not see: what fills it is a program.
TRAP = "website"


@router.get("/consultations")
def consultations(visit: Visiting) -> Response:
    """What the public is asked now, and was asked before."""
    query = visit.view.query
    within = check_code(query["within"]) if query.get("within") else None
    found = service.list_consultations(
        visit.conn, _today(visit), within=None if within is None else below(within), limit=PAGE,
        cursor=query.get("cursor") or None,
    )  # fmt: skip
    return visit.page("consultations.html", items=found["items"], following=found["next"], within=within)


@router.get("/consultations/{consultation}")
def show(visit: Visiting, consultation: str) -> Response:
    """One consultation: the proposal with its map and reason, the period, the form, what others said."""
    return _page(visit, consultation)


@router.post("/consultations/{consultation}")
def say(visit: Visiting, consultation: str, typed: Typed) -> Response:
    """Send a comment, once; then the page again, which says what becomes of it."""
    said = {name: typed.one(name) for name in FIELDS}

    def work() -> Response:
        stored = _sent(visit, consultation, typed, said)
        return _go(visit, f"/consultations/{consultation}", stored["state"])

    return attempt(work, lambda error: _page(visit, consultation, error, said))


def _sent(visit: Visit, consultation: str, typed: TypedForm, said: Mapping[str, str]) -> dict[str, Any]:
    if typed.one(TRAP):
        raise refusal([(TRAP, "is a field that people do not fill in: leave it empty")], code="bad_comment")
    if said["stance"] not in set(Stance):
        raise refusal([("stance", "is needed: for, against, or another view")], code="bad_comment")
    words = Said(Stance(said["stance"]), said["text"].replace("\r\n", "\n"), said["name"], said["contact"])
    request = visit.request
    engine, address = request.app.state.databases.office, visitor_of(request).address or ""
    key, keys = typed.one("key") or None, casework_of(request).keys()
    return service.comment(engine, _id(consultation), words, address, clock_of(request)(), key, keys)


def _page(
    visit: Visit, consultation: str, error: DimingError | None = None, said: Mapping[str, str] | None = None
) -> Response:
    identity, query = _id(consultation), visit.view.query
    found = service.find_consultation(visit.conn, identity, _today(visit))
    comments = service.list_comments(visit.conn, identity, limit=PAGE, cursor=query.get("cursor") or None)
    about = found["about"]
    return case_page(
        visit,
        "consultation.html",
        error,
        consultation=found,
        about=about,
        comments=comments["items"],
        following=comments["next"],
        said=said or dict.fromkeys(FIELDS, ""),
        key=fresh_key(),
        done=_known(visit, ("waiting", "shown")),
        drawing=draw_shapes([about["geometry"]]) if about.get("geometry") else None,
        kind=route_book().words["kind"].get(about["kind"]),
        rules=consultation_rules(),
        wrong=_wrong(error),
        today=_today(visit),
        may_moderate=_may_moderate(visit),
    )


@router.get("/consultations/{consultation}/comments")
def board(visit: Visiting, consultation: str) -> Response:
    """All comments for the office, those that wait first."""
    return _board(visit, consultation)


@router.post("/consultations/{consultation}/comments")
def handle(visit: Visiting, consultation: str, typed: Typed) -> Response:
    """Show, hide or answer a comment, or record a hearing."""

    def work() -> Response:
        _handled(visit, _id(consultation), typed)
        return _go(visit, f"/consultations/{consultation}/comments", typed.one("do"))

    return attempt(work, lambda error: _board(visit, consultation, error))


def _handled(visit: Visit, consultation: UUID, typed: TypedForm) -> None:
    casework, actor, do = casework_of(visit.request), actor_of(visit.request), typed.one("do")
    require_signed_in(actor)
    if do == "hearing":
        moderation.record_hearing(casework, actor, consultation, _hearing(typed))
    elif do == "reply":
        moderation.reply(casework, actor, consultation, _id(typed.one("comment")), typed.one("text"))
    elif do in ("show", "hide"):
        because = typed.one("because") if do == "hide" else None
        moderation.moderate(casework, actor, consultation, _id(typed.one("comment")), because)
    else:
        raise BadRequest("The form says nothing that can be done here.", code="bad_parameter")


def _hearing(typed: TypedForm) -> moderation.Hearing:
    try:
        held_on, attendance = date.fromisoformat(typed.one("held_on")), int(typed.one("attendance"))
    except ValueError as error:
        raise refusal([("held_on", "and the attendance are a date and a number")], code="bad_moderation") from error
    return moderation.Hearing(held_on, typed.one("place"), attendance, typed.one("minutes"), typed.one("chair"))


def _board(visit: Visit, consultation: str, error: DimingError | None = None) -> Response:
    actor, identity = actor_of(visit.request), _id(consultation)
    require_signed_in(actor)
    cursor = visit.view.query.get("cursor") or None
    found = moderation.all_comments(casework_of(visit.request), actor, identity, limit=PAGE, cursor=cursor)
    return case_page(
        visit,
        "consultation_board.html",
        error,
        consultation=service.find_consultation(visit.conn, identity, _today(visit)),
        case=found["case"],
        comments=found["items"],
        following=found["next"],
        reasons=consultation_rules().hide,
        done=visit.view.query.get("done")
        if visit.view.query.get("done") in ("show", "hide", "reply", "hearing")
        else None,
        wrong=_wrong(error),
    )


def _known(visit: Visit, deeds: tuple[str, ...]) -> str | None:
    """What was done just now, by the address; nothing but our own sentences is said there."""
    done = visit.view.query.get("done")
    return done if done in deeds else None


def _wrong(error: DimingError | None) -> dict[str, str]:
    told = error.extra.get("fields", []) if error else []
    return {problem["field"]: problem["why"] for problem in told if isinstance(problem, dict)}


def _may_moderate(visit: Visit) -> bool:
    """Whether a link to the office's page is of use: some office of the visitor reads comments somewhere."""
    actor, table = actor_of(visit.request), casework_of(visit.request).permissions
    roles = {role for row in table[moderation.MODERATE] for role in row.roles}
    return any(grant.role in roles for grant in actor.grants)


def _go(visit: Visit, path: str, done: str) -> Response:
    return RedirectResponse(visit.view.url(path, done=done), 303, headers={"Cache-Control": NO_STORE})


def _today(visit: Visit) -> date:
    return civil_date(clock_of(visit.request)())


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise service.no_such() from error
