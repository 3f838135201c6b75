"""Classes and types of places, as a tree."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.web.view import parse_day
from api.web.visit import Visiting
from geonames.places.classes import ClassTree, place_classes
from geonames.places.types import read_tree, type_object

router = APIRouter(include_in_schema=False)


@router.get("/classes")
def classes(visit: Visiting) -> Response:
    """The eight classes of Art. 3, and below them the types of GB/T 18521, those not in use on the day marked."""
    query = visit.view.query
    day, wanted = parse_day(query.get("day")), query.get("class") or None
    tree = read_tree(visit.conn, day)
    chosen = wanted if wanted in place_classes() else None
    return visit.page(
        "classes.html",
        classes=list(place_classes().values()),
        chosen=chosen,
        day=day,
        branches=[_branch(tree, found.code, chosen) for found in tree.children(None)],
        count=len(tree),
    )


def _branch(tree: ClassTree, code: str, chosen: str | None) -> dict[str, Any]:
    """A type with what is below it; `shown`: it is of the class asked for, or something below it is."""
    found = tree.find(code)
    assert found is not None  # noqa: S101 -- the tree's own code
    below = [_branch(tree, child.code, chosen) for child in tree.children(code)]
    own = chosen is None or chosen in tree.classes_of(code)
    return {**type_object(found, tree), "below": below, "shown": own or any(branch["shown"] for branch in below)}
