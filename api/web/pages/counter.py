"""The counter: handing in boundary files, and what the check said of them, on a map and in a list beside it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.auth.identity import actor_of
from api.counter import counter_of
from api.reporting import FORMS
from api.submitting import FIELDS, receiving_form, submit
from api.uploads import in_thread
from api.web.counterlayer import chosen_number, drawing_of, layer_of
from api.web.pages.account_forms import NO_STORE
from api.web.pages.case_forms import fresh_key
from api.web.problem_page import wording
from api.web.rendering import renderer_of
from api.web.visit import Visit, Visiting
from boundaries.intake.catalogue import catalogue
from boundaries.intake.profiles import known_profiles, profile
from boundaries.network.service import list_lines
from boundaries.submissions import reports
from boundaries.submissions.model import SIDES, STATES, VERDICTS
from boundaries.submissions.service import Asked, find_submission, list_submissions
from boundaries.submissions.visible import may_take
from data.access import Actor
from data.access.table import permissions
from data.db import reading
from data.errors import DimingError, NotFound
from data.uploads.model import MAX_UPLOAD_BYTES

router = APIRouter(include_in_schema=False)

ON_A_PAGE = 25
FINDINGS_ON_A_PAGE = 100
#: Lines that the form offers by name; a longer list is asked for by typing the name.
LINES_OFFERED = 500
#: Scales of boundary sheets that the form offers; any other may be typed over the API.
SCALES = (2_000, 5_000, 10_000, 25_000, 50_000, 100_000)
SAMPLES = Path(__file__).parents[3] / "data" / "samples" / "yunxi" / "handed_in"
#: Which of them there are, and what is wrong with each.
SAMPLE_INDEX = "handed_in.csv"


@router.get("/counter")
def counter(visit: Visiting) -> Response:
    """The form, and what was handed in so far."""
    return _counter(visit)


def _counter(visit: Visit, error: DimingError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    query, actor = visit.view.query, actor_of(visit.request)
    asked = Asked(
        state=_known(query.get("state"), STATES),
        verdict=_known(query.get("verdict"), VERDICTS),
        mine=query.get("mine") == "1",
    )
    with reading(counter_of(visit.request).engine) as connection:
        found = list_submissions(connection, actor, asked, ON_A_PAGE, query.get("cursor") or None)
    lines = list_lines(visit.conn, as_of=visit.view.as_of, limit=LINES_OFFERED)["items"]
    return _page(
        visit,
        "counter.html",
        error,
        items=found["items"],
        following=found["next"],
        asked=asked,
        may=_may_submit(actor),
        lines=lines,
        sides=SIDES,
        scales=SCALES,
        profiles=[(name, profile(name)) for name in known_profiles()],
        samples=sample_files(),
        typed=typed or {"line": query.get("line", "")},
        limit=MAX_UPLOAD_BYTES,
        key=(typed or {}).get("key") or fresh_key(),
    )


def _known(value: str | None, known: tuple[str, ...]) -> str | None:
    """A filter of the address that there is; another one asks nothing, as its chip shows."""
    return value if value in known else None


def _may_submit(actor: Actor) -> bool:
    """Whether the form is of any use to `actor`: some role of his may hand in somewhere."""
    roles = {role for row in permissions()["boundary.submit"] for role in row.roles}
    return any(grant.role in roles for grant in actor.effective_grants())


@router.post("/counter")
async def hand_in(request: Request, visit: Visiting) -> Response:
    """Hand in what the form holds, once, and go to its report."""
    typed: dict[str, str] = {}
    try:
        async with receiving_form(request) as (actor, form):
            typed = {name: value for name, value in form.fields.items() if name in FIELDS}
            received = await in_thread(lambda: submit(request, actor, form, typed.get("key") or None))
    except DimingError as error:
        if error.status >= 500:
            raise
        told = error
        return await in_thread(lambda: _counter(visit, told, typed))
    address = visit.view.url(f"/counter/{received['id']}")
    return RedirectResponse(address, 303, headers={"Cache-Control": NO_STORE})


@router.get("/counter/samples/{name}")
def sample(name: str) -> Response:
    """A sample file, made up whole, to try the counter with."""
    if name not in {row["file"] for row in sample_files()}:
        raise NotFound("There is no such sample file.", code="path_not_found")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response((SAMPLES / name).read_bytes(), media_type="application/octet-stream", headers=headers)


@cache
def sample_files() -> list[dict[str, str]]:
    """The sample files that come with the program: `file`, `kind` of finding, `title_zh`, `title_en`."""
    index = SAMPLES / SAMPLE_INDEX
    if not index.is_file():
        return []
    with index.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if (SAMPLES / row["file"]).is_file()]


@router.get("/counter/{id}")
def submission(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """A submission with its report; while it is checked, the part that changes where htmx asks."""
    query, actor = visit.view.query, actor_of(visit.request)
    wanted = reports.Wanted(
        _known(query.get("kind"), tuple(catalogue())),
        _known(query.get("severity"), reports.SEVERITIES),
        _known(query.get("standing"), ("new", "standing")),
    )
    with reading(counter_of(visit.request).engine) as connection:
        found = find_submission(connection, actor, id)
        values: dict[str, Any] = {"submission": found, "original": may_take(connection, actor, id)}
        values["moving"] = found["state"] in ("received", "checking")
        if visit.partial and values["moving"]:
            return _page(visit, "parts/counter_state.html", **values)
        if found["state"] == "checked":
            after = _page_of(query.get("finding"), query.get("cursor"))
            values |= _report(connection, actor, id, wanted, query.get("cursor") or None, after)
    if visit.partial:
        # the report is another page: htmx loads it whole
        return Response(status_code=204, headers={"HX-Refresh": "true", "Cache-Control": NO_STORE})
    return _page(
        visit,
        "counter_report.html",
        **values,
        wanted=wanted,
        forms=tuple(FORMS),
        catalogue=catalogue(),
        chosen=str(chosen_number(query.get("finding")) or ""),
    )


def _page_of(finding: str | None, cursor: str | None) -> int:
    """Before which finding the page begins: a link to one shows the page that it is on."""
    number = chosen_number(finding)
    return 0 if cursor or number is None else (number - 1) // FINDINGS_ON_A_PAGE * FINDINGS_ON_A_PAGE


def _report(
    connection: Any, actor: Actor, submission: UUID, wanted: reports.Wanted, cursor: str | None, after: int
) -> dict[str, Any]:
    """What the page shows of the report."""
    found = reports.list_findings(connection, actor, submission, wanted, FINDINGS_ON_A_PAGE, cursor, after)
    return {
        "findings": found["items"],
        "following": found["next"],
        "head": reports.report_head(connection, actor, submission),
        "cured": reports.cured_findings(connection, actor, submission),
    }


@router.get("/counter/{id}/layer.json")
def layer(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """What the map of a report shows: the legal line, what was handed in, the findings."""
    return layer_of(visit, id)


@router.get("/counter/{id}/map.svg")
def drawing(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """The same as a drawing, for paper and for browsers without scripts."""
    return drawing_of(visit, id)


def _page(visit: Visit, template: str, error: DimingError | None = None, **values: Any) -> Response:
    given = {"problem": _told(visit, error) if error else None, **values}
    response = renderer_of(visit.request).page(template, visit.view, given, error.status if error else 200)
    response.headers["Cache-Control"] = NO_STORE
    return response


def _told(visit: Visit, error: DimingError) -> dict[str, Any]:
    problem = error.problem()
    words = wording(visit.view.t.language, problem)
    return {**problem, "heading": words["title"], "advice": words["advice"]}
