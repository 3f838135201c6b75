"""Bulk exports: what was made, a form to order one, and an export with its files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from api.auth.identity import actor_of
from api.exchange import warehouse_of
from api.ranges import file_response
from api.v1.params import PLACE_CLASSES, parse_date
from api.web.pages.account_forms import account_page, attempt, go_to, me
from api.web.pages.case_forms import Typed, TypedForm
from api.web.visit import Visit, Visiting
from data.db import reading
from data.errors import DimingError
from data.governing import GOVERNING
from geonames.exchange.model import COLLECTIONS, FORMATS, STATUSES, Asked
from geonames.exchange.orders import find_export, list_exports, open_file, order_export

router = APIRouter(include_in_schema=False)
ON_A_PAGE = 50


@router.get("/exports")
def exports(visit: Visiting) -> Response:
    """The exports of the last two weeks; anybody may fetch them."""
    return _exports(visit, {})


def _exports(visit: Visit, typed: dict[str, Any], error: DimingError | None = None) -> Response:
    with reading(visit.request.app.state.databases.office) as connection:
        found = list_exports(connection, limit=ON_A_PAGE, cursor=visit.view.query.get("cursor") or None)
    return account_page(
        visit, "exports.html", error, path="/exports" if error else None, items=found["items"],
        following=found["next"], formats=FORMATS, collections=COLLECTIONS, statuses=STATUSES, governing=GOVERNING,
        classes=PLACE_CLASSES, typed=typed,
    )  # fmt: skip


@router.post("/exports")
def order(visit: Visiting, typed: Typed) -> Response:
    """Have an export made, and show how far it is."""
    said = {name: typed.one(name).strip() for name in ("format", "within", "class", "status", "as_of", "governed_by")}
    said["collections"] = " ".join(typed.many("collection"))

    def work() -> Response:
        me(visit)
        made = order_export(warehouse_of(visit.request), actor_of(visit.request), _asked(said, typed))
        return go_to(visit, f"/exports/{made['id']}")

    return attempt(work, lambda error: _exports(visit, said, error))


def _asked(said: dict[str, str], typed: TypedForm) -> Asked:
    return Asked(
        format=said["format"],
        collections=tuple(typed.many("collection")),
        within=said["within"] or None,
        class_=said["class"] or None,
        status=said["status"] or None,
        as_of=parse_date(said["as_of"]) if said["as_of"] else None,
        governed_by=said["governed_by"] or GOVERNING[0],
    )


@router.get("/exports/{id}")
def export(visit: Visiting, id: UUID) -> Response:  # noqa: A002 -- the name in the address
    """One export: how it stands, its files with their checksums."""
    with reading(visit.request.app.state.databases.office) as connection:
        found = find_export(connection, id)
    return account_page(visit, "export.html", export=found, formats=FORMATS, moving=found["state"] == "waiting")


@router.get("/exports/{id}/files/{name}")
def file(visit: Visiting, id: UUID, name: str) -> Response:  # noqa: A002 -- the name in the address
    """A file, or a part of it."""
    return file_response(visit.request, open_file(warehouse_of(visit.request), id, name))
