"""`/9095/…`: the seven addresses of the national interface, by GET and POST as its clients ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.deps import Ask
from api.dmfw.documentation import OPERATIONS, PREFIX, Operation
from api.dmfw.given import DmfwRoute, Given, given
from api.v1.answers import Asked
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.params import parse_id
from data.errors import BadRequest
from data.governing import EFFECTIVE
from geonames.dmfw import service
from geonames.dmfw.model import DEFAULT_PAGE, Listed, register_code

router = APIRouter(prefix=PREFIX, tags=["dmfw"], route_class=DmfwRoute)


def get_list(connection: Connection, values: Given) -> dict[str, Any]:
    """`xzqh/getList`."""
    return service.division_tree(
        connection,
        code=register_code(values.text("code")),
        year=_year(values),
        depth=values.number("maxLevel", 1) or 0,
    )


def list_pub(connection: Connection, values: Given) -> dict[str, Any]:
    """`stname/listPub`."""
    asked = Listed(
        name=values.needed("stName"),
        exact=service.exactly(values.text("searchType")),
        type_code=_type(values.text("placeTypeCode")),
        code=register_code(values.text("code")),
        year=_year(values),
        number=_whole(values, "page", 1),
        size=_whole(values, "size", DEFAULT_PAGE),
    )
    return service.list_names(connection, asked)


def details_pub(connection: Connection, values: Given) -> dict[str, Any]:
    """`stname/detailsPub`."""
    try:
        wanted = parse_id(values.needed("id"))
    except ValueError as error:
        raise BadRequest("id is an identifier as listPub gives it.", code="bad_id") from error
    return service.details(connection, wanted)


def _counting(question: Callable[[Connection, str, str | None], dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def counted(connection: Connection, values: Given) -> dict[str, Any]:
        return question(connection, values.needed("name"), register_code(values.text("distCode")))

    return counted


QUESTIONS: Mapping[str, Callable[[Connection, Given], dict[str, Any]]] = {
    "xzqh/getList": get_list,
    "stname/listPub": list_pub,
    "stname/detailsPub": details_pub,
    "datastatis/GroupCountNameByCode": _counting(service.same_name_by_division),
    "datastatis/GroupCountNameByType": _counting(service.same_name_by_type),
    "datastatis/GroupCountPinyinByCode": _counting(service.same_sound_by_division),
    "datastatis/GroupCountPinyinByType": _counting(service.same_sound_by_type),
}


def _whole(values: Given, name: str, default: int) -> int:
    found = values.number(name, default)
    return default if found is None else found


def _year(values: Given) -> int | None:
    year = values.number("year")
    if year is not None and not 1 <= year <= 9999:
        raise BadRequest("year has four digits.", code="bad_year")
    return year


def _type(code: str) -> str | None:
    if code and not (len(code) == 5 and code.isascii() and code.isdigit()):
        raise BadRequest("placeTypeCode is a class of GB/T 18521 with five digits, e.g. 22200.", code="bad_type")
    return code or None


def _add(operation: Operation) -> None:
    question = QUESTIONS[operation.path]

    async def answered(request: Request, ask: Ask) -> Response:
        values = await given(request, operation.parameters)
        return await run_in_threadpool(_answer, ask, question, values)

    for method in ("GET", "POST"):
        router.add_api_route(
            f"/{operation.path}",
            answered,
            methods=[method],
            operation_id=f"dmfw_{operation.path.replace('/', '_')}_{method.lower()}",
            summary=operation.summary,
            description=operation.description,
            openapi_extra=operation.openapi(method),
            responses={200: operation.example(), **problems_for(*operation.codes, "bad_governing_date", *EVERYWHERE)},
        )


def _answer(ask: Asked, question: Callable[[Connection, Given], dict[str, Any]], values: Given) -> Response:
    def asked(connection: Connection) -> dict[str, Any]:
        found = question(connection, values)
        # nothing is left out in silence: what no interface of this name has is named
        return {**found, "ignored": values.ignored} if values.ignored else found

    by = values.text("governed_by") or EFFECTIVE
    return replace(ask, governed_by=by).answer(asked)


for _operation in OPERATIONS:
    _add(_operation)
