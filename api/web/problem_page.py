"""Problems as pages: what happened, what was not changed, what to do, and the stable code."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from api.auth.audience import audience_known
from api.auth.identity import known
from api.web.i18n import Translator, catalogue, choose_language
from api.web.rendering import renderer_of
from api.web.view import View
from data.db import Audience
from data.errors import NotSignedIn

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
    given = {
        "problem": problem,
        "typed": _typed(request, problem),
        "sent_query": request.url.query,
        **wording(language, problem),
    }
    response = renderer.page("error.html", view, given, problem["status"])
    if given["typed"]:
        response.headers["Cache-Control"] = "no-store"
    return response


def keep_typed(request: Request, form: FormData) -> None:
    """Keep what was typed for the page of a problem: whoever was signed out meanwhile shall not type it again."""
    request.state.typed = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]


def _typed(request: Request, problem: dict[str, Any]) -> list[tuple[str, str]]:
    """What was typed before a sign-in that has ended; it goes out in the answer only to the one who sent it."""
    if problem["code"] != NotSignedIn.code or request.method != "POST":
        return []
    typed: list[tuple[str, str]] = getattr(request.state, "typed", [])
    return typed


def wording(language: str, problem: dict[str, Any]) -> dict[str, str]:
    """What to say for people: by code where there is a text of its own, else by status."""
    texts = catalogue(language)
    keys = (f"error.{problem['code']}", f"error.status{problem['status']}", "error.other")
    key = next(k for k in keys if f"{k}.title" in texts)
    return {"title": texts[f"{key}.title"], "advice": texts[f"{key}.advice"]}
