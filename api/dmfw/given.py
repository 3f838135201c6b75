"""How clients of the national interface give parameters: in the address, as a form, or as JSON."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from api.problems import problem_response
from data.errors import BadInput, BadRequest, DimingError

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
#: What is given as a number too where the body is JSON.
NUMBERS = frozenset({"year", "maxlevel", "page", "size"})
#: No parameter of the interface is longer.
LONGEST = 400


class Given:
    """The parameters of one request by name; names are compared without case, as clients spell them both ways."""

    def __init__(self, values: dict[str, str], known: Collection[str]) -> None:
        self._values = {name.lower(): value for name, value in values.items()}
        lowered = {name.lower() for name in known}
        self.ignored = sorted(name for name in values if name.lower() not in lowered)

    def text(self, name: str) -> str:
        """The value, empty where there is none."""
        return self._values.get(name.lower(), "").strip()

    def needed(self, name: str) -> str:
        """The value, empty where it is blank; `BadRequest` `missing_parameter` where there is none."""
        if not self._values.get(name.lower()):
            raise BadRequest(f"The parameter {name} is missing.", code="missing_parameter")
        return self.text(name)

    def number(self, name: str, default: int | None = None) -> int | None:
        """The value as a whole number; `BadRequest` `bad_parameter`."""
        value = self.text(name)
        if not value:
            return default
        if not (value.isascii() and value.isdigit() and len(value) <= 12):
            raise BadRequest(f"The parameter {name} is a whole number.", code="bad_parameter")
        return int(value)


async def given(request: Request, known: Collection[str]) -> Given:
    """The parameters of a request; those of the body count where both name one."""
    values = {**dict(request.query_params), **await _body(request)}
    if any(len(value) > LONGEST for value in values.values()):
        raise BadRequest(f"A parameter has more than {LONGEST} characters.", code="bad_parameter")
    return Given(values, known)


async def _body(request: Request) -> dict[str, str]:
    if request.method != "POST" or not await request.body():
        return {}
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind in FORMS:
        form = await request.form()
        return {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        found = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise BadInput("The body is a form, or a JSON object of the parameters.", code="bad_body")
    return {name: _text(name, value) for name, value in found.items() if value is not None}


def _text(name: str, value: Any) -> str:
    """A value of a JSON object: a text, or a whole number where one is meant."""
    if isinstance(value, str) or (name.lower() in NUMBERS and type(value) is int):
        return str(value)
    raise BadInput(f"The parameter {name[:40]} is a text.", code="bad_body")


class DmfwRoute(APIRoute):
    """Refusals bear `message` and `status`, as the answers of the interface do, beside what a problem document has."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler with refusals turned into documents of both forms."""
        handler = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError as error:
                raise BadRequest("The request cannot be read.", code="bad_parameter") from error
            except DimingError as error:
                if error.status >= DimingError.status:
                    raise
                error.extra.setdefault("message", error.detail)
                return problem_response(request, error)

        return answered
