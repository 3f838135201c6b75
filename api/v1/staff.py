"""What the operations of the offices share: how they answer and are described, the day by the application's clock."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from api.auth.identity import clock_of
from api.v1.answers import encode
from api.v1.documentation import EVERYWHERE, Responses, problems_for
from data.clock import civil_date

Flag = Annotated[bool, WithJsonSchema({"type": "boolean", "enum": [False, True], "default": False})]


def answers(status: int, example: dict[str, Any], *codes: str) -> Responses:
    """The answer of an operation with its example, and how it refuses."""
    return {status: {"content": {"application/json": {"example": example}}}, **problems_for(*codes, *EVERYWHERE)}


def answer(value: Any, status: int = 200) -> Response:
    """`value` as JSON that no cache keeps."""
    return Response(encode(value), status, media_type="application/json", headers={"Cache-Control": "no-store"})


def today(request: Request) -> date:
    """The civil date of the application's clock."""
    return civil_date(clock_of(request)())
