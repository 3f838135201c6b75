"""What routes depend on: who asks where, and that nothing in the question is ignored."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.dependencies.models import Dependant
from starlette.requests import Request

from api.v1.answers import Asked, asked
from api.v1.params import GovernedBy
from data.errors import BadRequest
from data.governing import EFFECTIVE

Ask = Annotated[Asked, Depends(asked)]


async def asked_by_date(ask: Ask, governed_by: GovernedBy = EFFECTIVE) -> Asked:
    """The same with the date of decisions by which the answer goes."""
    return replace(ask, governed_by=governed_by)


#: For operations whose answers depend on when changes began: they take `governed_by`.
AskByDate = Annotated[Asked, Depends(asked_by_date)]


async def only_known_parameters(request: Request) -> None:
    """Refuse a parameter that the operation does not have, or one given twice.

    A misspelt `as_of` that is ignored would answer for today, and nobody would notice.
    """
    known = parameters_of(request.scope["route"])
    given = Counter(name for name, _ in request.query_params.multi_items())
    for name, times in given.items():
        if name not in known:
            raise BadRequest(
                f"There is no parameter {name[:40]!r} here; known: {', '.join(sorted(known)) or 'none'}.",
                code="unknown_parameter",
            )
        if times > 1:
            raise BadRequest(f"The parameter {name!r} is given {times} times.", code="repeated_parameter")


def v1_router(tag: str, prefix: str = "") -> APIRouter:
    """A router of version 1, below `/v1` and `prefix`; none of its operations ignores a parameter."""
    return APIRouter(prefix=f"/v1{prefix}", tags=[tag], dependencies=[Depends(only_known_parameters)])


def parameters_of(route: Any) -> frozenset[str]:
    """The names of the query parameters of `route`, as they stand in the address."""
    known: frozenset[str] | None = _PARAMETERS.get(route.unique_id)
    if known is None:
        known = _PARAMETERS[route.unique_id] = _collected(route)
    return known


#: Filled as routes are first asked; there are as many entries as operations.
_PARAMETERS: dict[str, frozenset[str]] = {}


def _collected(route: Any) -> frozenset[str]:
    found: set[str] = set()
    waiting: list[Dependant] = [route.dependant]
    while waiting:
        dependant = waiting.pop()
        found.update(field.alias for field in dependant.query_params)
        waiting.extend(dependant.dependencies)
    return frozenset(found)
