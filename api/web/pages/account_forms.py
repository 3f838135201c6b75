"""What the pages about accounts share: doing a form's work, going on, and telling a refusal beside the form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.auth.identity import clock_of, require_signed_in
from api.web.i18n import catalogue
from api.web.problem_page import wording
from api.web.rendering import renderer_of
from api.web.visit import Visit
from data.accounts.identity import Signed
from data.errors import DimingError

#: Pages with somebody's sessions and tokens, and forms with passwords, are kept nowhere.
NO_STORE = "private, no-store"


def account_page(
    visit: Visit, template: str, error: DimingError | None = None, *, path: str | None = None, **values: Any
) -> HTMLResponse:
    """The page made of `template`; with `error` it says what was refused and keeps the error's status.

    `path` is where the page is asked for, where a form elsewhere answers with it.
    """
    told = None
    if error is not None:
        problem = error.problem()
        words = wording(visit.view.t.language, problem)
        told = {**problem, "heading": words["title"], "advice": words["advice"]}
    renderer = renderer_of(visit.request)
    given = {"done": known_done(visit), "problem": told, **values}
    view = visit.view if path is None else replace(visit.view, path=path, query={})
    response = renderer.page(template, view, given, error.status if error else 200)
    response.headers["Cache-Control"] = NO_STORE
    return response


def known_done(visit: Visit) -> str:
    """What was done just now, by the address; nothing but our own sentences is said there."""
    done = visit.view.query.get("done", "")
    return done if f"account.done.{done}" in catalogue(visit.view.t.language) else ""


def go_to(visit: Visit, path: str, done: str | None = None) -> Response:
    """After a form the browser asks for a page, so that going back or reloading repeats nothing."""
    return RedirectResponse(visit.view.url(path, done=done), 303, headers={"Cache-Control": NO_STORE})


def attempt(work: Callable[[], Response], refused: Callable[[DimingError], Response]) -> Response:
    """`work`, or where it is refused with something that the person can cure the page that says so."""
    try:
        return work()
    except DimingError as error:
        if error.status >= 500:
            raise
        return refused(error)


def me(visit: Visit) -> Signed:
    """Who looks. Raises `NotSignedIn` (`sign_in_needed`)."""
    return require_signed_in(visit.request)


def now_of(visit: Visit) -> Any:
    """The moment, by the application's clock."""
    return clock_of(visit.request)()


def local_path(wanted: str) -> str:
    """`wanted` where it is a path of ours, else the home page: nobody is led to another site by a link to sign in."""
    parts = urlsplit(wanted)
    is_path = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if is_path and not parts.scheme and not parts.netloc and "\\" not in wanted else "/"
