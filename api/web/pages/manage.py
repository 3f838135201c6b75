"""Administration (管理): one page that leads to what the reader may administer or look into."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import actor_of
from api.web.pages.case_forms import case_page
from api.web.visit import Visiting
from data.access import Actor
from data.access.table import permissions
from data.cases.reading import require_signed_in

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the administration: its address, and the permission that it asks for."""

    key: str
    path: str
    permission: str


PLACES = (
    Place("users", "/account/users", "account.list"),
    Place("keys", "/account/keys", "service_key.plan"),
    Place("templates", "/manage/templates", "template.read"),
    Place("imports", "/imports", "import.read"),
    Place("jobs", "/jobs", "job.read"),
    Place("audit", "/audit", "audit.read"),
)


@router.get("/manage")
def manage(visit: Visiting) -> Response:
    """The places to which the reader's roles lead; each asks again who he is."""
    actor = actor_of(visit.request)
    require_signed_in(actor)
    return case_page(visit, "manage.html", places=places_for(visit.request, actor))


def places_for(request: Request, actor: Actor) -> list[Place]:
    """Those of the places that this installation has and that one of the grants of `actor` leads to."""
    return [place for place in PLACES if _is_here(request, place.path) and leads_to(actor, place.permission)]


def _is_here(request: Request, path: str) -> bool:
    return any(route.path_regex.match(path) for route in iter_route_contexts(request.app.routes) if route.methods)


def leads_to(actor: Actor, permission: str) -> bool:
    """Whether a grant of `actor` may permit `permission` somewhere; the place itself asks where."""
    return any(
        grant.role in row.roles and (row.within != "country" or grant.unit_id is None)
        for row in permissions().get(permission, ())
        for grant in actor.effective_grants()
    )
