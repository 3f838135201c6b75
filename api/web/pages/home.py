"""Home: the country or one unit's divisions on a map, beside a table, at any date of the register."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.web.drawing.timeline import Axis
from api.web.view import Span, View
from api.web.visit import Visiting
from boundaries.units.service import find_unit, list_units

router = APIRouter(include_in_schema=False)

#: More units than any parent has; a longer list is paged.
PAGE = 400


@router.get("/")
def home(visit: Visiting) -> Response:
    """The units directly below `parent` (the provinces without it) as they stood at `as_of`."""
    view, parent = visit.view, visit.view.query.get("parent") or None
    place = find_unit(visit.conn, parent, view.as_of) if parent else None
    found = list_units(
        visit.conn,
        parent=parent,
        level=None if parent else "province",
        as_of=view.as_of,
        limit=PAGE,
        cursor=_cursor(view),
    )
    level = level_below(place["level"] if place else None, found["items"])
    assert view.span is not None  # noqa: S101 -- a visit always has one
    return visit.page(
        "home_part.html" if visit.partial else "home.html",
        place=place,
        items=found["items"],
        following=found["next"],
        level=level,
        layer=layer_address(view, level, parent),
        chosen=view.query.get("unit", ""),
        trail=trail(view, place),
        years=Axis(view.span.first, view.span.last).ticks(),
        **steps(view.span, view.as_of or view.span.last),
    )


def _cursor(view: View) -> str | None:
    return view.query.get("cursor") or None


def level_below(level: str | None, items: list[dict[str, Any]]) -> str:
    """The level that most of `items` have; that of provinces for the country."""
    levels = [item["level"] for item in items]
    return max(set(levels), key=levels.count) if levels else (level or "province")


def layer_address(view: View, level: str, parent: str | None = None, code: str | None = None) -> str:
    """Where the map finds what it shows."""
    bare = View(view.t, view.span, view.as_of, view.staff, view.map_approval, "/")
    return bare.url(f"/map/layers/{level}.json", as_of=view.as_of, parent=parent, unit=code)


def trail(view: View, place: dict[str, Any] | None) -> list[tuple[str, str | None]]:
    """From the country down to `place`, as labels and addresses; the last has none."""
    root = view.t("crumb.root")
    if place is None:
        return [(root, None)]
    above = [(unit["name"], view.url("/", parent=unit["code"])) for unit in place["chain"][:-1]]
    return [(root, view.url("/")), *above, (place["name"], None)]


def steps(span: Span, as_of: date) -> dict[str, date | None]:
    """The year ends next to `as_of` on either side, within the register."""
    ends = sorted({span.first, span.last, *(date(y, 12, 31) for y in range(span.first.year, span.last.year))})
    return {
        "earlier": max((day for day in ends if day < as_of), default=None),
        "later": min((day for day in ends if day > as_of), default=None),
    }
