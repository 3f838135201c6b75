"""Comparisons of surveys: those that are ready, those that were made, and one of them on a map and in a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, Response

from api.auth.identity import actor_of, clock_of
from api.v1.answers import encode
from api.web.comparing import drawing_of, has_drawing, layer_of, title_of, where_of
from api.web.pages.account_forms import NO_STORE, account_page, attempt, go_to, me
from api.web.pages.comparison_files import router as files
from api.web.visit import Visit, Visiting
from boundaries.comparisons import service
from boundaries.comparisons.model import NOT_TAKEN, STATES
from boundaries.comparisons.stored import comparison_of
from boundaries.inspection.report import message, wording
from boundaries.inspection.sheet import as_html
from data.access.table import permissions
from data.db import reading
from data.errors import DimingError, NotFound

router = APIRouter(include_in_schema=False)
router.include_router(files)  # its address would else be taken for that of a comparison

ON_A_PAGE = 50
#: Close-ups in the list: those of the most important findings that have a place.
CLOSE_UPS = 25
Ids = Annotated[list[UUID], Form(max_length=service.MAX_BATCH)]
Document = Annotated[str, Form(max_length=1_000)]
Numbers = Annotated[list[int], Form(max_length=5_000)]


def _engine(visit: Visit) -> Any:
    return visit.request.app.state.databases.office


@router.get("/comparisons")
def comparisons(visit: Visiting) -> Response:
    """The lines that are ready to be compared, and the comparisons that were made."""
    return _comparisons(visit)


def _comparisons(visit: Visit, error: DimingError | None = None) -> Response:
    me(visit)
    query, actor = visit.view.query, actor_of(visit.request)
    state = query.get("state") if query.get("state") in STATES else None
    batch, line = _id(query.get("batch")), _id(query.get("line"))
    may_ask = _may(visit, service.ASK)
    with reading(_engine(visit)) as connection:
        found = service.list_comparisons(
            connection, actor, batch=batch, line=line, state=state, limit=ON_A_PAGE, cursor=query.get("cursor") or None
        )
        waiting = service.ready(connection, actor) if may_ask and not batch else []
    moving = any(item["state"] in ("waiting", "running") for item in found["items"])
    return account_page(
        visit, "comparisons.html", error, path="/comparisons" if error else None, items=found["items"],
        following=found["next"], progress=found["progress"], meetings=found["meetings"] or [],
        ready=waiting, states=STATES, state=state,
        may_ask=may_ask, moving=moving,
    )  # fmt: skip


def _id(text: str | None) -> UUID | None:
    """An identifier of the address; what is none asks nothing."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _may(visit: Visit, action: str) -> bool:
    """Whether some role of whoever looks may do it somewhere."""
    roles = {role for row in permissions()[action] for role in row.roles}
    return any(grant.role in roles for grant in actor_of(visit.request).effective_grants())


@router.post("/comparisons")
def ask(visit: Visiting, lines: Ids = []) -> Response:  # noqa: B006 -- read only
    """Have the last surveys of both sides of these lines compared, and show how far that is."""

    def work() -> Response:
        asked = service.ask_for_lines(_engine(visit), actor_of(visit.request), lines)
        if len(asked["comparisons"]) == 1:
            return go_to(visit, f"/comparisons/{asked['comparisons'][0]}")
        return go_to(visit, f"/comparisons?batch={asked['batch']}")

    return attempt(work, lambda error: _comparisons(visit, error))


