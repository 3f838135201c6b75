"""Problems as pages: what happened, what was not changed, what to do, and the stable code."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.auth.audience import audience_known
from api.auth.identity import known
from api.web.i18n import Translator, catalogue, choose_language
from api.web.rendering import renderer_of
from api.web.view import View
from data.db import Audience

#: Addresses for programs: they get the problem document, whatever they say they accept.
FOR_PROGRAMS = ("/v1", "/map/", "/healthz", "/readyz", "/metrics", "/static/")


def wants_page(request: Request) -> bool:
    """Whether a person is looking: a browser asked for a page and not for data."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(FOR_PROGRAMS)


def render_problem(request: Request, problem: dict[str, Any]) -> Response | None:
    """The page of `problem`, or None where the problem document itself should be sent.

    Asks no database: the problem may be that there is none.
    """
    if not wants_page(request) or problem["code"] == "browser_libraries_missing":
        return None
    language = choose_language(request.query_params.get("lang"), request.cookies.get("lang"))
    renderer = renderer_of(request)
    view = View(
        t=Translator(language),
        span=None,
        as_of=None,
        staff=audience_known(request, renderer.settings) is Audience.STAFF,
        map_approval=None,
        path=request.url.path,
        query={"lang": language} if request.query_params.get("lang") else {},
        account=signed.display_name if (signed := known(request)) else None,
    )
    return renderer.page("error.html", view, {"problem": problem, **wording(language, problem)}, problem["status"])


def wording(language: str, problem: dict[str, Any]) -> dict[str, str]:
    """What to say for people: by code where there is a text of its own, else by status."""
    texts = catalogue(language)
    keys = (f"error.{problem['code']}", f"error.status{problem['status']}", "error.other")
    key = next(k for k in keys if f"{k}.title" in texts)
    return {"title": texts[f"{key}.title"], "advice": texts[f"{key}.advice"]}
