"""What the map of a report shows, for the component of findings (macros/findings_map.html) and as a drawing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shapely.geometry import shape
from sqlalchemy import Connection
from starlette.responses import Response

from api.auth.identity import actor_of
from api.counter import counter_of
from api.v1.answers import encode
from api.web.visit import Visit
from boundaries.geometry.picture import Pictured, draw, fitting_height
from boundaries.intake.catalogue import catalogue
from boundaries.network.service import find_line
from boundaries.submissions import reports
from boundaries.submissions.service import find_submission
from data.db import Audience, reading
from data.errors import NotFound

#: More signs than this nobody tells apart on one map; the list has all findings, page by page.
MOST_DRAWN = 1000
HEADERS = {"Cache-Control": "private, no-store"}
WIDTH = 960


def chosen_number(text: str | None) -> int | None:
    """The number of the finding that the address names; None for nothing that is one."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def layer_of(visit: Visit, submission: UUID) -> Response:
    """The layer as JSON."""
    with reading(counter_of(visit.request).engine) as connection:
        features = _features(visit, connection, submission)
        found = find_submission(connection, actor_of(visit.request), submission)
    t = visit.view.t
    sources = [
        t("counter.source_legal", day=found["as_of"]),
        t("counter.source_file", name=found["file_name"], sha=found["sha256"][:12]),
    ]
    body = {"type": "FeatureCollection", "features": features, "sources": sources}
    return Response(encode(body), media_type="application/json", headers=HEADERS)


def _features(visit: Visit, connection: Connection, submission: UUID) -> list[dict[str, Any]]:
    actor = actor_of(visit.request)
    found = find_submission(connection, actor, submission)
    legal = find_line(connection, found["line"]["id"], found["as_of"], Audience.STAFF)["geometry"]
    ground = [_feature(legal, draw="legal")]
    ground += [
        _feature(one["geometry"], draw="handed_in") for one in reports.drawn_layers(connection, actor, submission)
    ]
    if found["state"] != "checked":
        return ground
    findings = reports.list_findings(connection, actor, submission, limit=MOST_DRAWN)["items"]
    return [part for whole in ground for part in _parts(whole)] + [
        _told(visit, item) for item in findings if item["geometry"]
    ]


def _feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _parts(feature: dict[str, Any]) -> list[dict[str, Any]]:
    """The map draws no collections: each geometry of one is a feature."""
    if feature["geometry"]["type"] != "GeometryCollection":
        return [feature]
    return [{**feature, "geometry": part} for part in feature["geometry"]["geometries"]]


def _told(visit: Visit, item: dict[str, Any]) -> dict[str, Any]:
    kind, zh = catalogue()[item["kind"]], visit.view.t.language == "zh"
    title = f"{item['number']} · {kind.title_zh if zh else kind.title}"
    number = str(item["number"])
    return _feature(item["geometry"], id=number, draw="finding", severity=item["severity"], label=number, title=title)


def drawing_of(visit: Visit, submission: UUID) -> Response:
    """The layer as SVG; NotFound `no_geometry` where nothing has a place."""
    with reading(counter_of(visit.request).engine) as connection:
        features = _features(visit, connection, submission)
    chosen = visit.view.query.get("finding")
    things = [
        Pictured(
            shape(feature["geometry"]),
            feature["properties"]["draw"],
            feature["properties"].get("severity"),
            feature["properties"].get("label", ""),
            feature["properties"].get("id") == chosen,
        )
        for feature in features
    ]
    picture = draw(things, WIDTH, fitting_height(things, WIDTH), title=visit.view.t("findings.map"))
    if picture is None:
        raise NotFound("Nothing of this submission has a place on a map.", code="no_geometry")
    return Response(picture, media_type="image/svg+xml", headers=HEADERS)
