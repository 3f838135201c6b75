"""What the map of the workbench draws, under map law: courses of all versions, markers for staff, the ground around."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from api.auth.audience import audience_of
from api.auth.identity import actor_of
from api.v1.answers import PUBLIC_CACHE, STAFF_CACHE, conditional, encode
from api.web.linefeatures import (
    Feature,
    brief,
    course_features,
    land_features,
    marker_features,
    neighbour_features,
    side_labels,
)
from api.web.linework import work_features
from api.web.pages.line import identifier
from api.web.pages.line_scans import for_map
from api.web.view import parse_day
from boundaries.network.parts import unit_parts
from boundaries.network.service import find_line
from boundaries.workbench.model import standing
from boundaries.workbench.service import line_courses, line_markers, neighbours
from data.db import Audience, reading
from data.decisions import brief_decisions

router = APIRouter(include_in_schema=False)


@router.get("/lines/{line_id}/map.json")
def layers(request: Request, line_id: str) -> Response:
    """All versions of the line in one collection; the map itself shows those of the date of view."""
    audience = audience_of(request, request.app.state.settings)
    identity, day = identifier(line_id), parse_day(request.query_params.get("as_of"))
    work = _work(request, identity)
    with request.app.state.databases.reading(audience) as connection:
        found = find_line(connection, identity, day, audience)
        versions = line_courses(connection, identity, audience)
        features = [
            *neighbour_features(neighbours(connection, versions, found["as_of"], audience)),
            *course_features(versions),
            *land_features(_lands(connection, found, audience)),
            *side_labels(standing(versions, found["as_of"])),
            *marker_features(line_markers(connection, identity, audience)),
            *work,
        ]
        documents = {v.document for v in versions} | {d for v in versions for d in v.blamed if d}
        answer: dict[str, Any] = {
            "type": "FeatureCollection",
            "features": features,
            "as_of": found["as_of"],
            "scans": for_map(connection, identity) if audience is Audience.STAFF else [],
            "decisions": brief(brief_decisions(connection, documents)),
        }
    cache = STAFF_CACHE if audience is Audience.STAFF or work else PUBLIC_CACHE
    response = conditional(request, encode(answer), cache, "application/geo+json")
    response.headers["Vary"] = "Cookie, Authorization"
    return response


def _lands(connection: Connection, line: dict[str, Any], audience: Audience) -> list[dict[str, Any]]:
    """The land of both units of a line on its day, for what of it lies apart, is shared or open."""
    return [unit_parts(connection, unit["code"], line["as_of"], audience) for unit in line["units"]]


def _work(request: Request, line: UUID) -> list[Feature]:
    """Findings and surveys, for whoever has signed in and may see them."""
    actor = actor_of(request)
    if actor.is_nobody:
        return []
    with reading(request.app.state.databases.office) as connection:
        return work_features(connection, actor, line)
