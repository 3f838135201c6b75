"""Search: everything that a name, former name, pinyin or code finds, and by what it was found."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.v1.params import parse_bbox, parse_near
from api.v1.search_params import circle_of
from api.web.i18n import Translator
from api.web.problem_page import wording
from api.web.view import View
from api.web.visit import Visiting
from data.errors import BadRequest, NotFound
from geonames.search.query import CLASSES, SORTS, STATUSES
from geonames.search.service import heritage_lists, search_places

router = APIRouter(include_in_schema=False)

PAGE = 30


#: What narrows a search; with none of them and no name nothing has been asked yet.
NARROWING = ("class", "within", "heritage", "status", "type", "bbox", "near")
#: Those that stand below the first row of the form.
FURTHER = ("heritage", "bbox", "near", "radius", "sort", "as_of")


@router.get("/search")
@router.get("/places")
def search(visit: Visiting) -> Response:
    """What `q` finds, or all that passes the filters; the whole question stands in the address."""
    view = visit.view
    q = view.query.get("q", "").strip()
    asked = bool(q) or any(view.query.get(key) for key in NARROWING)
    found, problem = _answered(visit, q) if asked else (NOTHING, None)
    return visit.page_with(
        400 if problem else 200,
        "search.html",
        q=q,
        asked=asked,
        problem=problem,
        classes=CLASSES,
        lists=heritage_lists(visit.conn),
        sorts=SORTS,
        further=any(view.query.get(key) for key in FURTHER),
        items=[shown(view, item) for item in found["items"]],
        following=found["next"],
        statuses=STATUSES,
        within=_places(found.get("understood")),
    )


NOTHING: dict[str, Any] = {"items": [], "next": None}


def _answered(visit: Visiting, q: str) -> tuple[dict[str, Any], dict[str, str] | None]:
    """What was found, or nothing and why the question cannot be answered, beside the form that can be mended."""
    try:
        return _ask(visit, q), None
    except (BadRequest, NotFound) as error:
        words = wording(visit.view.t.language, error.problem())
        return NOTHING, {**words, "code": error.code, "detail": error.detail}


def _ask(visit: Visiting, q: str) -> dict[str, Any]:
    query = {key: value.strip() for key, value in visit.view.query.items() if value.strip()}
    radius = _metres(query.get("radius"))
    return search_places(
        visit.conn,
        q=q or None,
        within=query.get("within"),
        class_=query.get("class"),
        type_code=query.get("type"),
        heritage=query.get("heritage"),
        bbox=parse_bbox(query.get("bbox")),
        near=parse_near(query.get("near")),
        circle=circle_of(query.get("near"), radius),
        status=query.get("status"),
        sort=query.get("sort", SORTS[0]),
        as_of=visit.view.as_of if visit.view.past else None,
        explain=True,
        limit=PAGE,
        cursor=query.get("cursor"),
    )


def _metres(text: str | None) -> float | None:
    """A radius; BadRequest `radius_out_of_range` for what is no number."""
    try:
        return None if text is None else float(text)
    except ValueError as error:
        raise BadRequest("radius is a number of metres.", code="radius_out_of_range") from error


def _places(understood: dict[str, Any] | None) -> str:
    """The units that the question named before the place; nothing where it named none."""
    return "、".join(unit["name"] for unit in understood["within"]) if understood else ""


def shown(view: View, item: dict[str, Any]) -> dict[str, Any]:
    """A hit as the list shows it: where it leads and why it was found."""
    is_unit = item["class"] == "ADMIN_DIVISION"
    address = f"/units/{item['code']}" if is_unit else f"/places/{item['id']}"
    return {
        **item,
        "code": item["code"] if is_unit else None,
        "address": view.url(address),
        "level_label": view.t(f"level.{item['level']}") if is_unit else "",
        "why": why(view.t, item["name"], item["matched"]),
    }


def why(t: Translator, name: str, matched: dict[str, Any]) -> str:
    """By what it was found, where that is not plain from its name."""
    kind, by = matched["kind"], matched.get("name") or ""
    if kind == "former":
        until = (matched.get("valid") or {}).get("to")
        return t("search.was", name=by, day=until) if until else t("search.former", name=by)
    if kind in ("fuzzy", "homophone"):
        return t(f"search.by.{kind}", name=by)
    if kind in ("short", "alias", "pinyin", "initials", "traditional", "code") and by != name:
        return t(f"search.by.{kind}", name=by)
    return ""
