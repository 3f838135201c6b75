"""Puts the pages together: routes, templates, static files, the rendering of problems for people."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from api.web import problem_page
from api.web.pages import (
    account,
    account_oidc,
    account_own,
    account_users,
    apply,
    audit,
    case,
    check,
    classes,
    counter,
    decisions,
    desk,
    home,
    inbox,
    jobs,
    layers,
    line,
    line_layers,
    line_scans,
    line_sheets,
    lines,
    manage,
    notices,
    place,
    procedures,
    rules,
    search,
    sheet,
    spellings,
    statistics,
    styleguide,
    unit,
)
from api.web.pages.archives import router as archives
from api.web.pages.around import router as around
from api.web.pages.batches import router as batches
from api.web.pages.campaigns import router as campaigns
from api.web.pages.case_status import router as case_status
from api.web.pages.changeset import router as changeset
from api.web.pages.code_publications import router as code_publications
from api.web.pages.comparisons import router as comparisons
from api.web.pages.consultations import router as consultations
from api.web.pages.developers import router as developers
from api.web.pages.dispute_opening import router as dispute_opening
from api.web.pages.disputes import router as disputes
from api.web.pages.division_changes import router as division_changes
from api.web.pages.evaluations import router as evaluations
from api.web.pages.exchange_conflicts import router as exchange_conflicts
from api.web.pages.experts import router as experts
from api.web.pages.exports import router as exports
from api.web.pages.fieldwork import router as fieldwork
from api.web.pages.filings import router as filings
from api.web.pages.foreign import router as foreign
from api.web.pages.geocode import router as geocode
from api.web.pages.heritage import router as heritage
from api.web.pages.imports import router as imports
from api.web.pages.inspections import router as inspections
from api.web.pages.issued import router as issued
from api.web.pages.keys import router as keys
from api.web.pages.line_description import router as line_description
from api.web.pages.line_diff import router as line_diff
from api.web.pages.marker_import import router as marker_import
from api.web.pages.marker_work import router as marker_work
from api.web.pages.markers import router as markers
from api.web.pages.meetings import router as meetings
from api.web.pages.name_archives import router as name_archives
from api.web.pages.patrol_office import router as patrol_office
from api.web.pages.patrol_phone import router as patrol_phone
from api.web.pages.patrol_seen import router as patrol_seen
from api.web.pages.plans import router as plans
from api.web.pages.plates import router as plates
from api.web.pages.proposals import router as proposals
from api.web.pages.publications import router as publications
from api.web.pages.risks import router as risks
from api.web.pages.rounds import router as rounds
from api.web.pages.rounds_due import router as rounds_due
from api.web.pages.rounds_earlier import router as rounds_earlier
from api.web.pages.signs import router as signs
from api.web.pages.supervision import router as supervision
from api.web.pages.survey import router as survey
from api.web.pages.survey_sheets import router as survey_sheets
from api.web.pages.templates import router as templates
from api.web.pages.unit_history import router as unit_history
from api.web.pages.unit_parts import router as unit_parts
from api.web.pages.usage_reports import router as usage_reports
from api.web.pages.vanished import router as vanished
from api.web.pages.verify import router as verify
from api.web.pages.webhooks import router as webhooks
from api.web.rendering import Renderer
from api.web.settings import WebSettings
from data.errors import NotFound

#: One year; the address holds the digest of the content.
FOR_EVER = "public, max-age=31536000, immutable"

router = APIRouter(include_in_schema=False)
for _page in (
    home,
    search,
    check,
    unit,
    decisions,
    notices,
    place,
    layers,
    line,
    line_layers,
    line_scans,
    line_sheets,
    lines,
    sheet,
    statistics,
    styleguide,
    account,
    account_oidc,
    account_own,
    account_users,
    desk,
    case,
    manage,
    audit,
    apply,
    procedures,
    inbox,
    jobs,
    rules,
    classes,
    spellings,
    counter,
):
    router.include_router(_page.router)
for _more in (
    *(issued, changeset, markers, marker_import, marker_work, survey, templates, verify),
    *(patrol_phone, patrol_office, patrol_seen, rounds_due, rounds_earlier, rounds),
    *(inspections, dispute_opening, disputes),
):
    router.include_router(_more)
router.include_router(comparisons)
router.include_router(consultations)
router.include_router(experts)
router.include_router(plans)
router.include_router(heritage)
router.include_router(vanished)
router.include_router(foreign)
router.include_router(campaigns)
router.include_router(code_publications)
router.include_router(evaluations)
router.include_router(plates)
router.include_router(name_archives)
router.include_router(signs)
router.include_router(batches)
router.include_router(exports)
router.include_router(publications)
router.include_router(imports)
router.include_router(filings)
router.include_router(case_status)
router.include_router(around)
router.include_router(supervision)
router.include_router(usage_reports)
router.include_router(meetings)
router.include_router(division_changes)
router.include_router(fieldwork)
router.include_router(risks)
router.include_router(archives)
router.include_router(unit_history)
router.include_router(unit_parts)
router.include_router(proposals)
router.include_router(survey_sheets)
router.include_router(line_diff)
router.include_router(line_description)
router.include_router(webhooks)
router.include_router(keys)
router.include_router(developers)
router.include_router(geocode)
router.include_router(exchange_conflicts)


def mount(app: FastAPI, settings: WebSettings | None = None) -> None:
    """Add the pages to `app`, whose state holds `databases` and `settings` (api.settings)."""
    app.state.pages = Renderer(settings or WebSettings(), app.state.settings)
    app.state.problem_renderer = problem_page.render_problem
    app.include_router(router)
    app.add_api_route("/static/{digest}/{name:path}", static_file, include_in_schema=False)
    app.add_api_route("/favicon.ico", favicon, include_in_schema=False)


def static_file(request: Request, digest: str, name: str) -> Response:
    """One static file; an address of another build is not found, so that builds never mix."""
    assets = request.app.state.pages.assets
    asset = assets.files.get(name) if digest == assets.digest else None
    if asset is None:
        raise NotFound(f"There is no file {name} in this build.", code="path_not_found")
    headers: dict[str, Any] = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(asset.compressed, media_type=asset.media_type, headers=headers)
    return Response(asset.content, media_type=asset.media_type, headers=headers)


def favicon(request: Request) -> Response:
    """The icon that browsers ask for by themselves."""
    return static_file(request, request.app.state.pages.assets.digest, "icon.svg")
