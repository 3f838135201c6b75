"""`/v1/romanizations/review`: spellings that wait for somebody who knows the place."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BeforeValidator, WithJsonSchema
from starlette.responses import Response

from api.deps import Ask, v1_router
from api.v1 import schemas
from api.v1.documentation import question
from api.v1.params import Cursor, Limit, stable_error
from geonames.spellings.service import COLLECTIONS, REASONS, waiting

router = v1_router("names", "/romanizations")


def _one_of(allowed: tuple[str, ...]) -> BeforeValidator:
    def check(text: object) -> object:
        if text is None or text in allowed:
            return text
        raise stable_error("bad_parameter", f"The value is one of {', '.join(allowed)}.")

    return BeforeValidator(check)


Reason = Annotated[
    Annotated[str, _one_of(REASONS), WithJsonSchema({"type": "string", "enum": list(REASONS)})] | None,
    Query(description="Why the spelling waits."),
]
Collection = Annotated[
    Annotated[str, _one_of(COLLECTIONS), WithJsonSchema({"type": "string", "enum": list(COLLECTIONS)})] | None,
    Query(description="Names of units or of places only."),
]


@router.get(
    "/review",
    summary="Spellings in doubt",
    response_model=schemas.WaitingList,
    responses=question("romanizations-review", "limit_out_of_range", "bad_cursor"),
)
def review(
    ask: Ask, reason: Reason = None, collection: Collection = None, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """Preferred spellings about which sources disagree, that no source was seen to have, or that hold a guess.

    `others` are the spellings that stand beside them, each with who has it.
    """
    return ask.answer(
        lambda connection: waiting(connection, reason=reason, collection=collection, limit=limit, cursor=cursor)
    )
