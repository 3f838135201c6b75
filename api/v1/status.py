"""`/v1/status`: how this installation stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.deps import Ask, v1_router
from api.status import status_of
from api.v1.documentation import EVERYWHERE, problems_for
from api.v1.rounds import answer
from api.v1.schemas import Shape
from data.db import Audience

router = v1_router("about", "/status")

EXAMPLE: dict[str, Any] = {
    "version": "0.1.0",
    "schema": {"present": "0036", "needed": "0036"},
    "register": {"register_from": "1981-12-31", "register_through": "2024-12-31", "names_through": "2024-12-31"},
    "feed": {"seq": 48211, "at": "2026-03-02T02:00:00+00:00"},
    "layers": [],
    "replicas": [{"answers": True, "asked": True, "lag_s": 0.04}],
    "state": "ready",
}


class SchemaState(Shape):
    """The version of the database's schema, and the one that this program needs."""

    present: str | None
    needed: str


class RegisterState(Shape):
    """The days that the register of divisions covers, and through which names are known."""

    register_from: date
    register_through: date
    names_through: date | None


class FeedState(Shape):
    """The number of the last change, and when it was made."""

    seq: int
    at: datetime | None


class ReplicaState(Shape):
    """A replica: seconds by which it is behind; null where it is none."""

    answers: bool
    asked: bool
    lag_s: float | None


class Status(Shape):
    """How the installation stands; staff are told `queue` and `backup_at` too."""

    version: str
    schema_: SchemaState = Field(alias="schema")
    register_: RegisterState | None = Field(alias="register")
    feed: FeedState
    layers: list[dict[str, Any]]
    replicas: list[ReplicaState]
    state: Literal["ready", "not_ready"]


@router.get(
    "",
    summary="How does it stand?",
    response_model=Status,
    responses={200: {"content": {"application/json": {"example": EXAMPLE}}}, **problems_for(*EVERYWHERE)},
)
def status(request: Request, ask: Ask) -> Response:
    """Versions, the days that the data cover, the head of the feed, replicas; 503 without a database."""
    return answer(status_of(request, staff=ask.audience is Audience.STAFF))
