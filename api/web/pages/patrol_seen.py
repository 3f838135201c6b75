"""What keepers saw (巡查记录), for the office: a list and a map that select each other, one observation, a marker's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from api.v1.answers import encode
from api.web.i18n import Translator
from api.web.pages.patrol_office import PAGE, office, page, require_reader
from api.web.view import parse_day
from api.web.visit import Visit, Visiting
from boundaries.network.service import find_line
from boundaries.patrol import seen
from boundaries.patrol.rules import rules
from data.access import Actor
from data.db import Audience, reading
from data.errors import NotFound, NotPermitted

router = APIRouter(include_in_schema=False)

RANK = ("error", "warning", "info")


def _found(visit: Visit, connection: Connection) -> dict[str, Any]:
    """The page of observations that the address asks for."""
    query = visit.view.query
    return seen.list_observations(
        connection,
        require_reader(visit),
        line=_id(query.get("line")),
        marker=_id(query.get("marker")),
        state=query.get("state") or None,
        since=parse_day(query.get("since")),
        findings_only=query.get("findings") == "true",
        limit=PAGE,
        cursor=query.get("cursor") or None,
    )


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound("There is no such line or marker.", code="no_such_line") from error


@router.get("/patrol/observations")
def observations(visit: Visiting) -> Response:
    """What was seen, the latest first."""
    with reading(office(visit)) as connection:
        found = _found(visit, connection)
    layer = visit.view.here().replace("/patrol/observations", "/patrol/observations/layer.json", 1)
    return page(
        visit, "patrol_observations.html", items=found["items"], following=found["next"], layer=layer,
        states=rules().states.values(), chosen=visit.view.query.get("finding", ""), worst=worst,
    )  # fmt: skip


@router.get("/patrol/observations/layer.json")
def layer(visit: Visiting) -> Response:
    """The same on a map: markers where they are recorded, lines, and what was seen."""
    with reading(office(visit)) as connection:
        items = _found(visit, connection)["items"]
        drawn = [_marker(item) for item in items if item["marker"]["position"]]
        for line in sorted({item["line"]["id"] for item in items}):
            drawn += _line(connection, line)
    drawn += [_seen(item, visit.view.t) for item in items if _place(item)]
    headers = {"Cache-Control": "private, no-store"}
    return Response(encode({"type": "FeatureCollection", "features": drawn, "sources": []}), headers=headers,
                    media_type="application/geo+json")  # fmt: skip


def _place(item: dict[str, Any]) -> list[float] | None:
    """Where it is drawn: at the marker, or where the observer stood if nobody knows the marker's place."""
    place: list[float] | None = item["marker"]["position"] or (item["position"] and item["position"]["point"])
    return place


def _seen(item: dict[str, Any], t: Translator) -> dict[str, Any]:
    state = rules().states[item["state"]]
    word = state.label_zh if t.language == "zh" else state.label_en
    title = f"{item['marker']['code']} · {word} · {item['keeper']['name']}"
    properties = {"id": str(item["id"]), "draw": "finding", "severity": worst(item), "label": word, "title": title}
    return _feature({"type": "Point", "coordinates": _place(item)}, properties)


def _marker(item: dict[str, Any]) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": item["marker"]["position"]}
    return _feature(point, {"draw": "marker", "label": item["marker"]["code"], "title": item["marker"]["code"]})


def _line(connection: Connection, line: UUID) -> list[dict[str, Any]]:
    try:
        found = find_line(connection, line, None, Audience.STAFF)
    except NotFound:
        return []
    return [_feature(found["geometry"], {"draw": "legal", "title": found["name"] or ""})] if found["geometry"] else []


def _feature(geometry: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def worst(item: dict[str, Any]) -> str:
    """How severe the worst finding of an observation is; `info` for none."""
    told = {finding["severity"] for finding in item["findings"]}
    return next((severity for severity in RANK if severity in told), "info")


@router.get("/patrol/observations/{observation_id}")
def observation(visit: Visiting, observation_id: UUID) -> Response:
    """One observation with its photos."""
    actor = require_reader(visit)
    with reading(office(visit)) as connection:
        found = seen.find_observation(connection, actor, observation_id)
    return page(visit, "patrol_observation.html", item=found, worst=worst)


def marker_observations(connection: Connection, actor: Actor, marker: UUID, limit: int = 10) -> list[dict[str, Any]]:
    """What was seen of a marker, for its own page (`macros/patrol.html`); nothing for who may not read patrols."""
    try:
        items: list[dict[str, Any]] = seen.list_observations(connection, actor, marker=marker, limit=limit)["items"]
    except NotPermitted:
        return []
    return items
