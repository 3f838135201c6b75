"""`/v1/decisions`: the documents behind every change."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from api.deps import Ask, v1_router
from api.v1 import schemas
from api.v1.documentation import question
from api.v1.params import Cursor, Demonstration, EntityId, Limit, SearchText, Year
from data import decisions

router = v1_router("decisions", "/decisions")


@router.get(
    "",
    summary="Decisions",
    response_model=schemas.DecisionList,
    responses=question(
        "decisions",
        *("bad_year", "query_too_long", "query_control_characters", "query_empty"),
        *("limit_out_of_range", "bad_cursor"),
    ),
)
def list_decisions(
    ask: Ask,
    year: Year = None,
    q: Annotated[SearchText | None, Query(description="Part of the number, the title or the text.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    demonstration: Demonstration = "false",
) -> Response:
    """Decisions of a year, or with a text in number, title or wording; latest first."""
    return ask.answer(
        lambda connection: decisions.list_decisions(
            connection, year=year, q=q, limit=limit, cursor=cursor, demonstration=demonstration == "true"
        )
    )


@router.get(
    "/{id}",
    summary="A decision",
    response_model=schemas.DecisionInFull,
    responses=question("decision", "bad_id", "no_such_decision"),
)
def find_decision(ask: Ask, id: EntityId) -> Response:  # noqa: A002 -- the name in the address
    """One decision with its full text and what it opened and closed."""
    return ask.answer(lambda connection: decisions.find_decision(connection, id))