@router.get("/comparisons/{id}")
def comparison(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """One comparison."""
    return _comparison(visit, id)


def _comparison(visit: Visit, comparison_id: UUID, error: DimingError | None = None) -> Response:
    me(visit)
    language = visit.view.t.language
    found = _found(visit, comparison_id)
    findings = list(_findings(found, language)) if found["report"] else []
    chosen = visit.view.query.get("finding") or next((str(f["number"]) for f in findings if f["geometry"]), "")
    return account_page(
        visit, "comparison.html", error, path=f"/comparisons/{comparison_id}" if error else None, comparison=found,
        findings=findings, chosen=chosen, moving=found["state"] in ("waiting", "running"),
        shifted=any(f["kind"] == "systematic_shift" for f in findings),
        may_take=_may(visit, "finding.open"), open_left=any(f["takable"] for f in findings),
        undocumented=[side for side in "ab" if any(_undocumented(f, side) for f in findings)],
        may_ask=_may(visit, service.ASK), document_length=service.MAX_DOCUMENT,
    )  # fmt: skip


def _undocumented(finding: dict[str, Any], side: str) -> bool:
    """Whether a side's file changes the line and names no document."""
    changed = finding["kind"] == "changed_without_agreement"
    return changed and finding["side"] == side and "document" not in finding["facts"]


def _found(visit: Visit, comparison_id: UUID) -> dict[str, Any]:
    with reading(_engine(visit)) as connection:
        return service.find_comparison(connection, actor_of(visit.request), comparison_id)


def _findings(found: dict[str, Any], language: str) -> Iterator[dict[str, Any]]:
    """The findings as the list shows them, with the names of the units."""
    names = {side: found[side]["unit"] for side in "ab" if found[side]["unit"]}
    for finding, value in zip(found["report"]["findings"], comparison_of(found).findings, strict=True):
        yield _shown(finding, message(value, language, names), language)


def _shown(finding: dict[str, Any], said: str, language: str) -> dict[str, Any]:
    zh = language == "zh"
    return {
        **finding,
        "title": title_of(finding["kind"], language),
        "where": where_of(finding, language),
        "said": said,
        "why": wording()[finding["kind"]]["rule_zh" if zh else "rule"],
        "close_up": finding["number"] <= CLOSE_UPS and has_drawing(finding),
        "takable": finding["taken"] is None and finding["kind"] not in NOT_TAKEN,
    }


@router.post("/comparisons/{id}/take-over")
def take_over(
    visit: Visiting,
    id: UUID,  # noqa: A002 -- the name in the address
    finding: Numbers = [],  # noqa: B006 -- read only
    all_of_them: Annotated[str, Form(alias="all", max_length=1)] = "",
) -> Response:
    """Make findings of the line of those that were chosen, or of all."""

    def work() -> Response:
        numbers = None if all_of_them else set(finding)
        service.take_over(_engine(visit), actor_of(visit.request), id, numbers, clock_of(visit.request))
        return go_to(visit, f"/comparisons/{id}", "comparison_taken")

    return attempt(work, lambda error: _comparison(visit, id, error))


@router.post("/comparisons/{id}/documents")
def documents(
    visit: Visiting,
    id: UUID,  # noqa: A002 -- the name in the address
    document_a: Document = "",
    document_b: Document = "",
) -> Response:
    """Compare the two surveys again, by the documents that they change the line by."""

    def work() -> Response:
        asked = service.ask_again(_engine(visit), actor_of(visit.request), id, document_a, document_b)
        return go_to(visit, f"/comparisons/{asked['comparisons'][0]}")

    return attempt(work, lambda error: _comparison(visit, id, error))


@router.get("/comparisons/{id}/layer.json")
def layer(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """What the map shows."""
    found, t = _done(visit, id), visit.view.t
    sources = [t("comparisons.source_legal", day=found["as_of"]), f"A {found['a']['file']} · B {found['b']['file']}"]
    body = {"type": "FeatureCollection", "features": layer_of(found, t.language), "sources": sources}
    return Response(encode(body), media_type="application/json", headers={"Cache-Control": NO_STORE})


@router.get("/comparisons/{id}/map.svg")
def drawing(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """The whole line, or one finding close up, as a drawing."""
    number = visit.view.query.get("close", "")
    wanted = int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else None
    narrow = visit.view.query.get("size") == "narrow"
    svg = drawing_of(_done(visit, id), wanted, visit.view.t.language, narrow=narrow)
    return Response(svg, media_type="image/svg+xml", headers={"Cache-Control": NO_STORE})


@router.get("/comparisons/{id}/sheet.html")
def sheet(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """All of it as one file, to send and to print."""
    text = as_html(comparison_of(_done(visit, id)), {}, visit.view.t.language)
    headers = {"Cache-Control": NO_STORE, "Content-Disposition": f'attachment; filename="comparison-{id}.html"'}
    return HTMLResponse(text, headers=headers)


def _done(visit: Visit, comparison_id: UUID) -> dict[str, Any]:
    found = _found(visit, comparison_id)
    if found["report"] is None:
        raise NotFound("The comparison is not worked out: there is nothing to draw.", code="no_geometry")
    return found
